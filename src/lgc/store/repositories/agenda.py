"""Visits of the agenda, and the times when there are none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lgc.domain.agenda import Closure, Presence, Visit
from lgc.domain.attendance import Mark, Times
from lgc.store.models import AuditLineRow, ClosureRow, VisitRow
from lgc.store.repositories.rows import existing, fill

MANY = 500  # SQLite has room for so many values in one question

# Made once: the mailbox asks it once a message.
_BETWEEN = (
    select(VisitRow)
    .where(VisitRow.starts_at >= bindparam("start"), VisitRow.starts_at < bindparam("stop"))
    .where(VisitRow.presence != Presence.CANCELLED.value)
    .order_by(VisitRow.starts_at, VisitRow.visit_id)
)


class AgendaRepository:
    """Implements ``services.ports.Agenda``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def between(self, start: dt.datetime, stop: dt.datetime) -> list[Visit]:
        """Visits starting from ``start`` on and before ``stop``, in order of time; not those that
        were cancelled: their time is free and nobody comes.
        """
        rows = self._session.scalars(_BETWEEN, {"start": start, "stop": stop})
        return [_visit(row) for row in rows]

    def of_patients(self, patient_ids: Sequence[str]) -> list[Visit]:
        """All of theirs, cancelled ones included, the latest first."""
        rows = self._session.scalars(
            select(VisitRow)
            .where(VisitRow.patient_id.in_(patient_ids))
            .order_by(VisitRow.starts_at.desc(), VisitRow.visit_id)
        )
        return [_visit(row) for row in rows]

    def add(self, visit: Visit) -> None:
        self._session.add(VisitRow(visit_id=visit.visit_id, **_columns(visit)))

    def update(self, visit: Visit) -> None:
        fill(existing(self._session, VisitRow, visit.visit_id), _columns(visit))

    def get(self, visit_id: str) -> Visit:
        return _visit(existing(self._session, VisitRow, visit_id))

    def find(self, visit_id: str) -> Visit | None:
        row = self._session.get(VisitRow, visit_id)
        return None if row is None else _visit(row)

    def remove(self, visit_id: str) -> None:
        self._session.delete(existing(self._session, VisitRow, visit_id))

    def once_known(self, closure_ids: Sequence[str]) -> set[str]:
        """Those of them that the journal speaks of: they were here."""
        return {
            found
            for part in (closure_ids[n : n + MANY] for n in range(0, len(closure_ids), MANY))
            for found in self._session.scalars(
                select(AuditLineRow.subject).where(AuditLineRow.subject.in_(part)).distinct()
            )
        }

    def closures(self) -> list[Closure]:
        """All of them: a practice has some dozens."""
        rows = self._session.scalars(select(ClosureRow).order_by(ClosureRow.starts_at))
        return [_closure(row) for row in rows]

    def add_closure(self, closure: Closure) -> None:
        columns = _closure_columns(closure)
        self._session.add(ClosureRow(closure_id=closure.closure_id, **columns))

    def update_closure(self, closure: Closure) -> None:
        fill(existing(self._session, ClosureRow, closure.closure_id), _closure_columns(closure))

    def find_closure(self, closure_id: str) -> Closure | None:
        row = self._session.get(ClosureRow, closure_id)
        return None if row is None else _closure(row)

    def remove_closure(self, closure_id: str) -> None:
        self._session.delete(existing(self._session, ClosureRow, closure_id))


def _columns(visit: Visit) -> dict[str, object]:
    return {
        "patient_id": visit.patient_id,
        "starts_at": visit.starts_at,
        "minutes": visit.minutes,
        "kind": visit.kind,
        "presence": visit.presence.value,
        "since": visit.since,
        "note": visit.note,
        "place": visit.place,
        "uid": visit.uid,
        **_mark_columns("arrived", visit.times.arrived),
        **_mark_columns("called", visit.times.called),
        **_mark_columns("ended", visit.times.ended),
        "reason": visit.reason,
        "by": visit.by,
        "changed_at": visit.changed_at,
    }


def _mark_columns(name: str, mark: Mark | None) -> dict[str, object]:
    if mark is None:
        return {f"{name}_at": None, f"{name}_by": ""}
    return {f"{name}_at": mark.at, f"{name}_by": mark.by}


def _mark(at: dt.datetime | None, by: str) -> Mark | None:
    return None if at is None else Mark(at, by)


def _visit(row: VisitRow) -> Visit:
    return Visit(
        row.visit_id,
        row.patient_id,
        row.starts_at,
        row.minutes,
        row.kind,
        Presence(row.presence),
        row.since,
        row.note,
        row.place,
        row.uid,
        Times(
            _mark(row.arrived_at, row.arrived_by),
            _mark(row.called_at, row.called_by),
            _mark(row.ended_at, row.ended_by),
        ),
        row.reason,
        row.by,
        row.changed_at,
    )


def _closure_columns(closure: Closure) -> dict[str, object]:
    return {
        "starts_at": closure.starts_at,
        "minutes": closure.minutes,
        "title": closure.title,
        "weekly": closure.weekly,
        "until": closure.until,
        "except_days": [day.isoformat() for day in closure.except_days],
        "uid": closure.uid,
        "changed_at": closure.changed_at,
    }


def _closure(row: ClosureRow) -> Closure:
    return Closure(
        row.closure_id,
        row.starts_at,
        row.minutes,
        row.title,
        row.weekly,
        row.until,
        tuple(dt.date.fromisoformat(day) for day in row.except_days),
        row.uid,
        row.changed_at,
    )
