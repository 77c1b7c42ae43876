"""What a measurement is held against: bounds by age, the last one known, thresholds of pressure.

A bound and a change are told and refuse nothing. Both tables are **ours**: wide enough for whoever
is alive, narrow enough for a wrong unit, a slipped digit or another kind to fall out; they are no
reference of medicine, and what is said of them says so. The thresholds have their source.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from lgc.domain import measures
from lgc.domain.measures import Kind
from lgc.domain.medical_data import PartialDate

Ages = tuple[int, int]
"""In days: two, since a day known to the month or to the year leaves a span."""

MONTH, YEAR, EVER = 31, 366, 150 * 366
ADULT = measures.ADULT * YEAR

BOUNDS: dict[str, tuple[tuple[int, float, float], ...]] = {
    # kind: (younger than, lowest, highest), in days and in the unit of the kind
    measures.SYSTOLIC.key: (
        (MONTH, 40, 115), (YEAR, 50, 140), (6 * YEAR, 60, 160), (12 * YEAR, 70, 190),
        (EVER, 60, 260),
    ),
    measures.DIASTOLIC.key: (
        (MONTH, 15, 75), (YEAR, 25, 95), (6 * YEAR, 30, 110), (12 * YEAR, 35, 130),
        (EVER, 30, 160),
    ),
    measures.PULSE.key: (
        (3 * YEAR, 60, 240), (6 * YEAR, 50, 220), (12 * YEAR, 40, 210), (EVER, 25, 250),
    ),
    measures.WEIGHT.key: (
        (MONTH, 0.4, 7), (YEAR, 1.5, 16), (3 * YEAR, 4, 25), (6 * YEAR, 8, 45),
        (12 * YEAR, 12, 110), (ADULT, 20, 200), (EVER, 25, 300),
    ),
    measures.HEIGHT.key: (
        (MONTH, 25, 62), (YEAR, 35, 90), (3 * YEAR, 55, 115), (6 * YEAR, 75, 135),
        (12 * YEAR, 90, 185), (ADULT, 110, 215), (EVER, 120, 230),
    ),
    measures.BMI.key: (
        (MONTH, 6, 25), (YEAR, 8, 30), (6 * YEAR, 9, 40), (ADULT, 9, 70), (EVER, 9, 80),
    ),
    measures.WAIST.key: ((YEAR, 20, 70), (6 * YEAR, 30, 95), (12 * YEAR, 35, 140), (EVER, 40, 220)),
    measures.TEMPERATURE.key: ((EVER, 30, 43),),
    measures.SATURATION.key: ((EVER, 50, 100),),
    measures.BREATHING.key: (
        (YEAR, 15, 100), (6 * YEAR, 12, 80), (12 * YEAR, 8, 60), (EVER, 5, 60),
    ),
    measures.PEAK_FLOW.key: ((6 * YEAR, 30, 300), (12 * YEAR, 40, 550), (EVER, 50, 900)),
    measures.HEAD.key: (
        (MONTH, 20, 42), (YEAR, 28, 53), (3 * YEAR, 38, 58), (6 * YEAR, 42, 60), (EVER, 45, 70),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What is told of a value beside the last one of its kind.

    ``loss`` and ``gain`` are the least that is told, in the unit of the kind or, when ``part``, as
    a part of the last value; None tells nothing. ``young`` and ``old`` bound the age in days,
    ``within`` the days since the last value.
    """

    kind: Kind
    loss: float | None
    gain: float | None = None
    part: bool = False
    young: int = 0
    old: int = EVER
    within: int = EVER


CHANGES = (
    Change(measures.HEIGHT, loss=1),
    Change(measures.HEIGHT, loss=None, gain=2, young=25 * YEAR),
    Change(measures.HEAD, loss=0.5),
    Change(measures.WEIGHT, loss=0.10, part=True, old=15),
    Change(measures.WEIGHT, loss=0.05, part=True, young=15, old=ADULT),
    Change(measures.WEIGHT, loss=None, gain=0.30, part=True, young=YEAR, old=ADULT, within=MONTH),
    Change(measures.WEIGHT, loss=0.05, gain=0.05, part=True, young=ADULT, within=MONTH),
    Change(measures.WEIGHT, loss=0.10, gain=0.10, part=True, young=ADULT),
)

