"""The agenda: what a period holds, and every change of it with what takes it back.

All of it runs in workers; each change is one commit, announced after it, and returns an ``Undo``
that restores what was there as long as nobody changed it since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from lgc.domain import holidays
from lgc.domain.agenda import (
    BEGUN,
    STEP,
    Block,
    Closure,
    Hours,
    Presence,
    Span,
    Visit,
    free_slots,
    kind_of,
    taken,
)
from lgc.domain.attendance import Mark
from lgc.domain.days import comes
from lgc.domain.waiting import may_follow, still_here, times_after
from lgc.domain.weekly import Change, Reach, changed, removed
from lgc.errors import UserFacingError
from lgc.services import visit_traces
from lgc.services.events import AgendaChanged, Announce
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.seen_visits import closure_seen, line_of, visit_seen, visits_of
from lgc.services.views import PatientView, VisitLine
from lgc.setting_values import hour_of
from lgc.settings import Settings, agenda_closes, agenda_holidays, agenda_opens, agenda_sunday

LONGEST, LONGEST_LEAVE = 24 * 60, 400 * 24 * 60
EXPLAINED = (Presence.CANCELLED, Presence.ABSENT)


@dataclass(frozen=True, slots=True)
class AgendaView:
    """``days`` days from ``first`` on: visits and blocks, each in order of time."""

    first: dt.date
    days: int
    visits: tuple[VisitLine, ...]
    blocks: tuple[Block, ...]
    hours: Hours
    region: str = holidays.METROPOLE

    def holiday(self, day: dt.date) -> str:
        """The name of a public holiday, empty for an ordinary day."""
        return holidays.holiday(day, self.region)

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
            line_of(visit, views[visit.patient_id], zone)
            for visit in visits
            if visit.patient_id in views
        )
        blocks.sort(key=lambda one: one.starts_at)
        region = self._settings[agenda_holidays]
        return AgendaView(first, days, lines, tuple(blocks), self.hours, region)

    def room(self) -> tuple[VisitLine, ...]:
        """The visits of today, and those begun before midnight that are still under way."""
        now = self._clock.now()
        with self._open() as uow:
            visits = visits_of(uow, now.date(), now)
            patients = uow.patients.many([visit.patient_id for visit in visits])
            views = {key: PatientView.of(one, now.date()) for key, one in patients.items()}
        return tuple(line_of(one, views[one.patient_id], now.tzinfo) for one in visits)

    def of_patient(self, patient_id: str) -> tuple[VisitLine, ...]:
        """Every appointment, past and to come, cancelled ones included, the latest first."""
        now = self._clock.now()
        with self._open() as uow:
            patient = PatientView.of(uow.patients.get(patient_id), now.date())
            visits = uow.agenda.of_patients([patient_id])
        return tuple(line_of(one, patient, now.tzinfo) for one in visits)

    def next_free(self, after: dt.datetime, minutes: int) -> dt.datetime | None:
        """The next free time of ``minutes`` after ``after``, None within four months."""
        return next(iter(self.free(after, minutes, range(7), 1)), None)

    def free(
        self, after: dt.datetime, minutes: int, weekdays: Collection[int], number: int
    ) -> tuple[dt.datetime, ...]:
        """The next ``number`` free times on those days of the week, never on a public holiday."""
        with self._open() as uow:
            taken = _taken(uow, after)
        region, hours = self._settings[agenda_holidays], self.hours
        wanted = replace(hours, days=hours.days & frozenset(weekdays))
        off = partial(holidays.holiday, region=region)
        return tuple(islice(free_slots(taken, after, minutes, wanted, off=off), number))

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
            changed_at=self._clock.now(),
        )
        return self._do("visit booked", Undo(visits=((None, visit),)))

    def change(self, seen: VisitLine, booking: Booking) -> Undo:
        """Everything of a visit but its presence."""
        _check(booking.starts_at, booking.minutes)
        before = self._visit(seen)
        after = replace(
            before,
            patient_id=booking.patient_id,
            starts_at=booking.starts_at,
            minutes=booking.minutes,
            kind=kind_of(booking.kind).value,
            note=booking.note.strip(),
            place=booking.place.strip(),
            changed_at=self._clock.now(),
        )
        return self._do("visit changed", self._settled(before, after))

    def move(self, seen: VisitLine, starts_at: dt.datetime, minutes: int) -> Undo:
        """Another time, another length; a missed visit stays, its new time is another one."""
        _check(starts_at, minutes)
        before = self._visit(seen)
        now = self._clock.now()
        after = replace(before, starts_at=starts_at, minutes=minutes, changed_at=now)
        return self._do("visit moved", self._settled(before, after))

    def cancel(self, seen: VisitLine, reason: str = "") -> Undo:
        """The visit frees its time and stays known, with why and by whom. Raises UserFacingError
        for a consultation that was held: it is no appointment any more.
        """
        before = self._visit(seen)
        if before.presence in BEGUN:
            raise UserFacingError(
                "Cette consultation a eu lieu : elle ne s’annule plus.",
                advice="Remettez-la d’abord « attendu » si elle était notée par erreur.",
            )
        after = self._noted(before, Presence.CANCELLED, reason)
        return self._do("visit cancelled", Undo(visits=((before, after),)))

    def explain(self, seen: VisitLine, reason: str) -> Undo:
        """Why it was cancelled or missed, said later. Raises UserFacingError for another state."""
        before = self._visit(seen)
        if before.presence not in EXPLAINED:
            raise UserFacingError("Ce rendez-vous n’est ni annulé ni manqué.")
        after = replace(before, reason=" ".join(reason.split()))
        return self._do("visit explained", Undo(visits=((before, after),)))

    def set_presence(self, seen: VisitLine, presence: Presence, reason: str = "") -> Undo:
        """Arrived, in consultation, done, absent. Raises UserFacingError when it cannot follow."""
        before, now = self._visit(seen), self._clock.now()
        if presence not in may_follow(before, now):
            raise UserFacingError(
                f"Le rendez-vous de {seen.patient.name}, {_said(before, now)}, "
                "ne peut pas passer à cet état."
            )
        times = times_after(before, presence, self._mark(before, now))
        after = replace(self._noted(before, presence, reason), times=times)
        return self._do("presence changed", Undo(visits=((before, after),)))

    # --- times without visits -----------------------------------------------------------------

    def close(
        self, starts_at: dt.datetime, minutes: int, title: str, *, weekly: bool = False
    ) -> Undo:
        """Nobody is received then, once or every week; a leave lasts days."""
        _check(starts_at, minutes, LONGEST_LEAVE)
        title = title.strip() or "Indisponible"
        made = Closure(self._ids.uuid(), starts_at, minutes, title, weekly)
        return self._do("closure added", self._closures(((None, made),)))

    def change_closure(
        self,
        seen: Block,
        starts_at: dt.datetime,
        minutes: int,
        title: str,
        *,
        weekly: bool,
        reach: Reach = Reach.ONCE,
    ) -> Undo:
        """This time of a closure, those from it on, or every week; the others keep theirs."""
        _check(starts_at, minutes, LONGEST_LEAVE)
        before = self._closure(seen)
        title = title.strip() or "Indisponible"
        after = replace(before, starts_at=starts_at, minutes=minutes, title=title, weekly=weekly)
        if before.weekly and reach is Reach.ALL and not weekly:
            raise UserFacingError(
                "Toutes les semaines ne peuvent pas devenir une seule.",
                advice="Choisissez « Cette fois » ou « À partir d’ici ».",
            )
        pairs = changed(before, seen.starts_at.date(), after, reach, self._ids.uuid())
        return self._do("closure changed", self._closures(pairs))

    def reopen(self, seen: Block, reach: Reach = Reach.ONCE) -> Undo:
        """Take a closure away: its time that was seen, those from it on, or every week."""
        before = self._closure(seen)
        day, zone = seen.starts_at.date(), seen.starts_at.tzinfo
        return self._do("closure removed", self._closures(removed(before, day, reach, zone)))

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
            self._trace(uow, act, change)
            uow.commit()
        self._announce(AgendaChanged())
        return change

    def _mark(self, visit: Visit, now: dt.datetime) -> Mark | None:
        """Now, by whoever acts; none for a visit of a day gone by: its time is not known."""
        day = visit.starts_at.astimezone(now.tzinfo).date()
        if day < now.date() and not still_here(visit, now):
            return None
        with self._open() as uow:
            return Mark(now, uow.who)

    def _trace(self, uow: UnitOfWork, act: str, change: Undo) -> None:
        zone = self._clock.now().tzinfo
        for before, after in change.visits:
            known = before or after
            assert known is not None
            uow.audit(act, known.visit_id, visit_traces.of_visit(before, after, zone))
        for was, becomes in change.closures:
            shut = was or becomes
            assert shut is not None
            uow.audit(act, shut.closure_id, visit_traces.of_closure(was, becomes, zone))

    def _noted(self, before: Visit, presence: Presence, reason: str = "") -> Visit:
        """In another state from now on; why and by whom, where it did not take place."""
        after = replace(before, presence=presence, since=self._clock.now(), reason="", by="")
        if presence not in EXPLAINED:
            return after
        with self._open() as uow:
            return replace(after, reason=" ".join(reason.split()), by=uow.who)

    def _closures(self, pairs: Change) -> Undo:
        now = self._clock.now()
        return Undo(
            closures=tuple(
                (was, becomes and replace(becomes, changed_at=now)) for was, becomes in pairs
            )
        )

    def _visit(self, seen: VisitLine) -> Visit:
        with self._open() as uow:
            return visit_seen(uow, seen, self._clock.now())

    def _closure(self, seen: Block) -> Closure:
        with self._open() as uow:
            return closure_seen(uow, seen)

    def _settled(self, before: Visit, after: Visit) -> Undo:
        now = self._clock.now()
        if not before.may_become(after, now):
            raise UserFacingError(
                "Ce rendez-vous a déjà eu lieu : il garde son jour et son patient.",
                advice="Prenez-en un autre, ou remettez-le d’abord « attendu ».",
            )
        after = before.given_time(after, self._ids.uuid(), now.tzinfo)
        known = before if after.visit_id == before.visit_id else None
        return Undo(visits=((known, after),))


def _taken(uow: UnitOfWork, after: dt.datetime) -> list[Span]:
    start = after - dt.timedelta(days=1)
    stop = after + dt.timedelta(days=130)
    blocks = [b for one in uow.agenda.closures() for b in one.within(start, stop)]
    return [
        (from_.astimezone(after.tzinfo), to.astimezone(after.tzinfo))
        for from_, to in taken(uow.agenda.between(start, stop), blocks)
    ]


def _check(starts_at: dt.datetime, minutes: int, most: int = LONGEST) -> None:
    if not STEP <= minutes <= most or minutes % STEP or starts_at.minute % STEP:
        raise UserFacingError(
            "Cette durée ou cette heure ne convient pas.",
            advice=f"L’agenda va de {STEP} en {STEP} minutes, 24 heures au plus.",
        )
    if not comes(starts_at):
        raise UserFacingError(
            "Cette nuit-là, l’heure d’été commence : l’horloge saute cette heure.",
            advice="Choisissez une heure plus tard.",
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


def _said(visit: Visit, now: dt.datetime) -> str:
    """« 15/01 à 09:15 », at the hour of the practice."""
    return f"{visit.starts_at.astimezone(now.tzinfo):%d/%m à %H:%M}"
