"""What a screen showed when somebody acted on it, against what the agenda holds now.

Between the two anybody may have moved, changed or cancelled it: an act is of what was seen, else
it is refused with both told.
"""

from __future__ import annotations

import datetime as dt

from lgc.domain.agenda import Block, Closure, Presence, Visit
from lgc.domain.waiting import still_here
from lgc.errors import UserFacingError
from lgc.services.ports import UnitOfWork
from lgc.services.views import PatientView, VisitLine

STATES = {
    Presence.EXPECTED: "attendu",
    Presence.ARRIVED: "arrivé",
    Presence.IN_CONSULTATION: "en consultation",
    Presence.DONE: "terminé",
    Presence.ABSENT: "absent",
    Presence.CANCELLED: "annulé, il n’est plus dans l’agenda",
}
GONE = "il n’est plus dans l’agenda"


def line_of(visit: Visit, patient: PatientView, zone: dt.tzinfo | None) -> VisitLine:
    """A visit as the screens show it."""
    return VisitLine(
        visit.visit_id,
        visit.starts_at.astimezone(zone),
        visit.minutes,
        visit.kind,
        visit.presence,
        visit.since,
        patient,
        visit.note,
        visit.place,
        visit.times,
        visit.reason,
        visit.by,
    )


def visits_of(uow: UnitOfWork, day: dt.date, now: dt.datetime) -> list[Visit]:
    """The visits of a day in order of time; for today, those begun before midnight that are still
    under way come first: a visit is the doctor's until it ends.
    """
    start = dt.datetime.combine(day, dt.time(), now.tzinfo)
    before = start - dt.timedelta(days=1) if day == now.date() else start
    found = uow.agenda.between(before, start + dt.timedelta(days=1))
    return [one for one in found if one.starts_at >= start or still_here(one, now)]


def visit_seen(uow: UnitOfWork, seen: VisitLine, now: dt.datetime) -> Visit:
    """The stored visit. Raises UserFacingError when it is gone or no longer what was seen."""
    found = uow.agenda.find(seen.visit_id)
    if found is None:
        raise _changed(_told(seen, now.tzinfo), GONE)
    patient = PatientView.of(uow.patients.get(found.patient_id), now.date())
    here = line_of(found, patient, now.tzinfo)
    if _shown(here) != _shown(seen):
        raise _changed(_told(seen, now.tzinfo), _told(here, now.tzinfo))
    return found


def closure_seen(uow: UnitOfWork, seen: Block) -> Closure:
    """The closure of a time. Raises UserFacingError when it no longer has that time."""
    found = uow.agenda.find_closure(seen.closure_id)
    hours = f"« {seen.title} », {_hours(seen.starts_at, seen.ends_at)}"
    if found is None:
        raise _changed(hours, GONE)
    there = next(found.within(seen.starts_at, seen.ends_at), None)
    if there is None:
        raise _changed(hours, GONE)
    if there != seen:
        raise _changed(hours, f"« {there.title} », {_hours(there.starts_at, there.ends_at)}")
    return found


def _shown(line: VisitLine) -> tuple[object, ...]:
    return (
        line.patient.patient_id,
        line.starts_at,
        line.minutes,
        line.kind,
        line.presence,
        line.note,
        line.place,
        line.reason,
    )


def _told(line: VisitLine, zone: dt.tzinfo | None) -> str:
    start, stop = line.starts_at.astimezone(zone), line.ends_at.astimezone(zone)
    told = (line.patient.name, _hours(start, stop), line.kind, line.note, line.place)
    return ", ".join((*(one for one in told if one), STATES[line.presence]))


def _hours(start: dt.datetime, stop: dt.datetime) -> str:
    return f"{start:%d/%m/%Y} {start:%H:%M} – {stop:%H:%M}"


def _changed(seen: str, here: str) -> UserFacingError:
    return UserFacingError(
        "L’agenda a changé entre-temps.",
        advice=f"Vous voyiez : {seen}. Maintenant : {here}. Rien n’a été fait.",
    )
