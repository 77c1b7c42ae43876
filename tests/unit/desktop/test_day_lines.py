"""The day list: free slots, waiting times, what one key does."""

import datetime as dt
from types import SimpleNamespace

import pytest

from lgc.desktop.home.day_lines import (
    FreeSlot,
    delay,
    next_by_key,
    now_line,
    summary,
    waited,
    with_free_slots,
)
from lgc.domain.agenda import Block, Presence
from lgc.services.views import VisitLine

NOW = dt.datetime(2026, 11, 6, 9, 57, tzinfo=dt.UTC)


def visit(hour, minute, presence=Presence.EXPECTED, since=None, minutes=15):
    start = NOW.replace(hour=hour, minute=minute)
    return VisitLine(f"{hour}:{minute}", start, minutes, "", presence, since, SimpleNamespace())


def test_a_hole_of_half_an_hour_is_two_free_slots():
    lines = with_free_slots([visit(11, 45), visit(12, 30)])

    assert [line.starts_at.strftime("%H:%M") for line in lines if isinstance(line, FreeSlot)] == [
        "12:00",
        "12:15",
    ]


def test_lunch_is_not_offered():
    assert len(with_free_slots([visit(12, 0), visit(14, 0)])) == 2


def test_overlapping_visits_leave_no_slot():
    assert len(with_free_slots([visit(9, 0, minutes=60), visit(9, 15), visit(10, 0)])) == 3


def free(lines):
    return [f"{one.starts_at:%H:%M}" for one in lines if isinstance(one, FreeSlot)]


def test_lunch_and_leave_are_no_free_slot():
    lunch = Block("b", NOW.replace(hour=12, minute=0), NOW.replace(hour=12, minute=30), "Déjeuner")
    lines = with_free_slots([visit(11, 30), visit(12, 45)], [lunch])

    assert free(lines) == ["11:45", "12:30"]


def test_the_time_of_who_does_not_come_is_free_until_it_is_over():
    visits = [visit(9, 30), visit(9, 45, Presence.ABSENT), visit(10, 0)]

    assert free(with_free_slots(visits)) == ["09:45"]
    assert free(with_free_slots(visits, (), NOW.replace(hour=10, minute=0))) == []


def test_the_summary_counts_what_matters():
    visits = [
        visit(9, 0, Presence.DONE),
        visit(9, 30, Presence.ABSENT),
        visit(9, 45, Presence.IN_CONSULTATION, NOW.replace(minute=49)),
        visit(10, 0, Presence.ARRIVED, NOW.replace(minute=45)),
    ]

    nb = "\u00a0"
    assert summary(visits, NOW) == (
        f"4{nb}rendez-vous · 2{nb}passés · 1{nb}en salle d’attente · retard 4{nb}min"
    )


def test_the_delay_is_that_of_whoever_waits_longest_after_their_hour():
    on_time = visit(9, 45, Presence.IN_CONSULTATION, NOW.replace(minute=45))
    assert delay([visit(9, 50, Presence.ARRIVED, NOW.replace(minute=45))], NOW) == 7
    assert delay([on_time, visit(9, 7, Presence.ARRIVED, NOW.replace(minute=0))], NOW) == 50
    assert delay([visit(10, 30, Presence.ARRIVED, NOW)], NOW) == 0
    assert delay([], NOW) == 0


def test_who_comes_late_makes_no_delay_of_the_day():
    assert delay([visit(9, 0, Presence.ARRIVED, NOW.replace(minute=55))], NOW) == 2


def test_waiting_counts_from_the_arrival():
    assert waited(visit(10, 0, Presence.ARRIVED, NOW - dt.timedelta(minutes=12)), NOW) == 12
    assert waited(visit(10, 0), NOW) is None


@pytest.mark.parametrize(
    ("presence", "wanted"),
    [
        (Presence.EXPECTED, Presence.ARRIVED),
        (Presence.ARRIVED, Presence.EXPECTED),
        (Presence.ABSENT, Presence.ARRIVED),
        (Presence.IN_CONSULTATION, None),
        (Presence.DONE, None),
    ],
)
def test_the_arrival_key_only_moves_who_is_not_in_yet(presence, wanted):
    assert next_by_key(visit(10, 0, presence)) is wanted


def test_the_work_starts_with_who_waits():
    visits = [visit(9, 0, Presence.DONE), visit(9, 15), visit(9, 30, Presence.ARRIVED)]

    assert now_line(visits) == "9:30"
    assert now_line(visits[:2]) == "9:15"
    assert now_line([]) is None
