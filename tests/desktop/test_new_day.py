"""The day changes under an open window: every view hears it once, and nothing typed moves."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from lgc.desktop import text
from lgc.desktop.agenda.page import AgendaPage
from lgc.desktop.agenda.visit_dialog import PastDialog, VisitDialog
from lgc.desktop.app import Desktop
from lgc.desktop.bridge import Bridge
from lgc.desktop.home.page import HomePage
from lgc.desktop.mailbox.message_table import message_table
from lgc.desktop.new_day import NewDay, until_look
from lgc.desktop.queue.page import QueuePage
from lgc.desktop.record.care_path import CarePathPanel
from lgc.desktop.start import _record
from lgc.domain.agenda import Presence
from lgc.domain.ages import age_on
from lgc.services.views import DayView, LifeLine
from lgc.settings import Settings

WAIT = 10_000
CTRL = Qt.KeyboardModifier.ControlModifier
CHEMIN = "CHEMIN Henri"


class Clock:
    """The practice's, put anywhere."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment

    def goes(self, **by):
        self.moment += dt.timedelta(**by)


@pytest.fixture
def clock(scenes):
    return Clock(scenes.NOW)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def new_day(qapp, clock, heard):
    made = NewDay()
    made.changed.connect(lambda before, today: heard.append((before, today)))
    made.follow(clock)
    yield made
    made.rest()


# --- the announcement -------------------------------------------------------------------------


def test_it_is_told_once_forward_and_back(new_day, clock, heard, scenes):
    friday, monday = scenes.TODAY, scenes.TODAY + dt.timedelta(3)
    new_day.look()
    clock.goes(hours=10)
    new_day.look()
    assert heard == []

    clock.goes(days=2, hours=10)
    new_day.look()
    new_day.look()
    clock.goes(days=-3)  # a clock that was wrong is put right
    new_day.look()

    assert heard == [(friday, monday), (monday, friday)]


def test_midnight_rings_by_itself(qtbot, new_day, clock, scenes):
    clock.moment = scenes.NOW.replace(hour=23, minute=59, second=59, microsecond=700_000)
    new_day.look()
    with qtbot.waitSignal(new_day.changed, timeout=WAIT):
        clock.goes(seconds=2)


@pytest.mark.parametrize(
    ("zone", "wall", "seconds"),
    [
        ("Europe/Paris", "2026-11-06T09:57:00", 60),
        ("Europe/Paris", "2026-11-06T23:59:30", 30.5),
        ("Europe/Paris", "2026-10-25T02:30:00", 60),
        ("Europe/Paris", "2026-03-28T23:59:50", 10.5),
        ("America/Guadeloupe", "2026-11-30T23:59:58", 2.5),
        ("Indian/Reunion", "2026-12-31T23:59:59", 1.5),
    ],
)
def test_no_more_than_one_wake_a_minute_and_midnight_at_midnight(zone, wall, seconds):
    now = dt.datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))

    assert until_look(now).total_seconds() == seconds


def test_after_its_session_nothing_is_told(new_day, clock, heard):
    new_day.rest()
    clock.goes(days=3)
    new_day.look()

    assert heard == []
    assert not new_day._timer.isActive()


# --- the window: unlocking and waking ---------------------------------------------------------


@pytest.fixture
def desktop(qtbot, theme, scenes, desk, clock):
    desk.clock = clock
    made = Desktop(scenes.FakeDoor(), lambda: desk, Bridge(), Settings())
    made.start()
    qtbot.waitExposed(made.frame)
    made.frame.activateWindow()
    log_in(qtbot, made)
    qtbot.waitUntil(lambda: made.window is not None, timeout=WAIT)
    yield made
    made.frame.close()
    shiboken6.delete(made.frame)


def log_in(qtbot, desktop):
    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)
    qtbot.keyClicks(desktop.access.pin, "1234")
    qtbot.keyClick(desktop.access.pin, Qt.Key.Key_Return)


def test_unlocked_on_monday_the_home_is_mondays_before_any_key(qtbot, desktop, clock):
    home = desktop.window.page("home")
    qtbot.waitUntil(lambda: home.days.table.rows() != [], timeout=WAIT)
    desktop.lock_now()
    clock.goes(days=3)
    seen = []
    desktop.session_opened.connect(
        lambda window: seen.append((home.heading.text(), home.days.table.rows()))
    )

    log_in(qtbot, desktop)

    qtbot.waitUntil(lambda: seen != [], timeout=WAIT)
    assert seen == [("Lundi 9 novembre 2026", [])], "none of Friday's patients is under a key"


def test_waking_asks_at_once(desktop, clock, scenes):
    told = []
    desktop.new_day.changed.connect(lambda before, today: told.append(today))
    clock.goes(days=1)

    desktop._sleeping.woke.emit()

    assert told == [scenes.TODAY + dt.timedelta(1)]


# --- the home ---------------------------------------------------------------------------------


