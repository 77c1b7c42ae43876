"""The drug prescription: lines as the doctor types them, and the document they make.

A line is words; a dosage that is understood whole is structured (`domain.dosage`), any other
stands as it was typed. Nothing here judges a prescription: no safety is claimed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from lgc.cda.contents import PrescribedDrug, Prescription
from lgc.cda.header import HeaderFacts
from lgc.domain.documents import DocumentKind
from lgc.domain.dosage import wording
from lgc.domain.dosage.reading import read
from lgc.domain.medical_data import Family, MedicalEntry, Posology
from lgc.domain.professionals import Coded
from lgc.services.ports import OpenUnit
from lgc.services.written import source_of

LINES = "lines"
VALIDITY_DAYS = 90
TREATMENTS = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)


@dataclass(frozen=True, slots=True)
class PrescriptionLine:
    """One medicine. ``fixed`` is the reason why it may not be substituted, empty when it may.

    ``as_text``: its dosage was written for another medicine and nobody confirmed it.
    """

    label: str
    dosage: str = ""
    code: Coded | None = None
    chronic: bool = False
    fixed: str = ""
    renewals: int = 0
    note: str = ""
    as_text: bool = False

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


def content(facts: HeaderFacts, lines: Sequence[PrescriptionLine]) -> Prescription:
    """The document of these lines, valid at least three months and as long as any treatment."""
    day = facts.written_at.date()
    drugs = tuple(_drug(line, day) for line in lines)
    longest = max((one.days * (1 + one.renewals) for one in drugs if one.days), default=0)
    stop = facts.written_at + dt.timedelta(days=max(longest, VALIDITY_DAYS))
    return Prescription(replace(facts, service_stop=stop), drugs)


def _drug(line: PrescriptionLine, day: dt.date) -> PrescribedDrug:
    return PrescribedDrug(
        label=line.label,
        posology=Posology(line.dosage.strip(), line.as_text),
        start=day,
        days=None if line.as_text else read(line.dosage).days_from(day),
        code=line.code,
        renewals=line.renewals,
        not_substitutable=line.fixed,
        chronic_condition=line.chronic,
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
                    return lines_of(json.loads(text)["words"][LINES])
        return ()
