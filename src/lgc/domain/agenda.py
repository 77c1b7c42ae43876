"""Visits, the times when there are none, and how they share a day. Pure; times are aware."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from lgc.domain.attendance import NO_TIMES, Times


class Presence(StrEnum):
    EXPECTED = "expected"
    ARRIVED = "arrived"
    IN_CONSULTATION = "in_consultation"
    DONE = "done"
    ABSENT = "absent"
    CANCELLED = "cancelled"


PRESENCE_NEXT: dict[Presence, tuple[Presence, ...]] = {
    Presence.EXPECTED: (Presence.ARRIVED, Presence.IN_CONSULTATION, Presence.ABSENT),
    Presence.ARRIVED: (
        Presence.IN_CONSULTATION,
        Presence.DONE,
        Presence.EXPECTED,
        Presence.ABSENT,
    ),
    Presence.IN_CONSULTATION: (Presence.DONE, Presence.ARRIVED),
    Presence.DONE: (Presence.IN_CONSULTATION,),
    Presence.ABSENT: (Presence.EXPECTED, Presence.ARRIVED),
    Presence.CANCELLED: (),
}

PAST_NEXT: dict[Presence, tuple[Presence, ...]] = {
    Presence.EXPECTED: (Presence.DONE, Presence.ABSENT),
    Presence.ARRIVED: (Presence.DONE, Presence.ABSENT, Presence.EXPECTED),
    Presence.IN_CONSULTATION: (Presence.DONE, Presence.EXPECTED),
    Presence.DONE: (Presence.ABSENT, Presence.EXPECTED),
    Presence.ABSENT: (Presence.DONE, Presence.EXPECTED),
    Presence.CANCELLED: (),
}
"""Of a day gone by: it took place or not; nobody arrives any more."""


STEP = 5
"""Minutes: no visit begins or ends between two of them."""


class VisitKind(StrEnum):
    """What a visit is for; the words are those the doctor reads."""

    CONSULTATION = "Consultation"
    FOLLOW_UP = "Suivi chronique"
    NEW_PATIENT = "Nouveau patient"
    REMOTE = "Téléconsultation"
    HOME = "Visite à domicile"


USUAL_MINUTES = {
    VisitKind.CONSULTATION: 15,
    VisitKind.FOLLOW_UP: 30,
    VisitKind.NEW_PATIENT: 30,
    VisitKind.REMOTE: 15,
    VisitKind.HOME: 45,
}


def kind_of(words: str) -> VisitKind:
    """The kind of a stored visit; an unknown word is an ordinary consultation."""
    try:
        return VisitKind(words)
    except ValueError:
        return VisitKind.CONSULTATION


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment. Times are aware; ``since`` is when the presence last changed, ``times`` what
    the counters of the desk come from.

    ``place`` is where the doctor goes, for a visit at home. ``uid`` names the visit in iCalendar
    files (RFC 5545 §3.8.4.7); empty for those that never left. ``reason`` and ``by`` (PS_IdNat)
    say why and by whom it was cancelled or noted as missed; ``changed_at`` when anything but its
    state last changed here, None for what was booked before that was kept.
    """

    visit_id: str
    patient_id: str
    starts_at: dt.datetime
    minutes: int
    kind: str
    presence: Presence = Presence.EXPECTED
    since: dt.datetime | None = None
    note: str = ""
    place: str = ""
    uid: str = ""
    times: Times = NO_TIMES
    reason: str = ""
    by: str = ""
    changed_at: dt.datetime | None = None

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)

    def given_time(self, after: Visit, new_id: str, zone: dt.tzinfo | None) -> Visit:
        """``after``, itself changed, with the state that its time allows.

        One that was missed stays missed: its new time is another visit, ``new_id``. Moved to
        another day, somebody who had arrived is expected again.
        """
        moved = after.starts_at != self.starts_at
        another_day = _day(after.starts_at, zone) != _day(self.starts_at, zone)
        if self.presence is Presence.ABSENT and moved:
            new = replace(after, visit_id=new_id, presence=Presence.EXPECTED, since=None)
            return replace(new, uid="", reason="", by="", times=NO_TIMES)
        if self.presence is Presence.ARRIVED and another_day:
            return replace(after, presence=Presence.EXPECTED, since=None, times=NO_TIMES)
        return after

    def may_become(self, after: Visit, now: dt.datetime) -> bool:
        """A consultation begun or over stays on its day, not later than ``now``, with its
        patient; whoever has a state keeps it too: it is theirs.
        """
        if after.patient_id != self.patient_id and self.presence is not Presence.EXPECTED:
            return False
        if self.presence not in BEGUN or after.starts_at == self.starts_at:
            return True
        same_day = _day(after.starts_at, now.tzinfo) == _day(self.starts_at, now.tzinfo)
        return same_day and after.starts_at <= now


BEGUN = (Presence.IN_CONSULTATION, Presence.DONE)


