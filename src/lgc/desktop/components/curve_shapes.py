"""What curves are made of, and the shapes of their references. No drawing library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics, QPainterPath

from lgc.desktop.theme import font

JUST_OUTSIDE = 0.1
TONES = ("accent.text", "violet", "teal", "warn", "ok", "danger")


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One value. ``mark`` is ``<``, ``>`` or empty; ``low`` and ``high`` its own reference;
    ``letter`` what is said of it.

    ``hollow`` draws it as told by another source; ``data`` comes back through the signals.
    """

    at: dt.datetime
    value: float
    words: str
    low: float | None = None
    high: float | None = None
    mark: str = ""
    hollow: bool = False
    letter: str = ""
    tip: tuple[str, ...] = ()
    data: Any = None


@dataclass(frozen=True, slots=True)
class Curve:
    """``unit`` as people write it; ``tone`` a palette role.

    ``axis`` names the axis when several curves share it, each then named at its end; ``limit`` is
    a height that matters to all its points, drawn across.
    """

    key: str
    name: str
    unit: str
    points: tuple[CurvePoint, ...]
    tone: str = TONES[0]
    axis: str = ""
    limit: float | None = None


def only_references_compare(curves: Sequence[Curve]) -> bool:
    """Curves of several units, or of analyses that have not one reference: on one axis of values
    each would be read against the band of another. Curves that name a common axis share it."""
    if len({curve.unit for curve in curves}) > 1:
        return True
    if all(curve.axis for curve in curves):
        return False
    return len({frozenset(_ranges(curve)) for curve in curves}) > 1


def panels_of(curves: Sequence[Curve], *, overlaid: bool) -> list[list[Curve]]:
    """Which curves share a panel; one that nothing can be compared with keeps its own."""
    if not overlaid or not only_references_compare(curves):
        return [list(curves)] if overlaid and curves else [[curve] for curve in curves]
    placed = [curve for curve in curves if any(one is not None for one in heights_of(curve))]
    alone = [[curve] for curve in curves if curve not in placed]
    return [placed, *alone] if placed else alone


def _ranges(curve: Curve) -> list[tuple[float | None, float | None]]:
    ranges = ((point.low, point.high) for point in curve.points)
    return [one for one in ranges if one != (None, None)]


def heights_of(curve: Curve) -> list[float | None]:
    """Of each point against the reference; one without a range of its own stands against that of
    the nearest before it, else after it: a value is never left out for want of one."""
    found: list[float | None] = []
    known = next((point for point in curve.points if _usable(point)), None)
    for point in curve.points:
        known = point if _usable(point) else known
        low, high = (known.low, known.high) if known is not None else (None, None)
        height = relative_to_reference(replace(point, low=low, high=high))
        found.append(height if known is point or height is None else _as_said(point, height))
    return found


def _as_said(point: CurvePoint, height: float) -> float:
    """Outside a borrowed reference where its own laboratory says so."""
    if point.letter in ("H", "HH", "HU", "HX"):
        return max(height, 1 + JUST_OUTSIDE)
    return min(height, -JUST_OUTSIDE) if point.letter in ("L", "LL", "LU", "LX") else height


def _usable(point: CurvePoint) -> bool:
    return relative_to_reference(point) is not None


def day_of(moment: dt.datetime) -> float:
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440


def relative_to_reference(point: CurvePoint) -> float | None:
    """0 at the low end of the point's own reference, 1 at its high end.

    Where nothing is too high, no value reaches the high end.
    """
    low, high = point.low, point.high
    if high is None:
        if low is None or low <= 0:
            return None
        return 1 - low / point.value if point.value >= low else (point.value - low) / low
    width = high - (low or 0.0)
    return (point.value - (low or 0.0)) / width if width > 0 else None


def band_of(curve: Curve, *, relative: bool) -> QPainterPath | None:
    """The reference of each point, as far as half way to its neighbours."""
    path = QPainterPath()
    days = [day_of(point.at) for point in curve.points]
    for number, point in enumerate(curve.points):
        low, high = (0.0, 1.0) if relative else (point.low, point.high)
        if point.low is None and point.high is None:
            continue
        left = (days[number - 1] + days[number]) / 2 if number else days[number] - 20_000
        last = number == len(days) - 1
        right = days[number] + 20_000 if last else (days[number] + days[number + 1]) / 2
        bottom = -_reach(curve) if low is None else low
        top = _reach(curve) if high is None else high
        path.addRect(QRectF(left, bottom, right - left, top - bottom))
    return None if path.isEmpty() else path.simplified()


def _reach(curve: Curve) -> float:
    """Beyond every value: where an open end of the reference is drawn to."""
    return 10 * max((abs(point.value) for point in curve.points), default=1.0) + 10


def with_band(
    bottom: float, top: float, points: list[CurvePoint], *, relative: bool
) -> tuple[float, float]:
    """Widen so that the nearest end of the reference is seen, not so far that the curve is flat."""
    if relative:
        return min(bottom, 0.0), max(top, 1.0)
    ends = [end for p in points for end in (p.low, p.high) if end is not None]
    span = max(top - bottom, abs(top) * 0.1, 1e-6)
    near = [end for end in ends if bottom - 1.5 * span <= end <= top + 1.5 * span]
    if not near and ends:
        near = [min(ends, key=lambda end: min(abs(end - top), abs(end - bottom)))]
    return min([bottom, *near]), max([top, *near])


def last_words(curve: Curve, until: float, *, several: bool) -> str:
    """« Dernière valeur : 9,1 H le 10/01/2022 »; of what comes after, the first one."""
    before = [point for point in curve.points if day_of(point.at) <= until]
    point = before[-1] if before else curve.points[0]
    said = " ".join(part for part in (point.words, point.letter) if part)
    name = f"{curve.name}, " if several else ""
    which = "dernière valeur" if before else "première valeur"
    words = f"{name}{which}\u00a0: {said} le {point.at:%d/%m/%Y}"
    return words[:1].upper() + words[1:]


def axis_words(names: Sequence[str], room: float) -> str:
    """The first that ``room`` pixels hold whole, else the last: what is cut at its head, or runs
    over the axis beside, is read as another."""
    return next((one for one in names if width_of(one, "tiny-strong") <= room), names[-1])


def width_of(words: str, type_role: str) -> int:
    return QFontMetrics(font(type_role)).horizontalAdvance(words)
