"""« Documents | Messages » of a record: sorted, filtered, searched, opened with one key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QStackedWidget

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.tables import Table
from lgc.desktop.record.message_cell import message_cell, sent_words
from lgc.desktop.theme import glyphs
from lgc.desktop.words import fold
from lgc.domain.documents import DmpState, DocumentKind, Origin
from lgc.services.views import DocumentLine, MessageLine, assigned_words

DOCUMENTS, MESSAGES = "documents", "messages"


class RecordDocumentsPanel(Panel):
    """``opened`` carries a ``DocumentLine``; ``message_opened`` a message id."""

    opened = Signal(object)
    message_opened = Signal(str)
    dmp_asked = Signal()
    menu_asked = Signal(object, QPoint)

    def __init__(self) -> None:
        super().__init__("")
        self._lines: tuple[DocumentLine, ...] = ()
        self._messages: tuple[MessageLine, ...] = ()
        self.title.hide()
        self.count.hide()
        self.tabs = Segmented(
            ((DOCUMENTS, "Documents"), (MESSAGES, "Messages")), name="Documents ou messages"
        )
        self.header.insertWidget(0, self.tabs)
        self.tabs.changed.connect(self._show_tab)
        self.origin = _choice(
            "Origine : toutes", [(o.value, glyphs.ORIGIN[o].word) for o in Origin]
        )
        self.kind = _choice("Type : tous", [(k.value, glyphs.KIND[k].word) for k in DocumentKind])
        find = action(self, "Filtrer", lambda: None, "Ctrl+F", hint="Filtrer")
        find.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.search = SearchField("Filtrer la liste", action=find, name="Filtrer les documents")
        self.search.setMinimumWidth(150)
        ask = action(self, "Chercher dans le DMP", self.dmp_asked.emit, "F5", hint="Chercher")
        self.ask_dmp = ask
        self.busy = BusyLine()
        for part in (self.busy, self.origin, self.kind, self.search):
            self.add_action(part)
        self._ask_button = Button("Chercher dans le DMP", glyph="ri.refresh-line", action=ask)
        self._ask_button.setObjectName("searchDmp")
        self.add_action(self._ask_button)
        self.table: Table[DocumentLine] = Table(
            COLUMNS, name="Documents du dossier", key=lambda line: line.key
        )
        self.table.setObjectName("documentsTable")
        self.table.opened.connect(self.opened)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu_at)
        action(self, "Actions DMP du document", self._menu_here, "Shift+F10", hint="Actions DMP")
        self.messages: Table[MessageLine] = Table(
            MESSAGE_COLUMNS, name="Messages du dossier", key=lambda line: line.message.message_id
        )
        self.messages.opened.connect(lambda line: self.message_opened.emit(line.message.message_id))
        self._empty = EmptyState("ri.folder-open-line", "", "")
        self._stack = QStackedWidget()
        for place in (self.table, self.messages, self._empty):
            self._stack.addWidget(place)
        self.add(self._stack, 1)
        self.table.sort_by("date", descending=True)
        for combo in (self.origin, self.kind):
            combo.currentIndexChanged.connect(lambda index: self._filtered())
        self.search.searched.connect(lambda words: self._filter())

    def show_lines(self, lines: Sequence[DocumentLine], messages: Sequence[MessageLine]) -> None:
        self._lines, self._messages = tuple(lines), tuple(messages)
        self.tabs.button(DOCUMENTS).setText(f"Documents  {len(lines)}")
        self.tabs.button(MESSAGES).setText(f"Messages  {len(messages)}")
        self._filter()
        self.table.select_first()

    def _menu_at(self, point: QPoint) -> None:
        """The menu of the line under the mouse, where something can be done in the DMP."""
        index = self.table.indexAt(point)
        if index.isValid():
            self.table.setCurrentIndex(index)
        self._ask_menu(self.table.viewport().mapToGlobal(point))

    def _menu_here(self) -> None:
        place = self.table.visualRect(self.table.currentIndex())
        self._ask_menu(self.table.viewport().mapToGlobal(place.bottomLeft() + QPoint(120, 0)))

    def _ask_menu(self, where: QPoint) -> None:
        line = self.table.current()
        if line is not None and (line.entry or line.dmp_state is not DmpState.NOT_DEPOSITED):
            self.menu_asked.emit(line, where)

    def _show_tab(self, key: str) -> None:
        documents = key == DOCUMENTS
        for part in (self.origin, self.kind, self._ask_button):
            part.setVisible(documents)
        self._filter()

    def _filtered(self) -> None:
        for combo in (self.origin, self.kind):
            combo.updateGeometry()
        self._filter()

    def _filter(self) -> None:
        words = fold(self.search.text()).split()
        if self.tabs.value() == DOCUMENTS:
            shown = [line for line in self._lines if self._wanted(line, words)]
            self.table.fill(shown)
            self._place(self.table, bool(shown), bool(self._lines), "document")
        else:
            found = [m for m in self._messages if _all_in(words, _message_words(m))]
            self.messages.fill(found)
            self._place(self.messages, bool(found), bool(self._messages), "message")

    def _wanted(self, line: DocumentLine, words: list[str]) -> bool:
        origin, kind = self.origin.currentData(), self.kind.currentData()
        return (
            (not origin or line.origin == origin)
            and (not kind or line.kind == kind)
            and _all_in(words, _document_words(line))
        )

    def _place(self, table: Table, shown: bool, any_at_all: bool, noun: str) -> None:  # type: ignore[type-arg]
        if shown:
            self._stack.setCurrentWidget(table)
            return
        if any_at_all:
            self._empty.set(
                "ri.filter-off-line", f"Aucun {noun} ne correspond", "Effacez le filtre."
            )
        else:
            advice = "F5 cherche dans le DMP." if noun == "document" else ""
            self._empty.set("ri.folder-open-line", f"Aucun {noun} dans ce dossier", advice)
        self._stack.setCurrentWidget(self._empty)


def _choice(first: str, others: list[tuple[str, str]]) -> Choice:
    return Choice([("", first), *others], name=first, height=28)


def _all_in(words: list[str], text: str) -> bool:
    return all(word in text for word in words)


def _day(line: DocumentLine) -> str:
    return line.day_said or text.date(line.date)


def _document_words(line: DocumentLine) -> str:
    """What a word typed in the filter is sought in: « masqué » and « archivé » are words too."""
    state = glyphs.DMP_STATE[line.dmp_state].word
    who = f"{line.author} {line.organisation}"
    sent = sent_words(line)
    return fold(f"{line.title} {line.type_label} {who} {state} {sent} {_day(line)}")


def _message_words(line: MessageLine) -> str:
    return fold(f"{line.message.subject} {line.message.sender_name} {line.message.text}")


def _origin_cell(line: DocumentLine) -> Cell:
    if line.kind is DocumentKind.PATIENT:
        return Cell("Patient", "ri.user-heart-line", tone="violet", glyph_tone="violet")
    sign = glyphs.ORIGIN[line.origin]
    return Cell(sign.word, sign.glyph, glyph_tone=sign.role)


def _title_cell(line: DocumentLine) -> Cell:
    title = text.french(line.title)
    if line.annulled:
        said = f"{title}, annulé"
        return Cell(title, "ri.forbid-line", tone="text.muted", glyph_tone="danger",
                    struck=True, spoken=said, tooltip=said)  # fmt: skip
    return Cell(title, bold=line.unread)


def _state_cell(line: DocumentLine) -> Cell:
    if line.annulled and line.dmp_state is DmpState.NOT_DEPOSITED:
        return Cell("Annulé", "ri.forbid-line", tone="danger", glyph_tone="danger")
    sign = glyphs.DMP_STATE[line.dmp_state]
    plain = line.dmp_state in (DmpState.FETCHED, DmpState.NOT_DEPOSITED)
    return Cell(
        sign.word, sign.glyph, tone="text.muted" if plain else sign.role, glyph_tone=sign.role
    )


COLUMNS: tuple[Column[DocumentLine], ...] = (
    Column("origin", "Origine", _origin_cell, 108, lambda line: line.origin),
    Column("message", "Message", message_cell, 36, glyph="ri.mail-line", middle=True),
    Column(
        "date",
        "Date",
        lambda line: Cell(_day(line), bold=line.unread),
        100,
        lambda line: line.date,
    ),
    Column(
        "title",
        "Nom",
        _title_cell,
        None,
        lambda line: fold(line.title),
        least=180,
    ),
    Column(
        "type",
        "Type",
        lambda line: Cell(glyphs.KIND[line.kind].word, tone="text.muted", tooltip=line.type_label),
        156,
        lambda line: line.kind,
    ),
    Column("author", "Auteur", lambda line: Cell(line.author), 158, lambda line: fold(line.author)),
    Column(
        "organisation",
        "Organisation",
        lambda line: Cell(line.organisation, tone="text.muted"),
        142,
        lambda line: fold(line.organisation),
    ),
    Column("dmp", "État DMP", _state_cell, 138, lambda line: line.dmp_state),
)

MESSAGE_COLUMNS: tuple[Column[MessageLine], ...] = (
    Column(
        "date",
        "Date",
        lambda line: Cell(text.came(line.message), bold=line.message.unread),
        150,
        lambda line: line.message.came_at,
    ),
    Column(
        "clip",
        "Pièces jointes",
        lambda line: Cell(
            glyph="ri.attachment-2" if line.message.attachments else "", tone="text.muted"
        ),
        40,
        glyph="ri.attachment-2",
        middle=True,
    ),
    Column(
        "sender",
        "De",
        lambda line: Cell(line.message.sender),
        240,
        lambda line: fold(line.message.sender_name),
    ),
    Column("subject", "Objet", lambda line: Cell(line.message.subject, bold=line.message.unread)),
    Column(
        "assigned",
        "Classement",
        lambda line: Cell(assigned_words(line.message), tone="text.muted"),
        200,
    ),
)
