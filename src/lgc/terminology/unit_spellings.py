"""Ways of writing one unit: « G/L », « Giga/L » and « 10*9/L ». Dated data with their source.

Only whether two values bear the same unit is asked here; what a report prints stays as printed.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

from lgc.paths import bundled

_ONE_ANNOTATION = re.compile(r"(?:\{[^{}]*\}|1)?")
_CELLS = re.compile(r"\{(?:cells?|cellules?|cell|elements?|plt|wbc|rbc)\}(?=/)", re.IGNORECASE)


def canonical(unit: str) -> str:
    """The one UCUM spelling of a unit: equal for two spellings of one.

    A lone annotation (``{INR}``, ``{ratio}``) is the number one, as is nothing.
    """
    if _ONE_ANNOTATION.fullmatch(unit):
        return ""
    plain = _CELLS.sub("", unit)
    return spellings().get(_key(plain), plain)


def _key(unit: str) -> str:
    return unit.replace(" ", "").replace("\u00b5", "u").replace("\u03bc", "u")


@cache
def spellings() -> dict[str, str]:
    """Spelling → UCUM, of ``resources/terminology/unit_spellings.toml``."""
    file = bundled("resources") / "terminology" / "unit_spellings.toml"
    held = tomllib.loads(file.read_text("utf-8"))["spelling"]
    return {_key(word): one["ucum"] for one in held for word in (*one["words"], one["ucum"])}
