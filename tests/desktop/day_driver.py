"""A day at the desk driven with real keys and a real store, beside what it should be.

Keys come every 33 ms with the event loop between them, a lane writes meanwhile. After each burst
everything that was asked is stored, then the store, the grid, the waiting room and Accueil are
held against the model.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import threading
import time
import uuid
from dataclasses import replace
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout

from lgc.desktop.agenda.page import AgendaPage
from lgc.desktop.agenda.visit_dialog import VisitDialog
from lgc.desktop.closing.on_record import ClosingOnRecord
from lgc.desktop.home.day_lines import FreeSlot
from lgc.desktop.home.page import HomePage
from lgc.desktop.page import RecordPage
from lgc.domain.agenda import Closure, Presence, Visit
from lgc.services.closing import Closing
from lgc.services.connection import DeskConnection
from lgc.services.day import Day
from lgc.services.drafting import Drafting
from lgc.services.finding import Finding
from lgc.services.planning import Booking, Planning
from lgc.services.sharing import Sharing
from lgc.services.views import PatientView
from lgc.settings import Settings, lps_oid

PARIS = ZoneInfo("Europe/Paris")
MONDAY = dt.date(2026, 11, 2)
TODAY = dt.date(2026, 11, 6)
WEEK = [MONDAY + dt.timedelta(days=n) for n in range(6)]
KEY_MS, WAIT = 33, 20_000
LETTERS = {
    "e": Presence.EXPECTED, "a": Presence.ARRIVED, "c": Presence.IN_CONSULTATION,
    "d": Presence.DONE, "x": Presence.ABSENT,
}  # fmt: skip
STATES = {state: letter for letter, state in LETTERS.items()}
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
KEYS = {"a": Qt.Key.Key_A, "c": Qt.Key.Key_C, "d": Qt.Key.Key_D, "x": Qt.Key.Key_X}
ARROWS = {
    (0, -1): Qt.Key.Key_Up, (0, 1): Qt.Key.Key_Down,
    (-1, 0): Qt.Key.Key_Left, (1, 0): Qt.Key.Key_Right,
}  # fmt: skip


def at(hour, minute=0, day=TODAY):
    return dt.datetime.combine(day, dt.time(hour, minute), PARIS)


class SteadyClock:
    """Stands still while keys are pressed, so that the model knows each instant."""

    def __init__(self):
        self.moment = at(9, 57)

    def now(self):
        return self.moment


class RandomIds:
    def __init__(self, rng):
        self._rng, self._lock = rng, threading.Lock()

    def uuid(self):
        with self._lock:
            return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def oid(self):
        return f"2.25.{self.uuid().replace('-', '')}"


class BareRecord(RecordPage):
    """An open record in which nothing is written."""

    def __init__(self, patient_id):
        super().__init__(patient_id)
        self._guard = lambda: True
        QVBoxLayout(self)

    def guard_closing(self, guard):
        self._guard = guard

    def may_close(self):
        return self._guard()


class Lane(threading.Thread):
    """Another desk: it books, moves, notes and cancels its own people's appointments."""

    def __init__(self, planning, people, model_of, seed, store):
        super().__init__(daemon=True)
        self._planning, self._people = planning, people
        self._booked, self._rng = model_of, random.Random(seed)
        self._store, self.error, self.done = store, None, 0
        self._turn, self._resting, self._over = threading.Lock(), True, False
        self._turn.acquire()

    def rest(self):
        """Nothing more is written until ``work``; tells whether it was at work."""
        worked, self._resting = not self._resting, True
        if worked:
            self._turn.acquire()
        return worked

    def work(self):
        if self._resting:
            self._resting = False
            self._turn.release()

    def stop(self):
        self._over = True
        self.work()
        self.join(20)

    def run(self):
        try:
            while not self._over:
                with self._turn:
                    if not self._over:
                        self._act()
                self.done += 1
                time.sleep(self._rng.uniform(0.004, 0.05))
        except Exception as error:  # told to the test
            self.error = error

    def _act(self):
        day = self._rng.choice(WEEK)
        start = at(17, 0, day) + dt.timedelta(minutes=15 * self._rng.randrange(8))
        kind = self._rng.choice(("book", "move", "note", "cancel", "write"))
        mine = sorted(self._booked)
        if kind == "book" and len(mine) < 12:
            who = self._rng.choice(self._people)
            undo = self._planning.book(Booking(who, start, 15, "Consultation"))
            made = undo.visits[0][1]
            self._booked[made.visit_id] = (who, start, 15, "")
        elif kind == "write":
            with self._store.unit() as uow:
                uow.notes.set("lane.tick", str(self.done))
                uow.commit()
        elif mine:
            self._change(kind, self._rng.choice(mine), start)

    def _change(self, kind, key, start):
        who, at_, minutes, note = self._booked[key]
        lines = self._planning.view(at_.date(), 1).visits
        seen = next(one for one in lines if one.visit_id == key)
        if kind == "move":
            self._planning.move(seen, start, 30)
            self._booked[key] = (who, start, 30, note)
        elif kind == "note":
            self._planning.change(seen, Booking(who, at_, minutes, "Consultation", "rappel"))
            self._booked[key] = (who, at_, minutes, "rappel")
        elif kind == "cancel":
            self._planning.cancel(seen)
            del self._booked[key]


