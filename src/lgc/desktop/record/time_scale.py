"""The geometry of the life line: pixels per day, marks of the calendar, stacks of tiles. No Qt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")
MIN_DAYS, MAX_DAYS = 1.0, 25 * 366.0
MERGE_PIXELS = 26.0
STACK_HEIGHT = 3
HOURS_FROM = 400.0  # pixels per day
MONTHS = [
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
]


def days_of(day: dt.date | dt.datetime) -> float:
    """Ordinal days with their fraction."""
    minutes = day.hour * 60 + day.minute if isinstance(day, dt.datetime) else 0
    return day.toordinal() + minutes / 1440


@dataclass(frozen=True, slots=True)
class TimeScale:
    """A window on time: ``start`` in fractional days (ordinal), ``days`` over ``width`` pixels."""

    start: float
    days: float
    width: float

    @classmethod
    def between(cls, first: dt.date, last: dt.date, width: float) -> TimeScale:
        return cls(first.toordinal(), max(last.toordinal() - first.toordinal(), 1), width)

    @property
    def pixels_per_day(self) -> float:
        return self.width / self.days

    @property
    def first(self) -> dt.date:
        return dt.date.fromordinal(int(self.start))

    @property
    def last(self) -> dt.date:
        return dt.date.fromordinal(int(self.start + self.days))

    def x(self, day: dt.date | dt.datetime) -> float:
        """Pixels from the left edge; negative before the window."""
        return (days_of(day) - self.start) * self.pixels_per_day

    def zoomed(self, factor: float, around_x: float) -> TimeScale:
        """Zoom by ``factor`` (> 1 comes closer), the day under the pointer staying there."""
        days = min(max(self.days / factor, MIN_DAYS), MAX_DAYS)
        under = self.start + around_x / self.pixels_per_day
        return replace(self, start=under - around_x * days / self.width, days=days)

    def moved(self, pixels: float) -> TimeScale:
        """Dragged by ``pixels`` to the right: earlier days come in."""
        return replace(self, start=self.start - pixels / self.pixels_per_day)

    def resized(self, width: float) -> TimeScale:
        return replace(self, width=max(width, 1.0))

    def centred_on(self, day: dt.date) -> TimeScale:
        return replace(self, start=day.toordinal() - self.days / 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the calendar. ``weight``: 2 for a year, 1 for a quarter, 0 for the rest."""

    day: dt.date
    label: str
    weight: int


def month_ticks(scale: TimeScale) -> tuple[Tick, ...]:
    """Months, or every third when they are narrow, or years alone, or days when wide."""
    if scale.pixels_per_day > 14:
        return _day_ticks(scale)
    step = _month_step(scale.pixels_per_day * 30.4)
    ticks = []
    for day in _months(scale.first, scale.last):
        if (day.month - 1) % step == 0:
            year = day.month == 1
            label = "" if step == 12 else MONTHS[day.month - 1]  # the bands name the years
            ticks.append(Tick(day, label, 2 if year else int(day.month % 3 == 1)))
    return tuple(ticks)


def _month_step(pixels_per_month: float) -> int:
    return next((step for step, least in ((1, 46), (3, 16)) if pixels_per_month > least), 12)


def _day_ticks(scale: TimeScale) -> tuple[Tick, ...]:
    if scale.pixels_per_day > HOURS_FROM:
        return _hour_ticks(scale)
    every = 1 if scale.pixels_per_day > 46 else 7
    days = range(int(scale.start), int(scale.start + scale.days) + 2)
    dates = (dt.date.fromordinal(day) for day in days if day > 0)
    return tuple(Tick(d, f"{d:%d/%m}", 0) for d in dates if every == 1 or d.weekday() == 0)


def _hour_ticks(scale: TimeScale) -> tuple[Tick, ...]:
    """Every third hour, midnight by its date."""
    first = dt.datetime.fromordinal(max(int(scale.start), 1))
    count = int(scale.days * 8) + 10
    times = (first + dt.timedelta(hours=3 * number) for number in range(count))
    return tuple(
        Tick(time, f"{time:%H} h" if time.hour else f"{time:%d/%m}", int(not time.hour) * 2)
        for time in times
    )


@dataclass(frozen=True, slots=True)
class Band:
    """A quarter, or a year when quarters are narrow: alternate background and its name."""

    start: dt.date
    stop: dt.date
    name: str
    year: str
    shaded: bool


def bands(scale: TimeScale) -> tuple[Band, ...]:
    """Quarters named T1…T4 with the year at each first one; years when quarters would not fit."""
    by_year = scale.pixels_per_day * 91 < 44
    months = 12 if by_year else 3
    found: list[Band] = []
    day = dt.date(scale.first.year, 1, 1)
    while day <= scale.last:
        stop = _plus_months(day, months)
        if stop > scale.first:
            quarter = (day.month - 1) // 3
            first = quarter == 0 or not found
            name = "" if by_year else f"T{quarter + 1}"
            shaded = bool((day.year if by_year else quarter) % 2)
            found.append(Band(day, stop, name, str(day.year) if first else "", shaded))
        day = stop
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Stack(Generic[T]):
    """Items drawn at one place: ``shown`` from the bottom up, ``hidden`` behind « +n »."""

    x: float
    shown: tuple[T, ...]
    hidden: tuple[T, ...]


def stacks(placed: Sequence[tuple[float, T]]) -> tuple[Stack[T], ...]:
    """Merge items closer than 26 pixels; three stand, beyond that two and « +n »."""
    groups: list[list[tuple[float, T]]] = []
    for x, item in sorted(placed, key=lambda pair: pair[0]):
        if groups and x - groups[-1][0][0] < MERGE_PIXELS:
            groups[-1].append((x, item))
        else:
            groups.append([(x, item)])
    return tuple(_stack(group) for group in groups)


def _stack(group: list[tuple[float, T]]) -> Stack[T]:
    middle = (group[0][0] + group[-1][0]) / 2
    items = tuple(item for _, item in group)
    if len(items) <= STACK_HEIGHT:
        return Stack(middle, items, ())
    return Stack(middle, items[-2:], items[:-2])


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    day = first.replace(day=1)
    found: list[dt.date] = []
    while day <= last:
        found.append(day)
        day = _plus_months(day, 1)
    return found


def _plus_months(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    return dt.date(day.year + years, month + 1, 1)
