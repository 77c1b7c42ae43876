"""Laboratory results as structured reports give them, never typed (CR-BIO, cda-vsm §7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.professionals import Coded


class Bound(StrEnum):
    """``<`` and ``>`` values are shown as such and never drawn as plain points."""

    NONE = ""
    LESS = "<"
    GREATER = ">"


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """Both ends optional, in the unit of the result."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result of one report. ``code`` is LOINC when the laboratory gives one.

    ``text`` holds coded or textual values; ``unit`` is UCUM; ``interpretation`` one of
    N L H LL HH S R I or empty; ``previous`` marks a result the report quotes from before.
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
