"""The agenda over a real store: every change announced, audited, and taken back."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from lgc.domain.agenda import Presence
from lgc.errors import UnreadableInput, UserFacingError
from lgc.services.events import AgendaChanged
from lgc.services.exchanging_calendar import ExchangingCalendar
from lgc.services.planning import Booking, Planning
from lgc.settings import Settings, agenda_closes, agenda_opens, agenda_sunday

PARIS = ZoneInfo("Europe/Paris")
DAY = dt.date(2026, 11, 6)


def at(hour, minute=0, day=6):
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.fixture
def office(store, ids, make):
    clock = SimpleNamespace(now=lambda: at(9, 57))
    events, settings = [], Settings()
    planning = Planning(store.unit, clock, ids, settings, events.append)
    henri, chantal = make.patient(birth_name="CHEMIN"), make.patient(birth_name="LEGRAND")
    with store.unit() as uow:
        uow.patients.add(henri)
        uow.patients.add(chantal)
        uow.commit()
    return SimpleNamespace(
        planning=planning, calendar=ExchangingCalendar(store.unit, clock, planning),
        events=events, settings=settings, henri=henri.patient_id, chantal=chantal.patient_id,
        store=store,
    )  # fmt: skip


@pytest.fixture
def book(office):
    def booked(hour=10, minute=0, day=6, who="henri", minutes=15, **more):
        booking = Booking(
            getattr(office, who), at(hour, minute, day), minutes, "Consultation", **more
        )
        office.planning.book(booking)
        return office.planning.view(dt.date(2026, 11, day), 1).visits[-1].visit_id

    return booked


def shown(office, first=DAY, days=7):
    view = office.planning.view(first, days)
    return [(one.patient.patient_id, one.starts_at, one.minutes) for one in view.visits]


def test_a_visit_is_booked_moved_changed_and_cancelled_and_all_comes_back(office, book):
    visit = book(note="à jeun")
    moved = office.planning.move(visit, at(11, day=7), 30)
    changed = office.planning.change(
        visit, Booking(office.chantal, at(11, 30, 7), 45, "Visite à domicile", place="3 av. Foch")
    )
    cancelled = office.planning.cancel(visit)
    assert shown(office) == []

    office.planning.take_back(cancelled)
    assert shown(office) == [(office.chantal, at(11, 30, 7), 45)]
    office.planning.take_back(changed)
    assert shown(office) == [(office.henri, at(11, day=7), 30)]
    office.planning.take_back(moved)
    assert shown(office) == [(office.henri, at(10), 15)]
    assert office.planning.view(DAY, 1).visits[0].note == "à jeun"
    assert office.events == [AgendaChanged()] * 7


def test_what_changed_meanwhile_is_not_taken_back(office, book):
    visit = book()
    moved = office.planning.move(visit, at(11), 15)
    office.planning.set_presence(visit, Presence.ARRIVED)

    with pytest.raises(UserFacingError, match="changé"):
        office.planning.take_back(moved)
    assert shown(office) == [(office.henri, at(11), 15)]


@pytest.mark.parametrize(("hour", "minutes"), [((10, 3), 15), ((10, 0), 0), ((10, 0), 7)])
def test_a_time_that_is_none_is_refused(office, book, hour, minutes):
    visit = book()
    with pytest.raises(UserFacingError, match="ne convient pas"):
        office.planning.move(visit, at(*hour), minutes)


def test_presence_follows_its_table_and_comes_back(office, book):
    visit = book()
    arrived = office.planning.set_presence(visit, Presence.ARRIVED)
    assert office.planning.view(DAY, 1).visits[0].since == at(9, 57)

    with pytest.raises(UserFacingError, match="cet état"):
        office.planning.set_presence(visit, Presence.DONE)
    office.planning.take_back(arrived)

    assert office.planning.view(DAY, 1).visits[0].presence is Presence.EXPECTED


def test_a_visit_that_left_says_so(office, book):
    visit = book()
    office.planning.cancel(visit)

    with pytest.raises(UserFacingError, match="plus dans l’agenda"):
        office.planning.cancel(visit)


def test_a_closure_comes_every_week_but_the_one_taken_out(office):
    office.planning.close(at(12), 90, " Déjeuner ", weekly=True)
    [first, second] = office.planning.view(DAY, 14).blocks
    assert (first.title, second.starts_at) == ("Déjeuner", at(12, day=13))

    out = office.planning.reopen(first.closure_id, dt.date(2026, 11, 13))
    assert [one.starts_at for one in office.planning.view(DAY, 14).blocks] == [at(12)]
    office.planning.take_back(out)
    whole = office.planning.reopen(first.closure_id)
    assert office.planning.view(DAY, 14).blocks == ()
    office.planning.take_back(whole)

    assert len(office.planning.view(DAY, 14).blocks) == 2


def test_the_next_free_slot_keeps_clear_of_visits_closures_and_sundays(office, book):
    for minute in (0, 15, 30):
        book(10, minute)
    office.planning.close(at(10, 45), 9 * 60, "Formation")
    absent = book(11, day=7)
    office.planning.close(at(8, day=7), 11 * 60, "Fermé")
    office.planning.set_presence(absent, Presence.ABSENT)

    assert office.planning.next_free(at(9, 57), 15) == at(8, day=9)
    office.settings[agenda_sunday] = True
    assert office.planning.next_free(at(9, 57), 15) == at(8, day=8)


def test_hours_are_read_as_they_are_typed_and_what_is_none_is_not_kept(office):
    office.settings[agenda_opens] = "7h30"
    assert office.planning.hours.opens == dt.time(7, 30)
    with pytest.raises(ValueError, match="heure"):
        office.settings[agenda_closes] = "le soir"
    assert office.planning.hours.closes == dt.time(19)


@pytest.mark.parametrize("names", [True, False])
def test_a_file_brings_back_what_was_lost_and_changes_nothing_else(office, book, names):
    visit = book(note="à jeun")
    book(11, who="chantal")
    office.planning.close(at(12), 90, "Déjeuner", weekly=True)
    before = shown(office), office.planning.view(DAY, 7).blocks
    content = office.calendar.export(DAY, 7, names=names)
    assert (b"CHEMIN" in content) is names

    assert office.calendar.prepare(content).empty
    office.planning.cancel(visit)
    office.planning.reopen(before[1][0].closure_id)
    preview = office.calendar.prepare(content)
    assert (preview.added, preview.same, preview.skipped) == (2, 1, 0)
    undo = office.calendar.bring(preview)

    assert (shown(office), office.planning.view(DAY, 7).blocks) == before
    office.planning.take_back(undo)
    assert len(shown(office)) == 1


def test_a_file_that_moves_and_cancels_is_followed(office, book):
    visit = book()
    content = office.calendar.export(DAY, 1, names=False)
    office.planning.move(visit, at(15), 15)
    moved = office.calendar.prepare(content)
    assert (moved.changed, moved.added) == (1, 0)

    cancelled = content.replace(b"STATUS:CONFIRMED", b"STATUS:CANCELLED")
    office.calendar.bring(office.calendar.prepare(cancelled))

    assert shown(office) == []


def test_somebody_the_practice_does_not_know_is_skipped(office, book):
    book()
    content = office.calendar.export(DAY, 1, names=True)
    stranger = content.replace(office.henri.encode(), b"x" * len(office.henri))

    preview = office.calendar.prepare(stranger)
    assert (preview.skipped, preview.empty) == (1, True)
    with pytest.raises(UnreadableInput):
        office.calendar.prepare(b"rien")
