"""Ctrl+K: patients, their appointments and documents by any words, accents and typos forgiven."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from lgc.domain.agenda import Visit
from lgc.domain.patients import Patient
from lgc.services.ports import Clock, OpenUnit
from lgc.services.seen_visits import line_of
from lgc.services.views import Found, FoundDocument, FoundPatient, PatientView, VisitLine

ASKED = re.compile(r"\b(?:rendez[ -]?vous|rendez|rdv|absences?|annul[ée]s?)\b", re.IGNORECASE)
COMING, GONE, PEOPLE = 3, 2, 3
MOST = 12


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
            whose = ASKED.sub(" ", words).strip() or words
            if words.strip():
                patients = uow.patients.find(whose, limit)
                documents = [d for d in uow.documents.find(words, limit=limit) if d.patient_id]
            else:
                patients = list(uow.patients.many(list(visit_at)[:limit]).values())
                documents = []
            people = patients[:PEOPLE] if words.strip() else []
            booked = uow.agenda.of_patients([one.patient_id for one in people])
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
            _visits(booked, people, now, more=whose != words),
        )


def _visits(
    visits: Sequence[Visit], people: Sequence[Patient], now: dt.datetime, *, more: bool
) -> tuple[VisitLine, ...]:
    """Of each patient found the next ones, then the last; ``more`` when they were asked for."""
    lines: list[VisitLine] = []
    for patient in people:
        view = PatientView.of(patient, now.date())
        mine = [
            line_of(one, view, now.tzinfo) for one in visits if one.patient_id == view.patient_id
        ]
        coming = [one for one in mine if one.ends_at > now][::-1]
        gone = [one for one in mine if one.ends_at <= now]
        lines += coming[: MOST if more else COMING] + gone[: MOST if more else GONE]
    return tuple(lines[:MOST])
