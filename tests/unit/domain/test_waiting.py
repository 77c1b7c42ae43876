"""Three times of a visit: who waits since when, how late the doctor is, what a mistake leaves."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest

from lgc.domain.agenda import PRESENCE_NEXT, Presence, Visit
from lgc.domain.attendance import NO_TIMES, Mark, Times
from lgc.domain.waiting import (
    delay,
    ending,
    lasted,
    may_follow,
    room,
    state_before,
    still_here,
    times_after,
    waited,
    waiting_since,
)

NOW = dt.datetime(2026, 11, 6, 9, 57, tzinfo=dt.UTC)
P = Presence
WALKED = (P.EXPECTED, P.ARRIVED, P.IN_CONSULTATION, P.DONE, P.ABSENT)


def at(hour, minute=0):
    return NOW.replace(hour=hour, minute=minute)


def visit(hour, minute=0, presence=P.EXPECTED, arrived=None, called=None, ended=None, day=6):
    marks = (None if one is None else Mark(at(*one), "8") for one in (arrived, called, ended))
    start = at(hour, minute).replace(day=day)
    return Visit(f"{hour}:{minute}", "p", start, 15, "", presence, times=Times(*marks))


def become(one, presence, moment):

    return replace(one, presence=presence, times=times_after(one, presence, Mark(moment, "8")))


def test_a_call_by_mistake_taken_back_resets_no_wait():
    waits = become(visit(9, 0), P.ARRIVED, at(9, 5))
    back = become(become(waits, P.IN_CONSULTATION, at(9, 30)), P.ARRIVED, at(9, 31))

    assert waiting_since(back) == at(9, 5)
    assert waited(back, NOW) == 52
    assert back.times == waits.times


@pytest.mark.parametrize("mistake", [P.IN_CONSULTATION, P.DONE, P.ABSENT])
def test_no_state_noted_by_mistake_and_taken_back_changes_a_time(mistake):
    waits = become(visit(9, 0), P.ARRIVED, at(9, 5))
    wrong = become(waits, mistake, at(9, 20))

    assert state_before(wrong) is P.ARRIVED
    assert become(wrong, state_before(wrong), at(9, 21)).times == waits.times


def test_an_end_taken_back_leaves_the_call_where_it_was():
    called = become(become(visit(9, 0), P.ARRIVED, at(9, 1)), P.IN_CONSULTATION, at(9, 10))
    back = become(become(called, P.DONE, at(9, 20)), P.IN_CONSULTATION, at(9, 50))

    assert back.times == called.times
    assert lasted(back, NOW) == 47


def test_who_was_called_had_arrived():
    called = become(visit(9, 0), P.IN_CONSULTATION, at(9, 10))

    assert become(called, P.ARRIVED, at(9, 40)).times.arrived == Mark(at(9, 10), "8")


def test_every_walk_of_states_keeps_its_times_in_order_and_only_those_of_its_state():
    for walk in itertools.product(WALKED, repeat=5):
        one = visit(9, 0)
        for minute, presence in enumerate(walk):
            if presence in may_follow(one, NOW):
                one = become(one, presence, at(9, minute))
        times = one.times
        known = [mark.at for mark in (times.arrived, times.called, times.ended) if mark]
        assert known == sorted(known)
        assert (times.ended is not None) == (one.presence is P.DONE)
        assert one.presence is not P.EXPECTED or times == NO_TIMES
        assert one.presence is not P.ARRIVED or (times.arrived and not times.called)


def test_today_a_visit_ends_from_wherever_it_stands_once_it_has_begun():
    assert P.DONE in may_follow(visit(9, 0), NOW)
    assert P.DONE not in may_follow(visit(10, 0), NOW)
    assert P.DONE in may_follow(visit(10, 30, P.ARRIVED, (9, 40)), NOW)
    assert P.DONE not in may_follow(visit(9, 0, P.ABSENT), NOW)


@pytest.mark.parametrize("presence", list(P))
def test_of_a_day_to_come_only_that_it_is_expected_of_one_gone_by_whether_it_took_place(presence):
    tomorrow = may_follow(visit(9, 0, presence, day=7), NOW)
    yesterday = may_follow(visit(9, 0, presence, day=5), NOW)

    assert set(tomorrow) <= {P.EXPECTED}
    assert P.ARRIVED not in yesterday
    assert P.IN_CONSULTATION not in yesterday
    assert presence not in may_follow(visit(9, 0, presence), NOW)
    assert bool(yesterday) == bool(PRESENCE_NEXT[presence])


def test_a_visit_begun_before_midnight_is_the_doctor_s_until_it_ends():
    late = dt.datetime(2026, 11, 7, 0, 5, tzinfo=dt.UTC)
    begun = visit(23, 45, P.IN_CONSULTATION, (23, 40), (23, 46))

    assert still_here(begun, late)
    assert P.ARRIVED in may_follow(begun, late)
    assert room([begun], late) == [begun]
    assert ending([begun], late) == begun
    assert not still_here(visit(9, 0, P.ARRIVED, (9, 5)), late)


def test_the_doctor_is_late_by_what_anybody_is_made_to_wait_after_their_hour():
    assert delay([visit(9, 50, P.ARRIVED, (9, 45))], NOW) == 7
    on_time = visit(9, 45, P.IN_CONSULTATION, (9, 40), (9, 45))
    assert delay([on_time, visit(9, 7, P.ARRIVED, (9, 0))], NOW) == 50
    assert delay([visit(10, 30, P.ARRIVED, (9, 57))], NOW) == 0
    assert delay([], NOW) == 0


def test_a_patient_who_came_late_is_not_the_doctor_s_delay():
    assert delay([visit(9, 0, P.ARRIVED, (9, 55))], NOW) == 2
    assert delay([visit(9, 0, P.IN_CONSULTATION, (9, 40), (9, 41))], NOW) == 1
    before = visit(8, 45, P.DONE, None, (8, 45), (9, 3))
    assert delay([before, visit(9, 0, P.IN_CONSULTATION, None, (9, 40))], NOW) == 3
    assert delay([visit(9, 0, P.IN_CONSULTATION, None, (9, 40))], NOW) == 40


def test_waiting_counts_from_the_arrival_and_only_of_who_waits():
    assert waited(visit(10, 0, P.ARRIVED, (9, 45)), NOW) == 12
    assert waited(visit(10, 0), NOW) is None
    assert waited(visit(9, 0, P.IN_CONSULTATION, (9, 5), (9, 20)), NOW) is None


def test_all_who_wait_are_listed_the_oldest_arrival_first():
    waiting = [visit(10, n, P.ARRIVED, (9, 30 - n)) for n in range(11)]
    absent, inside = visit(8, 30, P.ABSENT), visit(9, 0, P.IN_CONSULTATION, (8, 50), (9, 20))
    coming = [visit(11, 30), visit(11, 15)]

    found = room([absent, *waiting, *coming, inside], NOW)

    assert found == [inside, *reversed(waiting), coming[1], absent]


@pytest.mark.parametrize(
    ("plan", "ends"),
    [
        ([(14, P.EXPECTED)], None),
        ([(9, P.EXPECTED), (14, P.EXPECTED)], 9),
        ([(8, P.EXPECTED), (9, P.ARRIVED)], 9),
        ([(9, P.ABSENT), (14, P.ARRIVED)], 14),
        ([(8, P.ARRIVED), (9, P.IN_CONSULTATION)], 9),
        ([(7, P.EXPECTED), (9, P.EXPECTED)], 9),
        ([(9, P.DONE)], None),
        ([(9, P.DONE), (14, P.EXPECTED)], None),
    ],
)
def test_the_visit_that_ends_is_under_way_else_waits_else_has_begun(plan, ends):
    found = ending([visit(hour, 0, presence) for hour, presence in plan], at(10))

    assert (found and found.starts_at.hour) == ends