THRESHOLDS = {measures.SYSTOLIC.key: 140.0, measures.DIASTOLIC.key: 90.0}
"""From these on a pressure taken at the practice is high, in an adult: mm[Hg]."""
THRESHOLDS_SOURCE = "HAS, fiche mémo HTA de l’adulte, 2016"


def ages_on(on: PartialDate, born: dt.date) -> Ages:
    """How old one was: at the first and at the last day that ``on`` may be."""
    first, last = days_of(on)
    return max((first - born).days, 0), max((last - born).days, 0)


def days_of(on: PartialDate) -> tuple[dt.date, dt.date]:
    """The first and the last day of a date known to the year, the month or the day."""
    return dt.date(on.year, on.month or 1, on.day or 1), on.last_day


def bounds(kind: Kind, ages: Ages | None) -> tuple[float, float]:
    """The lowest and the highest value of that age; of every age when it is not known."""
    if ages is None:
        return kind.low, kind.high
    rows, since = [], 0
    for until, low, high in BOUNDS[kind.key]:
        if since <= ages[1] and ages[0] < until:
            rows.append((low, high))
        since = until
    rows = rows or [BOUNDS[kind.key][-1][1:]]
    return min(low for low, _ in rows), max(high for _, high in rows)


def warning_of(kind: Kind, value: float, ages: Ages | None) -> str:
    """What is said of a value that nobody of that age has; empty when it is plausible."""
    low, high = bounds(kind, ages)
    if low <= value <= high:
        return ""
    at = f" à {age_in_words(ages[1])}" if ages is not None else ""
    return (
        f"{kind.short} {said(value)}\u00a0: valeur inhabituelle{at}, à vérifier "
        f"(bornes de l’application\u00a0: {said(low)} à {said(high)})"
    )


def change_of(
    kind: Kind, value: float, on: dt.date, before: Iterable[tuple[dt.date, float]], born: dt.date
) -> str:
    """What is said of a value beside the last one known before it; empty when nothing is."""
    known = sorted(one for one in before if one[0] <= on and one[1] > 0)
    if not known:
        return ""
    day, last = known[-1]
    age, since, by = (on - born).days, (on - day).days, round(value - last, 3)
    told = any(
        one.kind is kind
        and one.young <= age < one.old
        and since <= one.within
        and _is_told(one, by, last)
        for one in CHANGES
    )
    if not told:
        return ""
    more, unit = "de plus" if by > 0 else "de moins", kind.unit
    part = f" ({said(abs(round(100 * by / last)))}\u00a0%)" if kind is measures.WEIGHT else ""
    return (
        f"{kind.short} {said(value)}\u00a0: {said(abs(by))} {unit} {more}{part} "
        f"que le {day:%d/%m/%Y} ({said(last)} {unit})"
    )


def above_threshold(kind: Kind, value: float, ages: Ages) -> bool:
    """Is a pressure of an adult at its threshold or over it?"""
    return ages[0] >= ADULT and value >= THRESHOLDS.get(kind.key, float("inf"))


def age_in_words(days: int) -> str:
    """« 3 jours », « 8 mois », « 78 ans »."""
    if days < 2 * MONTH:
        return f"{days}\u00a0jour{'s' if days > 1 else ''}"
    if days < 2 * YEAR:
        return f"{int(days / 30.44)}\u00a0mois"
    return f"{int(days / 365.25)}\u00a0ans"


def said(value: float) -> str:
    """A value as it is told, three decimals at most."""
    return f"{round(value, 3):.10g}".replace(".", ",")


def _is_told(change: Change, by: float, last: float) -> bool:
    by = by / last if change.part and last else by
    least = change.loss if by < 0 else change.gain
    return least is not None and round(abs(by), 6) >= least
