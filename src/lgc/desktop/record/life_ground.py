"""What every part of the life line stands on: its measures, its days, its letters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from lgc.desktop.record.time_scale import TimeScale
from lgc.desktop.theme import current, font
from lgc.services.views import DocumentLine, Lane, Mark

MARGIN = 206  # room for the names of the lanes
RIGHT = 16
TOP = 22
TILE_W, TILE_H, TILE_GAP = 24, 22, 3
AXIS_Y = TOP + 3 * (TILE_H + TILE_GAP) + 10
LANES_Y = AXIS_Y + 34
LANE_H = 22
Target = DocumentLine | tuple[Lane, Mark] | tuple[DocumentLine, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something can be pointed at."""

    box: QRectF
    target: Target


@dataclass(frozen=True, slots=True)
class Ground:
    """One painting of one period; ``room`` is its width in pixels."""

    painter: QPainter
    scale: TimeScale
    room: float
    today: dt.date

    @property
    def edge(self) -> float:
        """Where the period ends."""
        return MARGIN + self.room

    def x(self, day: dt.date | dt.datetime) -> float:
        return MARGIN + self.scale.x(day)


def write(
    painter: QPainter,
    box: QRect,
    words: str,
    role: str,
    tone: str = "text",
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line, cut with an ellipsis where the box ends."""
    if words:
        painter.setFont(font(role))
        painter.setPen(current().role(tone))
        room = max(box.width(), 0)
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), shown)
