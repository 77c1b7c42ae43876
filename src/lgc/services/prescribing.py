"""The drug prescription: lines as the doctor types them, and the document they make.

A line is words; a dosage that is understood whole is structured (`domain.dosage`), any other
stands as it was typed. Nothing here judges a prescription: no safety is claimed.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from lgc.cda.contents import PrescribedDrug, Prescription
from lgc.cda.header import HeaderFacts
from lgc.domain.days import practice_day, practice_time
from lgc.domain.documents import DocumentKind
from lgc.domain.dosage import wording
from lgc.domain.dosage.reading import read
from lgc.domain.medical_data import (
    Family,
    MedicalEntry,
    MedicalRecord,
    PartialDate,
    Posology,
)
from lgc.domain.professionals import Coded
from lgc.services.ports import OpenUnit
from lgc.services.written import source_of

LINES, KEPT = "lines", "kept_alerts"
"""Fields of a draft: its lines, and the alerts that were kept with their reasons."""
VALIDITY, VALIDITY_MONTHS = "validity", 3
TREATMENTS = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)


@dataclass(frozen=True, slots=True)
class PrescriptionLine:
    """One medicine. ``fixed`` is the reason why it may not be substituted, empty when it may.

    ``as_text``: its dosage was written for another medicine and nobody confirmed it.
    ``start`` is the day on which it begins (ISO 8601), empty for the day of the prescription.
    ``work_accident``, ``not_refunded`` and ``off_label`` are answered for every line, for the
    profile wants them (E_traitementPrescrit_fr.sch [1..1], true or false): they stand in sight.
    """

    label: str
    dosage: str = ""
    code: Coded | None = None
    chronic: bool = False
    fixed: str = ""
    renewals: int = 0
    note: str = ""
    as_text: bool = False
    start: str = ""
    work_accident: bool = False
    not_refunded: bool = False
    off_label: bool = False

    @property
    def understood(self) -> str:
        """The dosage read back, empty when it stays text."""
        return "" if self.as_text else wording.words(read(self.dosage))


def lines_of(text: str) -> tuple[PrescriptionLine, ...]:
    """Lines from a draft."""
    found = json.loads(text) if text else []
    return tuple(
        PrescriptionLine(**{**one, "code": Coded(**one["code"]) if one["code"] else None})
        for one in found
    )


def text_of(lines: Iterable[PrescriptionLine]) -> str:
    """Lines for a draft; no line is an empty text."""
    kept = [asdict(one) for one in lines]
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def started(lines: Iterable[PrescriptionLine], day: dt.date) -> tuple[PrescriptionLine, ...]:
    """The same lines, those without a start beginning that day."""
    return tuple(one if one.start else replace(one, start=day.isoformat()) for one in lines)


def valid_until(lines: Iterable[PrescriptionLine], months: int, act: dt.date) -> dt.date:
    """The last day on which the prescription may be used: ``months`` after the act, and never
    before the end of a treatment."""
    ends = []
    for line in lines:
        begins = dt.date.fromisoformat(line.start) if line.start else act
        days = _days(line, begins)
        if days:
            ends.append(begins + dt.timedelta(days=days * (1 + line.renewals)))
    return max((_after(act, months), *ends))


def months_of(words: str) -> int:
    """The validity of a draft; three months as long as its author chose no other."""
    return int(words) if words.isdecimal() else VALIDITY_MONTHS


def content(
    facts: HeaderFacts, lines: Sequence[PrescriptionLine], months: int = VALIDITY_MONTHS
) -> Prescription:
    """The document of these lines. Start and end of its validity are wanted by the profile
    (Entete_EP-MED-DM_2024.01.sch)."""
    act = practice_time(facts.service_start or facts.written_at)
    begun = started(lines, practice_day(facts.written_at))
    stop = valid_until(begun, months, act.date()) - act.date()
    return Prescription(replace(facts, service_stop=act + stop), tuple(map(_drug, begun)))


def _after(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def _days(line: PrescriptionLine, begins: dt.date) -> int | None:
    return None if line.as_text else read(line.dosage).days_from(begins)


def as_record(content: Prescription) -> MedicalRecord:
    """What is ordered, as a reader must find it."""
    return MedicalRecord(
        tuple(
            MedicalEntry(
                f"drug-{rank}",
                Family.CURRENT_TREATMENT,
                drug.label,
                code=drug.code,
                start=PartialDate.of(drug.start),
                end=PartialDate.of(drug.end) if drug.end else None,
                posology=drug.posology,
            )
            for rank, drug in enumerate(content.drugs, 1)
        )
    )


def _drug(line: PrescriptionLine) -> PrescribedDrug:
    begins = dt.date.fromisoformat(line.start)
    return PrescribedDrug(
        label=line.label,
        posology=Posology(line.dosage.strip(), line.as_text),
        start=begins,
        days=_days(line, begins),
        code=line.code,
        renewals=line.renewals,
        not_substitutable=line.fixed,
        chronic_condition=line.chronic,
        work_accident=line.work_accident,
        not_refunded=line.not_refunded,
        off_label=line.off_label,
        patient_note=line.note,
    )


def _treatment(entry: MedicalEntry) -> PrescriptionLine:
    taken = entry.posology or Posology("")
    return PrescriptionLine(entry.label, taken.sentence, entry.code, as_text=taken.as_text)


class Prescribing:
    """What a prescription may begin with. Runs in workers."""

    def __init__(self, open_unit: OpenUnit) -> None:
        self._open = open_unit

    def treatments(self, patient_id: str) -> tuple[PrescriptionLine, ...]:
        """The treatments under way of the record, with their dosage as it is known."""
        with self._open() as uow:
            record = uow.medical.of_patient(patient_id)
        return tuple(
            _treatment(entry)
            for family in TREATMENTS
            for entry in record.of(family)
            if entry.active
        )

    def last(self, patient_id: str) -> tuple[PrescriptionLine, ...]:
        """The lines of the last prescription written here for this patient, newest version."""
        with self._open() as uow:
            for document in uow.documents.of_patient(patient_id):
                if document.kind is not DocumentKind.DRUGS or not document.stands:
                    continue
                kind, text = source_of(uow, document.document_id)
                if kind == "prescription":
                    again = lines_of(json.loads(text)["words"][LINES])
                    return tuple(replace(one, start="") for one in again)
        return ()
