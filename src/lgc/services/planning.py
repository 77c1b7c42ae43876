"""The agenda: what a period holds, and every change of it with what takes it back.

All of it runs in workers; each change is one commit, announced after it, and returns an ``Undo``
that restores what was there as long as nobody changed it since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from lgc.domain.agenda import (
    PRESENCE_NEXT,
    STEP,
    Block,
    Closure,
    Hours,
    Presence,
    Span,
    Visit,
    free_slots,
    kind_of,
)
from lgc.errors import UserFacingError
from lgc.services.events import AgendaChanged, Announce
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.views import PatientView, VisitLine
from lgc.setting_values import hour_of
from lgc.settings import Settings, agenda_closes, agenda_opens, agenda_sunday

LONGEST = 24 * 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AgendaView:
    """``days`` days from ``first`` on: visits and blocks, each in order of time."""

    first: dt.date
    days: int
    visits: tuple[VisitLine, ...]
    blocks: tuple[Block, ...]
    hours: Hours

    def on(self, day: dt.date) -> tuple[VisitLine, ...]:
        """The visits of one day."""
        return tuple(one for one in self.visits if one.starts_at.date() == day)


@dataclass(frozen=True, slots=True)
class Undo:
    """Visits and closures as they were and as they became; None where there was none."""

    visits: tuple[tuple[Visit | None, Visit | None], ...] = ()
    closures: tuple[tuple[Closure | None, Closure | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """What the dialog asks for. ``minutes`` is a multiple of five."""

    patient_id: str
    starts_at: dt.datetime
    minutes: int
    kind: str
    note: str = ""
    place: str = ""


class Planning:
    """Raises UserFacingError for what is no time or is gone."""

    def __init__(
        self, open_unit: OpenUnit, clock: Clock, ids: Ids, settings: Settings, announce: Announce
    ) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._settings, self._announce = settings, announce

    # --- looking ------------------------------------------------------------------------------

    @property
    def hours(self) -> Hours:
        """The opening hours of the settings, which hold no other words than hours."""
        proposed = Hours()
        opens = hour_of(self._settings[agenda_opens]) or proposed.opens
        closes = hour_of(self._settings[agenda_closes]) or proposed.closes
        days = range(7) if self._settings[agenda_sunday] else range(6)
        return Hours(opens, closes, frozenset(days))

    def view(self, first: dt.date, days: int) -> AgendaView:
        """Everything of ``days`` days from ``first`` on, in the practice's zone."""
        zone = self._clock.now().tzinfo
        start = dt.datetime.combine(first, dt.time(), zone)
        stop = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(), zone)
        today = self._clock.now().date()
        with self._open() as uow:
            visits = uow.agenda.between(start, stop)
            patients = uow.patients.many([visit.patient_id for visit in visits])
            views = {key: PatientView.of(one, today) for key, one in patients.items()}
            blocks = [b for one in uow.agenda.closures() for b in one.within(start, stop)]
        lines = tuple(
            _line(visit, views[visit.patient_id], zone)
            for visit in visits
            if visit.patient_id in views
        )
        blocks.sort(key=lambda one: one.starts_at)
        return AgendaView(first, days, lines, tuple(blocks), self.hours)

    def next_free(self, after: dt.datetime, minutes: int) -> dt.datetime | None:
        """The next free time of ``minutes`` after ``after``, None within four months."""
        with self._open() as uow:
            taken = _taken(uow, after)
        return next(free_slots(taken, after, minutes, self.hours), None)

    def closure(self, closure_id: str) -> Closure:
        """Raises UserFacingError when it is gone."""
        with self._open() as uow:
            return _there(uow.agenda.find_closure(closure_id))

    # --- visits -------------------------------------------------------------------------------

    def book(self, booking: Booking) -> Undo:
        """A new visit."""
        _check(booking.starts_at, booking.minutes)
        visit = Visit(
            self._ids.uuid(),
            booking.patient_id,
            booking.starts_at,
            booking.minutes,
            kind_of(booking.kind).value,
            note=booking.note.strip(),
            place=booking.place.strip(),
        )
        return self._do("visit booked", Undo(visits=((None, visit),)))

    def change(self, visit_id: str, booking: Booking) -> Undo:
        """Everything of a visit but its presence."""
        _check(booking.starts_at, booking.minutes)
        before = self._visit(visit_id)
        after = replace(
            before,
            patient_id=booking.patient_id,
            starts_at=booking.starts_at,
            minutes=booking.minutes,
            kind=kind_of(booking.kind).value,
            note=booking.note.strip(),
            place=booking.place.strip(),
        )
        return self._do("visit changed", Undo(visits=((before, after),)))

    def move(self, visit_id: str, starts_at: dt.datetime, minutes: int) -> Undo:
        """Another time, another length."""
        _check(starts_at, minutes)
        before = self._visit(visit_id)
        after = replace(before, starts_at=starts_at, minutes=minutes)
        return self._do("visit moved", Undo(visits=((before, after),)))

    def cancel(self, visit_id: str) -> Undo:
        """The visit leaves the agenda."""
        return self._do("visit cancelled", Undo(visits=((self._visit(visit_id), None),)))

    def set_presence(self, visit_id: str, presence: Presence) -> Undo:
        """Arrived, in consultation, done, absent. Raises UserFacingError when it cannot follow."""
        before = self._visit(visit_id)
        if presence not in PRESENCE_NEXT[before.presence]:
            raise UserFacingError("Ce rendez-vous ne peut pas passer à cet état.")
        after = replace(before, presence=presence, since=self._clock.now())
        return self._do("presence changed", Undo(visits=((before, after),)))

    # --- times without visits -----------------------------------------------------------------

    def close(
        self, starts_at: dt.datetime, minutes: int, title: str, *, weekly: bool = False
    ) -> Undo:
        """Nobody is received then, once or every week."""
        _check(starts_at, minutes)
        title = title.strip() or "Indisponible"
        made = Closure(self._ids.uuid(), starts_at, minutes, title, weekly)
        return self._do("closure added", Undo(closures=((None, made),)))

    def change_closure(
        self, closure_id: str, starts_at: dt.datetime, minutes: int, title: str, *, weekly: bool
    ) -> Undo:
        """The whole closure, every week of it."""
        _check(starts_at, minutes)
        before = self.closure(closure_id)
        after = replace(
            before,
            starts_at=starts_at,
            minutes=minutes,
            title=title.strip() or "Indisponible",
            weekly=weekly,
        )
        return self._do("closure changed", Undo(closures=((before, after),)))

    def reopen(self, closure_id: str, day: dt.date | None = None) -> Undo:
        """Take a closure away, or only its time of ``day`` when it comes every week."""
        before = self.closure(closure_id)
        after = None
        if day is not None and before.weekly:
            after = replace(before, except_days=(*before.except_days, day))
        return self._do("closure removed", Undo(closures=((before, after),)))

    # --- taking back --------------------------------------------------------------------------

    def take_back(self, undo: Undo) -> None:
        """Restore what was. Raises UserFacingError when it was changed meanwhile."""
        back = Undo(
            tuple((after, before) for before, after in reversed(undo.visits)),
            tuple((after, before) for before, after in reversed(undo.closures)),
        )
        self._do("agenda change taken back", back)

    def bring(self, undo: Undo) -> Undo:
        """Apply changes prepared elsewhere (a calendar file), all or none."""
        return self._do("calendar brought in", undo)

    def _do(self, act: str, change: Undo) -> Undo:
        with self._open() as uow:
            for before, after in change.visits:
                _replace_visit(uow, before, after)
            for was, becomes in change.closures:
                _replace_closure(uow, was, becomes)
            whose = [one.visit_id for pair in change.visits for one in pair if one is not None]
            uow.audit(act, whose[0] if whose else "")
            uow.commit()
        self._announce(AgendaChanged())
        return change

    def _visit(self, visit_id: str) -> Visit:
        with self._open() as uow:
            return _there(uow.agenda.find(visit_id))


