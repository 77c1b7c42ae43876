"""Measurements typed in one line: « PA 135/80 pouls 72, poids 72,5 le 03/11/2026 ».

Values are kept in the unit of their kind (UCUM). A value out of its plausible bounds is warned
about and never refused. Codes are LOINC, from JDV signe vital; a kind the set does not hold has
none. The body mass index is computed when shown, and not stored.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate

ADULT, GROWTH = 18, 6
CHILD_HEIGHT_DAYS = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """One measurement. ``low`` and ``high`` are plausible bounds, not a reference."""

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
    "systolic", "Pression artérielle systolique", "PAS", "mm[Hg]", 50, 260, 0,
    ("pas", "systolique"), "8480-6",
)  # fmt: skip
DIASTOLIC = Kind(
    "diastolic", "Pression artérielle diastolique", "PAD", "mm[Hg]", 25, 160, 0,
    ("pad", "diastolique"), "8462-4",
)  # fmt: skip
WEIGHT = Kind("weight", "Poids", "Poids", "kg", 0.4, 300, 3, ("poids", "pds", "p"), "29463-7")
HEIGHT = Kind("height", "Taille", "Taille", "cm", 20, 230, 1, ("taille", "t"), "8302-2")
BMI = Kind(
    "bmi", "Index de masse corporelle (IMC)", "IMC", "kg/m2", 8, 80, 1, ("imc", "bmi"), "39156-5"
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
    "breathing", "Fréquence respiratoire", "FR", "/min", 5, 80, 0,
    ("fr", "frequence respiratoire"), "9279-1",
)  # fmt: skip
WAIST = Kind(
    "waist", "Périmètre abdominal (à l'ombilic)", "Tour de taille", "cm", 30, 220, 1,
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
PRESSURE_WORDS = ("pa", "ta", "tension", "pression", "pression arterielle")
_UNITS = {"m": ("cm", 100.0), "g": ("kg", 0.001)}
_BY_WORD = {word: kind for kind in KINDS for word in kind.words}

_DATE = re.compile(r"(?:^|\s)(?:(?:le|du)\s+)?((?:\d{1,2}/)?\d{1,2}/\d{4})\s*$", re.IGNORECASE)
_METRES = re.compile(r"\b([12])\s*m\s*(\d{2})\b", re.IGNORECASE)
_NUMBER = r"\d+(?:[.,]\d+)?"
_WRITTEN_UNIT = (
    r"(?:mmhg|cmhg|kg|g|cm|m|°\s*c?|%|bpm|/\s*min|l\s*/\s*min|c)(?![a-zà-ÿ])"  # after a value
)
_ONE = re.compile(
    rf"\s*[,;·]?\s*(?P<name>[^\W\d_][^,;:=0-9]*?(?:o2)?)?\s*[:=]?\s*"
    rf"(?P<value>{_NUMBER})(?:\s*/\s*(?P<second>{_NUMBER}))?\s*(?P<unit>{_WRITTEN_UNIT})?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value read, in the unit of its kind; ``warning`` when it is not plausible."""

    kind: Kind
    value: float
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What a typed line says. ``left`` is what was not understood: nothing is added then."""

    values: tuple[Value, ...]
    on: PartialDate | None
    left: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(one.warning for one in self.values if one.warning)


def parse(typed: str, today: dt.date) -> Line:
    """Take a line apart. Never raises; a day to come is not understood."""
    words = " ".join(typed.split())
    found, on = _DATE.search(words), None
    if found is not None:
        on = _day(found.group(1), today)
        if on is None:
            return Line((), None, found.group(1))
        words = words[: found.start()]
    words = _METRES.sub(lambda m: f"{m.group(1)}{m.group(2)} cm", words)
    values: list[Value] = []
    while words.strip(" ,;·"):
        match = _ONE.match(words)
        read = _values(match) if match is not None else ()
        if match is None or not read:
            return Line(tuple(values), on, words.strip(" ,;·"))
        values += read
        words = words[match.end() :]
    return Line(tuple(values), on)


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


def for_summary(record: MedicalRecord, *, child: bool) -> MedicalRecord:
    """The record with the last of each measurement only, the last few of a child who grows.

    What was corrected or cancelled is left out.
    """
    most = GROWTH if child else 1
    kept: dict[str, int] = {}
    left_out = set()
    mine = record.of(Family.MEASUREMENT)
    for entry in sorted(mine, key=lambda one: one.start.iso if one.start else "", reverse=True):
        known = of_entry(entry)
        name = known[0].key if known is not None else entry.label
        kept[name] = kept.get(name, 0) + entry.active
        if not entry.active or kept[name] > most:
            left_out.add(entry.entry_id)
    entries = tuple(one for one in record.entries if one.entry_id not in left_out)
    return replace(record, entries=entries)


def warning_of(kind: Kind, value: float) -> str:
    """What is said of a value nobody has; empty when it is plausible."""
    if kind.low <= value <= kind.high:
        return ""
    return f"{kind.short} {_said(value)}\u00a0: valeur inhabituelle, à vérifier"


def _values(match: re.Match[str]) -> tuple[Value, ...]:
    name = _fold(match.group("name") or "").strip(" :=.")
    unit = "".join((match.group("unit") or "").lower().split())
    first = _number(match.group("value"))
    if match.group("second"):
        second = _number(match.group("second"))
        if name and name not in PRESSURE_WORDS:
            return ()
        # « 13/8 » is said in centimetres of mercury.
        by = 10 if first < 30 and second < 20 else 1
        return _pressure(first * by, second * by)
    kind = _BY_WORD.get(name) or _by_unit(name, unit)
    if kind is None:
        return ()
    value = _converted(kind, first, unit)
    return (Value(kind, value, warning_of(kind, value)),)


def _pressure(systolic: float, diastolic: float) -> tuple[Value, ...]:
    warning = warning_of(SYSTOLIC, systolic)
    if not warning and systolic <= diastolic:
        warning = f"PA {_said(systolic)}/{_said(diastolic)}\u00a0: valeurs inversées ? à vérifier"
    below = warning_of(DIASTOLIC, diastolic)
    return Value(SYSTOLIC, systolic, warning), Value(DIASTOLIC, diastolic, below)


def _by_unit(name: str, unit: str) -> Kind | None:
    """A bare value whose unit leaves no doubt."""
    if name:
        return None
    return {"kg": WEIGHT, "bpm": PULSE, "°c": TEMPERATURE, "°": TEMPERATURE}.get(unit)


def _converted(kind: Kind, value: float, unit: str) -> float:
    if kind is HEIGHT and (unit == "m" or (not unit and value < 3)):
        return round(value * 100, 1)
    if kind is WEIGHT and (unit == "g" or (not unit and value > 1000)):
        return value / 1000
    return value


def _named(label: str) -> Kind | None:
    folded = _fold(label)
    known = {_fold(kind.label): kind for kind in KINDS}
    return known.get(folded) or _BY_WORD.get(folded)


def _day(written: str, today: dt.date) -> PartialDate | None:
    parts = written.split("/")
    try:
        read = PartialDate.parse("-".join(part.zfill(2) for part in reversed(parts)))
    except ValueError:
        return None
    return read if "1900" <= read.iso <= today.isoformat() else None


def _number(written: str) -> float:
    return float(written.replace(",", "."))


def _said(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _fold(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.casefold().replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
