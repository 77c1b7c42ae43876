"""Laboratory results, each tied to the report it came from."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lgc.domain.biology import Bound, LabResult, ReferenceRange
from lgc.domain.medical_data import PartialDate
from lgc.store.models import DocumentRow, LabResultRow
from lgc.store.repositories.rows import code_columns, coded


class LabResultRepository:
    """Implements ``services.ports.LabResults``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, patient_id: str, document_id: str, results: Iterable[LabResult]) -> None:
        first = self._session.scalar(
            select(func.count())
            .select_from(LabResultRow)
            .where(LabResultRow.document_id == document_id)
        )
        self._session.add_all(
            LabResultRow(
                document_id=document_id,
                position=position,
                patient_id=patient_id,
                **_columns(result),
            )
            for position, result in enumerate(results, first or 0)
        )

    def of_patient(self, patient_id: str) -> list[tuple[str, LabResult]]:
        """Pairs (document_id, result), oldest first; results of replaced reports left out.

        Two reports of one moment stand in the order of their dates, never of our identifiers.
        """
        rows = self._session.scalars(
            select(LabResultRow)
            .join(DocumentRow, DocumentRow.document_id == LabResultRow.document_id)
            .where(LabResultRow.patient_id == patient_id, DocumentRow.replaced_by.is_(None))
            .order_by(
                LabResultRow.taken_at,
                DocumentRow.created_at,
                DocumentRow.unique_id,
                LabResultRow.document_id,
                LabResultRow.position,
            )
        )
        return [(row.document_id, _result(row)) for row in rows]

    def remove_of(self, document_id: str) -> None:
        self._session.execute(delete(LabResultRow).where(LabResultRow.document_id == document_id))


def _columns(result: LabResult) -> dict[str, object]:
    reference = result.reference
    return {
        **code_columns(result.code),
        "label": result.label,
        "taken_at": result.taken_at,
        "value": result.value,
        "bound": result.bound.value,
        "unit": result.unit,
        "text": result.text,
        "has_reference": reference is not None,
        "reference_low": reference.low if reference else None,
        "reference_high": reference.high if reference else None,
        "interpretation": result.interpretation,
        "chapter": result.chapter,
        "battery": result.battery,
        "specimen": result.specimen,
        "laboratory": result.laboratory,
        "isolate": result.isolate,
        "analysed_at": result.analysed_at,
        "previous": result.previous,
        "reference_text": result.reference_text,
        "comment": result.comment,
        "vague": result.vague.iso if result.vague else "",
        "timed": result.timed,
        "isolate_id": result.isolate_id,
        "reference_low_open": bool(reference and reference.low_open),
        "reference_high_open": bool(reference and reference.high_open),
    }


def _result(row: LabResultRow) -> LabResult:
    return LabResult(
        code=coded(row.code, row.code_system, row.code_label),
        label=row.label,
        taken_at=row.taken_at,
        value=row.value,
        bound=Bound(row.bound),
        unit=row.unit,
        text=row.text,
        reference=_reference(row),
        interpretation=row.interpretation,
        chapter=row.chapter,
        battery=row.battery,
        specimen=row.specimen,
        laboratory=row.laboratory,
        isolate=row.isolate,
        analysed_at=row.analysed_at,
        previous=row.previous,
        reference_text=row.reference_text,
        comment=row.comment,
        vague=PartialDate.parse(row.vague) if row.vague else None,
        timed=row.timed,
        isolate_id=row.isolate_id,
    )


def _reference(row: LabResultRow) -> ReferenceRange | None:
    if not row.has_reference:
        return None
    opened = (row.reference_low_open, row.reference_high_open)
    return ReferenceRange(row.reference_low, row.reference_high, *opened)
