"""Any rhythm of the hands, any delay of the machine: what is taken answers what was typed.

The clock is a fake one: timers and answers fall due in their order, and nobody waits.
"""

import datetime as dt
import heapq
import itertools
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lgc.desktop.components import asking
from lgc.desktop.contacts.contact_dialog import ContactDialog
from lgc.desktop.mailbox.assign_panel import AssignPanel
from lgc.desktop.mailbox.patient_field import PatientField
from lgc.desktop.record.administrative.circle import RelationDialog
from lgc.desktop.record.medical.add_bar import AddBar
from lgc.desktop.record.writing.drug_entry import DrugEntry
from lgc.desktop.search.dialog import SearchDialog
from lgc.desktop.sharing.recipients import RecipientsField
from lgc.desktop.tasks import Cancel
from lgc.domain.contacts import Contact
from lgc.domain.entry_line import EntryLine, Readings
from lgc.domain.professionals import Coded, Correspondent
from lgc.domain.relations import Relation, RelationKind
from lgc.services.medical import Suggestion
from lgc.services.views import Found, FoundPatient

ATC = "2.16.840.1.113883.6.73"


class Clock:
    """What is to come, in the order in which it falls due."""

    def __init__(self):
        self.now, self._next, self._number = 0, [], itertools.count()

    def later(self, delay, call):
        heapq.heappush(self._next, (self.now + delay, next(self._number), call))

    def advance(self, by):
        end = self.now + by
        while self._next and self._next[0][0] <= end:
            self.now, _, call = heapq.heappop(self._next)
            call()
        self.now = end


class FakeTimer:
    clock = Clock()

    def __init__(self, parent=None):
        self._round, self._wait, self._calls = 0, 0, []
        self.timeout = SimpleNamespace(connect=self._calls.append)

    def setSingleShot(self, single):  # noqa: N802
        assert single

    def setInterval(self, wait):  # noqa: N802
        self._wait = wait

    def start(self):
        self._round += 1
        self.clock.later(self._wait, lambda at=self._round: self._fire(at))

    def stop(self):
        self._round += 1

    def _fire(self, at):
        if at == self._round:
            for call in self._calls:
                call()


class SlowTasks:
    """services in a worker: each answer takes the next of ``delays``."""

    def __init__(self, clock, delays):
        self.clock, self._delays = clock, itertools.cycle(delays)

    def run(self, work, *, owner, done, failed=None, cancel=None):
        token = cancel or Cancel()
        task = SimpleNamespace(over=False, cancel=token.cancel)

        answer = work()

        def land():
            task.over = True
            if not token.cancelled:
                done(answer)

        self.clock.later(next(self._delays), land)
        return task

    def failing(self, error, retry=None):
        raise error


# --- what is found: its words name what it was found for ------------------------------------------


def drugs(patient_id, family, typed):
    """The first line is a neighbour's, as a table's own order may have it."""
    return (
        Suggestion(family, f"{typed} voisin", Coded(typed[:4], ATC, typed), words=typed),
        Suggestion(family, typed, Coded(typed, ATC, typed), words=typed),
        Suggestion(family, typed, None, words=typed),
    )


def colleagues(words):
    return (
        Correspondent(f"{words}@x.example", words.upper(), "Anne", verified=True),
        Correspondent(f"{words}.voisin@x.example", f"{words}voisin".upper(), "Anne", verified=True),
    )


class People:
    """One person of that name, and a neighbour."""

    def __init__(self, scenes):
        self._scenes = scenes

    def find(self, words, limit=8):
        return Found(words, tuple(self._lines(words)) if words.strip() else (), ())

    def _lines(self, words):
        for name in (f"{words} Anne", f"{words}voisin Anne"):
            yield FoundPatient(replace(self._scenes.patient(name), patient_id=name), None)


# --- the lists ------------------------------------------------------------------------------------


def drug(room):
    made = DrugEntry("p", SimpleNamespace(suggest=drugs), room.tasks)
    return made, made.drug, lambda: made.line().label, lambda: _codes(made.line())


def add_bar(room):
    taken = []
    medical = SimpleNamespace(
        read=lambda family, typed: Readings((EntryLine(typed),)),
        offer=lambda patient_id, family, line: drugs(patient_id, family, line.words),
    )
    made = AddBar("p", medical, room.tasks, QAction("x", room.window), room.window)
    made.added.connect(lambda chosen, typed: taken.append((typed, chosen)))
    return made, made.edit, lambda: taken[0][0], lambda: _codes(taken[0][1])


def recipients(room):
    made = RecipientsField(room.tasks, colleagues)
    return made, made.edit, lambda: _name(made.chosen) or made.edit.text(), lambda: made.chosen


def contact(room):
    made = ContactDialog(
        room.window, Contact(Correspondent("", "")), room.tasks, colleagues, lambda answer: None
    )
    name = made.lines["family_name"]
    return made, name, name.text, made.lines["given_name"].text


def relation(room):
    nobody, today = Relation("", RelationKind.CORRESPONDENT, ""), lambda: dt.date(2026, 11, 30)
    made = RelationDialog(room.window, nobody, room.tasks, colleagues, "p", today)
    return made, made.name, lambda: made.name.text().removeprefix("Anne "), made.address.text


def patient(room):
    made, taken = PatientField(room.tasks, room.people.find), []
    made.chosen.connect(lambda one: taken.append(one.name.removesuffix(" Anne")))
    return made, made.search, lambda: "".join(taken) or made.search.text(), lambda: taken


