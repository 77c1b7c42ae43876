"""Where things stand in the grid, and where the arrows lead: decided without Qt. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lgc.desktop import text
from lgc.domain.agenda import Hours, columns, taken, takes_time
from lgc.domain.instants import after, come
from lgc.services.planning import AgendaView
from lgc.services.views import VisitLine

SLOT = dt.timedelta(minutes=15)
LEAST_HOURS = 6
OVER = "Ce moment est déjà passé."


@dataclass(frozen=True, slots=True)
class Placed:
    """A visit in its day: ``column`` of ``number`` side by side."""

    visit: VisitLine
    column: int
    number: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the arrows halt: a visit, or a free quarter of an hour."""

    at: dt.datetime
    visit: VisitLine | None = None

    @property
    def key(self) -> str:
        """Stays the same when the day is read again."""
        return self.visit.visit_id if self.visit is not None else self.at.isoformat()


def days_of(view: AgendaView) -> list[dt.date]:
    """The days to draw: all of them, without a Sunday on which nobody comes."""
    days = [view.first + dt.timedelta(days=n) for n in range(view.days)]
    if view.days == 1:
        return days
    return [day for day in days if day.weekday() in view.hours.days or view.on(day)]


def hours_of(view: AgendaView) -> tuple[int, int]:
    """First and last hour to draw: those of the practice, and of whatever lies outside."""
    first, last = view.hours.opens.hour, view.hours.closes.hour + bool(view.hours.closes.minute)
    for visit in view.visits:
        first = min(first, visit.starts_at.hour)
        same_day = visit.ends_at.date() == visit.starts_at.date()
        end = visit.ends_at.hour + bool(visit.ends_at.minute) if same_day else 24
        last = max(last, end)
    return first, max(last, min(first + LEAST_HOURS, 24))


def placed(visits: Sequence[VisitLine]) -> list[Placed]:
    """Visits of one day side by side where they overlap."""
    spans = [(one.starts_at, one.ends_at) for one in visits]
    return [
        Placed(visit, column, number)
        for visit, (column, number) in zip(visits, columns(spans), strict=True)
    ]


def stops(view: AgendaView, day: dt.date, zone: dt.tzinfo | None) -> list[Stop]:
    """The visits of ``day`` and its free quarters of an hour, in order."""
    visits = view.on(day)
    busy = taken(visits, view.blocks)
    first, last = hours_of(view)
    at = dt.datetime.combine(day, dt.time(first), zone)
    end = dt.datetime.combine(day, dt.time(), zone) + dt.timedelta(hours=last)
    found = [Stop(one.starts_at, one) for one in visits]
    while at < end:
        if not any(a < at + SLOT and at < b for a, b in busy):
            found.append(Stop(at))
        at += SLOT
    return sorted(found, key=lambda stop: (stop.at, stop.key))


def over(starts_at: dt.datetime, minutes: int, now: dt.datetime) -> bool:
    """Is a visit of that length at that time ended already?"""
    return come(after(starts_at, dt.timedelta(minutes=minutes)), now)


def coming(now: dt.datetime) -> dt.datetime:
    """The quarter of an hour that begins now or next, on the wall of ``now``."""
    past = dt.timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    ahead = SLOT - past if past else past
    return after(now, ahead).astimezone(now.tzinfo)


def nearest(found: Sequence[Stop], at: dt.datetime) -> Stop | None:
    """The stop of another day at about the same hour; a visit rather than a free quarter."""
    hour = at.hour * 60 + at.minute

    def far(stop: Stop) -> tuple[int, bool]:
        return abs(stop.at.hour * 60 + stop.at.minute - hour), stop.visit is None

    return min(found, key=far, default=None)


def same_day(
    view: AgendaView, patient_id: str, day: dt.date, but: str = ""
) -> tuple[VisitLine, ...]:
    """The other visits of a patient on one day; somebody absent leaves theirs."""
    return tuple(
        one
        for one in view.on(day)
        if one.patient.patient_id == patient_id and one.visit_id != but and takes_time(one)
    )


def against(
    view: AgendaView, starts_at: dt.datetime, minutes: int, but: str = ""
) -> tuple[str, ...]:
    """What speaks against a time, one sentence each: said, never refused."""
    day, told = starts_at.date(), []
    if holiday := view.holiday(day):
        told.append(f"Jour férié : {holiday}.")
    if day.weekday() not in view.hours.days:
        told.append(f"Le cabinet ne reçoit pas le {text.DAYS[day.weekday()]}.")
    elif not _within(view.hours, starts_at, minutes):
        hours = f"{text.time(view.hours.opens)} – {text.time(view.hours.closes)}"
        told.append(f"Hors des heures du cabinet ({hours}).")
    found = clashes(view, starts_at, minutes, but)
    if found:
        more = f" et {len(found) - 3} autres" if len(found) > 3 else ""
        told.append(f"Chevauche {', '.join(found[:3])}{more}.")
    return tuple(text.french(one) for one in told)


def _within(hours: Hours, starts_at: dt.datetime, minutes: int) -> bool:
    stop = starts_at + dt.timedelta(minutes=minutes)
    return (
        hours.opens <= starts_at.time()
        and stop.date() == starts_at.date()
        and stop.time() <= hours.closes
    )


def clashes(view: AgendaView, starts_at: dt.datetime, minutes: int, but: str = "") -> list[str]:
    """Words for what a visit would overlap, empty when nothing."""
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    found = [
        f"{one.starts_at:%H:%M} {one.patient.name}"
        for one in view.visits
        if takes_time(one)
        and one.visit_id != but
        and one.starts_at < ends_at
        and starts_at < one.ends_at
    ]
    return found + [
        f"{one.starts_at:%H:%M} {one.title}"
        for one in view.blocks
        if one.starts_at < ends_at and starts_at < one.ends_at
    ]
