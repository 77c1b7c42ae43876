"""The four panels of Accueil, each a table of frozen views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.keys import KeyCap, action
from lgc.desktop.components.labels import Glyph, label, retone
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.rows import EMPTY, Cell, Column, Head
from lgc.desktop.components.status_line import failure_of
from lgc.desktop.components.tables import Table
from lgc.desktop.components.tips import set_tip
from lgc.desktop.home.day_lines import PAST, DayLine, FreeSlot, with_free_slots
from lgc.desktop.queue.words import action_of, actions_of, line_cells
from lgc.desktop.theme.glyphs import DMP_ACCESS, KIND, ORIGIN, PRESENCE
from lgc.domain.agenda import Block, Presence
from lgc.domain.deliveries import STANDING
from lgc.domain.patients import DmpAccess
from lgc.domain.waiting import waited
from lgc.services.events import ServiceState
from lgc.services.views import (
    DeliveryView,
    MessageLine,
    NewsGroup,
    NewsItem,
    QueueLine,
    VisitLine,
)


class DayPanel(Panel):
    """« Consultations du jour ». ``opened`` carries a VisitLine."""

    opened = Signal(object)
    day_asked = Signal(int)

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        super().__init__("Consultations du jour")
        self._now = now
        self.table: Table[DayLine] = Table(
            self._columns(), name="Consultations du jour", row_height=34, key=_day_key
        )
        self.table.opened.connect(self._open)
        self.empty = EmptyState(
            "ri.calendar-2-line", "Aucune consultation ce jour-là.", "Bonne journée."
        )
        self._build_days()
        self.add(self.table, 1)
        self.add(self.empty, 1)
        self._foot = self.add_footer()

    def show_dmp(self, state: ServiceState) -> None:
        """Its icons are of the last answer: said beside their legend while none comes."""
        failing = failure_of(state)
        self.dmp.setText(text.french(failing or "DMP"))
        retone(self.dmp, "danger" if failing else "text.muted")

    def build_footer(self, arrival: QAction, opening: QAction) -> None:
        """The legend of the DMP glyphs and the two keys of the list."""
        self.dmp = label("DMP", "small", "text.muted")
        self._foot.addWidget(self.dmp)
        self._foot.addSpacing(4)
        for access in (DmpAccess.AUTHORISED, DmpAccess.TO_AUTHORISE, DmpAccess.NONE):
            sign = DMP_ACCESS[access]
            self._foot.addWidget(Glyph(sign.glyph, sign.role, 15))
            self._foot.addWidget(
                label(sign.word.lower().replace("dmp", "DMP"), "small", "text.muted")
            )
            self._foot.addSpacing(4)
        self._foot.addStretch(1)
        for act, word in ((arrival, "arrivée"), (opening, "ouvrir")):
            self._foot.addWidget(KeyCap.of(act))
            self._foot.addWidget(label(word, "small", "text.muted"))

    def show_visits(self, visits: Sequence[VisitLine], blocks: Sequence[Block]) -> None:
        self.count.set_count(len(visits))
        self.table.setVisible(bool(visits))
        self.empty.setVisible(not visits)
        self.table.fill(with_free_slots(visits, blocks, self._now()))

    def show_day(self, day: dt.date, today: dt.date) -> None:
        away = (day - today).days
        word = {0: "Aujourd’hui", 1: "Demain", -1: "Hier"}.get(away, text.short_date(day))
        self.day.setText(word)
        self.day.updateGeometry()

    def _build_days(self) -> None:
        before = Button("", "quiet", "ri.arrow-left-s-line", cap=False, height=24)
        before.setAccessibleName("Jour précédent")
        set_tip(before, "Jour précédent")
        before.clicked.connect(lambda: self.day_asked.emit(-1))
        self.day = Button("Aujourd’hui", "quiet", height=24)
        set_tip(self.day, "Revenir à aujourd’hui")
        self.day.clicked.connect(lambda: self.day_asked.emit(0))
        after = Button("", "quiet", "ri.arrow-right-s-line", cap=False, height=24)
        after.setAccessibleName("Jour suivant")
        set_tip(after, "Jour suivant")
        after.clicked.connect(lambda: self.day_asked.emit(1))
        for part in (before, self.day, after):
            self.add_action(part)

    def _open(self, line: DayLine) -> None:
        if isinstance(line, VisitLine):
            self.opened.emit(line)

    def _columns(self) -> list[Column[DayLine]]:
        return [
            Column("time", "Heure", self._time, 66),
            Column("civility", "Civ.", self._civility, 48),
            Column("patient", "Patient", self._patient),
            Column("dmp", "DMP", self._dmp, 116),
            Column("presence", "Présence", self._presence, 146),
        ]

    def _time(self, line: DayLine) -> Cell:
        past = isinstance(line, FreeSlot) or line.presence in PAST
        tone = "text.muted" if past else "text"
        return Cell(text.time(line.starts_at), tone=tone, medium=not past)

    def _civility(self, line: DayLine) -> Cell:
        return (
            EMPTY if isinstance(line, FreeSlot) else Cell(line.patient.civility, tone="text.muted")
        )

    def _patient(self, line: DayLine) -> Cell:
        if isinstance(line, FreeSlot):
            return Cell("Créneau libre", tone="text.faint")
        past = line.presence in PAST
        return Cell(
            line.patient.name,
            tone="text.muted" if past else "text",
            bold=not past,
            tooltip=text.join(
                line.patient.name, text.date(line.patient.birth_date), line.kind,
                line.patient.important,
            ),
        )  # fmt: skip

    def _dmp(self, line: DayLine) -> Cell:
        if isinstance(line, FreeSlot):
            return EMPTY
        sign = DMP_ACCESS[line.patient.dmp]
        return Cell(sign.word, glyph=sign.glyph, glyph_tone=sign.role, tone="text.muted")

    def _presence(self, line: DayLine) -> Cell:
        if isinstance(line, FreeSlot):
            return EMPTY
        sign = PRESENCE[line.presence]
        words = text.presence(line.presence, line.patient.sex, waited(line, self._now()))
        strong = line.presence in (Presence.ARRIVED, Presence.IN_CONSULTATION)
        medium = line.presence is Presence.ABSENT
        return Cell(words, glyph=sign.glyph, tone=sign.role, bold=strong, medium=medium)


def _day_key(line: DayLine) -> object:
    return line.starts_at if isinstance(line, FreeSlot) else line.visit_id


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One line of the news: the head of a patient (no item) or one thing."""

    group: NewsGroup
    item: NewsItem | None = None

    @property
    def key(self) -> str:
        item = self.item
        inside = (item.document_id or item.message_id or "") if item is not None else ""
        return f"{self.group.patient.patient_id}/{inside}"


