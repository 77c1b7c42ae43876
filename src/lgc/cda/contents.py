"""What each kind of document made here says: one dataclass per kind, filled by the caller.

Texts are plain words; an empty line parts two paragraphs. What only the header needs is in
``facts``. The VSM and the N1 have theirs in ``vsm`` and ``n1``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lgc.cda.header import HeaderFacts
from lgc.domain.medical_data import MedicalEntry, MedicalRecord, Posology
from lgc.domain.professionals import Coded

NO_RECORD = MedicalRecord()


@dataclass(frozen=True, slots=True)
class Consultation:
    """Consultation report, LOINC 11488-4. ``measurements`` are those taken that day."""

    facts: HeaderFacts
    reason: str
    conclusion: str
    history: str = ""
    examination: str = ""
    measurements: tuple[MedicalEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """Referral letter, LOINC 96349-6, to ``facts.recipients``.

    ``record`` holds what its author joined, and nothing else: it follows the letter, structured.
    """

    facts: HeaderFacts
    reason: str
    body: str
    record: MedicalRecord = NO_RECORD


@dataclass(frozen=True, slots=True)
class Certificate:
    """Medical certificate, LOINC 89601-9: its words alone, given to the patient."""

    facts: HeaderFacts
    body: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer to a letter, such as a discharge letter; ``answers`` is its unique_id, if known."""

    facts: HeaderFacts
    reason: str
    body: str
    answers: str = ""
    record: MedicalRecord = NO_RECORD


@dataclass(frozen=True, slots=True)
class AdmissionLetter:
    """Liaison letter at admission (LDL-EES), LOINC 18761-7: treatments and allergies always."""

    facts: HeaderFacts
    reason: str
    comment: str
    record: MedicalRecord


@dataclass(frozen=True, slots=True)
class PrescribedDrug:
    """One line of a prescription of health products.

    ``code`` is of CIS, else of ATC, CIP or Medicabase; ``days`` is how long it is taken from
    ``start``; ``boxes`` counts packages; ``route`` is of EDQM. ``not_substitutable`` holds the
    reason that the law asks for, empty when the pharmacist may substitute.
    """

    label: str
    posology: Posology
    start: dt.date
    days: int | None = None
    code: Coded | None = None
    route: Coded | None = None
    renewals: int = 0
    boxes: int | None = None
    not_substitutable: str = ""
    chronic_condition: bool = False
    work_accident: bool = False
    not_refunded: bool = False
    off_label: bool = False
    patient_note: str = ""
    dispenser_note: str = ""

    @property
    def end(self) -> dt.date | None:
        """The last day of the treatment."""
        return self.start + dt.timedelta(days=self.days - 1) if self.days else None


@dataclass(frozen=True, slots=True)
class Prescription:
    """Prescription of health products (eP-MED-DM), LOINC 57833-6, with structured dosage.

    Valid from ``facts.service_start`` to ``facts.service_stop``, both wanted.
    """

    facts: HeaderFacts
    drugs: tuple[PrescribedDrug, ...]


@dataclass(frozen=True, slots=True)
class GivenVaccine:
    """A vaccine given that day: ``code`` of CIS and ``vaccine_class`` of ATC are mandatory.

    ``rank`` is the place in the series; ``booster`` is None when unknown.
    """

    label: str
    code: Coded | None
    vaccine_class: Coded | None
    lot: str
    day: dt.date
    rank: int | None = None
    booster: bool | None = None
    route: Coded | None = None
    site: Coded | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class VaccinationNote:
    """Vaccination note (VAC-NOTE), LOINC 87273-9: exactly one vaccine."""

    facts: HeaderFacts
    vaccine: GivenVaccine


@dataclass(frozen=True, slots=True)
class RcpForm:
    """Form for a multidisciplinary meeting, LOINC 34794-8."""

    facts: HeaderFacts
    question: str
    proposal: str
    history: str = ""
    findings: str = ""
    record: MedicalRecord = NO_RECORD
