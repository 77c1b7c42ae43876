"""« Liste des documents »: filters, full-text search, several lines at once, own columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, rule
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.rows import Column
from lgc.desktop.components.tables import Table
from lgc.desktop.documents.printing import print_pdf
from lgc.desktop.leaving import Leaving
from lgc.desktop.record.listing.filters import ALL, NEW, Filters
from lgc.desktop.record.listing.rows import (
    ALWAYS,
    COLUMNS,
    FOUND_COLUMNS,
    Line,
    facts_of,
    found,
    of_document,
)
from lgc.desktop.record.part import Part
from lgc.desktop.record.writing.draft_strip import DraftStrip, Waiting
from lgc.desktop.tasks import Task, Tasks
from lgc.domain.documents import DmpState
from lgc.services.desk import Desk
from lgc.services.listing import Hit, Listed, Listing, Printable, Where
from lgc.services.views import DocumentLine

ROW, FOUND_ROW = 32, 48


class ListingPart(Part):
    """Two tables: the whole list, and what was found, whose excerpts take the room of facts."""

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        self._lines: tuple[DocumentLine, ...] = ()
        self._facts: dict[str, str] = {}
        self._hits: tuple[Hit, ...] = ()
        self._words = ""
        self._asking: Task | None = None
        self._read = False
        self.table = _table(COLUMNS, ROW)
        self.hits = _table(FOUND_COLUMNS, FOUND_ROW)
        self.filters = Filters()
        self.busy = BusyLine()
        self._empty = EmptyState("ri.folder-open-line", "", "")
        self._stack = QStackedWidget()
        self.panel = Panel("Liste des documents")
        self.drafts = DraftStrip()
        self.drafts.asked.connect(lambda whose, kind: self.draft_asked.emit(kind))
        self._actions()
        self._lay_out()
        self.table.sort_by("date", descending=True)
        for table in (self.table, self.hits):
            self._connect(table)
        self.table.columns_changed.connect(self._keep_columns)
        self.filters.changed.connect(self._fill)
        self.search.searched.connect(self._ask)
        self.search.escaped.connect(lambda: self._shown_table().setFocus())
        tasks.run(desk.listing.columns, owner=self, done=self._remember)

    def shown(self, entry: str) -> None:
        if entry == NEW:
            self.filters.clear()
            self.filters.whose.choose(NEW)
        elif self.filters.whose.value() == NEW:
            self.filters.whose.choose(ALL)
        self.refresh()
        self._shown_table().setFocus()

    def refresh(self) -> None:
        task = self._tasks.run(
            partial(_read, self._desk.listing, self.patient_id), owner=self, done=self._show
        )
        if not self._read:
            self.busy.follow(task, "Lecture du dossier…")

    # --- building -----------------------------------------------------------------------------

    def _actions(self) -> None:
        find = action(
            self, "Chercher", lambda: None, "Ctrl+F", hint="Chercher",
            help="Chercher dans tout le dossier, textes compris",
        )  # fmt: skip
        self.search = SearchField(
            "Chercher dans tout le dossier", action=find, name="Chercher dans tout le dossier"
        )
        self.search.setMinimumWidth(280)
        self.send = action(
            self, "Envoyer", self._send, "Ctrl+Shift+P", hint="Envoyer",
            help="Partager le document choisi ; plusieurs partent dans un même message",
        )  # fmt: skip
        self.paper = action(
            self, "Imprimer", self._print, "Ctrl+P", hint="Imprimer",
            help="Imprimer les documents choisis, à la suite",
        )  # fmt: skip
        self.mark = action(self, "Marquer lu", partial(self._mark, True), "L", hint="Marquer lu")
        self.unmark = action(self, "Marquer non lu", partial(self._mark, False), "U")
        self.dmp = action(self, "Chercher dans le DMP", self.dmp_asked.emit, "F5", hint="DMP")
        self.leave_action = action(self, "Effacer la recherche, revenir", self._escape, "Esc")
        self.columns_action = action(self, "Colonnes", self._choose_columns, "Alt+C")
        action(self, "Actions DMP du document", self._menu_here, "Shift+F10")

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.panel)
        self.columns_button = Button(
            "Colonnes", "quiet", "ri.layout-column-line", action=self.columns_action, cap=False
        )
        ask = Button("Chercher dans le DMP", glyph="ri.refresh-line", action=self.dmp)
        for part in (self.busy, self.search, self.columns_button, ask):
            self.panel.add_action(part)
        self.panel.add(self.drafts)
        self.panel.add(self.filters)
        self.panel.add(rule())
        for place in (self.table, self.hits, self._empty):
            self._stack.addWidget(place)
        self.panel.add(self._stack, 1)
        self._foot(self.panel.add_footer())

    def _foot(self, row: QHBoxLayout) -> None:
        self.chosen_words = label("", "small", "text.muted")
        row.addWidget(self.chosen_words)
        row.addStretch(1)
        for made, glyph in (
            (self.mark, "ri.mail-open-line"),
            (self.paper, "ri.printer-line"),
            (self.send, "ri.share-forward-line"),
        ):
            row.addWidget(Button(made.text(), "quiet", glyph, action=made, height=26))

    def _connect(self, table: Table[Line]) -> None:
        table.opened.connect(self._open)
        table.selection_changed.connect(self._chosen)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._menu_at)

    # --- what is shown ------------------------------------------------------------------------

    def _show(self, read: tuple[Listed, dict[str, str]]) -> None:
        listed, self._facts = read
        self._read = True
        self._lines, self.filters.me = listed.lines, listed.me
        self.drafts.show_drafts([Waiting(self.patient_id, one) for one in listed.drafts])
        self.filters.offer_authors(line.author for line in listed.lines)
        if self._words:
            self._ask(self._words)
        self._fill()
        self.table.select_first()

    def _ask(self, words: str) -> None:
        """Each keystroke forgets the question before it."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if not words.strip():
            self._words, self._hits = "", ()
            self._fill()
            return
        self._asking = self._tasks.run(
            partial(self._desk.listing.find, self.patient_id, words),
            owner=self,
            done=partial(self._found, words),
        )
        self.busy.follow(self._asking, "Recherche…")

    def _found(self, words: str, hits: tuple[Hit, ...]) -> None:
        self._words, self._hits, self._asking = words, hits, None
        self._fill()
        if self.hits.rows():
            self.hits.selectRow(0)

    def _fill(self) -> None:
        now = self._desk.clock.now()
        if self._words:
            lines = found(self._lines, self._hits, self._words, self._facts)
        else:
            lines = [of_document(line) for line in self._lines]
        shown = [line for line in lines if self.filters.keep(line, now)]
        table = self._shown_table()
        had_focus = self.table.hasFocus() or self.hits.hasFocus()
        table.fill(shown)
        self._say_empty(bool(lines))
        self._stack.setCurrentWidget(table if shown else self._empty)
        if had_focus and shown:
            table.setFocus()
        total = len(lines)
        self.panel.count.set_count(
            str(total) if len(shown) == total else f"{len(shown)} sur {total}"
        )
        self._chosen()

    def _shown_table(self) -> Table[Line]:
        return self.hits if self._words else self.table

    def _say_empty(self, some: bool) -> None:
        if some:
            self._empty.set(
                "ri.filter-off-line",
                "Rien ne passe ces filtres",
                "Échap les efface.",
            )
        elif self._words:
            words = text.french(f"Rien dans ce dossier ne contient « {self._words.strip()} »")
            self._empty.set("ri.search-line", words, "Échap efface la recherche.")
        elif self._read:
            self._empty.set(
                "ri.folder-open-line", "Aucun document dans ce dossier", "F5 cherche dans le DMP."
            )

    # --- several at once ----------------------------------------------------------------------

    def chosen(self) -> list[Line]:
        return self._shown_table().selected()

    def _kept(self) -> list[str]:
        """The chosen documents that are stored here."""
        lines = (line.document for line in self.chosen())
        return [one.document.document_id for one in lines if one is not None and one.document]

    def _chosen(self) -> None:
        chosen, kept = self.chosen(), self._kept()
        for made in (self.send, self.paper, self.mark, self.unmark):
            made.setEnabled(bool(kept))
        said = ""
        if len(chosen) > 1:
            said = f"{len(chosen)} lignes choisies"
            left = len(chosen) - len(kept)
            said += f", dont {left} sans document gardé ici" if left else ""
        elif self._stack.currentWidget() is not self._empty:
            said = "Maj ou Ctrl pour choisir plusieurs lignes"
        self.chosen_words.setText(said)
        self.hints_changed.emit()

    def _send(self) -> None:
        kept = self._kept()
        if len(kept) == 1:
            self.share_asked.emit(kept[0])
        elif kept:
            self.write_asked.emit(tuple(kept))

    def _mark(self, read: bool) -> None:
        kept = self._kept()
        if not kept:
            return
        mark = self._desk.listing.mark_read
        state = "lu" if read else "non lu"
        plural = "s" if len(kept) > 1 else ""
        said = f"{len(kept)} document{plural} marqué{plural} {state}{plural}"
        self._tasks.run(
            partial(mark, self.patient_id, kept, read), owner=self, done=partial(self._marked, said)
        )

    def _marked(self, said: str, nothing: None) -> None:
        self.refresh()
        self.told.emit(said, None)

    def _print(self) -> None:
        kept = self._kept()
        if kept:
            task = self._tasks.run(
                partial(self._desk.listing.printable, kept), owner=self, done=self._preview
            )
            self.busy.follow(task, "Préparation de l’impression…")

    def _preview(self, made: Printable) -> None:
        if made.left_out:
            names = ", ".join(made.left_out)
            self.told.emit(text.french(f"Sans pages à imprimer : {names}"), None)
        if made.pdf is not None:
            words, of = QTextDocument(self), Leaving("documents")
            print_pdf(self, "Documents du dossier", made.pdf, words, of, made.forms)

    # --- going elsewhere ----------------------------------------------------------------------

    def _open(self, line: Line) -> None:
        if line.document is not None:
            self.line_asked.emit(line.document)
        elif line.where is Where.MESSAGE:
            self.message_asked.emit(line.key.partition("/")[2])
        else:
            self.part_asked.emit("note" if line.where is Where.NOTE else "overview")

    def _escape(self) -> None:
        if self.search.text():
            self.search.clear()
            self._ask("")
            self._shown_table().setFocus()
        elif self.filters.active:
            self.filters.clear()
        else:
            self.left.emit()

    def _menu_at(self, point: QPoint) -> None:
        table = self._shown_table()
        self._menu(table.viewport().mapToGlobal(point))

    def _menu_here(self) -> None:
        table = self._shown_table()
        place = table.visualRect(table.currentIndex())
        self._menu(table.viewport().mapToGlobal(place.bottomLeft() + QPoint(120, 0)))

    def _menu(self, where: QPoint) -> None:
        line = self._shown_table().current()
        one = line.document if line is not None else None
        if one is not None and (one.entry or one.dmp_state is not DmpState.NOT_DEPOSITED):
            self.line_menu_asked.emit(one, where)

    # --- columns ------------------------------------------------------------------------------

    def _choose_columns(self) -> None:
        menu = QMenu(self)
        for column in COLUMNS:
            shown = menu.addAction(column.title)
            shown.setCheckable(True)
            shown.setChecked(not self.table.is_hidden(column.key))
            shown.setEnabled(column.key != ALWAYS)
            shown.toggled.connect(partial(self._show_column, column.key))
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft()))

    def _show_column(self, key: str, shown: bool) -> None:
        self.table.hide_column(key, not shown)
        self._keep_columns()

    def _keep_columns(self) -> None:
        """The list of every record is laid out alike, now and tomorrow."""
        kept: dict[str, object] = {
            "hidden": [c.key for c in COLUMNS if self.table.is_hidden(c.key)],
            "widths": self.table.own_widths(),
            "sort": list(self.table.sorting()),
        }
        self._tasks.run(
            partial(self._desk.listing.keep_columns, kept), owner=self, done=lambda nothing: None
        )

    def _remember(self, kept: dict[str, object]) -> None:
        """What was kept, as far as it still means something."""
        known = {column.key for column in COLUMNS}
        hidden, widths, sort = kept.get("hidden"), kept.get("widths"), kept.get("sort")
        for key in hidden if isinstance(hidden, list) else ():
            if key in known and key != ALWAYS:
                self.table.hide_column(key, True)
        if isinstance(widths, dict):
            self.table.take_widths({k: w for k, w in widths.items() if k in known and _width(w)})
        if isinstance(sort, list) and len(sort) == 2 and sort[0] in known:
            self.table.sort_by(sort[0], descending=bool(sort[1]))


def _read(own: Listing, patient_id: str) -> tuple[Listed, dict[str, str]]:
    """In a worker, the words each line is known by with it: two thousand are not folded twice."""
    listed = own.lines(patient_id)
    return listed, {line.key: facts_of(line) for line in listed.lines}


def _width(found: object) -> bool:
    return isinstance(found, int) and 24 <= found <= 2000


def _table(columns: Sequence[Column[Line]], height: int) -> Table[Line]:
    made: Table[Line] = Table(
        columns,
        name="Documents du dossier",
        row_height=height,
        key=lambda line: line.key,
        several=True,
    )
    return made