def assign(room):
    made = AssignPanel(room.tasks, room.people.find)
    return made, made.search, lambda: _whom(made), lambda: made.chosen


def search(room):
    made, opened = SearchDialog(room.shell, room.people, []), []
    room.shell.open_record = lambda patient_id, item="": opened.append(patient_id)
    made.open(made.field)
    words = lambda: "".join(opened).removesuffix(" Anne") or made.field.text()  # noqa: E731
    return made, made.field, words, lambda: opened


def _codes(line):
    return [line.code.code] if line.code else []


def _name(chosen):
    return chosen[0].family_name if chosen else ""


def _whom(panel):
    return panel.chosen.name.removesuffix(" Anne") if panel.chosen else panel.search.text()


LISTS = (drug, add_bar, recipients, contact, relation, patient, assign, search)
# The one-line entry is not among these: until something is taken it has no words to show.
WAITING = tuple(one for one in LISTS if one is not add_bar)


@pytest.fixture
def room(window, scenes, monkeypatch):
    monkeypatch.setattr(asking, "QTimer", FakeTimer)
    workers = window.tasks
    yield SimpleNamespace(window=window, shell=window, people=People(scenes), tasks=None)
    window.tasks = workers


def _set(room, make, delays):
    FakeTimer.clock = clock = Clock()
    room.tasks = SlowTasks(clock, delays)
    room.shell.tasks = room.tasks
    holder = QWidget(room.window)
    layout = QVBoxLayout(holder)
    widget, field, words, taken = make(room)
    if widget.parent() is not room.window:
        layout.addWidget(widget)
    holder.resize(700, 400)
    holder.show()
    widget.show()
    field.setFocus()
    return clock, holder, widget, field, words, taken


# What was taken for its first letters, as it was typed: « levothyrox 12 », « lantus 1 ».
DOSED = ("levothyrox 125", "lantus 18", "metoclopramide")


def rhythms(*words):
    return st.tuples(st.sampled_from(words), *RHYTHM)


RHYTHM = (
    st.lists(st.integers(10, 200), min_size=1, max_size=15),
    st.lists(st.integers(0, 500), min_size=1, max_size=15),
    st.integers(0, 200),
)


NAMES = ("hydrocortisone", "metoclopramide", "fluanxol", "hypokaliemie", "ab")
TYPED = [(make, NAMES) for make in LISTS] + [(make, DOSED) for make in (drug, add_bar)]


@pytest.mark.parametrize(("make", "typed"), TYPED, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_taken_was_found_for_what_stands_in_the_field(qtbot, room, make, typed):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rhythms(*typed))
    def hands(case):
        typed, pauses, delays, last = case
        clock, holder, widget, field, words, taken = _set(room, make, delays)
        for letter, pause in zip(typed, itertools.cycle(pauses), strict=False):
            QTest.keyClick(field, letter)
            clock.advance(pause)
        clock.advance(last)
        QTest.keyClick(field, Qt.Key.Key_Return)
        clock.advance(5000)

        said = words().casefold()
        assert said in (typed, f"{typed} voisin")
        if make in (drug, add_bar):
            assert set(taken()) <= {typed, typed[:4]}
        for one in (widget, holder):
            one.hide()
            one.deleteLater()

    hands()


@pytest.mark.parametrize("make", WAITING, ids=lambda make: make.__name__)
def test_words_that_change_after_enter_take_nothing(qtbot, room, make):
    """The answer that Enter waited for was of other words."""
    clock, _, _, field, words, taken = _set(room, make, [400])
    for letter in "ab":
        QTest.keyClick(field, letter)
    QTest.keyClick(field, Qt.Key.Key_Return)
    clock.advance(100)
    QTest.keyClick(field, "c")
    clock.advance(5000)

    assert words().casefold() == "abc" and not taken()


@pytest.mark.parametrize("make", WAITING, ids=lambda make: make.__name__)
def test_arrows_pressed_before_the_answer_choose_no_row_of_it(qtbot, room, make):
    """Rows that go are not those that come: they are shown, and Enter is asked again."""
    clock, _, _, field, words, taken = _set(room, make, [10, 300])
    for letter in "ab":
        QTest.keyClick(field, letter)
    clock.advance(1000)
    QTest.keyClick(field, "c")
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)
    clock.advance(5000)

    assert words().casefold() == "abc" and not taken()


def test_a_late_answer_is_not_for_the_line_it_became(qtbot, room):
    clock, _, widget, field, _, _ = _set(room, add_bar, [150])
    for letter in "hypokaliemie":
        QTest.keyClick(field, letter)
        clock.advance(60)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, "x")
    clock.advance(229)

    assert not widget.popup.isVisible() and field.text() == "hypokaliemiex"
    clock.advance(5000)
    assert [row.label for row in widget.popup.table.rows()][1:] == ["hypokaliemiex"] * 2


def test_the_dosage_is_typed_while_the_name_waits(qtbot, room):
    """The hands go on; the very words typed take their code when it comes."""
    clock, _, widget, field, _, _ = _set(room, drug, [500])
    for letter in "hydrocortisone":
        QTest.keyClick(field, letter)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(widget.dosage, "1 cp")
    assert widget.dosage.hasFocus()
    clock.advance(2000)

    line = widget.line()
    assert (line.label, line.dosage, line.code.code) == ("hydrocortisone", "1 cp", "hydrocortisone")
