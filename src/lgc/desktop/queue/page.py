"""The sending queue: shares on the left, the two deliveries of the chosen one on the right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import clipboard, text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Badge
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import ElidedLabel, Glyph, label
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.tables import Table
from lgc.desktop.leaving import COPIED, Leaving, left
from lgc.desktop.main_window import MainWindow
from lgc.desktop.page import Page
from lgc.desktop.queue.acting import QueueDoor, act
from lgc.desktop.queue.delivery_card import DeliveryCard
from lgc.desktop.queue.words import SEE, action_of, person_of, reason, receipts_text
from lgc.desktop.theme.glyphs import CHANNEL, sending
from lgc.domain.deliveries import DeliveryState
from lgc.domain.receipts import FAILED
from lgc.services.views import DeliveryView, QueueCounts, QueueLine

if TYPE_CHECKING:
    from lgc.services.desk import Desk

COALESCE_MS = 120
URGENCY = (
    DeliveryState.REFUSED,
    DeliveryState.UNCERTAIN,
    DeliveryState.SENDING,
    DeliveryState.WAITING,
    DeliveryState.DELIVERED,
    DeliveryState.CLOSED,
    DeliveryState.WITHDRAWN,
)
OPEN = URGENCY[:4]
NOTHING = (
    "ri.send-plane-line",
    "Rien n’attend de partir.",
    "Les documents partagés et leurs accusés apparaîtront ici.",
)


class QueuePage(Page):
    """Follows every event of a delivery and keeps the counts of the shell right."""

    title = "Envois"

    def __init__(
        self, window: MainWindow, queue: QueueDoor, now: Callable[[], dt.datetime]
    ) -> None:
        super().__init__(window.stack)
        self._window, self._queue, self._now = window, queue, now
        self._lines: tuple[QueueLine, ...] = ()
        self._wanted = ""
        self.cards: list[DeliveryCard] = []
        self.card_column = QVBoxLayout()
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(COALESCE_MS)
        self._soon.timeout.connect(self.reload)
        window.bridge.delivery_moved.connect(self._event)
        window.bridge.record_changed.connect(self._event)
        window.bridge.day_changed.connect(self.day_changed)
        self.reload()

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> QueuePage:
        """Make the page from the services of a session and register it."""
        page = cls(window, desk.queue, desk.clock.now)
        window.add_page(
            "queue", page, glyph="ri.send-plane-line", shortcut="Ctrl+Shift+E",
            help="Ouvrir la file d’envoi",
        )  # fmt: skip
        return page

    @property
    def lines(self) -> tuple[QueueLine, ...]:
        """What the queue holds, newest first."""
        return self._lines

    # --- reading ------------------------------------------------------------------------------

    def shown(self) -> None:
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_item(self, item: str) -> None:
        """``item`` is a share."""
        self._wanted = item
        if self.table.select(item):
            self._wanted = ""
        elif any(line.share_id == item for line in self._lines):
            self.filter.choose("all")

    def reload(self) -> None:
        task = self._window.tasks.run(self._queue.lines, owner=self, done=self._fill)
        self._window.tasks.run(self._queue.counts, owner=self, done=self._count)
        if not self._lines:
            self.busy.follow(task, "Lecture de la file d’envoi…")

    def _fill(self, lines: tuple[QueueLine, ...]) -> None:
        self._lines = lines
        self._refill()

    def day_changed(self, before: dt.date, today: dt.date) -> None:
        """« Aujourd’hui » filters by another day."""
        self._refill()

    def _refill(self) -> None:
        wanted = FILTERS[self.filter.value()]
        today = self._now().date()
        shown = [line for line in self._lines if wanted(line, today)]
        shown.sort(key=lambda line: urgency(worst(line)) > 1)
        self.count.set_count(len(shown))
        self.table.fill(shown)
        self.panel.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        self._say_empty()
        if shown and self.hasFocus():  # it waited here while the list was empty
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if shown and self.table.current() is None:
            self.table.select_first()
        if self._wanted:
            self.show_item(self._wanted)
        self._detail(self.table.current())

    def _say_empty(self) -> None:
        if self._lines:
            words = "Rien n’a été partagé aujourd’hui, rien n’attend de partir."
            if self.filter.value() == "open":
                words = "Rien n’attend de partir."
            self.empty.set("ri.send-plane-line", words, "« Tous » montre les envois passés.")
        else:
            self.empty.set(*NOTHING)

    def _count(self, counts: QueueCounts) -> None:
        self._window.show_queue(counts)

    def _event(self, event: object) -> None:
        self._soon.start()

    # --- the chosen share ---------------------------------------------------------------------

    def _detail(self, line: QueueLine | None) -> None:
        self.side.setVisible(line is not None)
        if line is None:
            return
        state = worst(line)
        sign = sending(state.state, state.fate)
        self.side_glyph.set(sign.glyph, sign.role)
        self.side_title.set_text(line.title)
        self.side_person.set_text(
            text.join(
                person_of(line),
                text.date_time(text.local(line.shared_at)),
            )
        )
        number = len(line.deliveries)
        self.side_count.setText(text.count(number, "envoi"))
        self._cards(line)

    def _cards(self, line: QueueLine) -> None:
        wanted = [delivery.delivery_id for delivery in line.deliveries]
        if [card.delivery_id for card in self.cards] != wanted:
            for card in self.cards:
                card.hide()
                card.deleteLater()
            self.cards = [DeliveryCard(delivery.delivery_id) for delivery in line.deliveries]
            for place, card in enumerate(self.cards):
                card.acted.connect(self._act)
                self.card_column.insertWidget(place, card)
        for card, delivery in zip(self.cards, line.deliveries, strict=True):
            card.show_delivery(delivery)

    def _act(self, delivery: DeliveryView, name: str) -> None:
        if name == SEE:
            self._open()
            return
        act(self._window, self._queue, delivery, name, self, self.reload)

    def _act_on_current(self) -> None:
        line = self.table.current()
        if line is None:
            return
        for delivery in sorted(line.deliveries, key=urgency):
            self._act(delivery, action_of(delivery).name)
            return

    def _copy(self) -> None:
        line = self.table.current()
        if line is not None:
            clipboard.copy(receipts_text(line))
            left(COPIED, Leaving("receipts", line.share_id))
            self._window.messages.toast("Accusés copiés")

    def _open(self) -> None:
        line = self.table.current()
        if line is None:
            return
        if line.patient is None:
            self._window.show_page("messages")
        else:
            self._window.open_record(line.patient.patient_id, line.document_id)

    # --- building -----------------------------------------------------------------------------

    def _build(self) -> None:
        self.count = Badge()
        self.busy = BusyLine()
        self.filter = Segmented(
            [("today", "Aujourd’hui"), ("open", "En cours"), ("all", "Tous")],
            name="Envois montrés",
            height=28,
        )
        self.filter.changed.connect(lambda key: self._refill())
        self.panel = Panel("Documents envoyés")
        self.table: Table[QueueLine] = Table(
            [
                Column("document", "Document", _document),
                Column("patient", "Patient", _patient, 172, sort=person_of),
                Column("dmp", "DMP", lambda line: _channel(line, "dmp"), 140),
                Column("mssante", "MSSanté", lambda line: _channel(line, "mssante"), 140),
                Column("date", "Partagé", _date, 118, sort=lambda line: line.shared_at),
            ],
            name="File d’envoi",
            row_height=34,
            key=lambda line: line.share_id,
        )
        self.table.chosen.connect(self._detail)
        self.table.opened.connect(lambda line: self._open())
        self.panel.add(self.table, 1)
        self.empty = EmptyState(*NOTHING)
        self._keys()
        self._build_side()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 14, 20, 16)
        whole.setSpacing(12)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(label("File d’envoi", "page"))
        top.addWidget(self.count)
        top.addStretch(1)
        top.addWidget(self.busy)
        top.addWidget(self.filter)
        whole.addLayout(top)
        columns = QHBoxLayout()
        columns.setSpacing(14)
        columns.addWidget(self.panel, 62)
        columns.addWidget(self.empty, 62)
        columns.addWidget(self.side, 38)
        whole.addLayout(columns, 1)

    def _keys(self) -> None:
        opening = action(self.table, "Ouvrir le document", self._open, "Return", others=("Enter",))
        opening.setProperty("lgcHint", "Ouvrir le document")
        self.addAction(opening)
        self.open_action = opening
        action(
            self, "Agir sur l’envoi", self._act_on_current, "Alt+V", hint="Réessayer, vérifier",
            help="Réessayer, vérifier ou retirer l’envoi choisi",
        )  # fmt: skip
        self.copy_action = action(
            self, "Copier les accusés", self._copy, "Ctrl+Shift+C", hint="Copier les accusés"
        )

    def _build_side(self) -> None:
        self.side = Panel("Suivi de l’envoi")
        self.side_glyph = Glyph("ri.time-line", "text.muted", 20)
        self.side_title = ElidedLabel("", "strong")
        self.side_person = ElidedLabel("", "base", "text.muted")
        self.side_count = label("", "base", "text.muted")
        self.side.add_action(self.side_count)
        inside = QWidget()
        inside.setLayout(self.card_column)
        self.card_column.setContentsMargins(14, 4, 14, 14)
        self.card_column.setSpacing(10)
        self.card_column.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Suivi de l’envoi")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        head = QHBoxLayout()
        head.setContentsMargins(14, 12, 14, 8)
        head.setSpacing(10)
        head.addWidget(self.side_glyph, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.side_title)
        words.addWidget(self.side_person)
        head.addLayout(words, 1)
        self.side.body.addLayout(head)
        self.side.add(scroll, 1)
        foot = self.side.add_footer()
        foot.setContentsMargins(12, 0, 12, 0)
        foot.addWidget(
            Button("", "plain", "ri.file-copy-line", action=self.copy_action, cap=False, height=26)
        )
        see = Button("Voir le document", "quiet", action=self.open_action, cap=False, height=26)
        foot.addWidget(see)
        foot.addStretch(1)


def _moves(line: QueueLine, today: dt.date) -> bool:
    return any(delivery.state in OPEN for delivery in line.deliveries)


def _of_today(line: QueueLine, today: dt.date) -> bool:
    """Shared today, or still waiting for something: what a doctor looks for first."""
    return text.local(line.shared_at).date() == today or _moves(line, today)


FILTERS: dict[str, Callable[[QueueLine, dt.date], bool]] = {
    "today": _of_today,
    "open": _moves,
    "all": lambda line, today: True,
}


def worst(line: QueueLine) -> DeliveryView:
    """The delivery that asks most for attention. Raises ValueError for a share without any."""
    return min(line.deliveries, key=urgency)


def urgency(delivery: DeliveryView) -> int:
    """The place of a delivery among those that ask for attention; one that failed after it was
    accepted stands with the refused ones."""
    return 0 if delivery.fate in FAILED else URGENCY.index(delivery.state)


def _document(line: QueueLine) -> Cell:
    first = worst(line)
    sign = sending(first.state, first.fate)
    return Cell(line.title, glyph=sign.glyph, glyph_tone=sign.role, medium=True)


def _patient(line: QueueLine) -> Cell:
    if line.patient is None:
        return Cell("Sans dossier", tone="text.faint")
    return Cell(line.patient.name, bold=True)


def _date(line: QueueLine) -> Cell:
    return Cell(text.short_date_time(text.local(line.shared_at)), tone="text.muted")


def _channel(line: QueueLine, channel: str) -> Cell:
    for delivery in line.deliveries:
        if delivery.channel == channel:
            sign = sending(delivery.state, delivery.fate)
            return Cell(
                delivery.words, glyph=sign.glyph, glyph_tone=sign.role,
                tone=sign.role if sign.role in ("ok", "warn") else "text.muted",
                tooltip=reason(delivery),
                spoken=f"{CHANNEL[delivery.channel].word} : {reason(delivery)}",
            )  # fmt: skip
    return Cell("–", tone="text.faint", spoken="non demandé")