@pytest.fixture
def home(qtbot, window, desk, clock):
    desk.clock = clock
    kept = desk.day.view

    def view(day=None):
        if day is None and clock.now().date() != dt.date(2026, 11, 6):
            return DayView(clock.now().date(), (), (), (), ())
        return kept(day)

    desk.day.view = view
    page = HomePage.join(window, desk)
    QueuePage.join(window, desk)
    window.show_page("home")
    qtbot.waitUntil(lambda: page.days.table.rows() != [], timeout=WAIT)
    return page


def turn(window, clock, **by):
    before = clock.now().date()
    clock.goes(**by)
    window.bridge.day_changed.emit(before, clock.now().date())


def test_no_key_of_the_home_acts_on_the_patients_of_friday(qtbot, home, window, clock, desk):
    home.days.table.select("v6")
    home.days.table.setFocus()

    turn(window, clock, days=3)
    qtbot.keyClick(home.days.table, Qt.Key.Key_A)
    qtbot.wait(50)

    assert desk.day.visits["v6"].presence is Presence.EXPECTED
    assert home.heading.text() == "Lundi 9 novembre 2026"
    assert "14" not in home.summary.whole()


def test_a_day_chosen_on_the_home_stays(qtbot, home, window, clock, desk):
    home._go_day(-1)
    qtbot.waitUntil(lambda: home.heading.text() == "Jeudi 5 novembre 2026", timeout=WAIT)

    turn(window, clock, days=3)
    qtbot.wait(50)

    assert home.heading.text() == "Jeudi 5 novembre 2026"


# --- the agenda -------------------------------------------------------------------------------


class Planning:
    """What the agenda reads of a week, and what it books."""

    def __init__(self, scenes, clock, old):
        self.scenes, self.clock, self.old, self.asked = scenes, clock, old, []
        self.hours = SimpleNamespace(days=frozenset(range(6)))

    def view(self, first, days):
        return self.old.view(first, days)

    def room(self):
        return self.old.view(self.clock.now().date(), 1).visits

    def book(self, booking):
        self.asked.append(booking)

    def change(self, seen, booking):
        self.asked.append(booking)

    def set_presence(self, seen, presence):
        self.asked.append((seen.visit_id, presence))


@pytest.fixture
def agenda(qtbot, window, rooms, scenes, clock, neighbour):
    desk = rooms.make_desk()
    desk.planning = Planning(scenes, clock, neighbour("test_agenda").FakePlanning(scenes))
    desk.calendar, desk.finding, desk.clock = SimpleNamespace(), scenes.FakeFinding(), clock
    page = AgendaPage.join(window, desk)
    page.desk = desk
    window.show_page("agenda")
    page.scale.choose("day")
    qtbot.waitUntil(lambda: page.grid.days == [scenes.TODAY], timeout=WAIT)
    page.grid.setFocus()
    return page


def test_the_agenda_that_stood_on_today_stands_on_the_new_one(qtbot, agenda, window, clock):
    agenda.grid.select("v6")
    assert agenda.grid.current.visit_id == "v6"

    turn(window, clock, days=3)
    assert agenda.grid.current is None, "no key acts on Friday's patients while Monday is read"
    qtbot.keyClick(agenda.grid, Qt.Key.Key_A)

    qtbot.waitUntil(lambda: agenda.grid.days == [dt.date(2026, 11, 9)], timeout=WAIT)
    assert agenda.heading.text() == "Lundi 9 novembre 2026"
    assert agenda.side.table.rows() == []
    assert agenda.side.month.days._today == dt.date(2026, 11, 9)
    assert agenda.grid.moment >= clock.now()
    assert agenda.desk.planning.asked == []


def test_a_day_chosen_in_the_agenda_stays(qtbot, agenda, window, clock, scenes):
    chosen = scenes.TODAY + dt.timedelta(5)
    agenda.go_to(chosen)
    qtbot.waitUntil(lambda: agenda.grid.days == [chosen], timeout=WAIT)

    turn(window, clock, days=3)
    qtbot.waitUntil(lambda: agenda.side.month.days._today.day == 9, timeout=WAIT)

    assert agenda.grid.days == [chosen]


def test_an_agenda_out_of_view_opens_on_the_new_day(qtbot, agenda, window, clock):
    agenda.hide()
    turn(window, clock, days=3)
    agenda.show()
    agenda.shown()

    qtbot.waitUntil(lambda: agenda.grid.days == [dt.date(2026, 11, 9)], timeout=WAIT)


def test_what_is_typed_in_a_dialog_stays_over_the_change_of_day(qtbot, agenda, window, clock):
    dialog = agenda.book(dt.datetime(2026, 11, 6, 11, 0, tzinfo=clock.now().tzinfo))
    dialog.note.setText("fatigue")

    turn(window, clock, days=3)
    qtbot.wait(50)

    assert (dialog.note.text(), dialog.day.typed_words()) == ("fatigue", "06/11/2026")


