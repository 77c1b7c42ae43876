"""Visits of the agenda."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from lgc.domain.agenda import Presence, Visit
from lgc.store.models import VisitRow
from lgc.store.repositories.rows import existing, fill


class AgendaRepository:
    """Implements ``services.ports.Agenda``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def between(self, start: dt.datetime, stop: dt.datetime) -> list[Visit]:
        """Visits starting from ``start`` on and before ``stop``, in order of time."""
        rows = self._session.scalars(
            select(VisitRow)
            .where(VisitRow.starts_at >= start, VisitRow.starts_at < stop)
            .order_by(VisitRow.starts_at, VisitRow.visit_id)
        )
        return [_visit(row) for row in rows]

    def add(self, visit: Visit) -> None:
        self._session.add(VisitRow(visit_id=visit.visit_id, **_columns(visit)))

    def update(self, visit: Visit) -> None:
        fill(existing(self._session, VisitRow, visit.visit_id), _columns(visit))

    def get(self, visit_id: str) -> Visit:
        return _visit(existing(self._session, VisitRow, visit_id))


def _columns(visit: Visit) -> dict[str, object]:
    return {
        "patient_id": visit.patient_id,
        "starts_at": visit.starts_at,
        "minutes": visit.minutes,
        "kind": visit.kind,
        "presence": visit.presence.value,
        "since": visit.since,
    }


def _visit(row: VisitRow) -> Visit:
    return Visit(
        row.visit_id,
        row.patient_id,
        row.starts_at,
        row.minutes,
        row.kind,
        Presence(row.presence),
        row.since,
    )
