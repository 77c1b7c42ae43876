"""What curves are made of, and the shapes of their references. No drawing library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics, QPainterPath

from lgc.desktop.theme import font

TONES = ("accent.text", "violet", "teal", "warn", "ok", "danger")


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One value. ``mark`` is ``<``, ``>`` or empty; ``low`` and ``high`` its own reference.

    ``hollow`` draws it as told by another source; ``data`` comes back through the signals.
    """

    at: dt.datetime
    value: float
    words: str
    low: float | None = None
    high: float | None = None
    mark: str = ""
    hollow: bool = False
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


def of_several_units(curves: Sequence[Curve]) -> bool:
    """Then only their references compare."""
    return len({curve.unit for curve in curves}) > 1


def day_of(moment: dt.datetime) -> float:
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440


def relative_to_reference(point: CurvePoint) -> float | None:
    """0 at the low end of the point's own reference, 1 at its high end."""
    low, high = point.low, point.high
    if high is None:
        return None if not low else (point.value - low) / low
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


def fitted(words: str, tail: str, room: float) -> str:
    """Letters leave before ``tail`` until the words fit ``room`` pixels."""
    head = words.removesuffix(tail)
    shown = words
    while head and width_of(shown, "tiny-strong") > room:
        head = head[:-1].rstrip()
        shown = f"{head}…{tail}"
    return shown if head else tail.lstrip(", ")


def width_of(words: str, type_role: str) -> int:
    return QFontMetrics(font(type_role)).horizontalAdvance(words)
