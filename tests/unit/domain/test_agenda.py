"""The agenda's rules: closures on the wall clock, free slots, visits side by side."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.agenda import Closure, Hours, VisitKind, columns, free_slots, kind_of
from lgc.setting_values import hour_of

PARIS = ZoneInfo("Europe/Paris")
HOURS = Hours(dt.time(9), dt.time(12), frozenset(range(5)))


def at(day, hour, minute=0, month=11):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=PARIS)


def within(closure, first, last, month=11):
    return list(closure.within(at(first, 0, month=month), at(last, 0, month=month)))


def test_lunch_stays_at_noon_when_summer_time_ends():
    lunch = Closure("c", at(5, 12, month=10), 90, "Déjeuner", weekly=True)
    blocks = within(lunch, 1, 31, month=10) + within(lunch, 1, 10)

    assert [one.starts_at.time() for one in blocks] == [dt.time(12)] * 6
    assert [one.starts_at.utcoffset() for one in blocks][2:4] == [
        dt.timedelta(hours=2), dt.timedelta(hours=1),
    ]  # fmt: skip
    assert all(one.ends_at.time() == dt.time(13, 30) for one in blocks)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25), (11, 3, 24)])
def test_a_whole_day_closed_ends_at_midnight_whatever_its_length(month, day, hours):
    closed = Closure("c", at(day, 0, month=month), 24 * 60, "Fermé")
    [block] = closed.within(at(day, 0, month=month), at(day, 20, month=month))

    real = block.ends_at.astimezone(dt.UTC) - block.starts_at.astimezone(dt.UTC)
    assert block.ends_at.time() == dt.time(0)
    assert real == dt.timedelta(hours=hours)


def test_a_weekly_closure_ends_and_leaves_days_out():
    closed = Closure(
        "c", at(2, 14), 60, "Fermé", weekly=True, until=dt.date(2026, 11, 23),
        except_days=(dt.date(2026, 11, 9),),
    )  # fmt: skip

    assert [one.starts_at.day for one in within(closed, 1, 30)] == [2, 16, 23]
    assert within(closed, 24, 30) == []


def test_a_closure_begun_the_day_before_is_still_there():
    night = Closure("c", at(2, 22), 10 * 60, "Garde", weekly=True)

    assert [one.starts_at.day for one in within(night, 10, 11)] == [9]


def test_a_free_slot_is_within_hours_on_an_open_day_and_beside_what_is_taken():
    taken = [(at(6, 9), at(6, 9, 30)), (at(6, 9, 45), at(6, 11, 50))]
    slots = free_slots(taken, at(6, 8), 15, HOURS)

    assert [next(slots) for _ in range(3)] == [at(6, 9, 30), at(9, 9), at(9, 9, 15)]


def test_a_slot_begins_after_the_present_moment_rounded_up():
    late = at(6, 10, 7).replace(second=12)

    assert next(free_slots([], late, 30, HOURS)) == at(6, 10, 15)


def test_a_full_agenda_has_no_slot_and_the_search_ends():
    taken = [(at(1, 0), at(1, 0) + dt.timedelta(days=200))]

    assert next(free_slots(taken, at(2, 8), 15, HOURS), None) is None


def test_those_that_overlap_stand_side_by_side_and_only_they():
    spans = [
        (at(6, 9), at(6, 10)), (at(6, 9, 30), at(6, 9, 45)), (at(6, 9, 45), at(6, 10, 15)),
        (at(6, 10, 15), at(6, 10, 30)),
    ]  # fmt: skip

    assert columns(spans) == [(0, 2), (1, 2), (1, 2), (0, 1)]


minutes = st.integers(0, 600)


@given(st.lists(st.tuples(minutes, st.integers(5, 120)), max_size=25))
def test_no_two_visits_ever_hide_each_other(drawn):
    start = at(6, 8)
    spans = [
        (start + dt.timedelta(minutes=a), start + dt.timedelta(minutes=a + long))
        for a, long in drawn
    ]
    places = columns(spans)

    for i, (a, b) in enumerate(spans):
        column, number = places[i]
        assert 0 <= column < number
        for j, (c, d) in enumerate(spans[:i]):
            if a < d and c < b:
                assert places[j][0] != column
                assert places[j][1] == number


@given(st.lists(st.tuples(minutes, st.integers(5, 120)), max_size=12), st.integers(1, 8))
def test_a_slot_found_free_overlaps_nothing(drawn, quarters):
    start = at(6, 8)
    taken = [
        (start + dt.timedelta(minutes=a), start + dt.timedelta(minutes=a + long))
        for a, long in drawn
    ]
    length = dt.timedelta(minutes=15 * quarters)
    slot = next(free_slots(taken, start, 15 * quarters, HOURS))

    assert all(slot + length <= a or slot >= b for a, b in taken)
    assert HOURS.opens <= slot.time()
    assert (slot + length).time() <= HOURS.closes


def test_an_unknown_kind_is_an_ordinary_consultation():
    assert kind_of("CS") is VisitKind.CONSULTATION
    assert kind_of("Téléconsultation") is VisitKind.REMOTE


@pytest.mark.parametrize(
    ("words", "hour"),
    [("8", (8, 0)), ("8h", (8, 0)), ("08:30", (8, 30)), (" 17 H 05 ", (17, 5)), ("24h", None),
     ("8h7", None), ("", None), ("le soir", None), ("-1", None), ("8:99", None)],
)  # fmt: skip
def test_hours_are_read_as_they_are_typed(words, hour):
    assert hour_of(words) == (dt.time(*hour) if hour else None)
