"""The structured medical record: what the doctor enters, and what a VSM is made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from lgc.domain.allergies import UNTOLD, Allergy
from lgc.domain.professionals import Coded
from lgc.domain.risks import Risk


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

    @classmethod
    def of(cls, day: dt.date) -> PartialDate:
        """A date known to the day."""
        return cls(day.year, day.month, day.day)

    @property
    def iso(self) -> str:
        text = f"{self.year:04d}"
        text += f"-{self.month:02d}" if self.month else ""
        return text + (f"-{self.day:02d}" if self.day else "")

    @property
    def first_day(self) -> dt.date:
        """The first day that the date may mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> dt.date:
        """The last day that the date may mean: 31/12 of a year, the end of a month."""
        year, month = (self.year, self.month) if self.month else (self.year, 12)
        if self.day and self.month:
            return dt.date(year, month, self.day)
        after = (year + 1, 1) if month == 12 else (year, month + 1)
        return dt.date(year, 12, 31) if year == dt.MAXYEAR else dt.date(*after, 1) - dt.timedelta(1)

    @property
    def hl7(self) -> str:
        return self.iso.replace("-", "")

    @property
    def french(self) -> str:
        return "/".join(reversed(self.iso.split("-")))


@dataclass(frozen=True, slots=True)
class Posology:
    """How a treatment is taken, in words: what they say is read from them (`domain.dosage`).

    ``as_text`` keeps them from being structured: they were written for another medicine and
    nobody confirmed them. ``coded`` is what the codes of a colleague's document say beside other
    words; it is shown, never stored or sent.
    """

    sentence: str
    as_text: bool = False
    coded: str = ""


@dataclass(frozen=True, slots=True)
class CodeOrigin:
    """Where a code was taken from, as it was when it was taken.

    ``edition`` is what the table said of itself; ``replaced`` the code or words before it.
    """

    table: str
    edition: str = ""
    taken_at: dt.datetime | None = None
    replaced: str = ""


@dataclass(frozen=True, slots=True)
class MedicalEntry:
    """One line of one family. ``code`` is absent for free text.

    ``value``/``unit`` (UCUM) serve measurements and quantified habits; ``kinship`` (RoleCode,
    ``FTH``, ``MTH``…) family history; ``posology`` treatments; ``reaction`` and
    ``allergy`` allergies and intolerances.
    ``typed`` are the doctor's words where a code gave its label; ``standing`` parts what is so
    from what was planned, ordered, offered, refused or not done. ``risk`` is the subject of a
    risk factor.
    ``together`` is one identifier for the measurements of one moment. ``origin`` tells where the
    code was taken; None where nobody noted it.
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
    allergy: Allergy = UNTOLD
    recorded_at: dt.datetime | None = None
    source: str = ""
    typed: str = ""
    standing: Standing = Standing.FACT
    risk: Risk = Risk.OTHER
    together: str = ""
    origin: CodeOrigin | None = None

    def over_by(self, day: dt.date) -> bool:
        """Ended, whatever is ticked: an end that has wholly passed is an end.

        A measurement that is not active was taken back: its end only says how long it lasted.
        """
        passed = self.end is not None and self.end.last_day < day
        return not self.active or (passed and self.family is not Family.MEASUREMENT)

    def settled(self, day: dt.date) -> MedicalEntry:
        """The same entry, no longer active when it is over by that day."""
        return replace(self, active=not self.over_by(day))

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


# « Aucun traitement au long cours » speaks of today: what is over does not contradict it.
OF_TODAY = frozenset(
    (
        Family.CHRONIC,
        Family.LONG_TERM_TREATMENT,
        Family.CURRENT_TREATMENT,
        Family.VIGILANCE,
        Family.MEASUREMENT,
    )
)


def contradicts(entry: MedicalEntry, family: Family) -> bool:
    """Does ``entry`` say that there is something where ``family`` would be stated absent?"""
    fact = entry.family is family and entry.standing is Standing.FACT
    return fact and (entry.active or family not in OF_TODAY)


@dataclass(frozen=True, slots=True)
class RiskDenial:
    """One risk was asked about, and the answer was no. It says nothing of the other risks.

    ``author_id`` is the national id (PS_IdNat) of ``stated_by``.
    """

    risk: Risk
    stated_at: dt.datetime
    stated_by: str
    author_id: str = ""


@dataclass(frozen=True, slots=True)
class MedicalRecord:
    """All facts of a patient plus the stated absences.

    ``intents`` is what was planned, ordered, offered, refused or not done: no fact, never in
    ``entries``. ``denials`` are the risks answered by no.
    """

    entries: tuple[MedicalEntry, ...] = ()
    absences: tuple[KnownAbsence, ...] = ()
    intents: tuple[MedicalEntry, ...] = ()
    denials: tuple[RiskDenial, ...] = ()

    def of(self, family: Family) -> tuple[MedicalEntry, ...]:
        return tuple(e for e in self.entries if e.family is family)

    def holds(self, family: Family) -> bool:
        """Is there an entry that a stated absence of this family would deny?"""
        return any(contradicts(entry, family) for entry in self.entries)

    def absence_of(self, family: Family) -> KnownAbsence | None:
        """What was stated absent; never beside an entry that says otherwise."""
        if self.holds(family):
            return None
        return next((a for a in self.absences if a.family is family), None)

    def denial_of(self, risk: Risk) -> RiskDenial | None:
        return next((d for d in self.denials if d.risk is risk), None)

    def about(self, risk: Risk) -> tuple[MedicalEntry, ...]:
        """The risk factors of one subject, ended ones included."""
        return tuple(e for e in self.of(Family.RISK_FACTOR) if e.risk is risk)
