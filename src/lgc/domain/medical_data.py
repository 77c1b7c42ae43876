"""The structured medical record: what the doctor enters, and what a VSM is made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.professionals import Coded


class Family(StrEnum):
    """Families of the record, in the order the doctor reads them."""

    CHRONIC = "chronic"
    MEDICAL_HISTORY = "medical_history"
    SURGICAL_HISTORY = "surgical_history"
    FAMILY_HISTORY = "family_history"
    ALLERGY = "allergy"
    LONG_TERM_TREATMENT = "long_term_treatment"
    CURRENT_TREATMENT = "current_treatment"
    VIGILANCE = "vigilance"
    VACCINATION = "vaccination"
    RISK_FACTOR = "risk_factor"
    OCCUPATIONAL = "occupational"
    TOXIC = "toxic"
    MEASUREMENT = "measurement"


class Standing(StrEnum):
    """What a line says of its words: they are so, or somebody only spoke of them.

    Everything but ``FACT`` is kept apart (``MedicalRecord.intents``): nothing that reads the facts
    of a record, above all its documents, can take a refusal for a thing done.
    """

    FACT = ""
    PLANNED = "planned"
    ORDERED = "ordered"
    INVITED = "invited"
    REFUSED = "refused"
    NOT_DONE = "not_done"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the year, the month or the day (``2014``, ``2014-07``, ``2014-07-08``)."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """From ISO text. Raises ValueError on anything else or an impossible date."""
        parts = [int(part) for part in text.split("-")]
        if not 1 <= len(parts) <= 3:
            raise ValueError(text)
        dt.date(*[*parts, 1, 1][:3])
        return cls(*parts)

    @property
    def iso(self) -> str:
        text = f"{self.year:04d}"
        text += f"-{self.month:02d}" if self.month else ""
        return text + (f"-{self.day:02d}" if self.day else "")

    @property
    def hl7(self) -> str:
        return self.iso.replace("-", "")

    @property
    def french(self) -> str:
        return "/".join(reversed(self.iso.split("-")))


@dataclass(frozen=True, slots=True)
class Posology:
    """How a treatment is taken, as far as it is structured; the sentence always stands.

    ``quantity`` per intake in ``unit`` (UCUM, ``{tablet}``); ``period_hours`` between intakes.
    """

    sentence: str
    quantity: float | None = None
    unit: str = ""
    period_hours: float | None = None


@dataclass(frozen=True, slots=True)
class MedicalEntry:
    """One line of one family. ``code`` is absent for free text.

    ``value``/``unit`` (UCUM) serve measurements and quantified habits; ``kinship`` (RoleCode,
    ``FTH``, ``MTH``…) family history; ``posology`` treatments; ``reaction`` allergies.
    ``typed`` are the doctor's words where a code gave its label; ``standing`` parts what is so
    from what was planned, ordered, offered, refused or not done.
    """

    entry_id: str
    family: Family
    label: str
    code: Coded | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    active: bool = True
    note: str = ""
    kinship: str = ""
    age_at_onset: int | None = None
    value: float | None = None
    unit: str = ""
    posology: Posology | None = None
    reaction: str = ""
    recorded_at: dt.datetime | None = None
    source: str = ""
    typed: str = ""
    standing: Standing = Standing.FACT

    @property
    def wording(self) -> str:
        """The label, with the doctor's own words beside it where they were others."""
        return f"{self.label} («\u00a0{self.typed}\u00a0»)" if self.typed else self.label


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What ``author`` (PS_IdNat) means by folded ``words`` in a family; no code: the words."""

    author: str
    family: Family
    words: str
    code: Coded | None
    chosen_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KnownAbsence:
    """The doctor asked and noted that there is none: not the same as an empty family."""

    family: Family
    stated_at: dt.datetime
    stated_by: str


@dataclass(frozen=True, slots=True)
class MedicalRecord:
    """All facts of a patient plus the stated absences.

    ``intents`` is what was planned, ordered, offered, refused or not done: no fact, never in
    ``entries``.
    """

    entries: tuple[MedicalEntry, ...] = ()
    absences: tuple[KnownAbsence, ...] = ()
    intents: tuple[MedicalEntry, ...] = ()

    def of(self, family: Family) -> tuple[MedicalEntry, ...]:
        return tuple(e for e in self.entries if e.family is family)

    def absence_of(self, family: Family) -> KnownAbsence | None:
        return next((a for a in self.absences if a.family is family), None)
