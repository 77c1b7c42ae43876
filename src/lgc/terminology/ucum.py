"""UCUM units: how a doctor reads them, and conversions where they are exact.

The code itself travels in documents. Reading units is pint's work through ucumvert, loaded the
first time two units really have to be compared: it takes a second, never on a screen's thread.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

FRENCH = {
    "{tablet}": "comprimé",
    "{capsule}": "gélule",
    "{puff}": "bouffée",
    "{drop}": "goutte",
    "{sachet}": "sachet",
    "{pack}/a": "paquets-années",
    "{glass}/d": "verres par jour",
    "[IU]": "UI",
    "[iU]": "UI",
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "kg/m2": "kg/m²",
    "/min": "/min",
    "[arb'U]": "U",
    "{INR}": "",
    "{titer}": "",
    "mg/mmol{creat}": "mg/mmol créat.",
    "a": "ans",
    "1": "",
    "10*9/L": "G/L",
    "10*12/L": "T/L",
    "10*3/uL": "G/L",
    "10*6/uL": "T/L",
}

_PARTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\[[iI]U\]"), "UI"),
    (re.compile(r"\[arb'U\]"), "U"),
    (re.compile(r"mm\[Hg\]"), "mmHg"),
    (re.compile(r"(?<![A-Za-z])u(?=(?:mol|g|L|l|m|kat|UI|U|eq|s)\b)"), "µ"),
    (re.compile(r"\{1[.,]73[_ ]?m2\}"), "1,73 m²"),
    (re.compile(r"(?<=m)2(?![0-9])"), "²"),
    (re.compile(r"(?<=m)3(?![0-9])"), "³"),
    (re.compile(r"(?<=[A-Za-z0-9])\{"), " {"),
    (re.compile(r"[{}]"), ""),
)
_WORDS = re.compile(r"\{[^}]*\}|\[[^\]]*\]")
_SAME = {"[iU]": "[IU]"}
_SCALES = (
    (re.compile(r"[munpkd]?g/[mudcn]?[Ll]"), re.compile(r"[munp]?mol/[mudcn]?[Ll]")),
    (re.compile(r"%"), re.compile(r"mmol/mol")),
)
_LETTERS = re.compile(r"[A-Za-z%]+")
_COUNTED = re.compile(r"(?:da|[YZEPTGMkhdcmunpfazy])?(mol|eq|osm|kat|U|Bq|Ci|Hz|Gy|Sv|RAD|REM)")
TEN_THOUSAND = 10_000  # mg/L in 1 g/dL
LENGTH = 60  # no unit is longer; what is comes from a hostile document


def french(unit: str) -> str:
    """What to print for a unit: a known French form, else its parts as people write them."""
    known = FRENCH.get(unit)
    if known is not None:
        return known
    for pattern, words in _PARTS:
        unit = pattern.sub(words, unit)
    return unit


def convert(value: float, unit: str, target: str) -> float | None:
    """``value`` of ``unit`` in ``target``, None where there is no exact factor between them.

    Arbitrary units and annotations have no size: they must be the same on both sides. Numbers
    without dimension are never converted: ``%`` and ``mmol/mol`` of HbA1c are two scales.
    """
    factor = _factor(unit, target)
    return None if factor is None else float(Fraction(repr(value)) * factor)


@lru_cache(maxsize=4096)
def _factor(unit: str, target: str) -> Fraction | None:
    if unit == target:
        return Fraction(1)
    if not unit or not target or max(len(unit), len(target)) > LENGTH:
        return None
    if _words(unit) != _words(target) or _counted(unit) != _counted(target):
        return None
    given, aim = _read(unit), _read(target)
    if given is None or aim is None:
        return None
    try:
        if aim.dimensionless or not given.is_compatible_with(aim):
            return None
        return _exact(float(given.to(aim.units).magnitude / aim.magnitude))
    except _unreadable():
        return None


def two_scales_of_one(unit: str, other: str) -> bool:
    """Do laboratories print one measurement in both: mass and moles, ``%`` and ``mmol/mol``?"""
    return any(
        (mass.fullmatch(a) and moles.fullmatch(b)) is not None
        for mass, moles in _SCALES
        for a, b in ((unit, other), (other, unit))
    )


def _words(unit: str) -> list[str]:
    return sorted(_SAME.get(part, part) for part in _WORDS.findall(unit))


def _counted(unit: str) -> set[str]:
    """What a unit counts or weighs by its effect: moles, equivalents (a charge more or less makes
    another number), osmoles, catalysis, doses. The analyte alone tells how many of one are in
    another, so both sides must count the same."""
    parts = _LETTERS.findall(_WORDS.sub(" ", unit))
    return {match.group(1) for part in parts if (match := _COUNTED.fullmatch(part))}


def _exact(factor: float) -> Fraction | None:
    """The simple fraction a factor stands for; none when it is a measured number."""
    if not 1e-15 < factor < 1e15:
        return None
    whole = Fraction(repr(factor)).limit_denominator(1) if factor >= 1 else None
    near = whole or 1 / Fraction(round(1 / factor))
    return near if abs(float(near) / factor - 1) < 1e-12 else None


def _read(unit: str) -> Any:
    """The quantity of a unit, None where a laboratory wrote what is no UCUM."""
    registry, unreadable = _registry(), _unreadable()
    try:
        return registry.from_ucum(unit)
    except unreadable:
        return None


@cache
def _unreadable() -> tuple[type[Exception], ...]:
    """What pint and its grammar raise for a unit that they cannot read; nothing else is hushed."""
    from lark.exceptions import LarkError
    from pint.errors import PintError

    return (LarkError, PintError, ArithmeticError)


@cache
def _registry() -> Any:
    """The reader of units. Raises whatever a missing part raises, RuntimeError if it misreads:
    with another pint every conversion became none, and nobody was told."""
    from ucumvert import PintUcumRegistry

    registry = PintUcumRegistry()
    if registry.from_ucum("g/dL").to(registry.from_ucum("mg/L").units).magnitude != TEN_THOUSAND:
        raise RuntimeError("units are misread: ucumvert and pint do not fit each other")
    return registry