class NewsPanel(Panel):
    """« Actualités de mes patients »: ``opened`` carries a NewsLine with its item."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__(
            "Actualités de mes patients", hint="documents du DMP et messages, patients du jour"
        )
        self._folded: set[str] = set()
        self._groups: tuple[NewsGroup, ...] = ()
        self._today = dt.date.min
        self.table: Table[NewsLine] = Table(
            [
                Column("title", "Titre", self._title),
                Column("origin", "Origine", _origin, 112),
                Column("date", "Date", self._date, 84, right=True),
            ],
            name="Actualités de mes patients",
            row_height=30,
            key=lambda line: line.key,
            head=self._head,
            header=False,
        )
        self.table.opened.connect(self.opened)
        self.table.toggled.connect(self._toggle)
        self.empty = EmptyState(
            "ri.checkbox-circle-line",
            "Rien de nouveau pour les patients du jour.",
            "Les documents du DMP et les messages apparaîtront ici.",
        )
        self.add(self.table, 1)
        self.add(self.empty, 1)

    def show_news(self, groups: Sequence[NewsGroup], today: dt.date) -> None:
        self._groups, self._today = tuple(groups), today
        self.count.set_count(sum(len(group.items) for group in groups))
        self.table.setVisible(bool(groups))
        self.empty.setVisible(not groups)
        self._fill()

    def groups(self) -> tuple[NewsGroup, ...]:
        return self._groups

    def _fill(self) -> None:
        lines = []
        for group in self._groups:
            lines.append(NewsLine(group))
            if group.patient.patient_id not in self._folded:
                lines += [NewsLine(group, item) for item in group.items]
        self.table.fill(lines)

    def _toggle(self, line: NewsLine) -> None:
        self._folded ^= {line.group.patient.patient_id}
        self._fill()

    def _head(self, line: NewsLine) -> Head | None:
        if line.item is not None:
            return None
        patient = line.group.patient
        return Head(
            f"{patient.civility} {patient.name}".strip(),
            len(line.group.items),
            f"rendez-vous {text.time(line.group.visit_at)}",
            patient.patient_id in self._folded,
        )

    def _title(self, line: NewsLine) -> Cell:
        if line.item is None:
            return EMPTY
        sign = KIND[line.item.kind]
        return Cell(
            text.french(line.item.title),
            glyph=sign.glyph,
            glyph_tone=sign.role,
            spoken=f"{sign.word}, {line.item.title}",
            indent=32,
        )

    def _date(self, line: NewsLine) -> Cell:
        if line.item is None:
            return EMPTY
        return Cell(text.near_date(line.item.date.date(), self._today), tone="text.muted")


def _origin(line: NewsLine) -> Cell:
    if line.item is None:
        return EMPTY
    sign = ORIGIN[line.item.origin]
    return Cell(sign.word, glyph=sign.glyph, tone=sign.role)


class UnassignedPanel(Panel):
    """« Messages non assignés »: ``assign_asked`` and ``opened`` carry a MessageLine."""

    assign_asked = Signal(object)
    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__("Messages non assignés")
        self.table: Table[MessageLine] = Table(
            [
                Column("date", "Date", _message_date, 110),
                Column("files", "PJ", _files, 34),
                Column("sender", "De", _sender, 190),
                Column("subject", "Objet", _subject),
                Column("candidates", "", _candidates, 84, right=True),
                Column("assign", "", lambda line: ASSIGN, 106),
            ],
            name="Messages non assignés",
            row_height=32,
            key=lambda line: line.message.message_id,
        )
        self.table.opened.connect(self.assign_asked)
        self.table.pressed_button.connect(lambda line, key: self.assign_asked.emit(line))
        self.empty = EmptyState(
            "ri.inbox-line", "Tous les messages ont trouvé leur dossier.", compact=True
        )
        self.add(self.table, 1)
        self.add(self.empty, 1)

    def show_messages(self, lines: Sequence[MessageLine]) -> None:
        self.count.set_count(len(lines))
        self.table.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        self.table.fill(lines)


ASSIGN = Cell("Assigner", glyph="ri.user-add-line", button="plain")


def _message_date(line: MessageLine) -> Cell:
    came = text.short_date_time(line.message.came_at)
    return Cell(came, tone="text.muted", tooltip=text.odd_date(line.message))


def _files(line: MessageLine) -> Cell:
    number = len(line.message.attachments)
    if not number:
        return EMPTY
    return Cell(
        "",
        glyph="ri.attachment-2",
        tone="text.muted",
        spoken=text.count(number, "pièce jointe", "pièces jointes"),
    )


def _sender(line: MessageLine) -> Cell:
    return Cell(line.message.sender)


def _subject(line: MessageLine) -> Cell:
    return Cell(line.message.subject or "(sans objet)", bold=line.message.unread)


def _candidates(line: MessageLine) -> Cell:
    if line.message.unreadable is not None:
        return Cell(line.message.unreadable.words.short, tone="danger", small=True)
    number = len(line.message.candidates)
    words = text.count(number, "candidat") if number else "à chercher"
    return Cell(words, tone="text.muted", small=True)


class SendsPanel(Panel):
    """« Envois en attente »: ``acted`` carries (DeliveryView, action name), ``opened`` a share."""

    acted = Signal(object, str)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__("Envois en attente")
        self.retry = Chip("", "warn", "ri.error-warning-fill", small=True)
        self.retry.hide()
        self.add_chip(self.retry)
        self.table: Table[tuple[QueueLine, DeliveryView]] = Table(
            [
                Column("document", "Document", lambda row: line_cells(*row)[0]),
                Column("channel", "Voie", lambda row: line_cells(*row)[1], 76),
                Column("state", "État", lambda row: line_cells(*row)[2]),
                Column("action", "", lambda row: line_cells(*row)[3], 156),
            ],
            name="Envois en attente",
            row_height=36,
            key=lambda row: row[1].delivery_id,
            header=False,
        )
        self.table.opened.connect(lambda row: self.opened.emit(row[0].share_id))
        self.table.pressed_button.connect(self._act)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu_at)
        action(self.table, "Actions de l’envoi", self._menu_here, "Shift+F10", hint="Actions")
        self.empty = EmptyState("ri.send-plane-line", "Rien n’attend de partir.", compact=True)
        self.add(self.table, 1)
        self.add(self.empty, 1)

    def show_queue(self, lines: Sequence[QueueLine]) -> None:
        rows = [
            (line, delivery)
            for line in lines
            for delivery in line.deliveries
            if delivery.state in STANDING
        ]
        rows.sort(key=lambda row: row[1].state not in ("refused", "uncertain"))
        again = sum(row[1].state in ("refused", "uncertain") for row in rows)
        self.count.set_count(len(rows))
        self.retry.set(f"{again} à réessayer", "warn", "ri.error-warning-fill")
        self.retry.setVisible(again > 0)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.table.fill(rows)

    def _act(self, row: tuple[QueueLine, DeliveryView], key: str) -> None:
        self.acted.emit(row[1], action_of(row[1]).name)

    def _menu_at(self, point: QPoint) -> None:
        """Every act of the line under the mouse: the button is only the first."""
        index = self.table.indexAt(point)
        if index.isValid():
            self.table.setCurrentIndex(index)
        self._menu(self.table.viewport().mapToGlobal(point))

    def _menu_here(self) -> None:
        place = self.table.visualRect(self.table.currentIndex())
        self._menu(self.table.viewport().mapToGlobal(place.bottomLeft()))

    def _menu(self, where: QPoint) -> None:
        row = self.table.current()
        if row is None:
            return
        menu = QMenu(self)
        menu.setObjectName("sendMenu")
        for one in actions_of(row[1]):
            menu.addAction(one.word, partial(self.acted.emit, row[1], one.name))
        menu.addSeparator()
        menu.addAction("Voir dans Envois", partial(self.opened.emit, row[0].share_id))
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, where)
