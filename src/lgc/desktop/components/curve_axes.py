"""The axes of curves in French, and the canvas that tells pointing from dragging."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSizePolicy

from lgc.desktop import text
from lgc.desktop.record.time_scale import TimeScale, month_ticks

FIGURE = 15  # pixels from one figure to the next


def spaced(values: list[float], size: float) -> list[float]:
    """As many as ``size`` pixels hold, evenly."""
    most = max(int(size // FIGURE), 1)
    return values[:: max(math.ceil(len(values) / most), 1)]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """Figures with a decimal comma, never one over another."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        return [(gap, spaced(list(one), size)) for gap, one in super().tickValues(low, high, size)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [text.number(round(value * scale, 10)) for value in values]


class RatioAxis(pg.AxisItem):  # type: ignore[misc]
    """Only the two ends of the reference have a meaning common to all."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        return [(1.0, [end for end in (0.0, 1.0) if low <= end <= high])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return ["haute" if value > 0.5 else "basse" for value in values]


STEPS = ((1.2, 0.125), (3.0, 0.25), (8.0, 1.0), (24.0, 3.0))
"""Days in view, at most → days between two marks: a cycle of one day is read by its hours."""


def near_marks(low: float, high: float) -> list[float]:
    """Hours or days, where fewer are in view than a month tells apart; else none."""
    step = next((step for most, step in STEPS if high - low <= most), 0.0)
    first = math.ceil(low / step) if step else 0
    last = math.floor(high / step) if step else -1
    return [number * step for number in range(first, last + 1)]


def near_words(value: float) -> str:
    """« 02/11 » at the beginning of a day, « 06:00 » within it."""
    day, part = divmod(value, 1.0)
    return f"{round(part * 24):02d}:00" if part else f"{dt.date.fromordinal(int(day)):%d/%m}"


class DateAxis(pg.AxisItem):  # type: ignore[misc]
    """Months and years in French, as on the life line; days and hours from near."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        near = near_marks(low, high)
        if near:
            return [(near[-1] - near[0] or 1.0, near)]
        marks = self._marks(low, high, size)
        return [(30.0, [float(mark.day.toordinal()) for mark in marks])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        low, high = self.range
        if near_marks(low, high):
            return [near_words(value) for value in values]
        named = {
            float(m.day.toordinal()): f"{m.label} {m.day.year}" if m.weight == 2 else m.label
            for m in self._marks(low, high, self.width())
        }
        return [named.get(value, "").strip() for value in values]

    def _marks(self, low: float, high: float, size: float) -> list[Any]:
        scale = TimeScale(max(low, 1.0), max(high - low, 1.0), max(size, 1.0))
        return [mark for mark in month_ticks(scale) if low <= mark.day.toordinal() <= high]


class Canvas(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """The drawing; tells where the pointer is and where it clicked without dragging."""

    moved = Signal(QPointF)
    clicked = Signal(QPointF)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pressed: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.moved.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        start, self._pressed = self._pressed, None
        if start is not None and (event.position() - start).manhattanLength() < 4:
            self.clicked.emit(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()
