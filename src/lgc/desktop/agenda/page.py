"""« Agenda »: a day, a week or a month; who waits; every change at one key, with its undo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import text
from lgc.desktop.agenda import month, paper, plan
from lgc.desktop.agenda.files import CalendarFiles
from lgc.desktop.agenda.grid import DayGrid
from lgc.desktop.agenda.header import DayHeader
from lgc.desktop.agenda.side import SidePanel
from lgc.desktop.agenda.slot_dialog import SlotDialog
from lgc.desktop.agenda.visit_dialog import VisitDialog, VisitTyped
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import ElidedLabel, label, rule
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.tips import set_tip
from lgc.desktop.documents.printing import print_pdf
from lgc.desktop.leaving import Leaving
from lgc.desktop.main_window import MainWindow
from lgc.desktop.page import Page
from lgc.desktop.theme.glyphs import PRESENCE
from lgc.desktop.visit_acts import VisitActs, led_to
from lgc.desktop.visit_reason import ReasonDialog
from lgc.domain.agenda import Block, Presence
from lgc.domain.waiting import may_follow
from lgc.domain.weekly import Reach
from lgc.services.desk import Desk
from lgc.services.planning import AgendaView, Booking, Undo
from lgc.services.views import PatientView, VisitLine

DAY, WEEK, MONTH = "day", "week", "month"
DAYS = {DAY: 1, WEEK: 7, MONTH: 42}
TICK_MS = 30_000
NARROW = 1100
YEARS = range(1900, 2200)
POINT = "Choisissez d’abord le rendez-vous, aux flèches ou à la souris"


class AgendaPage(Page):
    """What is shown is read in a worker; a late answer for another period is thrown away."""

    title = "Agenda"
    HOLDS_NO_TEXT = True
    newcomer_asked = Signal(str)

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window.stack)
        self._window, self._desk = window, desk
        self._day = desk.clock.now().date()
        self._asked = 0
        self._acts = VisitActs(window.acts, window.messages, desk.planning, desk.clock.now)
        window.acts.settled.connect(self._settled)
        self._select = ""
        self._found: dt.datetime | None = None
        self._view: AgendaView | None = None
        self._today: tuple[VisitLine, ...] = ()
        self._waiting: VisitTyped | None = None
        self.grid = DayGrid(desk.clock.now())
        self.header = DayHeader(self.grid)
        self.month = month.MonthGrid()
        self._actions()
        self.side = SidePanel(self.slot_action, desk.clock.now())
        self.files = CalendarFiles(window, desk, self._period, self.reload)
        self._build()
        self._connect()
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(50)
        self._soon.timeout.connect(self.reload)

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> AgendaPage:
        """Make the page from the services of a session and register it."""
        page = cls(window, desk)
        window.add_page(
            "agenda", page, glyph="ri.calendar-2-line", shortcut="Ctrl+G", help="Ouvrir l’agenda"
        )
        window.bridge.agenda_changed.connect(page.agenda_changed)
        window.bridge.day_changed.connect(page.day_changed)
        return page

    # --- reading ------------------------------------------------------------------------------

    def shown(self) -> None:
        self.reload()
        self._focus()

    def show_item(self, item: str) -> None:
        """``item`` is what ``item_of`` made of a visit to bring forward."""
        day, _, self._select = item.partition("/")
        self.go_to(dt.date.fromisoformat(day))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setVisible(self.width() >= NARROW)

    def agenda_changed(self, event: object) -> None:
        """Some window or some lane changed it; under the lock too, for the unlock."""
        if not self.isHidden():
            self._soon.start()

    def day_changed(self, before: dt.date, today: dt.date) -> None:
        """What stood on today stands on the new one; a day that was chosen stays in view."""
        now = self._desk.clock.now()
        self._asked += 1  # no answer of the day that was shows itself any more
        self._found, self._today = None, ()
        self.side.show_day((), now)
        if self._day == before:
            self._day, self._view, self._select = today, None, ""
            self.grid.new_day(now)
            self._titles()
        if not self.isHidden():
            self.reload()

    def _settled(self) -> None:
        if not self.isHidden():
            self.reload()

    def reload(self) -> None:
        """Ask for the period in view and for today's waiting room."""
        self._asked += 1
        first, days = self._period()

        def work() -> tuple[AgendaView, tuple[VisitLine, ...]]:
            return self._desk.planning.view(first, days), self._desk.planning.room()

        task = self._window.tasks.run(work, owner=self, done=partial(self._fill, self._asked))
        if self._view is None:
            self.busy.follow(task, "Lecture de l’agenda…")

    def _period(self) -> tuple[dt.date, int]:
        scale = self.scale.value()
        if scale == MONTH:
            return month.first_shown(self._day), DAYS[MONTH]
        if scale == WEEK:
            return self._day - dt.timedelta(days=self._day.weekday()), DAYS[WEEK]
        return self._day, 1

    def _fill(self, asked: int, views: tuple[AgendaView, tuple[VisitLine, ...]]) -> None:
        # While a change is on its way, an answer from before it would set the keyboard back.
        if asked != self._asked or self._acts.running:
            return
        self._view, self._today = views
        now = self._desk.clock.now()
        self.side.show_day(self._today, now)
        if self.scale.value() == MONTH:
            self.month.show_view(self._view, self._day, now.date())
        else:
            self.grid.show_view(self._view, now)
            self.header.show_view(self._view, now.date())
        if self._select:
            self.grid.select(self._select)
            self._select = ""
        self._titles()
        self._offer()

    def _titles(self) -> None:
        first, days = self._period()
        now = self._desk.clock.now().date()
        if self.scale.value() == DAY:
            words, note = text.long_date(first), ""
        elif self.scale.value() == WEEK:
            shown = self.grid.days or [first]
            words, note = _span(shown[0], shown[-1]), f"semaine {first.isocalendar().week}"
        else:
            words, note = text.capital(f"{text.MONTHS[self._day.month - 1]} {self._day.year}"), ""
        self.heading.setText(words)
        self.note.set_text(note)
        last = first + dt.timedelta(days=days - 1)
        if self.scale.value() == MONTH:
            first = self._day.replace(day=1)
            last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        self.side.month.show_period(first, last, now)

    def _tick(self) -> None:
        now = self._desk.clock.now()
        self.grid.tick(now)
        self.side.show_day(self._today, now)

    # --- moving about -------------------------------------------------------------------------

    def go_to(self, day: dt.date) -> None:
        """Show the period of a day."""
        self._day = day
        self.reload()

    def _turn(self, by: int) -> None:
        scale = self.scale.value()
        if scale == MONTH:
            number = self._day.year * 12 + self._day.month - 1 + by
            day = dt.date(number // 12, number % 12 + 1, 1)
        else:
            day = self._day + dt.timedelta(days=by * DAYS[scale])
            while scale == DAY and day.weekday() not in self._desk.planning.hours.days:
                day += dt.timedelta(days=by)
        if day.year in YEARS:  # a key held goes no further than any calendar of a practice
            self._day = day
            self.reload()

    def _choose_scale(self, scale: str) -> None:
        self.stack.setCurrentWidget(self.month if scale == MONTH else self.days)
        self.reload()
        self._focus()

    def _open_day(self, day: dt.date) -> None:
        self._day = day
        self.scale.choose(DAY)

    def _has_hands(self) -> bool:
        """Nobody writes elsewhere: a dialog opened meanwhile keeps its keys."""
        focus = QApplication.focusWidget()
        if self._window.covered():
            return False
        return focus is None or focus is self or self.isAncestorOf(focus)

    def _focus(self) -> None:
        view = self.month if self.scale.value() == MONTH else self.grid
        view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _today_asked(self) -> None:
        self.go_to(self._desk.clock.now().date())

    # --- doing --------------------------------------------------------------------------------

    def _current_visit(self) -> VisitLine | None:
        item = self.grid.current
        return item if isinstance(item, VisitLine) else None

    def _open_current(self) -> None:
        item = self.grid.current
        if isinstance(item, VisitLine) and not self.grid.pointed:
            self._window.messages.toast(POINT, glyph="ri.cursor-line")
        elif isinstance(item, VisitLine):
            self._window.open_record(item.patient.patient_id)
        elif item is not None:
            self.edit(item)
        else:
            self.book()

    def _set(self, presence: Presence, visit: VisitLine | None = None) -> None:
        visit = visit or self._current_visit()
        if visit is None:
            return
        wanted = led_to(visit, presence, self._desk.clock.now())
        if wanted is not None:
            self.grid.foresee(self._acts.set_presence(visit, wanted))
            self._offer()

    def _cancel_current(self) -> None:
        item = self.grid.current
        if isinstance(item, VisitLine) and not self.grid.pointed:
            self._window.messages.toast(POINT, glyph="ri.cursor-line")
        elif item is not None:
            self._remove(item)

    def _remove(
        self,
        item: VisitLine | Block,
        reach: Reach = Reach.ONCE,
        saved: Callable[[], None] = lambda: None,
        reason: str = "",
    ) -> None:
        """Take away what was seen, wherever the keyboard stands by now."""
        work: Callable[[], Undo]
        if isinstance(item, VisitLine):
            words = f"Rendez-vous de {item.patient.name} annulé"
            work = partial(self._desk.planning.cancel, item, reason)
        else:
            words = f"« {item.title} » retiré"
            work = partial(self._desk.planning.reopen, item, reach)
        if item == self.grid.current:
            self.grid.leave_place()
        about = item if isinstance(item, VisitLine) else item.closure_id
        self._acts.do(work, words, saved, about)

    def _cancel_with_reason(self, visit: VisitLine) -> None:
        dialog = ReasonDialog(self._window, visit, "Annuler le rendez-vous")

        def go(words: str) -> None:
            self._remove(visit, saved=dialog.saved, reason=words)

        dialog.chosen.connect(go)
        dialog.open(dialog.words)

    def _moved(self, visit: VisitLine, start: dt.datetime, minutes: int) -> None:
        day = text.long_date(start.date(), year=False).lower()
        words = f"{visit.patient.name} : {day}, {text.time(start)}"
        if start == visit.starts_at:
            words = f"{visit.patient.name} : {text.wait(minutes)}"
        self._select = visit.visit_id
        known = self._view is not None and start.date() in self.grid.days

        def work(seen: VisitLine) -> Undo:
            return self._desk.planning.move(seen, start, minutes)

        told = self.grid.against(start, minutes, visit) if known else ()
        if start != visit.starts_at and plan.over(start, minutes, self._desk.clock.now()):
            told = (plan.OVER, *told)
        self._acts.push(visit, work, text.join(words, *(one.rstrip(".") for one in told)))
        if not known:  # it went out of the period in view: that day is read for what it holds
            look = partial(self._desk.planning.view, start.date(), 1)
            self._window.tasks.run(
                look, owner=self, done=partial(self._warn, visit, start, minutes)
            )

    def _warn(self, visit: VisitLine, start: dt.datetime, minutes: int, view: AgendaView) -> None:
        told = plan.against(view, start, minutes, visit.visit_id)
        if told:
            self._window.messages.toast(f"{visit.patient.name} : {' '.join(told)}")

    def _next_free(self) -> None:
        now = self._desk.clock.now()
        stands = self.grid.moment
        # Pressed again on the slot it found, it looks for the one after.
        after = max(stands + plan.SLOT, now) if self._found == stands else now
        self._window.tasks.run(
            partial(self._desk.planning.next_free, after, 15), owner=self, done=self._show_free
        )

    def _show_free(self, moment: dt.datetime | None) -> None:
        if moment is None:
            self._window.messages.toast("Aucun créneau libre dans les quatre mois")
            return
        self._found = moment
        self._day = moment.date()
        if self.scale.value() == MONTH:
            self.scale.choose(WEEK)
        self._window.messages.toast(
            f"Créneau libre : {text.long_date(moment.date(), year=False).lower()}, "
            f"{text.time(moment)}",
            glyph="ri.calendar-check-line",
        )
        self._asked += 1
        asked, period = self._asked, self._period()

        def work() -> tuple[AgendaView, tuple[VisitLine, ...]]:
            return self._desk.planning.view(*period), self._desk.planning.room()

        def done(views: tuple[AgendaView, tuple[VisitLine, ...]]) -> None:
            self._fill(asked, views)
            self.grid.go_to(moment)
            if self._has_hands():
                self._focus()

        self._window.tasks.run(work, owner=self, done=done)

    def _search_slot(self) -> None:
        """By type, length and days of the week."""
        planning = self._desk.planning
        dialog = SlotDialog(
            self._window, self._window.tasks, planning.free, self._desk.clock.now,
            planning.hours.days,
        )  # fmt: skip
        dialog.chosen.connect(self._book_found)
        dialog.open(dialog.kind)

    def _book_found(self, start: dt.datetime, minutes: int, kind: str) -> None:
        self.book(start, minutes, kind)

    def book(
        self, start: dt.datetime | None = None, minutes: int = 0, kind: str = ""
    ) -> VisitDialog:
        """The dialog of a new visit, at a moment (else where the doctor points)."""
        dialog = self._dialog(start or self._proposed(), minutes=minutes, kind=kind)
        dialog.booked.connect(partial(self._booked, dialog.saved))
        dialog.shut.connect(
            lambda at, long, title, weekly: self._acts.do(
                partial(self._desk.planning.close, at, long, title, weekly=weekly),
                "Indisponibilité notée",
                dialog.saved,
            )
        )
        dialog.new_patient_asked.connect(partial(self._newcomer, dialog))
        dialog.open(dialog.patient.search)
        return dialog

    def _proposed(self) -> dt.datetime:
        """Where a new visit begins unasked: never at a time that is over, unless pointed at."""
        at, now = self.grid.moment, self._desk.clock.now()
        return at if self.grid.pointed or at >= now else plan.coming(now)

    def _newcomer(self, dialog: VisitDialog) -> None:
        """What was typed waits here until the patient is created, then comes back with them."""
        self._waiting = dialog.typed()
        self.newcomer_asked.emit(dialog.patient.search.text().strip())

    def newcomer(self, patient: PatientView) -> None:
        """Somebody was created: the visit that waited for them is gone on with."""
        typed, self._waiting = self._waiting, None
        if typed is not None:
            self._window.show_page("agenda")
            self.book().take(typed, patient)

    def edit(self, item: VisitLine | Block) -> None:
        """The dialog of what is there."""
        dialog = self._dialog(item.starts_at, item=item)
        if isinstance(item, VisitLine):
            dialog.booked.connect(partial(self._changed, item, dialog.saved))
            dialog.removed.connect(lambda: self._remove(item, saved=dialog.saved))
            dialog.open(dialog.note)
            return
        dialog.shut.connect(
            lambda at, long, title, weekly: self._acts.do(
                partial(
                    self._desk.planning.change_closure,
                    item, at, long, title, weekly=weekly, reach=dialog.reach,
                ),
                "Indisponibilité modifiée",
                dialog.saved,
                item.closure_id,
            )
        )  # fmt: skip
        dialog.removed.connect(lambda: self._remove(item, dialog.reach, dialog.saved))
        dialog.open(dialog.name)

    def _dialog(self, start: dt.datetime, **more: Any) -> VisitDialog:
        return VisitDialog(
            self._window, self._window.tasks, self._desk.finding.find, self._view, start,
            now=self._desk.clock.now,
            look=self._desk.planning.view,
            open_patients=self._window.open_patients(), **more,
        )  # fmt: skip

    def _booked(self, saved: Callable[[], None], booking: Booking) -> None:
        self._day = booking.starts_at.date()
        words = f"Rendez-vous le {text.short_date(self._day)} à {text.time(booking.starts_at)}"
        self._acts.do(partial(self._desk.planning.book, booking), words, saved)

    def _changed(self, visit: VisitLine, saved: Callable[[], None], booking: Booking) -> None:
        self._select = visit.visit_id
        work = partial(self._desk.planning.change, visit, booking)
        self._acts.do(work, "Rendez-vous modifié", saved, visit)

    def show_menu(self, item: VisitLine | Block, where: QPoint) -> None:
        """What may be done with a visit or a closure."""
        menu = QMenu(self)
        menu.setObjectName("agendaMenu")
        if isinstance(item, VisitLine):
            open_record = partial(self._window.open_record, item.patient.patient_id)
            menu.addAction("Ouvrir le dossier", open_record)
            menu.addSeparator()
            for state in may_follow(item, self._desk.clock.now()):
                words = text.presence(state, item.patient.sex)
                menu.addAction(words, partial(self._set, state, item)).setObjectName(
                    PRESENCE[state].word
                )
            menu.addSeparator()
        menu.addAction("Modifier…", partial(self.edit, item))
        if isinstance(item, VisitLine):
            menu.addAction("Annuler le rendez-vous", partial(self._remove, item))
            menu.addAction("Annuler avec un motif…", partial(self._cancel_with_reason, item))
        else:
            menu.addAction("Supprimer", partial(self._remove, item))
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, where)

    # --- building -----------------------------------------------------------------------------

    def _actions(self) -> None:
        self.new_action = action(
            self, "Rendez-vous", lambda: self.book(), "N", help="Prendre un rendez-vous"
        )
        self.slot_action = action(
            self, "Créneau libre suivant", self._next_free, "P",
            help="Aller au prochain créneau libre",
        )  # fmt: skip
        action(self, "Chercher un créneau…", self._search_slot, "Alt+J",
               help="Chercher un créneau par type, durée et jours")  # fmt: skip
        action(self, "Imprimer", self.print_days, "Ctrl+P", help="Imprimer la période")
        action(self, "Aujourd’hui", self._today_asked, "H", help="Revenir à aujourd’hui")
        for key, name, scale in (("J", "Jour", DAY), ("S", "Semaine", WEEK), ("M", "Mois", MONTH)):
            action(self, name, partial(self._by_key, scale), key, help=f"Vue {name.lower()}")
        for keys, name, by in (("PgUp", "Avant", -1), ("PgDown", "Après", +1)):
            act = partial(self._turn, by)
            action(self, f"Période d’{name.lower()}", act, keys, repeats=True)
        grid = self.grid
        action(grid, "Ouvrir", self._open_current, "Return", help="Ouvrir le dossier, ou créer",
               others=("Enter",))  # fmt: skip
        action(grid, "Arrivée", partial(self._set, Presence.ARRIVED), "A", hint="Arrivée",
               help="Noter l’arrivée, ou revenir à « attendu »")  # fmt: skip
        action(grid, "En consultation", partial(self._set, Presence.IN_CONSULTATION), "C",
               help="La consultation commence")  # fmt: skip
        action(grid, "Terminé", partial(self._set, Presence.DONE), "D",
               help="La consultation est terminée")  # fmt: skip
        action(grid, "Absent", partial(self._set, Presence.ABSENT), "X", help="Noter l’absence")
        action(grid, "Modifier", self._edit_current, "F2", help="Modifier le rendez-vous")
        action(grid, "Supprimer", self._cancel_current, "Del", help="Annuler le rendez-vous")

    def print_days(self) -> None:
        """The visits of the period in view, on paper."""
        if self._view is None:
            return
        words = QTextDocument(self)
        words.setHtml(paper.page(self._view, plan.days_of(self._view)))
        print_pdf(self, f"Agenda – {self.heading.text()}", None, words, Leaving("agenda"))

    def _edit_current(self) -> None:
        item = self.grid.current
        if item is not None:
            self.edit(item)

    def _by_key(self, scale: str) -> None:
        self.scale.choose(scale)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.side)
        row.addWidget(rule(vertical=True))
        right = QVBoxLayout()
        right.setSpacing(0)
        row.addLayout(right, 1)
        right.addLayout(self._head())
        right.addWidget(rule())
        self.stack = QStackedWidget()
        self.days = QWidget()
        column = QVBoxLayout(self.days)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        self.area = QScrollArea()
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields are the stops
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.grid)
        column.addWidget(self.area, 1)
        self.stack.addWidget(self.days)
        self.stack.addWidget(self.month)
        right.addWidget(self.stack, 1)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(8)
        self.heading = label("", "page")
        self.note = ElidedLabel("", "small", "text.muted")  # the first to give way
        row.addWidget(self.heading)
        row.addWidget(self.note)
        row.addSpacing(12)
        for glyph, name, by in (
            ("ri.arrow-left-s-line", "Période précédente", -1),
            ("ri.arrow-right-s-line", "Période suivante", +1),
        ):
            button = Button("", "plain", glyph, cap=False)
            button.setAccessibleName(name)
            set_tip(button, name)
            button.clicked.connect(lambda checked=False, by=by: self._turn(by))
            row.addWidget(button)
        today = next(a for a in self.actions() if a.text() == "Aujourd’hui")
        row.insertWidget(row.count() - 1, Button("", "plain", action=today))
        self.busy = BusyLine()
        row.addWidget(self.busy)
        row.addStretch(1)
        self.scale = Segmented(
            ((DAY, "Jour"), (WEEK, "Semaine"), (MONTH, "Mois")), name="Période", height=28
        )
        self.scale.choose(WEEK)
        row.addWidget(self.scale)
        row.addWidget(self.files.button)
        row.addWidget(Button("", "primary", "ri.add-line", action=self.new_action))
        return row

    def _connect(self) -> None:
        self.scale.changed.connect(self._choose_scale)
        self.side.month.chosen.connect(self.go_to)
        self.side.opened.connect(lambda one: self._window.open_record(one.patient.patient_id))
        self.header.day_asked.connect(self._open_day)
        self.month.day_asked.connect(self._open_day)
        self.month.chosen.connect(self.go_to)
        grid = self.grid
        grid.create_asked.connect(lambda start, minutes: self.book(start, minutes))
        grid.edit_asked.connect(self.edit)
        grid.moved.connect(self._moved)
        grid.menu_asked.connect(self.show_menu)
        grid.current_changed.connect(self._offer)
        grid.reveal.connect(self._reveal)
        grid.zoomed.connect(self._zoom)
        bar = self.area.verticalScrollBar()
        bar.rangeChanged.connect(lambda low, high: self._align())

    def _offer(self) -> None:
        """Keys that would do nothing are not shown."""
        visit, now = self._current_visit(), self._desk.clock.now()
        wanted = {
            "Arrivée": Presence.ARRIVED, "En consultation": Presence.IN_CONSULTATION,
            "Terminé": Presence.DONE, "Absent": Presence.ABSENT,
        }  # fmt: skip
        for act in self.grid.actions():
            state = wanted.get(act.text())
            if state is not None:
                act.setEnabled(visit is not None and led_to(visit, state, now) is not None)
        self.hints_changed.emit()

    def _reveal(self, box: QRect) -> None:
        self.area.ensureVisible(box.center().x(), box.top(), 0, 10)
        self.area.ensureVisible(box.center().x(), box.bottom(), 0, 10)

    def _zoom(self, pixels: int) -> None:
        bar = self.area.verticalScrollBar()
        middle = (bar.value() + self.area.viewport().height() / 2) / self.grid.hour_height
        self.grid.zoom(pixels)
        bar.setValue(int(middle * self.grid.hour_height - self.area.viewport().height() / 2))

    def _align(self) -> None:
        """The names of the days stand above their columns, scroll bar or not."""
        bar = self.area.verticalScrollBar()
        self.header.setContentsMargins(0, 0, bar.width() if bar.maximum() else 0, 0)
        self.header.update()


def item_of(line: VisitLine) -> str:
    """Where the agenda shows a visit: its day and itself."""
    return f"{line.starts_at.date().isoformat()}/{line.visit_id}"


def _span(first: dt.date, last: dt.date) -> str:
    """``2 – 7 novembre 2026``, ``30 nov. – 5 déc. 2026``: two months whole are wider than a small
    screen has room for."""
    months = text.MONTHS if first.month == last.month else text.SHORT_MONTHS
    end = f"{text.ordinal_day(last.day)} {months[last.month - 1]} {last.year}"
    if first == last:
        return end
    start = text.ordinal_day(first.day)
    if first.month != last.month:
        start += f" {months[first.month - 1]}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} – {end}"
