"""Which drafts wait, in one record or in all of them: no draft is found by its key alone."""

from __future__ import annotations

import datetime as dt

from lgc.services.drafting import CONTENTS, KEY, ORDERS, Draft, read
from lgc.services.ports import UnitOfWork
from lgc.services.views import DraftLine, DraftMark, PatientView

KINDS = (*CONTENTS, *ORDERS)


def of_patient(uow: UnitOfWork, patient_id: str) -> tuple[DraftMark, ...]:
    """In the order of the menu."""
    kept = ((kind, uow.notes.get(f"{KEY}:{kind}:{patient_id}")) for kind in KINDS)
    return tuple(
        _mark(kind, draft) for kind, text in kept if text and not (draft := read(text)).empty
    )


def of_everybody(uow: UnitOfWork, today: dt.date) -> tuple[DraftLine, ...]:
    """Newest first."""
    found: list[tuple[str, DraftMark]] = []
    for key, text in uow.notes.starting(f"{KEY}:").items():
        _, kind, patient_id = key.split(":", 2)
        if text and kind in KINDS and not (draft := read(text)).empty:
            found.append((patient_id, _mark(kind, draft)))
    patients = uow.patients.many([patient_id for patient_id, _ in found])
    lines = [
        DraftLine(PatientView.of(patients[patient_id], today), mark)
        for patient_id, mark in found
        if patient_id in patients
    ]
    return tuple(sorted(lines, key=_when, reverse=True))


def _mark(kind: str, draft: Draft) -> DraftMark:
    begun = dt.datetime.fromisoformat(draft.begun_at) if draft.begun_at else None
    return DraftMark(kind, begun)


def _when(line: DraftLine) -> float:
    return line.draft.begun_at.timestamp() if line.draft.begun_at is not None else 0.0
