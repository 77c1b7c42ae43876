"""The agenda over a real store: every change announced, audited, and taken back."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from lgc.domain.agenda import Presence
from lgc.domain.attendance import NO_TIMES, Mark, Times
from lgc.domain.weekly import Reach
from lgc.errors import UserFacingError
from lgc.services.events import AgendaChanged
from lgc.services.planning import Booking, Planning
from lgc.settings import Settings, agenda_closes, agenda_holidays, agenda_opens, agenda_sunday
from lgc.store.models import AuditLineRow

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
        who = uow.who
        uow.patients.add(henri)
        uow.patients.add(chantal)
        uow.commit()
    return SimpleNamespace(
        planning=planning,
        events=events, settings=settings, henri=henri.patient_id, chantal=chantal.patient_id,
        store=store, clock=clock, who=who,
    )  # fmt: skip


@pytest.fixture
def book(office):
    def booked(hour=10, minute=0, day=6, who="henri", minutes=15, **more):
        booking = Booking(
            getattr(office, who), at(hour, minute, day), minutes, "Consultation", **more
        )
        office.planning.book(booking)
        view = office.planning.view(dt.date(2026, 11, day), 1)
        return next(one for one in view.visits if one.starts_at == booking.starts_at)

    return booked


def journal(office):
    """(action, subject, detail) of each line about the agenda."""
    with office.store.unit() as uow:
        rows = uow._session.scalars(select(AuditLineRow).order_by(AuditLineRow.number))
        return [(one.action, one.subject, one.detail) for one in rows]


def now_of(office, visit):
    """The visit as a screen that has just been read shows it."""
    lines = office.planning.view(DAY - dt.timedelta(days=7), 60).visits
    return next(one for one in lines if one.visit_id == visit.visit_id)


def shown(office, first=DAY, days=7):
    view = office.planning.view(first, days)
    return [(one.patient.patient_id, one.starts_at, one.minutes) for one in view.visits]


def test_a_visit_is_booked_moved_changed_and_cancelled_and_all_comes_back(office, book):
    visit = book(note="à jeun")
    moved = office.planning.move(visit, at(11, day=7), 30)
    changed = office.planning.change(
        now_of(office, visit),
        Booking(office.chantal, at(11, 30, 7), 45, "Visite à domicile", place="3 av. Foch"),
    )
    cancelled = office.planning.cancel(now_of(office, visit))
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
    office.planning.set_presence(now_of(office, visit), Presence.ARRIVED)

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
    assert now_of(office, visit).times == Times(Mark(at(9, 57), office.who))
    office.planning.take_back(arrived)

    name = visit.patient.name
    with pytest.raises(UserFacingError, match=f"{name}.* à .* cet état"):
        office.planning.set_presence(visit, Presence.DONE)

    assert office.planning.view(DAY, 1).visits[0].presence is Presence.EXPECTED


def test_a_visit_arrives_is_called_and_ends_and_each_time_tells_who_noted_it(office, book):
    visit = book(9)
    for minute, presence in ((50, "arrived"), (55, "in_consultation"), (58, "done")):
        office.clock.now = lambda minute=minute: at(9, minute)
        office.planning.set_presence(now_of(office, visit), Presence(presence))
    times = now_of(office, visit).times

    assert [one.at for one in (times.arrived, times.called, times.ended)] == [
        at(9, 50), at(9, 55), at(9, 58),
    ]  # fmt: skip
    assert {one.by for one in (times.arrived, times.called, times.ended)} == {office.who}


def test_a_call_by_mistake_taken_back_in_either_way_resets_no_wait(office, book):
    visit = book(9)
    office.planning.set_presence(visit, Presence.ARRIVED)
    waits = now_of(office, visit)
    office.clock.now = lambda: at(10, 30)
    undo = office.planning.set_presence(waits, Presence.IN_CONSULTATION)
    office.planning.take_back(undo)
    assert now_of(office, visit) == waits

    office.planning.set_presence(waits, Presence.IN_CONSULTATION)
    office.planning.set_presence(now_of(office, visit), Presence.ARRIVED)
    assert now_of(office, visit).times == waits.times


def test_what_is_noted_of_a_day_gone_by_has_no_time(office, book):
    visit = book(9)
    office.clock.now = lambda: at(8, day=9)
    office.planning.set_presence(visit, Presence.DONE)

    line = now_of(office, visit)
    assert (line.presence, line.times) == (Presence.DONE, NO_TIMES)


def test_a_visit_begun_before_midnight_stays_in_the_room_and_ends_after_it(office, book):
    office.clock.now = lambda: at(23, 46)
    visit = book(23, 45)
    office.planning.set_presence(visit, Presence.IN_CONSULTATION)
    office.clock.now = lambda: at(0, 5, day=7)
    book(0, 30, day=7, who="chantal")

    inside, coming = office.planning.room()
    assert (inside.visit_id, coming.patient.patient_id) == (visit.visit_id, office.chantal)
    office.planning.set_presence(inside, Presence.DONE)
    assert now_of(office, visit).times.ended.at == at(0, 5, day=7)
    assert [one.visit_id for one in office.planning.room()] == [coming.visit_id]


def test_a_visit_that_left_says_so(office, book):
    visit = book()
    office.planning.cancel(visit)

    with pytest.raises(UserFacingError, match="changé") as told:
        office.planning.cancel(visit)
    assert "n’est plus dans l’agenda" in told.value.advice
    assert "06/11/2026 10:00 – 10:15" in told.value.advice


def test_a_closure_comes_every_week_but_the_one_taken_out(office):
    office.planning.close(at(12), 90, " Déjeuner ", weekly=True)
    [first, second] = office.planning.view(DAY, 14).blocks
    assert (first.title, second.starts_at) == ("Déjeuner", at(12, day=13))

    out = office.planning.reopen(second)
    assert [one.starts_at for one in office.planning.view(DAY, 14).blocks] == [at(12)]
    office.planning.take_back(out)
    whole = office.planning.reopen(first, Reach.ALL)
    assert office.planning.view(DAY, 14).blocks == ()
    office.planning.take_back(whole)

    assert len(office.planning.view(DAY, 14).blocks) == 2


def test_the_next_free_slot_keeps_clear_of_visits_closures_and_sundays(office, book):
    for minute in (0, 15, 30):
        book(10, minute)
    office.planning.close(at(10, 45), 9 * 60, "Formation")
    office.planning.close(at(8, day=7), 11 * 60, "Fermé")

    assert office.planning.next_free(at(9, 57), 15) == at(8, day=9)
    office.settings[agenda_sunday] = True
    assert office.planning.next_free(at(9, 57), 15) == at(8, day=8)


def test_the_time_of_who_does_not_come_is_free(office, book):
    absent = book(10)
    assert office.planning.next_free(at(10), 15) == at(10, 15)
    office.planning.set_presence(absent, Presence.ABSENT)

    assert office.planning.next_free(at(10), 15) == at(10)


# --- a trace --------------------------------------------------------------------------------------


def test_a_cancelled_visit_frees_its_time_and_stays_known_with_why_when_and_by_whom(office, book):
    visit = book(10)
    undo = office.planning.cancel(visit, " à la demande  du patient ")

    assert shown(office) == []
    assert office.planning.next_free(at(10), 15) == at(10)
    [kept] = office.planning.of_patient(office.henri)
    assert (kept.presence, kept.starts_at) == (Presence.CANCELLED, at(10))
    assert (kept.reason, kept.by) == ("à la demande du patient", office.who)
    assert kept.since == at(9, 57)
    office.planning.take_back(undo)
    assert office.planning.of_patient(office.henri) == (visit,)


def test_why_somebody_did_not_come_is_said_later_and_leaves_with_the_absence(office, book):
    office.planning.set_presence(book(9), Presence.ABSENT)
    [missed] = office.planning.of_patient(office.henri)
    assert (missed.reason, missed.by) == ("", office.who)
    office.planning.explain(missed, "Sans prévenir")
    [told] = office.planning.of_patient(office.henri)
    assert told.reason == "Sans prévenir"

    office.planning.set_presence(told, Presence.EXPECTED)
    [back] = office.planning.of_patient(office.henri)
    assert (back.reason, back.by) == ("", "")
    with pytest.raises(UserFacingError, match="ni annulé ni manqué"):
        office.planning.explain(back, "Grippe")


def test_the_new_time_of_a_missed_visit_has_no_reason_of_its_own(office, book):
    office.planning.set_presence(book(9), Presence.ABSENT, "Transport")
    [missed] = office.planning.of_patient(office.henri)
    office.planning.move(missed, at(16, day=9), 15)

    new, old = office.planning.of_patient(office.henri)
    assert (new.reason, new.by, old.reason) == ("", "", "Transport")


def test_a_consultation_that_was_held_is_not_cancelled(office, book):
    visit = book(9)
    office.planning.set_presence(visit, Presence.DONE)
    with pytest.raises(UserFacingError, match="a eu lieu"):
        office.planning.cancel(now_of(office, visit))
    assert len(shown(office)) == 1


def test_a_cancelled_visit_does_not_come_back_by_a_state(office, book):
    office.planning.cancel(book(10))
    [gone] = office.planning.of_patient(office.henri)
    for presence in Presence:
        with pytest.raises(UserFacingError, match="cet état"):
            office.planning.set_presence(gone, presence)


def test_the_journal_says_whose_appointment_went_from_when_to_when(office, book):
    visit = book(10)
    moved = office.planning.move(visit, at(11, day=7), 30)
    office.planning.take_back(moved)
    office.planning.set_presence(visit, Presence.ABSENT)
    office.planning.close(at(12), 60, "Déjeuner", weekly=True)
    told = journal(office)

    ten, eleven = "2026-11-06T10:00+01:00 15 min", "2026-11-07T11:00+01:00 30 min"
    whose = f"patient {office.henri}, "
    assert told[:4] == [
        ("visit booked", visit.visit_id, f"{whose}from nothing, to {ten} expected"),
        ("visit moved", visit.visit_id, f"{whose}from {ten} expected, to {eleven} expected"),
        ("agenda change taken back", visit.visit_id,
         f"{whose}from {eleven} expected, to {ten} expected"),
        ("presence changed", visit.visit_id, f"{whose}from {ten} expected, to {ten} absent"),
    ]  # fmt: skip
    assert told[4][2] == "from nothing, to 2026-11-06T12:00+01:00 60 min weekly"
    assert not any("CHEMIN" in word or "Déjeuner" in word for line in told for word in line)


def test_the_journal_says_of_a_visit_given_to_somebody_else_both(office, book):
    visit = book(10)
    office.planning.change(visit, Booking(office.chantal, at(10), 15, "Consultation"))

    assert f"patient {office.henri} > {office.chantal}, " in journal(office)[-1][2]


# --- what was seen --------------------------------------------------------------------------------


def acts(office):
    elsewhere = Booking(office.chantal, at(15), 15, "Consultation")
    planning = office.planning
    return {
        "cancel": planning.cancel,
        "move": lambda seen: planning.move(seen, at(15), 15),
        "presence": lambda seen: planning.set_presence(seen, Presence.ARRIVED),
        "change": lambda seen: planning.change(seen, elsewhere),
    }


@pytest.mark.parametrize("act", ["cancel", "move", "presence", "change"])
def test_an_act_on_what_was_changed_meanwhile_is_refused_and_both_are_told(office, book, act):
    seen = book(note="à jeun")
    booking = Booking(office.henri, at(11), 30, "Consultation", "sutures")
    office.planning.change(seen, booking)

    with pytest.raises(UserFacingError, match="changé") as told:
        acts(office)[act](seen)

    assert "10:00 – 10:15, Consultation, à jeun, attendu" in told.value.advice
    assert "11:00 – 11:30, Consultation, sutures, attendu" in told.value.advice
    assert shown(office) == [(office.henri, at(11), 30)]


def test_a_closure_that_was_changed_meanwhile_is_not_taken_away(office):
    office.planning.close(at(12), 90, "Déjeuner", weekly=True)
    [seen, _] = office.planning.view(DAY, 14).blocks
    office.planning.change_closure(seen, at(13), 60, "Repas", weekly=True, reach=Reach.ALL)

    with pytest.raises(UserFacingError, match="changé") as told:
        office.planning.reopen(seen, Reach.ALL)
    assert "« Repas »" in told.value.advice or "plus dans l’agenda" in told.value.advice
    assert len(office.planning.view(DAY, 14).blocks) == 2


# --- states know their day ------------------------------------------------------------------------


def test_a_missed_visit_given_a_new_time_stays_missed_and_the_new_one_is_expected(office, book):
    missed = book(9)
    office.planning.set_presence(missed, Presence.ABSENT)
    undo = office.planning.move(now_of(office, missed), at(16, day=9), 15)

    states = [(one.starts_at, one.presence) for one in office.planning.view(DAY, 7).visits]
    assert states == [(at(9), Presence.ABSENT), (at(16, day=9), Presence.EXPECTED)]
    assert office.planning.next_free(at(16, day=9), 15) == at(16, 15, day=9)
    office.planning.take_back(undo)
    assert shown(office) == [(office.henri, at(9), 15)]


def test_who_had_arrived_and_is_given_another_day_is_expected_again(office, book):
    arrived = book(9)
    office.planning.set_presence(arrived, Presence.ARRIVED)
    office.planning.move(now_of(office, arrived), at(9, day=9), 15)

    line = now_of(office, arrived)
    assert (line.presence, line.since, line.times) == (Presence.EXPECTED, None, NO_TIMES)


@pytest.mark.parametrize("presence", [one for one in Presence if one is not Presence.EXPECTED])
def test_tomorrow_s_visit_is_only_expected(office, book, presence):
    with pytest.raises(UserFacingError, match="cet état"):
        office.planning.set_presence(book(9, day=7), presence)


def test_a_consultation_that_took_place_keeps_its_day_and_its_patient(office, book):
    done = book(9)
    office.planning.set_presence(done, Presence.DONE)
    done = now_of(office, done)
    for act in (
        lambda: office.planning.move(done, at(9, day=20), 15),
        lambda: office.planning.move(done, at(15), 15),
        lambda: office.planning.change(done, Booking(office.chantal, at(9), 15, "Consultation")),
    ):
        with pytest.raises(UserFacingError, match="déjà eu lieu"):
            act()

    office.planning.move(done, at(9, 15), 15)
    assert shown(office) == [(office.henri, at(9, 15), 15)]


# --- one week of several --------------------------------------------------------------------------


def lunches(office, weeks=5):
    """Day and hour of each lunch from the first week on."""
    return [
        (one.starts_at.day, one.starts_at.hour)
        for one in office.planning.view(DAY, 7 * weeks).blocks
    ]


@pytest.mark.parametrize(
    ("reach", "weekly", "left"),
    [
        (Reach.ONCE, True, [(6, 12), (20, 13), (27, 12), (4, 12)]),
        (Reach.ONCE, False, [(6, 12), (20, 13), (27, 12), (4, 12)]),
        (Reach.ONWARD, True, [(6, 12), (20, 13), (27, 13), (4, 13)]),
        (Reach.ONWARD, False, [(6, 12), (20, 13)]),
        (Reach.ALL, True, [(6, 13), (20, 13), (27, 13), (4, 13)]),
    ],
)
def test_one_week_edited_leaves_the_weeks_nobody_spoke_of(office, reach, weekly, left):
    office.planning.close(at(12), 60, "Déjeuner", weekly=True)
    office.planning.reopen(office.planning.view(dt.date(2026, 11, 13), 1).blocks[0])
    before = lunches(office)
    [third] = office.planning.view(dt.date(2026, 11, 20), 1).blocks
    undo = office.planning.change_closure(
        third, at(13, day=20), 60, "Déjeuner", weekly=weekly, reach=reach
    )

    assert lunches(office) == left
    assert office.planning.next_free(at(12), 15) != at(12) or reach is Reach.ALL
    office.planning.take_back(undo)
    assert lunches(office) == before


@pytest.mark.parametrize(
    ("reach", "left"),
    [
        (Reach.ONCE, [(6, 12), (13, 12), (27, 12), (4, 12)]),
        (Reach.ONWARD, [(6, 12), (13, 12)]),
        (Reach.ALL, []),
    ],
)
def test_one_week_taken_away_leaves_the_others(office, reach, left):
    office.planning.close(at(12), 60, "Déjeuner", weekly=True)
    before = lunches(office)
    undo = office.planning.reopen(office.planning.view(dt.date(2026, 11, 20), 1).blocks[0], reach)

    assert lunches(office) == left
    office.planning.take_back(undo)
    assert lunches(office) == before


def test_exceptions_follow_to_the_day_the_closure_moves_to(office):
    office.planning.close(at(12), 60, "Déjeuner", weekly=True)
    office.planning.reopen(office.planning.view(dt.date(2026, 11, 20), 1).blocks[0])
    [second] = office.planning.view(dt.date(2026, 11, 13), 1).blocks
    office.planning.change_closure(
        second, at(12, day=12), 60, "Déjeuner", weekly=True, reach=Reach.ONWARD
    )

    assert lunches(office) == [(6, 12), (12, 12), (26, 12), (3, 12), (10, 12)]


def test_all_weeks_cannot_become_one(office):
    office.planning.close(at(12), 60, "Déjeuner", weekly=True)
    [third] = office.planning.view(dt.date(2026, 11, 20), 1).blocks
    with pytest.raises(UserFacingError, match="semaines"):
        office.planning.change_closure(
            third, at(12, day=20), 60, "Déjeuner", weekly=False, reach=Reach.ALL
        )
    assert len(lunches(office)) == 5


def test_hours_are_read_as_they_are_typed_and_what_is_none_is_not_kept(office):
    office.settings[agenda_opens] = "7h30"
    assert office.planning.hours.opens == dt.time(7, 30)
    with pytest.raises(ValueError, match="heure"):
        office.settings[agenda_closes] = "le soir"
    assert office.planning.hours.closes == dt.time(19)


# --- booking --------------------------------------------------------------------------------------


def test_the_next_free_slot_keeps_clear_of_public_holidays_of_the_region(office):
    assert office.planning.next_free(at(18, 50, day=10), 15) == at(8, day=12)
    office.settings[agenda_holidays] = "La Réunion"
    clash = dt.datetime(2027, 12, 20, 8, tzinfo=PARIS)
    assert office.planning.next_free(clash, 15) == clash + dt.timedelta(days=1)
    office.settings[agenda_holidays] = "Métropole"
    assert office.planning.next_free(clash, 15) == clash


def test_free_times_are_of_that_length_and_on_those_days(office, book):
    book(9, day=9, minutes=60)
    office.planning.close(at(11, day=9), 8 * 60, "Formation")
    found = office.planning.free(at(8, 30, day=9), 30, (0, 3), 4)

    assert found == (at(8, 30, day=9), at(10, day=9), at(10, 15, day=9), at(10, 30, day=9))
    assert office.planning.free(at(10, 45, day=9), 30, (3,), 1) == (at(8, day=12),)


def test_a_leave_of_days_is_one_closure_that_takes_them_whole(office, book):
    office.planning.close(at(0, day=9), 5 * 24 * 60, "Congés")
    [leave] = office.planning.view(dt.date(2026, 11, 9), 7).blocks
    assert (leave.starts_at, leave.ends_at) == (at(0, day=9), at(0, day=14))
    assert office.planning.next_free(at(8, day=9), 15) == at(8, day=14)


def test_an_hour_that_the_clock_skips_is_refused_with_its_reason(office, book):
    skipped = dt.datetime(2027, 3, 28, 2, 30, tzinfo=PARIS)
    with pytest.raises(UserFacingError, match="l’horloge saute cette heure"):
        office.planning.close(skipped, 30, "Garde")
    office.planning.close(skipped + dt.timedelta(hours=1), 30, "Garde")


def test_an_hour_that_comes_twice_keeps_its_instant(office):
    twice = [dt.datetime(2027, 10, 31, 2, 30, tzinfo=PARIS, fold=fold) for fold in (0, 1)]
    for one in twice:
        office.planning.close(one, 15, "Garde")

    blocks = office.planning.view(twice[0].date(), 1).blocks
    assert sorted(one.starts_at.timestamp() for one in blocks) == [t.timestamp() for t in twice]


def test_the_view_names_the_holidays_of_its_days(office):
    assert office.planning.view(DAY, 7).holiday(dt.date(2026, 11, 11)) == "11 novembre"