class SpiedPlanning(Planning):
    """Slow at times, and tells which pushes were joined into one."""

    def __init__(self, *parts, rng):
        super().__init__(*parts)
        self._rng, self.moves = rng, []

    def move(self, seen, starts_at, minutes):
        time.sleep(self._rng.choice((0, 0, 0.02, 0.1)))
        undo = super().move(seen, starts_at, minutes)
        self.moves.append((undo.visits[0][1].visit_id, starts_at, minutes))
        return undo

    def set_presence(self, seen, presence, *more):
        time.sleep(self._rng.choice((0, 0, 0.02, 0.1)))
        return super().set_presence(seen, presence, *more)


def people_of(make):
    names = (
        "ALLARD", "BONNET", "CARLIER", "DUBREUIL", "ESNAULT", "FAUCHER", "GIRAUD", "HUBERT",
        "IMBERT", "JOUBERT", "KLEIN", "LAMBERT", "MOULIN", "NAUDIN", "OLLIVIER", "PRUVOST",
        "QUENTIN", "ROUSSEL", "SAVARY", "TESSIER", "URBAIN", "VASSEUR", "WAGNER", "YVON",
    )  # fmt: skip
    return [make.patient(birth_name=name) for name in names]


def put_the_day(store, model, people, booked, shut):
    """Some yesterday, most today, some tomorrow; lunch every day, the same for the model."""
    with store.unit() as uow:
        for one in people:
            uow.patients.add(one)
        plan = [(TODAY, 8 * 60 + 15 * n) for n in range(15)]
        plan += [(TODAY, 14 * 60 + 30 * n) for n in range(3)]
        plan += [(TODAY - dt.timedelta(days=1), 9 * 60), (TODAY + dt.timedelta(days=1), 9 * 60)]
        for (day, minute), who in zip(plan, people, strict=False):
            key = f"visit-{len(model.booked):02d}"
            start = at(minute // 60, minute % 60, day)
            uow.agenda.add(Visit(key, who.patient_id, start, 15, "Consultation"))
            model.booked[key] = booked(key, who.patient_id, start, 15)
        for number, day in enumerate(WEEK):
            start = at(12, 0, day)
            uow.agenda.add_closure(Closure(f"shut-{number}", start, 60, "Déjeuner", weekly=True))
        model.shut = frozenset(shut("Déjeuner", at(12, 0, day), at(13, 0, day)) for day in WEEK)
        uow.commit()


class Driver:
    """The windows, the hands and the model of one seeded day."""

    def __init__(self, qtbot, window, scenes, store, make, models, seed):
        self.qtbot, self.window, self.models = qtbot, window, models
        self.rng = random.Random(seed)
        self.store, self.model = store, models.Agenda()
        self.clock, ids = SteadyClock(), RandomIds(random.Random(seed + 1))
        self.history, self.deck = [], []
        settings = Settings()
        settings[lps_oid] = "2.25.999"
        people = people_of(make)
        self.mine = people[:20]
        self.names = {x.patient_id: PatientView.of(x, TODAY).name for x in people}
        put_the_day(store, self.model, people, models.Booked, models.Shut)
        post = window.bridge.post
        parts = (store.unit, self.clock, ids, settings, post)
        self.planning = SpiedPlanning(*parts, rng=random.Random(seed + 2))
        desk = self._desk(scenes, make, ids, settings, post)
        window.record_factory = lambda patient_id: self._record(desk, patient_id)
        self.home = HomePage.join(window, desk)
        self.page = AgendaPage.join(window, desk)
        self.lane_booked = {}
        theirs = [one.patient_id for one in people[20:]]
        self.other = Planning(*parts)
        self.lane = Lane(self.other, theirs, self.lane_booked, seed + 3, store)
        self.lane.start()
        self.where = ""
        self._go("agenda")

    def _desk(self, scenes, make, ids, settings, post):
        connection = DeskConnection()
        connection.plug(make.practitioner(), SimpleNamespace())
        unit, clock = self.store.unit, self.clock
        drafting = Drafting(unit, clock, ids, connection, settings, post)
        sharing = Sharing(unit, clock, ids, connection, post, lambda: None, settings)
        return SimpleNamespace(
            day=Day(unit, clock), planning=self.planning, queue=scenes.FakeQueue(()),
            finding=Finding(unit, clock), clock=clock, settings=settings, calendar=None,
            sharing=sharing, closing=Closing(unit, clock, connection, settings, sharing, drafting),
        )  # fmt: skip

    def _record(self, desk, patient_id):
        record = BareRecord(patient_id)
        ClosingOnRecord(self.window, desk, record)
        return record

    def close(self):
        self.lane.stop()

    # --- hands ------------------------------------------------------------------------------------

    def key(self, key, modifiers=NONE):
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifiers)
        self.qtbot.wait(KEY_MS)

    def mouse(self, start, stop):
        """Press, move in steps, release on the grid."""
        grid, left, none = self.page.grid, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton

        def send(kind, point, button, buttons):
            event = QMouseEvent(kind, point, grid.mapToGlobal(point), button, buttons, NONE)
            QApplication.sendEvent(grid, event)

        send(QEvent.Type.MouseButtonPress, start, left, left)
        for part in range(1, 6):
            send(QEvent.Type.MouseMove, start + (stop - start) * part / 5, none, left)
            self.qtbot.wait(5)
        send(QEvent.Type.MouseButtonRelease, stop, left, none)

    def _go(self, name):
        if self.where != name:
            self.window.show_page(name)
            self.where = name
        self.settle()
        view = self.page.grid if name == "agenda" else self.home.days.table
        if name == "agenda" and (self.page._day != TODAY or self.page.scale.value() != "week"):
            self.page.scale.choose("week")
            self.page.go_to(TODAY)
            self.settle()
        if name == "home" and self.home._day is not None:
            self.home._go_day(0)
            self.settle()
        view.setFocus()

    def point_at(self, key):
        """A click on an appointment, wherever it is shown; False where it is not."""
        if self.where == "agenda":
            box = self.page.grid.box_of(key)
            point = QPointF(box.center().x(), box.top() + min(8.0, box.height() / 2))
            self.mouse(point, point)
            return self.page.grid.current is not None
        self.home.days.table.select(key)
        return True

    def settle(self):
        """Everything asked is stored and everything on screen was read after it; the other desk
        holds still meanwhile, else there is always something to read.
        """
        worked = self.lane.rest()
        quiet = (self.page._soon, self.home._soon)

        def idle():
            return not (
                self.window.acts.running
                or self.window.tasks.running
                or any(one.isActive() for one in quiet)
            )

        QApplication.processEvents()  # what the other desk announced is heard first
        self.qtbot.waitUntil(idle, timeout=WAIT)
        if worked:
            self.lane.work()

    # --- bursts -----------------------------------------------------------------------------------

    def burst(self):
        """Some keys of one kind; what the model makes of them."""
        if not self.deck:
            self.deck = self.rng.sample(BURSTS, len(BURSTS))
        kind = self.deck.pop()
        self.history.append(kind)
        self.lane.work()
        getattr(self, f"_{kind}")()
        self.lane.rest()
        self.settle()
        self.compare()
        self.clock.moment += dt.timedelta(minutes=self.rng.choice((0, 1, 3, 7)))
        if self.clock.moment > at(16, 30):
            self.clock.moment = at(16, 30)

    def _one(self, keep=lambda one: True):
        found = [one for one in self.model.on(*WEEK) if keep(one)]
        return self.rng.choice(found) if found else None

    def _states(self):
        """A, C, D, X on one appointment, on Accueil or in the agenda."""
        where = self.rng.choice(("home", "agenda"))
        self._go(where)
        days = [TODAY] if where == "home" else WEEK
        one = self._one(lambda x: x.start.date() in days)
        if one is None or not self.point_at(one.key):
            return
        for letter in self.rng.choices("acdx", k=self.rng.randint(1, 5)):
            self._press(one.key, letter)

    def _press(self, key, letter):
        self.history.append((key, letter))
        after = self.models.pressed(self.model.booked[key], letter, self.clock.now())
        self.key(KEYS[letter])
        if after is not None:
            self.model.put(after)

    def _two_screens(self):
        """A key on Accueil, and at once another on somebody else in the agenda."""
        self._go("home")
        first = self._one(lambda x: x.start.date() == TODAY)
        second = self._one(lambda x: x.start.date() == TODAY and x.key != first.key)
        self.point_at(first.key)
        self._press(first.key, "a")
        self.window.show_page("agenda")
        self.where = "agenda"
        self.page.grid.select(second.key)
        self.page.grid.setFocus()
        self._press(second.key, "x")

    def _pushes(self):
        """Alt and arrows, held: an appointment walks through the day."""
        self._go("agenda")
        one = self._one(lambda x: x.state in "e" and x.start.date() >= TODAY)
        if one is None or not self.point_at(one.key):
            return
        start, minutes = one.start, one.minutes
        self.planning.moves.clear()
        longer = self.rng.random() < 0.3
        for _ in range(self.rng.randint(1, 10)):
            by = self.rng.choice((-1, 1))
            wanted = start + dt.timedelta(minutes=15 * by)
            if longer:
                minutes = max(minutes + 5 * by, 5)
                self.key(ARROWS[0, by], ALT | SHIFT)
            elif wanted.date() == start.date() and wanted.hour >= 8:
                start = wanted
                self.key(ARROWS[0, by], ALT)
        self.history.append((one.key, "push", start, minutes))
        self.settle()
        for key, moved, long in self.planning.moves:
            assert key == one.key
            self.model.put(replace(self.model.booked[key], start=moved, minutes=long))
        if self.planning.moves:
            assert (start, minutes) == self.planning.moves[-1][1:], "the key ends elsewhere"

    def _suppress(self):
        """Suppr, held and followed by other keys: one appointment goes, nobody after it."""
        self._go("agenda")
        one = self._one(lambda x: x.state in "eax")
        if one is None or len(self.model.booked) < 10 or not self.point_at(one.key):
            return
        self.history.append((one.key, "suppr"))
        self.model.drop(one.key)
        for _ in range(self.rng.randint(1, 6)):
            self.key(Qt.Key.Key_Delete)
        self.key(KEYS[self.rng.choice("ax")])

    def _undo(self):
        """Ctrl+Z, several times; sometimes right after the acts that it takes back."""
        if self.rng.random() < 0.5:
            self._states()
        for _ in range(self.rng.randint(1, 5)):
            self.key(Qt.Key.Key_Z, CTRL)
            self.model.undo()

    def _drag(self):
        """With the mouse to another time or day; a missed one stays, its new time is another."""
        self._go("agenda")
        one = self._one(lambda x: x.state in "eax" and x.start.date() >= TODAY)
        if one is None:
            return
        day = self.rng.choice(WEEK[-2:]) if one.state != "a" else TODAY
        start = at(13, 0, day) + dt.timedelta(minutes=15 * self.rng.randrange(15))
        grid = self.page.grid
        box = grid.box_of(one.key)
        grabbed = QPointF(box.center().x(), box.top() + 4)
        column = grid.column(grid.days.index(day))
        there = QPointF(column.center().x(), grid.y_of(start) + 1 + 4)
        self.planning.moves.clear()
        self.mouse(grabbed, there)
        self.settle()
        self.history.append((one.key, "drag", start))
        if start == one.start:
            return
        [(key, moved, _)] = self.planning.moves
        assert moved == start
        if one.state == "x":
            fresh = self.models.Booked(key, one.who, start, one.minutes)
            self.model.put(fresh)
        else:
            self.model.put(replace(one, start=start))

    def _longer(self):
        """The lower edge, one quarter down."""
        self._go("agenda")
        one = self._one(lambda x: x.state in "e" and x.minutes == 15 and x.start.hour < 16)
        if one is None:
            return
        self.planning.moves.clear()
        grid, box = self.page.grid, self.page.grid.box_of(one.key)
        edge = QPointF(box.center().x(), box.bottom() - 2)
        self.mouse(edge, edge + QPointF(0, grid.hour_height / 4))
        self.settle()
        for key, start, minutes in self.planning.moves:
            self.model.put(replace(self.model.booked[key], start=start, minutes=minutes))

    def _lunch(self):
        """One week of lunch goes by Suppr."""
        self._go("agenda")
        shown = sorted(
            (x for x in self.model.shut if x.start.date() in WEEK), key=lambda x: x.start
        )
        if not shown:
            return
        one = self.rng.choice(shown)
        grid = self.page.grid
        box = grid.box_of(f"shut-{WEEK.index(one.start.date())}")
        spot = QPointF(box.right() - 3, box.center().y())
        self.mouse(spot, spot)
        block = getattr(grid.current, "closure_id", None)
        if block is None:
            return  # an appointment lies over it
        self.key(Qt.Key.Key_Delete)
        self.model.reopen(one)

    def _booking(self):
        """A new one, drawn with the mouse on a free place, its patient chosen in the dialog."""
        self._go("agenda")
        day = WEEK[-1]
        start = at(13, 0, day) + dt.timedelta(minutes=30 * self.rng.randrange(7))
        if any(one.start < start + dt.timedelta(hours=1) and start < one.stop
               for one in self.model.on(day)):  # fmt: skip
            return
        grid = self.page.grid
        column = grid.column(grid.days.index(day))
        begin = QPointF(column.center().x(), grid.y_of(start) + 3)
        self.mouse(begin, begin + QPointF(0, grid.hour_height / 2 - 4))
        dialog = self.window.findChild(VisitDialog)
        who = self.rng.choice(self.mine)
        dialog._choose_patient(PatientView.of(who, TODAY))
        self.qtbot.waitUntil(lambda: dialog.missing() == "", timeout=WAIT)
        known = set(self.model.booked) | set(self.lane_booked)
        self.key(Qt.Key.Key_Return, CTRL)
        self.settle()
        self.lane.rest()
        [made] = [
            one for one in self._stored()
            if one.visit_id not in known | set(self.lane_booked)
        ]  # fmt: skip
        assert (made.patient.patient_id, made.starts_at) == (who.patient_id, start)
        fresh = self.models.Booked(made.visit_id, who.patient_id, start, made.minutes)
        self.model.put(fresh)

    def _days(self):
        """The day or the period turned, faster than it is read."""
        where = self.rng.choice(("home", "agenda"))
        self._go(where)
        turned = self.rng.choices((-1, 1), k=self.rng.randint(1, 5))
        if where == "home":
            for by in turned:
                self.home.days.day_asked.emit(by)
                self.qtbot.wait(KEY_MS)
            self.settle()
            day = TODAY + dt.timedelta(days=sum(turned))
            assert self.home._view.day == day
            self._compare_home(day)
            return
        for by in turned:
            self.key(Qt.Key.Key_PageUp if by < 0 else Qt.Key.Key_PageDown)
        self.settle()
        first = MONDAY + dt.timedelta(weeks=sum(turned))
        assert self.page._view.first == first

    def _record_closed(self):
        """The record of somebody opens and closes: what is under way ends, nothing else."""
        self._go("home")
        one = self._one(lambda x: x.start.date() == TODAY)
        self.point_at(one.key)
        if self.rng.random() < 0.5:
            self._press(one.key, "c")
        self.key(Qt.Key.Key_Return)
        ended = self.model.ends_with(one.who, self.clock.now())
        self.history.append(("closes", one.who, ended and ended.key))
        self.key(Qt.Key.Key_W, CTRL)
        self.qtbot.waitUntil(lambda: self.window.open_records() == (), timeout=WAIT)
        self.where = ""
        if ended is not None:
            self.model.put(replace(ended, state="d", ended=self.clock.now()))

    def _contested(self):
        """The other desk changes what is under the hand: the act is refused, both are told."""
        self._go("agenda")
        one = self._one(lambda x: x.state == "e" and x.start.date() == TODAY)
        if one is None or not self.point_at(one.key):
            return
        self.lane.rest()
        self.settle()
        seen = next(x for x in self._stored() if x.visit_id == one.key)
        note = f"changé à {self.clock.now():%H:%M}"
        theirs = Booking(one.who, one.start, one.minutes, "Consultation", note)
        self.other.change(seen, theirs)
        key = self.rng.choice((*KEYS.values(), Qt.Key.Key_Delete))
        if key == KEYS["d"] and one.start > self.clock.now():
            key = KEYS["a"]  # D does nothing there before its hour
        if key == KEYS["c"]:
            key = KEYS["x"]
        self.history.append((one.key, "contested", key))
        self.key(key)
        self.qtbot.waitUntil(lambda: self._refusals() != [], timeout=WAIT)
        self.settle()
        [told] = self._refusals()
        assert note in told._error.advice
        assert told.about.startswith(self.names[one.who])
        told.leave()
        self.model.booked[one.key] = replace(one, note=note)
        self.model.back.clear()  # what was done to it before is refused from now on
        self.window.messages.clear()
        self.window.messages._lasting.clear()

    def _refusals(self):
        shown = self.window.messages.on_screen()
        return [one for one in shown if one.objectName() == "errorNotice"]

    # --- comparing --------------------------------------------------------------------------------

    def _stored(self):
        return self.planning.view(MONDAY - dt.timedelta(weeks=1), 28).visits

    def _whole(self):
        """The model with the other desk's people."""
        whole = self.models.Agenda(dict(self.model.booked), self.model.shut)
        for key, (who, start, minutes, note) in self.lane_booked.items():
            whole.booked[key] = self.models.Booked(key, who, start, minutes, note=note)
        return whole

    def compare(self):
        """List, grid, waiting room and Accueil against the model: nothing may differ."""
        assert self.lane.error is None, self.lane.error
        assert QApplication.activeWindow() is self.window, "something took the keys"
        told = self._refusals()
        assert told == [], (self.history[-8:], told and told[-1]._error)
        whole = self._whole()
        assert [_facts(one) for one in self._stored()] == [
            (x.key, x.who, x.start, x.minutes, x.state, x.arrived, x.called, x.ended, x.note)
            for x in whole.on(*[MONDAY + dt.timedelta(days=n) for n in range(-7, 21)])
        ], self.history[-8:]
        self._go("agenda")
        shown = sorted(
            (x.starts_at, x.visit_id, x.minutes, x.presence) for x in self.page.grid.visits
        )
        assert shown == [(x.start, x.key, x.minutes, LETTERS[x.state]) for x in whole.on(*WEEK)], (
            self.history[-8:]
        )
        now = self.clock.now()
        room = [one.visit_id for one in self.page.side.table.rows()]
        assert room == whole.room(now), self.history[-8:]
        waiting = whole.counts(TODAY)[2]
        assert (self.page.side.waiting.text() or "0") == str(waiting)
        current = self.page.grid.current
        if isinstance(getattr(current, "visit_id", None), str):
            assert current.visit_id in whole.booked
        self._go("home")
        self._compare_home(TODAY)

    def _compare_home(self, day):
        self.lane.rest()
        self.settle()
        whole, now = self._whole(), self.clock.now()
        rows = [
            (one.starts_at, "" if isinstance(one, FreeSlot) else one.visit_id)
            for one in self.home.days.table.rows()
        ]
        if whole.on(day):
            assert rows == whole.rows(day, now), (day, self.history[-8:])
        words = self.home.summary.whole().replace("\u00a0", " ").replace("\u202f", " ")
        count, past, waiting = whole.counts(day)
        assert _number(words, r"(\d+) rendez-vous") == count
        assert _number(words, r"(\d+) passé") == past
        assert _number(words, r"(\d+) en salle") == waiting
        late = _number(words, r"retard (?:(\d+) h )?(\d+)")
        assert late == whole.late(day, now), (words, self.history[-8:])


BURSTS = (
    "states", "states", "two_screens", "pushes", "suppress", "undo", "undo", "drag", "longer",
    "lunch", "booking", "days", "record_closed", "contested",
)  # fmt: skip


def _facts(line):
    times = (line.times.arrived, line.times.called, line.times.ended)
    marks = [None if one is None else one.at.astimezone(PARIS) for one in times]
    return (
        line.visit_id, line.patient.patient_id, line.starts_at, line.minutes,
        STATES[line.presence], *marks, line.note,
    )  # fmt: skip


def _number(words, pattern):
    found = re.search(pattern, words)
    if found is None:
        return 0
    parts = [int(one or 0) for one in found.groups()]
    return parts[0] if len(parts) == 1 else parts[0] * 60 + parts[1]
