"""The agenda to a calendar file and back, looked at before anything is changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TypeVar

from lgc.domain.agenda import Closure, Presence, Visit
from lgc.services import calendar_files
from lgc.services.planning import Planning, Undo
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.views import PatientView

T = TypeVar("T", Visit, Closure)


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """What a file would change, counted; ``changes`` does it."""

    added: int
    changed: int
    removed: int
    same: int
    skipped: int
    changes: Undo

    @property
    def empty(self) -> bool:
        """Nothing would change."""
        return not (self.changes.visits or self.changes.closures)


class ExchangingCalendar:
    """Runs in workers."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, planning: Planning) -> None:
        self._open, self._clock, self._planning = open_unit, clock, planning

    def export(self, first: dt.date, days: int, *, names: bool) -> bytes:
        """The agenda of a period as iCalendar (RFC 5545).

        Without ``names`` the visits carry initials, and neither note nor place; the leaving of a
        file is audited.
        """
        now = self._clock.now()
        start = dt.datetime.combine(first, dt.time(), now.tzinfo)
        stop = dt.datetime.combine(first + dt.timedelta(days=days), dt.time(), now.tzinfo)
        with self._open() as uow:
            visits = uow.agenda.between(start, stop)
            patients = uow.patients.many([one.patient_id for one in visits])
            closures = [
                replace(one, starts_at=one.starts_at.astimezone(now.tzinfo))
                for one in uow.agenda.closures()
                if any(one.within(start, stop))
            ]
            uow.audit("agenda exported", "", "names" if names else "initials")
            uow.commit()
        leaving = []
        for visit in visits:
            name = PatientView.of(patients[visit.patient_id], now.date()).name
            local = replace(visit, starts_at=visit.starts_at.astimezone(now.tzinfo))
            if names:
                leaving.append((local, name))
            else:
                leaving.append((replace(local, note="", place=""), _initials(name)))
        return calendar_files.write(leaving, closures, now)

    def prepare(self, content: bytes) -> CalendarPreview:
        """Compare a file with the agenda. Raises UnreadableInput."""
        found = calendar_files.read(content, self._clock.now())
        counts = dict.fromkeys(("added", "changed", "removed", "same"), 0)
        skipped = found.unread
        visits: list[tuple[Visit | None, Visit | None]] = []
        closures: list[tuple[Closure | None, Closure | None]] = []
        with self._open() as uow:
            known = set(uow.patients.many([one.patient_id for one in found.visits]))
            shut = {one.uid or one.closure_id: one for one in uow.agenda.closures()}
            for visit in {one.visit_id: one for one in found.visits}.values():
                if visit.patient_id not in known:
                    skipped += 1
                    continue
                before = uow.agenda.find(visit.visit_id)
                if before is None or before.presence is Presence.CANCELLED:
                    skipped += 1  # a patient never comes from a file, and cancelled stays so
                    continue
                visits += _sorted(before, _kept(before, visit), counts)
            for closure in {one.closure_id: one for one in found.closures}.values():
                was = shut.get(closure.uid or closure.closure_id)
                becomes = closure
                if was is not None:
                    becomes = replace(closure, closure_id=was.closure_id, changed_at=was.changed_at)
                closures += _sorted(was, becomes, counts)
            for uid in found.cancelled:
                gone = _named(uow, uid, shut)
                counts["removed"] += gone is not None
                if isinstance(gone, Visit):
                    visits.append((gone, replace(gone, presence=Presence.CANCELLED)))
                elif gone is not None:
                    closures.append((gone, None))
        return CalendarPreview(
            **counts, skipped=skipped, changes=Undo(tuple(visits), tuple(closures))
        )

    def bring(self, preview: CalendarPreview) -> Undo:
        """Do what was looked at. Raises UserFacingError when the agenda changed meanwhile."""
        return self._planning.bring(preview.changes)


def _kept(before: Visit, visit: Visit) -> Visit:
    """A file without names says nothing of note and place: what is known stays, and so do the
    patient and the state.
    """
    return replace(
        before,
        starts_at=visit.starts_at,
        minutes=visit.minutes,
        kind=visit.kind,
        note=visit.note or before.note,
        place=visit.place or before.place,
    )


def _sorted(before: T | None, after: T, counts: dict[str, int]) -> list[tuple[T | None, T | None]]:
    kind = "added" if before is None else "same" if before == after else "changed"
    counts[kind] += 1
    return [] if kind == "same" else [(before, after)]


def _named(uow: UnitOfWork, uid: str, shut: dict[str, Closure]) -> Visit | Closure | None:
    ours = uid.removesuffix("@lgc")
    return uow.agenda.find(ours) or uow.agenda.with_uid(uid) or shut.get(uid) or shut.get(ours)


def _initials(name: str) -> str:
    return " ".join(f"{part[0]}." for part in name.replace("-", " ").split() if part)
