"""The day list: free slots, waiting times, what one key does."""

import datetime as dt
from types import SimpleNamespace

from lgc.desktop.home.day_lines import (
    FreeSlot,
    now_line,
    summary,
    with_free_slots,
)
from lgc.domain.agenda import Block, Presence
from lgc.domain.attendance import NO_TIMES, Mark, Times
from lgc.services.views import VisitLine

NOW = dt.datetime(2026, 11, 6, 9, 57, tzinfo=dt.UTC)


def visit(hour, minute, presence=Presence.EXPECTED, times=NO_TIMES, minutes=15):
    start = NOW.replace(hour=hour, minute=minute)
    who = SimpleNamespace()
    return VisitLine(f"{hour}:{minute}", start, minutes, "", presence, None, who, times=times)


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
        visit(9, 45, Presence.IN_CONSULTATION, Times(None, Mark(NOW.replace(minute=49)))),
        visit(10, 0, Presence.ARRIVED, Times(Mark(NOW.replace(minute=45)))),
    ]

    nb = "\u00a0"
    assert summary(visits, NOW) == (
        f"4{nb}rendez-vous · 2{nb}passés · 1{nb}en salle d’attente · retard 4{nb}min"
    )


def test_the_work_starts_with_who_waits():
    visits = [visit(9, 0, Presence.DONE), visit(9, 15), visit(9, 30, Presence.ARRIVED)]

    assert now_line(visits) == "9:30"
    assert now_line(visits[:2]) == "9:15"
    assert now_line([]) is None
