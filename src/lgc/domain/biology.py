"""Laboratory results as structured reports give them, never typed (CR-BIO, cda-vsm §7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.medical_data import PartialDate
from lgc.domain.professionals import Coded

NORMAL = "N"
INCLUSIVE = ("≤", "≥")

# JDV HL7 ObservationInterpretation-CISIS, the gravest first.
ALARMS = ("AA", "HH", "LL")
BEYOND = ("HX", "LX", "EX", "HU", "LU", "H", "L", ">", "<", "A", "UNE")
CHANGES = ("W", "D", "U", "B")
FOUND = ("POS", "DET", "RR", "WR", "CAR")
DOUBTS = ("E", "IND", "IE", "NCL")
RESISTANCE = ("R", "SYN-R", "NS", "I", "SDD", "SYN-S", "S")
UNREMARKED = ("NEG", "ND", "NR", "EXP", NORMAL)
INTERPRETATIONS = (
    *ALARMS, *BEYOND, *FOUND, *RESISTANCE, *DOUBTS, *CHANGES, *UNREMARKED
)  # fmt: skip
SAID = {
    "AA": "très anormal, alerte", "HH": "très anormalement haut, alerte",
    "LL": "très anormalement bas, alerte", "HX": "hors seuil supérieur",
    "LX": "hors seuil inférieur", "EX": "hors seuils", "HU": "significativement haut",
    "LU": "significativement bas", "H": "anormalement haut", "L": "anormalement bas",
    ">": "supérieur à la limite maximale de mesure", "<": "inférieur à la limite de détection",
    "A": "anormal", "UNE": "inattendu", "POS": "positif", "DET": "détecté", "RR": "réactif",
    "WR": "faiblement réactif", "CAR": "porteur d’une forme altérée d’un gène",
    "R": "résistant", "SYN-R": "synergie, résistant", "NS": "non sensible",
    "I": "sensible à forte exposition", "SDD": "sensible à forte dose",
    "SYN-S": "synergie, sensible", "S": "sensible", "E": "équivoque", "IND": "indéterminé",
    "IE": "preuves insuffisantes", "NCL": "pas de standard défini", "W": "dégradation",
    "D": "diminution significative", "U": "augmentation significative", "B": "amélioration",
    "NEG": "négatif", "ND": "non détecté", "NR": "non réactif", "EXP": "attendu",
}  # fmt: skip
"""Each code in the words of the set; what is normal is not said."""
SUSCEPTIBILITY = frozenset(RESISTANCE)
RESISTS = ("R", "SYN-R", "NS")
OUT_OF_RANGE = frozenset((*ALARMS, *BEYOND, *FOUND, *RESISTS))
"""What « Hors référence » lists: out of the range, found where nothing should be, resistant."""
PENDING, NOT_MADE, CANCELLED = "Résultat en attente", "Examen non réalisé", "Examen annulé"
WITHOUT, UNREADABLE = "Sans valeur", "Illisible, voir le document"
NO_VALUE = frozenset(("", PENDING, NOT_MADE, CANCELLED, WITHOUT, UNREADABLE))
CONTESTED = "N"
"""The letter of a value that its laboratory calls normal against its own printed range."""


class Bound(StrEnum):
    """``<`` and ``>`` values are shown as such and never drawn as plain points."""

    NONE = ""
    LESS = "<"
    GREATER = ">"


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """Both ends optional, in the unit of the result; an open end is itself out of the range
    (``inclusive`` of HL7 V3 IVL)."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    @property
    def reversed(self) -> bool:
        """Its low end above its high one: it judges nothing."""
        return self.low is not None and self.high is not None and self.low > self.high


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result of one report. ``code`` is LOINC when the laboratory gives one.

    ``text`` holds coded or textual values; ``unit`` is UCUM; ``interpretation`` one of
    ``INTERPRETATIONS`` or empty; ``previous`` marks a result the report quotes from before.
    ``reference_text`` are all ranges of the report in words where ``reference`` alone does not say
    them; ``comment`` is what the laboratory adds, a line each; ``vague`` is the year or the month
    that is all its date says, ``taken_at`` then its first day.
    """

    code: Coded | None
    label: str
    taken_at: dt.datetime
    value: float | None = None
    bound: Bound = Bound.NONE
    unit: str = ""
    text: str = ""
    reference: ReferenceRange | None = None
    interpretation: str = ""
    chapter: str = ""
    battery: str = ""
    specimen: str = ""
    laboratory: str = ""
    isolate: str = ""
    analysed_at: dt.datetime | None = None
    previous: bool = False
    reference_text: str = ""
    comment: str = ""
    vague: PartialDate | None = None
    timed: bool | None = None
    isolate_id: str = ""

    @property
    def has_value(self) -> bool:
        """A number or words that say what was found; « en attente » does not."""
        return self.value is not None or self.text not in NO_VALUE

    @property
    def operator(self) -> str:
        """``<``, ``>``, ``≤``, ``≥``, or nothing for a plain number."""
        if self.bound and self.text[:1] in INCLUSIVE:
            return self.text[0]
        return self.bound.value

    @property
    def letter(self) -> str:
        """``H``, ``HH``, ``L``, ``LL`` out of the reference; ``S``, ``I``, ``R`` of a germ.

        What the laboratory says comes first; without a word of it the reference range judges.
        """
        if self.interpretation:
            return "" if self.interpretation == NORMAL else self.interpretation
        return self._judged()

    @property
    def contested(self) -> bool:
        """Normal for the laboratory, out of the range that it prints beside."""
        return self.interpretation == NORMAL and bool(self._judged())

    def _judged(self) -> str:
        value, reference = self.value, self.reference
        if value is None or reference is None or reference.reversed:
            return ""
        low, high = reference.low, reference.high
        sure_low, sure_high = self.bound is Bound.LESS, self.bound is Bound.GREATER
        strict = sure_high or reference.high_open
        if high is not None and not sure_low and (value > high or (strict and value == high)):
            return "H"
        strict = sure_low or reference.low_open
        if low is not None and not sure_high and (value < low or (strict and value == low)):
            return "L"
        return ""


def graver(letters: Iterable[str]) -> str:
    """Of several letters the gravest, in the order of ``INTERPRETATIONS``; empty without one."""
    told = [letter for letter in letters if letter]
    ranked = {code: rank for rank, code in enumerate(INTERPRETATIONS)}
    return min(told, key=lambda one: ranked.get(one, len(ranked)), default="")