def taken(visits: Sequence[VisitLine], blocks: Sequence[Block]) -> list[Span]:
    """Times that are not free; somebody absent leaves theirs."""
    spans = [(one.starts_at, one.ends_at) for one in visits if one.presence is not Presence.ABSENT]
    return spans + [(one.starts_at, one.ends_at) for one in blocks]


def _taken(uow: UnitOfWork, after: dt.datetime) -> list[Span]:
    start = after - dt.timedelta(days=1)
    stop = after + dt.timedelta(days=130)
    spans = [
        (one.starts_at.astimezone(after.tzinfo), one.ends_at.astimezone(after.tzinfo))
        for one in uow.agenda.between(start, stop)
        if one.presence is not Presence.ABSENT
    ]
    for closure in uow.agenda.closures():
        spans += [(b.starts_at, b.ends_at) for b in closure.within(start, stop)]
    return spans


def _line(visit: Visit, patient: PatientView, zone: dt.tzinfo | None) -> VisitLine:
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
    )


def _check(starts_at: dt.datetime, minutes: int) -> None:
    if not STEP <= minutes <= LONGEST or minutes % STEP or starts_at.minute % STEP:
        raise UserFacingError(
            "Cette durée ou cette heure ne convient pas.",
            advice=f"L’agenda va de {STEP} en {STEP} minutes, 24 heures au plus.",
        )


def _replace_visit(uow: UnitOfWork, before: Visit | None, after: Visit | None) -> None:
    known = before or after
    if known is None:
        return
    _must_be(uow.agenda.find(known.visit_id), before)
    if before is None and after is not None:
        uow.agenda.add(after)
    elif after is None:
        uow.agenda.remove(known.visit_id)
    else:
        uow.agenda.update(after)


def _replace_closure(uow: UnitOfWork, before: Closure | None, after: Closure | None) -> None:
    known = before or after
    if known is None:
        return
    _must_be(uow.agenda.find_closure(known.closure_id), before)
    if before is None and after is not None:
        uow.agenda.add_closure(after)
    elif after is None:
        uow.agenda.remove_closure(known.closure_id)
    else:
        uow.agenda.update_closure(after)


def _must_be(found: Visit | Closure | None, expected: Visit | Closure | None) -> None:
    if found != expected:
        raise UserFacingError(
            "L’agenda a changé entre-temps.", advice="Regardez-le, puis recommencez."
        )


def _there(found: T | None) -> T:
    if found is None:
        raise UserFacingError("Ce rendez-vous n’est plus dans l’agenda.")
    return found
