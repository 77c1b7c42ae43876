"""What a dosage says, once it is understood: plain data.

Numbers are exact (``Decimal``) and units UCUM, empty where none was said: « 1 matin et soir ».
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Time(StrEnum):
    """Units of time, as UCUM writes them."""

    HOUR = "h"
    DAY = "d"
    WEEK = "wk"
    MONTH = "mo"
    YEAR = "a"


LONGEST_DAYS = {Time.HOUR: 0, Time.DAY: 1, Time.WEEK: 7, Time.MONTH: 31, Time.YEAR: 366}


@dataclass(frozen=True, slots=True)
class Amount:
    """From ``low`` to ``high`` of ``unit``, equal when one number was said."""

    low: Decimal
    high: Decimal
    unit: str = ""

    @property
    def is_range(self) -> bool:
        return self.low != self.high


@dataclass(frozen=True, slots=True)
class Intake:
    """What is taken at one moment; ``amount`` is None when only the moment was said."""

    moment: str
    amount: Amount | None


@dataclass(frozen=True, slots=True)
class Times:
    """« 3 fois par jour », « 2 à 3 fois par semaine »."""

    low: int
    high: int
    per: Time


@dataclass(frozen=True, slots=True)
class Every:
    """« toutes les 8 h », « toutes les 4 à 6 h », « tous les 2 jours »."""

    low: int
    high: int
    unit: Time


@dataclass(frozen=True, slots=True)
class Weekdays:
    """« le lundi et le jeudi »: Monday is 0."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """« 3 comprimés par jour »: the amount of the whole day, in as many intakes as one likes."""

    per: Time


Rhythm = Times | Every | Weekdays | Total


@dataclass(frozen=True, slots=True)
class Length:
    """How long it is taken, as it was said: « 7 jours », « 3 mois »."""

    number: int
    unit: Time

    def last_day(self, first: dt.date) -> dt.date:
        """The last day of intake; months and years are those of the calendar."""
        if self.unit is Time.DAY:
            return first + dt.timedelta(days=self.number - 1)
        if self.unit is Time.WEEK:
            return first + dt.timedelta(days=7 * self.number - 1)
        months = first.month - 1 + self.number * (12 if self.unit is Time.YEAR else 1)
        year, month = first.year + months // 12, months % 12 + 1
        day = min(first.day, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day) - dt.timedelta(days=1)

    @property
    def most_days(self) -> int:
        """The most days that it may count."""
        return self.number * LONGEST_DAYS[self.unit]

    def days_from(self, first: dt.date) -> int:
        """How many days that makes when it begins on ``first``."""
        return (self.last_day(first) - first).days + 1


@dataclass(frozen=True, slots=True)
class Maximum:
    """No more than ``number`` of ``unit`` per time; no unit means intakes."""

    number: Decimal
    unit: str
    per: Time


@dataclass(frozen=True, slots=True)
class Step:
    """One way of taking it. Either ``amount`` or ``intakes`` speaks of how much."""

    amount: Amount | None = None
    intakes: tuple[Intake, ...] = ()
    rhythm: Rhythm | None = None
    length: Length | None = None


@dataclass(frozen=True, slots=True)
class Dosage:
    """A sentence and what it says. Without ``steps`` it is text: nothing of it was understood.

    ``needs`` are the reasons of « si douleur ou fièvre », ``remarks`` what changes neither amount
    nor rhythm (« avant les repas »); ``stops`` is « puis arrêt » after the last step.
    """

    sentence: str
    steps: tuple[Step, ...] = ()
    stops: bool = False
    needs: tuple[str, ...] = ()
    maximum: Maximum | None = None
    remarks: tuple[str, ...] = ()

    @property
    def is_structured(self) -> bool:
        return bool(self.steps)

    def days_from(self, first: dt.date) -> int | None:
        """How many days it lasts from ``first``, None unless every step says its length."""
        day = first
        for step in self.steps:
            if step.length is None:
                return None
            day = step.length.last_day(day) + dt.timedelta(days=1)
        return (day - first).days or None