def _day(moment: dt.datetime, zone: dt.tzinfo | None) -> dt.date:
    return moment.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Closure:
    """When nobody is received: once, or every week at the same hours until ``until``, included.

    ``starts_at`` is the first time, in the zone of the practice; ``except_days`` are weeks that
    were taken out.
    """

    closure_id: str
    starts_at: dt.datetime
    minutes: int
    title: str
    weekly: bool = False
    until: dt.date | None = None
    except_days: tuple[dt.date, ...] = ()
    uid: str = ""
    changed_at: dt.datetime | None = None

    def within(self, start: dt.datetime, stop: dt.datetime) -> Iterator[Block]:
        """Its times that overlap ``start`` … ``stop``, in order.

        The wall clock decides: lunch at noon stays at noon when summer time ends.
        """
        zone = start.tzinfo
        first = self.starts_at.astimezone(zone)
        length = dt.timedelta(minutes=self.minutes)
        day = first.date()
        if self.weekly:
            weeks = max((start.date() - length - day).days // 7, 0)
            day += dt.timedelta(weeks=weeks)
        while dt.datetime.combine(day, first.time(), zone) < stop:
            if self.until is not None and day > self.until:
                return
            begins = dt.datetime.combine(day, first.time(), zone)
            ends = (begins.replace(tzinfo=None) + length).replace(tzinfo=zone)
            if ends > start and day not in self.except_days:
                yield Block(self.closure_id, begins, ends, self.title, self.weekly)
            if not self.weekly:
                return
            day += dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Block:
    """One time of a closure."""

    closure_id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str
    weekly: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """When the practice receives: from and to on the wall clock, and which days of the week."""

    opens: dt.time = dt.time(8)
    closes: dt.time = dt.time(19)
    days: frozenset[int] = field(default_factory=lambda: frozenset(range(6)))


Span = tuple[dt.datetime, dt.datetime]


class Timed(Protocol):
    """A visit, stored or shown."""

    @property
    def starts_at(self) -> dt.datetime: ...
    @property
    def ends_at(self) -> dt.datetime: ...
    @property
    def presence(self) -> Presence: ...


def takes_time(visit: Timed) -> bool:
    """Somebody absent leaves theirs, and so does a cancelled one."""
    return visit.presence not in (Presence.ABSENT, Presence.CANCELLED)


def taken(visits: Iterable[Timed], blocks: Iterable[Block]) -> list[Span]:
    """Times that are not free: the one answer for every screen and for the next free slot."""
    spans = [(one.starts_at, one.ends_at) for one in visits if takes_time(one)]
    return spans + [(one.starts_at, one.ends_at) for one in blocks]


SEARCH_DAYS = 120


def free_slots(
    taken: Iterable[Span],
    after: dt.datetime,
    minutes: int,
    hours: Hours,
    step: int = 15,
    off: Callable[[dt.date], object] = lambda day: False,
) -> Iterator[dt.datetime]:
    """Beginnings of free times of ``minutes``, from ``after`` on, within the opening hours.

    ``after`` is in the zone of the practice; days that are ``off`` have none. Looks 120 days ahead
    at most.
    """
    busy = sorted(taken)
    length = dt.timedelta(minutes=minutes)
    for ahead in range(SEARCH_DAYS):
        day = after.date() + dt.timedelta(days=ahead)
        if day.weekday() not in hours.days or off(day):
            continue
        opens = dt.datetime.combine(day, hours.opens, after.tzinfo)
        closes = dt.datetime.combine(day, hours.closes, after.tzinfo)
        begins = _next_step(max(opens, after), step)
        for from_, to in (*busy, (closes, closes + length)):
            while begins + length <= min(from_, closes):
                yield begins
                begins += dt.timedelta(minutes=step)
            if to > begins:
                begins = _next_step(to, step)


def _next_step(moment: dt.datetime, step: int) -> dt.datetime:
    late = dt.timedelta(
        minutes=moment.minute % step, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment if not late else moment - late + dt.timedelta(minutes=step)


def columns(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """(column, number of columns) of each span, so that none that overlap share a column.

    Those that overlap, directly or through others, are given the same number of columns.
    """
    places: list[tuple[int, int]] = [(0, 1)] * len(spans)
    cluster: list[int] = []
    ends: list[dt.datetime] = []
    used: dict[int, int] = {}

    def close() -> None:
        for index in cluster:
            places[index] = (used[index], len(ends))
        cluster.clear()
        ends.clear()

    for index in sorted(range(len(spans)), key=lambda i: (spans[i][0], -spans[i][1].timestamp())):
        start, stop = spans[index]
        if ends and start >= max(ends):
            close()
        free = next((n for n, end in enumerate(ends) if end <= start), len(ends))
        if free == len(ends):
            ends.append(stop)
        else:
            ends[free] = stop
        used[index] = free
        cluster.append(index)
    close()
    return places