@pytest.mark.parametrize("hours", [0, 5, 9])  # 9:57, 14:57, 18:57 after the last visit
def test_a_time_that_is_over_is_never_proposed(qtbot, agenda, window, clock, hours):
    clock.goes(hours=hours)
    agenda.book()

    dialog = window.findChild(VisitDialog)
    assert dialog.start() >= clock.now()


def test_a_visit_in_the_past_is_asked(qtbot, agenda, window, clock, scenes):
    clock.goes(days=3)
    dialog = agenda.book(scenes.at(17, 0))
    dialog._choose_patient(scenes.CHEMIN)
    assert "Ce moment est déjà passé." in dialog.clash.text()

    dialog._save()
    question = window.findChild(PastDialog)
    assert dialog.isVisible() and agenda.desk.planning.asked == []
    words = [one.text().replace(text.NB, " ") for one in question.findChildren(QLabel)]
    assert "CHEMIN Henri, vendredi 6 novembre 2026 à 17 h 00, 15 min" in words
    question.dismiss()
    qtbot.wait(50)
    assert dialog.isVisible() and agenda.desk.planning.asked == []

    dialog._save()
    asked = [one for one in window.findChildren(PastDialog) if one.isVisible()]
    qtbot.keyClick(asked[-1], Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: agenda.desk.planning.asked != [], timeout=WAIT)
    assert agenda.desk.planning.asked[0].starts_at == scenes.at(17, 0)


def test_a_visit_of_now_and_one_that_keeps_its_time_are_not_asked(agenda, window, clock, scenes):
    dialog = agenda.book(scenes.at(9, 45))  # it lasts until 10:00, it is 9:57
    dialog._choose_patient(scenes.CHEMIN)
    dialog._save()
    clock.goes(days=3)
    visit = replace(scenes.visits()[0], minutes=15)
    agenda.edit(visit)
    [one for one in window.findChildren(VisitDialog) if one.isVisible()][-1]._save()

    assert window.findChild(PastDialog) is None


def test_a_visit_moved_into_the_past_says_so(qtbot, agenda, window, clock, scenes, monkeypatch):
    said = []
    monkeypatch.setattr(agenda._acts, "push", lambda visit, work, words: said.append(words))
    visit = scenes.visits()[8]

    agenda._moved(visit, scenes.at(8, 0), 15)

    assert "Ce moment est déjà passé" in said[0]


# --- the record, the mail ---------------------------------------------------------------------


def test_an_open_record_is_read_again_and_keeps_what_is_typed(
    qtbot, window, rooms, clock, neighbour
):
    desk = rooms.make_desk()
    desk.clock, desk.sharing = clock, None
    desk.drafting = neighbour("test_note").FakeDrafting(clock)
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)
    page = window.open_record(CHEMIN)
    qtbot.waitUntil(lambda: page.care_path._late.text() == "1 en retard", timeout=WAIT)
    panel = page.show_part("note").panel
    qtbot.waitUntil(lambda: panel.loaded, timeout=WAIT)
    field = panel.fields["reason"]
    field.setFocus()
    qtbot.keyClicks(field, "fievre")
    view, birthday = desk.records.view, dt.date(2026, 12, 25)

    def later(patient_id):
        found = view(patient_id)
        older = replace(found.patient, age=age_on(birthday, dt.date(1950, 12, 25)))
        line = replace(found.life_line, today=birthday, lanes=found.life_line.lanes * 2)
        return replace(found, patient=older, life_line=line)

    desk.records.view = later
    turn(window, clock, days=49)

    qtbot.waitUntil(lambda: page.care_path._late.text() == "2 en retard", timeout=WAIT)
    assert page.banner._age.text().replace(text.NB, " ") == "76 ans"
    assert panel.typed().of("reason") == "fievre"
    assert field.hasFocus() or field.isAncestorOf(window.focusWidget())


def life(today):
    return LifeLine(today, ("Protocole",), (), ())


def test_the_life_line_follows_its_day_unless_its_period_was_set(qtbot, theme, scenes):
    panel = CarePathPanel(scenes.TODAY)
    qtbot.addWidget(panel)
    later = scenes.TODAY + dt.timedelta(49)
    panel.show_life(life(scenes.TODAY))
    first, last = panel.life.period

    panel.show_life(life(later))
    moved = panel.life.period
    assert abs((moved[1] - last).days - 49) <= 1

    panel.life.show_period(first, last)
    set_by_hand = panel.life.period
    panel.show_life(life(later + dt.timedelta(1)))
    assert panel.life.period == set_by_hand


def test_the_time_of_a_message_becomes_its_day(qtbot, theme, scenes, clock):
    table = message_table(clock.now)
    qtbot.addWidget(table)
    table.fill(list(scenes.unassigned()))

    assert table.cell(0, "date").text == "08:47"
    clock.goes(days=1)
    assert table.cell(0, "date").text == "06/11"
