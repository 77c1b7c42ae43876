"""The agenda to a calendar file and back, looked at before anything is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from lgc.domain.agenda import Closure, Visit
from lgc.services import calendar_files
from lgc.services import calendar_preview as preview
from lgc.services.calendar_files import CalendarFile, Cancelled, FileVisit
from lgc.services.calendar_preview import Fate, Judged, Line
from lgc.services.planning import Planning, Undo
from lgc.services.ports import Clock, OpenUnit, UnitOfWork
from lgc.services.views import PatientView


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """What a file would do: each line, what was left out; ``changes`` does it, whole."""

    lines: tuple[Line, ...]
    unread: int
    past: int
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
        now = self._clock.now()
        found = calendar_files.read(content, now)
        with self._open() as uow:
            return _Preparing(uow, now).of(found)

    def bring(self, seen: CalendarPreview) -> Undo:
        """Do what was looked at. Raises UserFacingError when the agenda changed meanwhile."""
        return self._planning.bring(seen.changes)


@dataclass
class _Preparing:
    """One file against the agenda as it is now."""

    uow: UnitOfWork
    now: dt.datetime
    lines: list[Line] = field(default_factory=list)
    visits: list[tuple[Visit | None, Visit | None]] = field(default_factory=list)
    closures: list[tuple[Closure | None, Closure | None]] = field(default_factory=list)

    def of(self, found: CalendarFile) -> CalendarPreview:
        """Every line, the first change of each thing alone."""
        for said in {one.visit_id: one for one in found.visits}.values():
            self._visit(said)
        shut = {one.uid or one.closure_id: one for one in self.uow.agenda.closures()}
        ours = {one.closure_id for one in found.closures if one.closure_id in found.own}
        missing = ours - {one.closure_id for one in shut.values()}
        taken_away = self.uow.agenda.once_known(sorted(missing))
        coming = self._coming(found.closures)
        for one in found.closures:
            known = shut.get(one.uid or one.closure_id) or shut.get(_ours(one.uid))
            visit = self.uow.agenda.find(_ours(one.uid)) if known is None and one.uid else None
            if visit is not None:
                self._visit(_stripped(visit, one))
            else:
                self._closure(known, one, taken_away, coming)
        for gone in {one.uid: one for one in found.cancelled}.values():
            self._cancelled(gone, shut)
        order = list(Fate)
        self.lines.sort(key=lambda one: (order.index(one.fate), one.starts_at, one.title))
        changes = Undo(tuple(self.visits), tuple(self.closures))
        return CalendarPreview(tuple(self.lines), found.unread, found.past, changes)

    def _visit(self, said: FileVisit) -> None:
        known = self.uow.agenda.find(said.visit_id)
        judged = preview.of_visit(known, said, self.now)
        title = "Rendez-vous inconnu"
        if known is not None:
            patient = self.uow.patients.get(known.patient_id)
            title = PatientView.of(patient, self.now.date()).name
        was = (known.starts_at.astimezone(self.now.tzinfo), known.minutes) if known else None
        self._say(judged, title, (said.starts_at, said.minutes), was)
        if judged.fate in DOES:
            after = judged.visit
            if after is not None and judged.fate is Fate.CANCELLED:
                after = replace(after, by=self.uow.who)
            self.visits.append((known, after))

    def _closure(
        self, known: Closure | None, said: Closure, taken_away: Collection[str],
        coming: Sequence[Visit],
    ) -> None:  # fmt: skip
        away = said.closure_id in taken_away
        judged = preview.of_closure(known, said, self.now, taken_away=away)
        if judged.fate in (Fate.MADE, Fate.CHANGED):
            judged = replace(judged, why=preview.overlapping(said, coming) or judged.why)
        was = (known.starts_at.astimezone(self.now.tzinfo), known.minutes) if known else None
        self._say(judged, said.title, (said.starts_at, said.minutes), was)
        if judged.fate in DOES:
            self.closures.append((known, judged.closure))

    def _cancelled(self, gone: Cancelled, shut: dict[str, Closure]) -> None:
        known = shut.get(gone.uid) or shut.get(_ours(gone.uid))
        visit = self.uow.agenda.find(_ours(gone.uid)) if known is None else None
        if visit is not None:
            at = (visit.starts_at.astimezone(self.now.tzinfo), visit.minutes)
            said = FileVisit(visit.visit_id, visit.patient_id, *at, modified=gone.modified)
            self._visit(replace(said, cancelled=True))
        if known is None:
            return
        judged = preview.of_cancelled(known, gone.modified, self.now)
        at = (known.starts_at.astimezone(self.now.tzinfo), known.minutes)
        self._say(judged, known.title, at, None)
        if judged.fate in DOES:
            self.closures.append((known, None))

    def _coming(self, shut: Sequence[Closure]) -> list[Visit]:
        if not shut:
            return []
        first = min(one.starts_at for one in shut) - dt.timedelta(days=1)
        last = max(one.starts_at + dt.timedelta(minutes=one.minutes) for one in shut)
        return self.uow.agenda.between(max(first, self.now), last)

    def _say(
        self, judged: Judged, title: str, at: tuple[dt.datetime, int],
        was: tuple[dt.datetime, int] | None,
    ) -> None:  # fmt: skip
        moved = was if was != at else None
        self.lines.append(Line(judged.fate, title, *at, judged.why, moved))


def _ours(uid: str) -> str:
    return uid.removesuffix("@lgc")


def _stripped(visit: Visit, said: Closure) -> FileVisit:
    """A visit of ours from which another program took our own properties: its name tells it."""
    return FileVisit(
        visit.visit_id, visit.patient_id, said.starts_at, said.minutes, modified=said.changed_at
    )


DOES = (Fate.MADE, Fate.CHANGED, Fate.CANCELLED)


def _initials(name: str) -> str:
    return " ".join(f"{part[0]}." for part in name.replace("-", " ").split() if part)
