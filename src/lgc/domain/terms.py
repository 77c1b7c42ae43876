"""A coded word of a nomenclature, and where a nomenclature that was brought in comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.professionals import Coded


class Nomenclature(StrEnum):
    """The official files that may be brought in; one kind is replaced as a whole."""

    MEDICINES = "medicines"
    CIM_10 = "cim10"
    CCAM = "ccam"
    LOINC = "loinc"
    ATC = "atc"
    VACCINES = "vaccines"
    PROTOCOLS = "protocols"
    VALUE_SETS = "value_sets"


@dataclass(frozen=True, slots=True)
class Medicine:
    """What the public base says of a speciality, as it writes it; empty where it says nothing.

    ``dosage`` lists « substance dosage » separated by `` + ``; ``atc`` is only what the base
    itself gives (never guessed). ``marketed`` is False once it is no longer sold. ``generic_group``
    is the label of its generic group. No safety check is made of any of these.
    """

    form: str = ""
    dosage: str = ""
    route: str = ""
    atc: str = ""
    marketed: bool = True
    cip13: str = ""
    generic_group: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry. ``others`` are words that find it too, not shown; ``detail`` is said fainter.

    ``weight`` orders entries that answer equally: the lower the more usual.
    ``medicine`` is set for a speciality (CIS) only.
    """

    code: Coded
    others: str = ""
    detail: str = ""
    weight: int = 1000
    medicine: Medicine | None = None


@dataclass(frozen=True, slots=True)
class DeadLine:
    """A line of a record whose code the official file in force does not hold, or withdrew.

    ``successor`` is the one code in its place that the file holds; None when nobody says one.
    """

    patient_id: str
    entry_id: str
    name: str
    label: str
    code: str
    successor: Coded | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What was brought in: ``version`` as the file or the doctor says it, else empty.

    ``left_out`` damaged lines are told once, when it comes in: they are not kept.
    """

    nomenclature: Nomenclature
    version: str
    imported_at: dt.datetime
    count: int
    left_out: int = 0
