"""The structured record: entries by family and stated absences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lgc.domain.allergies import Agent, Allergy, Kind, Severity
from lgc.domain.days import practice_day
from lgc.domain.medical_data import (
    CodeOrigin,
    Family,
    KnownAbsence,
    MedicalEntry,
    MedicalRecord,
    PartialDate,
    Posology,
    RiskDenial,
    Standing,
    contradicts,
)
from lgc.domain.risks import NAMES, Risk
from lgc.errors import UserFacingError
from lgc.store.models import KnownAbsenceRow, MedicalEntryRow, RiskDenialRow
from lgc.store.repositories.rows import code_columns, coded, existing, fill


class MedicalRecordRepository:
    """Implements ``services.ports.MedicalRecords``."""

    def __init__(self, session: Session, now: Callable[[], dt.datetime]) -> None:
        self._session, self._now = session, now

    def of_patient(self, patient_id: str) -> MedicalRecord:
        """Entries in the order they were entered, absences in the order of the families.

        What has ended since it was written is read as ended.
        """
        entries = self._session.scalars(
            select(MedicalEntryRow)
            .where(MedicalEntryRow.patient_id == patient_id)
            .order_by(MedicalEntryRow.position, MedicalEntryRow.entry_id)
        )
        absences = self._session.scalars(
            select(KnownAbsenceRow).where(KnownAbsenceRow.patient_id == patient_id)
        )
        lines = tuple(map(self._today, entries))
        denials = self._session.scalars(
            select(RiskDenialRow).where(RiskDenialRow.patient_id == patient_id)
        )
        order, subjects = list(Family), list(Risk)
        return MedicalRecord(
            tuple(line for line in lines if line.standing is Standing.FACT),
            tuple(sorted(map(_absence, absences), key=lambda a: order.index(a.family))),
            tuple(line for line in lines if line.standing is not Standing.FACT),
            tuple(sorted(map(_denial, denials), key=lambda d: subjects.index(d.risk))),
        )

    def add(self, patient_id: str, entry: MedicalEntry) -> KnownAbsence | None:
        """Returns the stated absence that the entry puts an end to."""
        last = self._session.scalar(
            select(func.max(MedicalEntryRow.position)).where(
                MedicalEntryRow.patient_id == patient_id
            )
        )
        position = 0 if last is None else last + 1
        self._session.add(
            MedicalEntryRow(
                entry_id=entry.entry_id,
                patient_id=patient_id,
                position=position,
                **_columns(entry),
            )
        )
        self._end_denial(patient_id, entry)
        return self._contradicted(patient_id, entry)

    def update(self, entry: MedicalEntry) -> KnownAbsence | None:
        """Returns the stated absence that the entry, as it is now, puts an end to."""
        row = existing(self._session, MedicalEntryRow, entry.entry_id)
        fill(row, _columns(entry))
        self._end_denial(row.patient_id, entry)
        return self._contradicted(row.patient_id, entry)

    def remove(self, entry_id: str) -> None:
        self._session.delete(existing(self._session, MedicalEntryRow, entry_id))

    def coded(self, system: str) -> list[tuple[str, MedicalEntry]]:
        """Patient and line of every line coded in this system (OID)."""
        asked = select(MedicalEntryRow).where(MedicalEntryRow.code_system == system)
        return [(row.patient_id, _entry(row)) for row in self._session.scalars(asked)]

    def state_absence(self, patient_id: str, absence: KnownAbsence) -> None:
        """Stating it again renews the date and the name.

        Raises UserFacingError while an entry of the family says otherwise.
        """
        entries = self._session.scalars(
            select(MedicalEntryRow).where(
                MedicalEntryRow.patient_id == patient_id,
                MedicalEntryRow.family == absence.family.value,
            )
        )
        if any(contradicts(self._today(row), absence.family) for row in entries):
            raise UserFacingError(
                "Le dossier dit le contraire : l’absence n’est pas notée.",
                advice="Supprimez d’abord la ligne qui est fausse.",
            )
        self._session.merge(
            KnownAbsenceRow(
                patient_id=patient_id,
                family=absence.family.value,
                stated_at=absence.stated_at,
                stated_by=absence.stated_by,
            )
        )

    def withdraw_absence(self, patient_id: str, absence: KnownAbsence) -> None:
        row = self._session.get(KnownAbsenceRow, (patient_id, absence.family.value))
        if row is not None:
            self._session.delete(row)

    def deny(self, patient_id: str, denial: RiskDenial) -> None:
        """Stating it again renews the date and the name.

        Raises UserFacingError while an active entry says yes: both never stand together.
        """
        said = self.of_patient(patient_id).about(denial.risk)
        active = next((entry.label for entry in said if entry.active), None)
        if active is not None:
            raise UserFacingError(
                f"{NAMES[denial.risk]} : «\u00a0{active}\u00a0» est en cours dans ce dossier.",
                advice="Terminez ou supprimez d’abord cette ligne.",
            )
        self._session.merge(
            RiskDenialRow(
                patient_id=patient_id,
                risk=denial.risk.value,
                stated_at=denial.stated_at,
                stated_by=denial.stated_by,
                author_id=denial.author_id,
            )
        )

    def withdraw_denial(self, patient_id: str, risk: Risk) -> None:
        row = self._session.get(RiskDenialRow, (patient_id, risk.value))
        if row is not None:
            self._session.delete(row)

    def _today(self, row: MedicalEntryRow) -> MedicalEntry:
        """A row as it is read today; what is no fact neither goes on nor ends."""
        entry = _entry(row)
        fact = entry.standing is Standing.FACT
        return entry.settled(practice_day(self._now())) if fact else entry

    def _end_denial(self, patient_id: str, entry: MedicalEntry) -> None:
        """A yes of today ends the no of before, whoever writes it."""
        fact = entry.standing is Standing.FACT and not entry.over_by(practice_day(self._now()))
        if fact and entry.family is Family.RISK_FACTOR:
            self.withdraw_denial(patient_id, entry.risk)

    def _contradicted(self, patient_id: str, entry: MedicalEntry) -> KnownAbsence | None:
        """An absence and an entry of one family never stand together: the entry does."""
        row = self._session.get(KnownAbsenceRow, (patient_id, entry.family.value))
        if row is None or not contradicts(entry.settled(practice_day(self._now())), entry.family):
            return None
        self._session.delete(row)
        return _absence(row)


def _columns(entry: MedicalEntry) -> dict[str, object]:
    posology = entry.posology
    return {
        "family": entry.family.value,
        "label": entry.label,
        **code_columns(entry.code),
        "start": entry.start.iso if entry.start else None,
        "end": entry.end.iso if entry.end else None,
        "active": entry.active,
        "note": entry.note,
        "kinship": entry.kinship,
        "age_at_onset": entry.age_at_onset,
        "value": entry.value,
        "unit": entry.unit,
        "posology": posology.sentence if posology else None,
        "posology_as_text": posology is not None and posology.as_text,
        "reaction": entry.reaction,
        "allergy_kind": entry.allergy.kind.value,
        "allergy_agent": entry.allergy.agent.value,
        "severity": entry.allergy.severity.value,
        "recorded_at": entry.recorded_at,
        "source": entry.source,
        "typed": entry.typed,
        "standing": entry.standing.value,
        "risk": entry.risk.value,
        "together": entry.together,
        "code_origin": _origin_columns(entry.origin),
    }


def _entry(row: MedicalEntryRow) -> MedicalEntry:
    return MedicalEntry(
        entry_id=row.entry_id,
        family=Family(row.family),
        label=row.label,
        code=coded(row.code, row.code_system, row.code_label),
        start=PartialDate.parse(row.start) if row.start else None,
        end=PartialDate.parse(row.end) if row.end else None,
        active=row.active,
        note=row.note,
        kinship=row.kinship,
        age_at_onset=row.age_at_onset,
        value=row.value,
        unit=row.unit,
        posology=_posology(row),
        reaction=row.reaction,
        allergy=Allergy(Kind(row.allergy_kind), Agent(row.allergy_agent), Severity(row.severity)),
        recorded_at=row.recorded_at,
        source=row.source,
        typed=row.typed,
        standing=Standing(row.standing),
        risk=Risk(row.risk),
        together=row.together,
        origin=_origin(row.code_origin),
    )


def _origin_columns(origin: CodeOrigin | None) -> list[str]:
    if origin is None:
        return []
    taken = origin.taken_at.isoformat() if origin.taken_at else ""
    return [origin.table, origin.edition, taken, origin.replaced]


def _origin(held: list[str]) -> CodeOrigin | None:
    if not held:
        return None
    table, edition, taken, replaced = held
    return CodeOrigin(table, edition, dt.datetime.fromisoformat(taken) if taken else None, replaced)


def _posology(row: MedicalEntryRow) -> Posology | None:
    if row.posology is None:
        return None
    return Posology(row.posology, row.posology_as_text)


def _absence(row: KnownAbsenceRow) -> KnownAbsence:
    return KnownAbsence(Family(row.family), row.stated_at, row.stated_by)


def _denial(row: RiskDenialRow) -> RiskDenial:
    return RiskDenial(Risk(row.risk), row.stated_at, row.stated_by, row.author_id)
