"""Ctrl+K: patients and documents by any words, accents and typos forgiven."""

from __future__ import annotations

import datetime as dt

from lgc.services.ports import Clock, OpenUnit
from lgc.services.views import Found, FoundDocument, FoundPatient, PatientView


class Finding:
    """Runs in workers at each keystroke; screens drop answers that are no longer asked."""

    def __init__(self, open_unit: OpenUnit, clock: Clock) -> None:
        self._open, self._clock = open_unit, clock

    def find(self, words: str, limit: int = 8) -> Found:
        """Empty words bring the patients of the day."""
        now = self._clock.now()
        start = dt.datetime.combine(now.date(), dt.time(), tzinfo=now.tzinfo)
        with self._open() as uow:
            visits = uow.agenda.between(start, start + dt.timedelta(days=1))
            visit_at = {visit.patient_id: visit.starts_at for visit in visits}
            if words.strip():
                patients = uow.patients.find(words, limit)
                documents = [d for d in uow.documents.find(words, limit=limit) if d.patient_id]
            else:
                patients = list(uow.patients.many(list(visit_at)[:limit]).values())
                documents = []
            owners = uow.patients.many([d.patient_id for d in documents if d.patient_id])
        today = now.date()
        return Found(
            words,
            tuple(
                FoundPatient(PatientView.of(p, today), visit_at.get(p.patient_id)) for p in patients
            ),
            tuple(
                FoundDocument(d, PatientView.of(owners[d.patient_id], today))
                for d in documents
                if d.patient_id in owners
            ),
        )
