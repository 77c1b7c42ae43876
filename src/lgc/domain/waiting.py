"""Who waits, since when, and how late the doctor is: one answer for every screen. Pure.

What a state changes of the three times is here too, so that a call taken back, an end or an
absence noted by mistake never resets a wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from lgc.domain.agenda import PAST_NEXT, PRESENCE_NEXT, Presence, Timed
from lgc.domain.attendance import NO_TIMES, Mark, Times

STILL = dt.timedelta(hours=8)
"""How long after midnight a visit begun the day before may still be under way."""
UNDER_WAY = (Presence.ARRIVED, Presence.IN_CONSULTATION)
ROOM = (Presence.IN_CONSULTATION, Presence.ARRIVED, Presence.EXPECTED, Presence.ABSENT)
MOST_EXPECTED = 1


class Attended(Timed, Protocol):
    """A visit, stored or shown, with its three times."""

    @property
    def times(self) -> Times: ...


V = TypeVar("V", bound=Attended)

# --- states ---------------------------------------------------------------------------------------


def times_after(before: Attended, presence: Presence, mark: Mark | None) -> Times:
    """The times once the visit is in that state; ``mark`` is None when it is noted afterwards.

    Whoever was called had arrived; an end taken back leaves the call where it was.
    """
    times = before.times
    if presence is Presence.EXPECTED:
        return NO_TIMES
    if presence is Presence.ARRIVED:
        return Times(arrived=times.arrived or times.called or mark)
    if presence is Presence.IN_CONSULTATION:
        ended = before.presence is Presence.DONE
        return replace(times, called=times.called if ended else mark, ended=None)
    if presence is Presence.DONE:
        return replace(times, ended=mark)
    return Times(arrived=times.arrived)


def state_before(visit: Attended) -> Presence:
    """What its times tell of it without the last one: where the same key, pressed again, leads."""
    times = visit.times
    if visit.presence is Presence.DONE and times.called is not None:
        return Presence.IN_CONSULTATION
    if visit.presence is not Presence.ARRIVED and times.arrived is not None:
        return Presence.ARRIVED
    return Presence.EXPECTED


def may_follow(visit: Attended, now: dt.datetime) -> tuple[Presence, ...]:
    """The states that ``visit`` may take at ``now``, in the practice's zone.

    Of a day to come only that it is expected; of one gone by, that it took place or not, but for
    who is still here after midnight. Today a visit ends from wherever it stands once it has begun.
    """
    day, today = visit.starts_at.astimezone(now.tzinfo).date(), now.date()
    if not PRESENCE_NEXT[visit.presence]:
        return ()
    if day > today:
        return () if visit.presence is Presence.EXPECTED else (Presence.EXPECTED,)
    if day < today and not still_here(visit, now):
        return PAST_NEXT[visit.presence]
    found = PRESENCE_NEXT[visit.presence]
    if visit.presence is Presence.EXPECTED and visit.starts_at <= now:
        found = (*found, Presence.DONE)
    found = (*found, state_before(visit))
    return tuple(dict.fromkeys(one for one in found if one is not visit.presence))


# --- counters -------------------------------------------------------------------------------------


def still_here(visit: Attended, now: dt.datetime) -> bool:
    """Under way, and not since too long: forgotten, it is no longer somebody who is here."""
    times = visit.times
    last = times.called or times.arrived
    return visit.presence in UNDER_WAY and last is not None and now - last.at < STILL


def waiting_since(visit: Attended) -> dt.datetime | None:
    """When somebody who waits arrived; None for the others and where nobody noted it."""
    arrived = visit.times.arrived
    return arrived.at if visit.presence is Presence.ARRIVED and arrived is not None else None


def waited(visit: Attended, now: dt.datetime) -> int | None:
    """Minutes since the arrival of somebody who waits."""
    since = waiting_since(visit)
    return None if since is None else _minutes(now - since)


def lasted(visit: Attended, now: dt.datetime) -> int | None:
    """Minutes since somebody who is in consultation was called."""
    called = visit.times.called
    if visit.presence is not Presence.IN_CONSULTATION or called is None:
        return None
    return _minutes(now - called.at)


def delay(visits: Iterable[Attended], now: dt.datetime) -> int:
    """Minutes the doctor is late: the most that anybody is made to wait after their hour.

    Who comes late waits from the arrival on. Where nobody noted it, the doctor could not begin
    later than when the one before had ended: the rest is the patient's.
    """
    seen = list(visits)
    ends = [one.times.ended.at for one in seen if one.times.ended is not None]
    found = [0]
    for visit in seen:
        arrived, called = visit.times.arrived, visit.times.called
        ready = max(visit.starts_at, arrived.at) if arrived is not None else visit.starts_at
        if visit.presence is Presence.ARRIVED:
            found.append(_minutes(now - ready))
        elif visit.presence is Presence.IN_CONSULTATION and called is not None:
            free = [end for end in ends if end <= called.at] if arrived is None else []
            found.append(_minutes(max(free, default=called.at) - ready))
    return max(found)


def in_room(visits: Iterable[Attended]) -> int:
    """How many wait."""
    return sum(one.presence is Presence.ARRIVED for one in visits)


def room(visits: Sequence[V], now: dt.datetime) -> list[V]:
    """Who is with the doctor, all who wait, oldest arrival first, who comes next, who did not
    come.
    """
    expected = [one for one in visits if one.presence is Presence.EXPECTED and one.ends_at > now]
    shown = [
        one for one in visits if one.presence in ROOM and one.presence is not Presence.EXPECTED
    ]

    def place(one: V) -> tuple[int, dt.datetime, dt.datetime]:
        called = one.times.called if one.presence is Presence.IN_CONSULTATION else None
        since = called.at if called is not None else waiting_since(one)
        return ROOM.index(one.presence), since or one.starts_at, one.starts_at

    expected.sort(key=lambda one: one.starts_at)
    return sorted(shown + expected[:MOST_EXPECTED], key=place)


ENDS_FIRST = (Presence.IN_CONSULTATION, Presence.ARRIVED, Presence.EXPECTED)


def ending(visits: Iterable[V], now: dt.datetime) -> V | None:
    """Which of one patient's visits ends with the record: under way, else of somebody who waits,
    else the last whose hour has come; one still to come or missed never ends.
    """
    mine = [
        one
        for one in visits
        if one.presence in ENDS_FIRST
        and (one.presence is not Presence.EXPECTED or one.starts_at <= now)
    ]
    mine.sort(key=lambda one: one.starts_at, reverse=True)
    return min(mine, key=lambda one: ENDS_FIRST.index(one.presence), default=None)


def _minutes(gap: dt.timedelta) -> int:
    return max(int(gap.total_seconds() // 60), 0)
