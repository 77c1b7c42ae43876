"""Kinds of measurements, and what of the record is one of them.

Values are kept in the unit of their kind (UCUM). Codes are LOINC, from JDV signe vital; a kind
the set does not hold has none. The body mass index is computed when shown, and not stored.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from lgc.domain.medical_data import Family, MedicalEntry

ADULT = 18
CHILD_HEIGHT_DAYS = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """One measurement. ``low`` and ``high`` are what anybody of any age may have."""

    key: str
    label: str
    short: str
    unit: str
    low: float
    high: float
    decimals: int
    words: tuple[str, ...]
    code: str = ""


SYSTOLIC = Kind(
    "systolic", "Pression artérielle systolique", "PAS", "mm[Hg]", 40, 260, 0,
    ("pas", "systolique"), "8480-6",
)  # fmt: skip
DIASTOLIC = Kind(
    "diastolic", "Pression artérielle diastolique", "PAD", "mm[Hg]", 15, 160, 0,
    ("pad", "diastolique"), "8462-4",
)  # fmt: skip
WEIGHT = Kind("weight", "Poids", "Poids", "kg", 0.4, 300, 3, ("poids", "pds"), "29463-7")
HEIGHT = Kind("height", "Taille", "Taille", "cm", 25, 230, 1, ("taille",), "8302-2")
BMI = Kind(
    "bmi", "Index de masse corporelle (IMC)", "IMC", "kg/m2", 6, 80, 1, ("imc", "bmi"), "39156-5"
)
PULSE = Kind(
    "pulse", "Fréquence cardiaque", "Pouls", "/min", 25, 250, 0,
    ("pouls", "fc", "frequence cardiaque"), "8867-4",
)  # fmt: skip
TEMPERATURE = Kind(
    "temperature", "Température corporelle", "Temp.", "Cel", 30, 43, 1,
    ("temperature", "temp", "t°", "theta"), "8310-5",
)  # fmt: skip
SATURATION = Kind(
    "saturation", "Saturation en O2", "SpO₂", "%", 50, 100, 0,
    ("saturation", "sat", "spo2", "sao2", "sato2"), "20564-1",
)  # fmt: skip
BREATHING = Kind(
    "breathing", "Fréquence respiratoire", "FR", "/min", 5, 100, 0,
    ("fr", "frequence respiratoire"), "9279-1",
)  # fmt: skip
WAIST = Kind(
    "waist", "Périmètre abdominal (à l'ombilic)", "Tour de taille", "cm", 20, 220, 1,
    ("tour de taille", "tt", "perimetre abdominal", "pa ombilic"), "8280-0",
)  # fmt: skip
HEAD = Kind(
    "head", "Périmètre crânien", "P. crânien", "cm", 20, 70, 1,
    ("perimetre cranien", "pc", "tour de tete"), "8287-5",
)  # fmt: skip
PEAK_FLOW = Kind(
    "peak_flow", "Débit expiratoire de pointe", "DEP", "L/min", 30, 900, 0,
    ("debit de pointe", "debit expiratoire de pointe", "dep", "peak flow"),
)  # fmt: skip
KINDS = (
    SYSTOLIC, DIASTOLIC, PULSE, WEIGHT, HEIGHT, BMI, WAIST, TEMPERATURE, SATURATION, BREATHING,
    PEAK_FLOW, HEAD,
)  # fmt: skip
_UNITS = {"m": ("cm", 100.0), "g": ("kg", 0.001)}
BY_WORD = {word: kind for kind in KINDS for word in kind.words}


def of_entry(entry: MedicalEntry) -> tuple[Kind, float] | None:
    """The kind of a stored measurement and its value in the unit of that kind."""
    if entry.family is not Family.MEASUREMENT or entry.value is None:
        return None
    code = entry.code.code if entry.code is not None else ""
    kind = next((one for one in KINDS if one.code and one.code == code), None)
    kind = kind or _named(entry.label)
    if kind is None:
        return None
    if entry.unit == kind.unit or not entry.unit:
        return kind, entry.value
    unit, factor = _UNITS.get(entry.unit, ("", 1.0))
    return (kind, entry.value * factor) if unit == kind.unit else None


def body_mass_index(kilos: float, centimetres: float) -> float:
    """kg/m², to one decimal."""
    return round(kilos / (centimetres / 100) ** 2, 1)


def height_for(
    on: dt.date, heights: Iterable[tuple[dt.date, float]], born: dt.date
) -> float | None:
    """The height to compute with: the last one known, of the same weeks for a child."""
    known = sorted(heights)
    if (on - born).days < ADULT * 365.25:
        near = [(abs((day - on).days), cm) for day, cm in known]
        near = [one for one in near if one[0] <= CHILD_HEIGHT_DAYS]
        return min(near)[1] if near else None
    before = [cm for day, cm in known if day <= on]
    return before[-1] if before else (known[0][1] if known else None)


def _named(label: str) -> Kind | None:
    folded = fold(label)
    known = {fold(kind.label): kind for kind in KINDS}
    return known.get(folded) or BY_WORD.get(folded)


def fold(words: str) -> str:
    """Small letters without accents, one blank between words."""
    plain = unicodedata.normalize("NFKD", words.casefold().replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
