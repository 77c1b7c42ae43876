"""Measurements typed in one line: « PA 135/80 pouls 72, poids 72,5 le 03/11/2026 ».

Understood whole or not at all. One letter with two meanings (« T 38,5 », « P 58 ») is **asked**:
nothing is added before the doctor wrote, or chose, the whole word. A unit settles it, and a unit
that is not of its kind is not understood. A value out of the bounds of the patient's age is warned
about and never refused.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from lgc.domain import measures, plausible
from lgc.domain.measures import BY_WORD, DIASTOLIC, SYSTOLIC, WEIGHT, Kind, fold
from lgc.domain.medical_data import PartialDate

PRESSURE_WORDS = ("pa", "ta", "tension", "pression", "pression arterielle")
SEVERAL: dict[str, tuple[tuple[str, Kind], ...]] = {
    "t": (("température", measures.TEMPERATURE), ("taille", measures.HEIGHT)),
    "p": (("poids", measures.WEIGHT), ("pouls", measures.PULSE)),
    "pa": (("systolique", SYSTOLIC), ("tour de taille", measures.WAIST)),
}
"""What may be meant, and the word that says which; the first is no default."""
_MERCURY = {"mmhg": 1.0, "cmhg": 10.0}
_RATE = {"bpm": 1.0, "/min": 1.0}
_LENGTH = {"cm": 1.0, "m": 100.0}
UNITS: dict[str, dict[str, float]] = {
    SYSTOLIC.key: _MERCURY,
    DIASTOLIC.key: _MERCURY,
    measures.PULSE.key: _RATE,
    measures.BREATHING.key: _RATE,
    measures.HEIGHT.key: _LENGTH,
    measures.WAIST.key: _LENGTH,
    measures.HEAD.key: _LENGTH,
    WEIGHT.key: {"kg": 1, "g": 0.001},
    measures.TEMPERATURE.key: {"°c": 1, "°": 1, "c": 1},
    measures.BMI.key: {"kg/m2": 1, "kg/m²": 1},
    measures.SATURATION.key: {"%": 1},
    measures.PEAK_FLOW.key: {"l/min": 1},
}
"""Kind: the units it may be written in, and what brings each to the unit of the kind."""
BARE = {"kg": WEIGHT, "bpm": measures.PULSE, "°c": measures.TEMPERATURE, "°": measures.TEMPERATURE}
"""A value alone, whose unit leaves no doubt."""

_DATE = re.compile(r"(?:^|\s)(?:(?:le|du)\s+)?((?:\d{1,2}/)?\d{1,2}/\d{4})\s*$", re.IGNORECASE)
_NUMBER = r"\d+(?:[.,]\d+)?"
_UNIT = (
    r"(?:mmhg|cmhg|kg\s*/\s*m[2²]|kg|g|cm|m|°\s*c?|%|bpm|/\s*min|l\s*/\s*min|c)"
    r"(?![a-zà-ÿ0-9])"  # after a value
)
_ONE = re.compile(
    rf"[\s,;·]*(?P<name>[^\W\d_][^,;:=0-9]*?(?:o2)?)?\s*[:=]?\s*"
    rf"(?:(?P<metres>[12])\s*m\s*(?P<rest>\d{{2}})(?!\d)"
    rf"|(?P<value>{_NUMBER})(?:\s*/\s*(?P<second>{_NUMBER}))?\s*(?P<unit>{_UNIT})?)[\s,;·]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value read, in the unit of its kind; ``warning`` when nobody of that age has it."""

    kind: Kind
    value: float
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that may be meant; ``line`` is what is typed with that said in a whole word."""

    value: Value
    line: str


@dataclass(frozen=True, slots=True)
class Question:
    """``words`` as typed have several ``readings``."""

    words: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What a typed line says. ``left`` was not understood, ``asked`` has several meanings: in
    both cases nothing of the line is added."""

    values: tuple[Value, ...]
    on: PartialDate | None
    left: str = ""
    asked: Question | None = None

    @property
    def understood(self) -> bool:
        return bool(self.values) and not self.left and self.asked is None

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(one.warning for one in self.values if one.warning)


def parse(typed: str, today: dt.date, born: dt.date | None = None) -> Line:
    """Take a line apart. Never raises; a day to come, or before birth, is not understood."""
    found, on, end = _DATE.search(typed), None, len(typed)
    if found is not None:
        on = _day(found.group(1), today, born)
        if on is None:
            return Line((), None, found.group(1))
        end = found.start()
    at = on or PartialDate.of(today)
    ages = plausible.ages_on(at, born) if born is not None else None
    values: list[Value] = []
    asked, place = None, 0
    while typed[place:end].strip(" \t,;·"):
        match = _ONE.match(typed, place, end)
        question = _question(match, typed, ages) if match is not None else None
        read = _values(match, ages) if match is not None and question is None else ()
        if match is None or (question is None and (not read or _again(values, read))):
            return Line(tuple(values), on, " ".join(typed[place:end].split()).strip(" ,;·"), asked)
        asked, place = asked or question, match.end()
        values += read
    return Line(tuple(values), on, asked=asked)


