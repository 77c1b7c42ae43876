"""Accueil: the day on the left; news, messages to assign and sends on the right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import ElidedLabel, label
from lgc.desktop.components.together import together
from lgc.desktop.home.day_lines import FreeSlot, now_line, summary
from lgc.desktop.home.panels import (
    DayPanel,
    NewsLine,
    NewsPanel,
    SendsPanel,
    UnassignedPanel,
)
from lgc.desktop.main_window import MainWindow
from lgc.desktop.page import Page
from lgc.desktop.queue.acting import QueueDoor, act
from lgc.desktop.record.writing.draft_strip import DraftStrip, Waiting
from lgc.desktop.visit_acts import PresenceDoor, VisitActs, led_to
from lgc.domain.agenda import Presence
from lgc.services.events import ServiceState
from lgc.services.views import DayView, DeliveryView, MessageLine, NewsGroup, VisitLine
from lgc.settings import dmp_web

if TYPE_CHECKING:
    from lgc.services.desk import Desk

COALESCE_MS = 150
MINUTE_MS = 60_000


class DayDoor(Protocol):
    """services.day.Day as this screen needs it; every call runs in a worker."""

    def view(self, day: dt.date | None = None) -> DayView: ...
    def mark_all_read(self, groups: Sequence[NewsGroup]) -> None: ...


class HomePage(Page):
    """Reads the day when it comes into view, after each event, and each minute."""

    title = "Accueil"

    def __init__(
        self,
        window: MainWindow,
        day: DayDoor,
        planning: PresenceDoor,
        queue: QueueDoor,
        now: Callable[[], dt.datetime],
        web: str = "",
    ) -> None:
        super().__init__(window.stack)
        self._window, self._day_door, self._queue_door = window, day, queue
        self._now, self._web = now, web
        self._asked = 0
        self._acts = VisitActs(window.acts, window.messages, planning, now)
        window.acts.settled.connect(self._settled)
        self._day: dt.date | None = None
        self._view: DayView | None = None
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(COALESCE_MS)
        self._soon.timeout.connect(self.reload)
        self._each_minute = QTimer(self)
        self._each_minute.setInterval(MINUTE_MS)
        self._each_minute.timeout.connect(self._repaint_times)
        self._each_minute.start()
        for signal in (
            window.bridge.delivery_moved,
            window.bridge.message_arrived,
            window.bridge.record_changed,
            window.bridge.agenda_changed,
        ):
            signal.connect(self._event)
        window.bridge.service_state.connect(self._service)
        window.bridge.day_changed.connect(self.day_changed)

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> HomePage:
        """Make the page from the services of a session and register it."""
        page = cls(
            window, desk.day, desk.planning, desk.queue, desk.clock.now, desk.settings[dmp_web]
        )
        window.add_page(
            "home", page, glyph="ri.home-5-line", shortcut="Ctrl+H", help="Aller à l’accueil"
        )
        return page

    # --- reading ------------------------------------------------------------------------------

    def _service(self, event: ServiceState) -> None:
        if event.service == "dmp":
            self.days.show_dmp(event)

    def shown(self) -> None:
        self.reload()
        self.days.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def reload(self) -> None:
        """Ask for the day; what is shown stays until the answer comes."""
        self._asked += 1
        done = partial(self._answer, self._asked)
        task = self._window.tasks.run(
            partial(self._day_door.view, self._day), owner=self, done=done
        )
        if self._view is None:
            self.busy.follow(task, "Lecture de la journée…")

    def set_compact(self, compact: bool) -> None:
        """A small window leaves the subjects of the messages their room."""
        self.unassigned.table.hide_column("candidates", compact)

    def show_item(self, item: str) -> None:
        self.days.table.select(item)

    def _answer(self, asked: int, view: DayView) -> None:
        """The last question's answer; one from before it, or before an act, shows nothing."""
        if asked == self._asked and not self._acts.running:
            self._fill(view)

    def _fill(self, view: DayView) -> None:
        first, self._view = self._view is None, view
        today = self._now().date()
        self.heading.setText(text.long_date(view.day))
        self._repaint_times()
        with together(self):
            self.days.show_day(view.day, today)
            self.days.show_visits(view.visits, view.blocks)
            self.news.show_news(view.news, today)
            self.unassigned.show_messages(view.unassigned)
            self.sends.show_queue(view.queue)
            self.drafts.show_drafts(
                [Waiting(x.patient.patient_id, x.draft, x.patient.name) for x in view.drafts]
            )
        self._window.show_unread(len(view.unassigned))
        self.read_all.setEnabled(bool(view.news))
        place = now_line(view.visits)
        if first and place is not None:
            self.days.table.select(place)
            self.days.table.scrollTo(self.days.table.currentIndex())
        self._fit()

    def _repaint_times(self) -> None:
        if self._view is not None:
            self.summary.set_text(summary(self._view.visits, self._now()))
            self.days.table.viewport().update()

    def _event(self, event: object) -> None:
        self._soon.start()

    def day_changed(self, before: dt.date, today: dt.date) -> None:
        """What stood on today stands on the new one; a day that was chosen stays."""
        if self._day == today:
            self._day = None
        if self._day is None:
            # No key acts on yesterday's patients while the new day is read.
            self._view = None
            self.heading.setText(text.long_date(today))
            self.summary.set_text("")
            with together(self):
                self.days.show_day(today, today)
                self.days.show_visits((), ())
        self.reload()

    def _settled(self) -> None:
        if not self.isHidden():
            self.reload()

    # --- doing --------------------------------------------------------------------------------

    def _becomes(self, presence: Presence) -> None:
        """What the key says; pressed again on what it made, back to what was before."""
        line = self.days.table.current()
        if not isinstance(line, VisitLine):
            return
        wanted = led_to(line, presence, self._now())
        if wanted is not None:
            self._foresee(self._acts.set_presence(line, wanted))

    def _foresee(self, line: VisitLine) -> None:
        """As the act on its way will leave it: the next key acts on that."""
        if self._view is not None:
            visits = (line if v.visit_id == line.visit_id else v for v in self._view.visits)
            self._view = replace(self._view, visits=tuple(visits))
            self.days.show_visits(self._view.visits, self._view.blocks)
            self._repaint_times()

    def _open_current(self) -> None:
        line = self.days.table.current()
        if isinstance(line, VisitLine):
            self._open_visit(line)

    def _open_visit(self, line: VisitLine) -> None:
        self._window.open_record(line.patient.patient_id)

    def _open_draft(self, patient_id: str, kind: str) -> None:
        page = self._window.open_record(patient_id)
        if page is not None:
            page.show_draft(kind)

    def _open_news(self, line: NewsLine) -> None:
        item = line.item
        if item is not None and item.document_id is None and item.message_id is not None:
            self._window.show_page("messages", item.message_id)
        elif item is not None:
            self._window.open_record(line.group.patient.patient_id, item.document_id or "")

    def _assign(self, line: MessageLine) -> None:
        self._window.show_page("messages", line.message.message_id)

    def _act(self, delivery: DeliveryView, name: str) -> None:
        act(self._window, self._queue_door, delivery, name, self, self.reload)

    def _read_all(self) -> None:
        self._window.tasks.run(
            partial(self._day_door.mark_all_read, self.news.groups()),
            owner=self,
            done=lambda nothing: self.reload(),
            failed=self._failed,
        )

    def _failed(self, error: Exception) -> None:
        self._window.messages.show(error, self)
        self.reload()

    def _go_day(self, by: int) -> None:
        today = self._now().date()
        shown = self._day or today
        self._day = None if by == 0 else shown + dt.timedelta(days=by)
        if self._day == today:
            self._day = None
        self.reload()

    def _next_zone(self, by: int) -> None:
        zones = [
            panel.table
            for panel in (self.days, self.news, self.unassigned, self.sends)
            if panel.table.isVisible()
        ]
        now = next((n for n, zone in enumerate(zones) if zone.hasFocus()), -1 if by > 0 else 0)
        if zones:
            zones[(now + by) % len(zones)].setFocus(Qt.FocusReason.TabFocusReason)

    # --- building -----------------------------------------------------------------------------

    def _build(self) -> None:
        self.heading = label("", "page")
        self.summary = ElidedLabel("", "base", "text.muted")
        self.busy = BusyLine()
        self.days = DayPanel(self._now)
        self.news = NewsPanel()
        self.unassigned = UnassignedPanel()
        self.sends = SendsPanel()
        self._keys()
        self.days.opened.connect(self._open_visit)
        self.days.day_asked.connect(self._go_day)
        self.news.opened.connect(self._open_news)
        self.unassigned.assign_asked.connect(self._assign)
        self.sends.acted.connect(self._act)
        self.sends.opened.connect(lambda share: self._window.show_page("queue", share))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 14, 20, 16)
        whole.setSpacing(12)
        whole.addLayout(self._top())
        self.drafts = DraftStrip()
        self.drafts.asked.connect(self._open_draft)
        whole.addWidget(self.drafts)
        columns = QHBoxLayout()
        whole.addLayout(columns, 1)
        columns.setSpacing(14)
        self.days.setMinimumWidth(540)
        columns.addWidget(self.days, 39)
        right = QVBoxLayout()
        columns.addLayout(right, 60)
        right.setSpacing(14)
        right.addWidget(self.news, 1)
        right.addWidget(self.unassigned)
        right.addWidget(self.sends)

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.heading)
        row.addWidget(self.summary, 1)
        row.addWidget(self.busy)
        if self._web:
            web = action(
                self, "Accès Web DMP", self._open_web, "Ctrl+Shift+W",
                help="Ouvrir le portail du DMP dans le navigateur",
            )  # fmt: skip
            row.addWidget(Button("", "plain", "ri.global-line", action=web))
        return row

    def _keys(self) -> None:
        table = self.days.table
        choose = action(table, "Choisir", lambda: None, hint="")
        choose.setProperty("lgcCap", "↑ ↓")
        opening = action(
            self,
            "Ouvrir le dossier",
            self._enter,
            "Return",
            hint="Ouvrir le dossier",
            others=("Enter",),
        )
        arrival = action(
            table, "Arrivée", partial(self._becomes, Presence.ARRIVED), "A",
            help="Noter l’arrivée, ou revenir à « attendu »",
        )  # fmt: skip
        arrival.setProperty("lgcHint", "Arrivée")
        self.addAction(arrival)
        action(table, "En consultation", partial(self._becomes, Presence.IN_CONSULTATION), "C",
               help="La consultation commence")  # fmt: skip
        action(table, "Terminé", partial(self._becomes, Presence.DONE), "D",
               help="La consultation est terminée")  # fmt: skip
        absent = action(
            table, "Absent", partial(self._becomes, Presence.ABSENT), "X",
            help="Noter l’absence",
        )  # fmt: skip
        self.addAction(absent)
        action(
            self,
            "Zone suivante",
            lambda: self._next_zone(+1),
            "F6",
            hint="Zone suivante",
            help="Passer à la liste suivante",
        )
        action(
            self,
            "Zone précédente",
            lambda: self._next_zone(-1),
            "Shift+F6",
            help="Revenir à la liste précédente",
        )
        self.read_all = action(
            self,
            "Tout marquer lu",
            self._read_all,
            "Ctrl+Shift+U",
            help="Marquer lues toutes les actualités",
        )
        self.days.build_footer(arrival, opening)
        read = Button("", "quiet", action=self.read_all, cap=False, height=24)
        self.news.add_action(read)
        mail = Button("Ouvrir la messagerie", "quiet", height=24)
        mail.clicked.connect(lambda: self._window.show_page("messages"))
        self.unassigned.add_action(mail)
        queue = Button("File d’envoi", "quiet", height=24)
        queue.clicked.connect(lambda: self._window.show_page("queue"))
        self.sends.add_action(queue)

    def _enter(self) -> None:
        """Enter on whatever list has the focus."""
        for panel in (self.news, self.unassigned, self.sends):
            if panel.table.hasFocus():
                panel.table.activate_current()
                return
        line = self.days.table.current()
        if isinstance(line, FreeSlot) or line is None:
            return
        self._open_current()

    def _open_web(self) -> None:
        QDesktopServices.openUrl(QUrl(self._web))

    def _fit(self) -> None:
        """The two small lists take what they need, up to four rows; the news has the rest."""
        for panel, rows, height in ((self.unassigned, 4, 32), (self.sends, 3, 36)):
            shown = panel.table.isVisibleTo(panel)
            wanted = min(panel.table.content_height(), 28 + rows * height) if shown else 44
            panel.setFixedHeight(45 + wanted)