def _values(match: re.Match[str], ages: plausible.Ages | None) -> tuple[Value, ...]:
    name, unit = _name(match), _unit(match)
    if match.group("second"):
        return _pressure(match, name, unit, ages)
    kind = BY_WORD.get(name) or (BARE.get(unit) if not name else None)
    kinds = [kind] if kind is not None else _meant(name, unit)
    if len(kinds) != 1:
        return ()
    value = _in_unit(kinds[0], match)
    if value is None:
        return ()
    return (Value(kinds[0], value, plausible.warning_of(kinds[0], value, ages)),)


def _question(match: re.Match[str], typed: str, ages: plausible.Ages | None) -> Question | None:
    """What a short name may mean with that unit, when it is not one thing only."""
    name = _name(match)
    if match.group("second") or len(_meant(name, _unit(match))) < 2:
        return None
    readings = []
    for word, kind in SEVERAL[name]:
        value = _in_unit(kind, match)
        if value is not None:
            line = f"{typed[: match.start('name')]}{word} {typed[match.end('name') :].lstrip()}"
            warning = plausible.warning_of(kind, value, ages)
            readings.append(Reading(Value(kind, value, warning), line))
    likely = sorted(readings, key=lambda one: bool(one.value.warning))
    return Question(" ".join(match.group().split()).strip(" ,;·"), tuple(likely))


def _meant(name: str, unit: str) -> list[Kind]:
    return [kind for _, kind in SEVERAL.get(name, ()) if not unit or unit in UNITS[kind.key]]


def _pressure(
    match: re.Match[str], name: str, unit: str, ages: plausible.Ages | None
) -> tuple[Value, ...]:
    """« 13/8 » is said in centimetres of mercury."""
    if (name and name not in PRESSURE_WORDS) or (unit and unit not in UNITS[SYSTOLIC.key]):
        return ()
    systolic, diastolic = _number(match.group("value")), _number(match.group("second"))
    by = UNITS[SYSTOLIC.key][unit] if unit else 10 if systolic < 30 and diastolic < 20 else 1
    systolic, diastolic = round(systolic * by, 3), round(diastolic * by, 3)
    warning = plausible.warning_of(SYSTOLIC, systolic, ages)
    if not warning and systolic <= diastolic:
        pair = f"{plausible.said(systolic)}/{plausible.said(diastolic)}"
        warning = f"PA {pair}\u00a0: valeurs inversées ? à vérifier"
    below = plausible.warning_of(DIASTOLIC, diastolic, ages)
    return Value(SYSTOLIC, systolic, warning), Value(DIASTOLIC, diastolic, below)


def _again(values: list[Value], read: tuple[Value, ...]) -> bool:
    """A second value of one kind in one line is not understood, a second whole pressure is."""
    if len(read) == 2:
        lone = sum(one.kind is SYSTOLIC for one in values) != sum(
            one.kind is DIASTOLIC for one in values
        )
        return lone
    return any(one.kind is read[0].kind for one in values)


def _in_unit(kind: Kind, match: re.Match[str]) -> float | None:
    """The value in the unit of the kind; None in a unit that is not of that kind."""
    if match.group("metres"):
        unit, value = "cm", float(match.group("metres") + match.group("rest"))
    else:
        unit, value = _unit(match), _number(match.group("value"))
    if unit:
        factor = UNITS[kind.key].get(unit)
        return None if factor is None else round(value * factor, 4)
    if kind is measures.HEIGHT and value < 3:
        return round(value * 100, 1)
    if kind is WEIGHT and value > 1000:
        return value / 1000
    return value


def _name(match: re.Match[str]) -> str:
    return fold(match.group("name") or "").strip(" :=.")


def _unit(match: re.Match[str]) -> str:
    if match.group("metres"):
        return "cm"
    return "".join((match.group("unit") or "").lower().split())


def _day(written: str, today: dt.date, born: dt.date | None) -> PartialDate | None:
    parts = written.split("/")
    try:
        read = PartialDate.parse("-".join(part.zfill(2) for part in reversed(parts)))
    except ValueError:
        return None
    if not "1900" <= read.iso <= today.isoformat():
        return None
    return read if born is None or plausible.days_of(read)[1] >= born else None


def _number(written: str) -> float:
    return float(written.replace(",", "."))
