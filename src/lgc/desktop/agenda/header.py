"""The names of the days above the grid, with how many come."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lgc.desktop import text
from lgc.desktop.agenda.grid import DayGrid
from lgc.desktop.theme import current, font
from lgc.services.planning import AgendaView

HEIGHT = 32


class DayHeader(QWidget):
    """Follows the columns of a grid; a click asks for that day alone."""

    day_asked = Signal(object)

    def __init__(self, grid: DayGrid) -> None:
        super().__init__()
        self._grid = grid
        self._view: AgendaView | None = None
        self._today = dt.date.min
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_view(self, view: AgendaView, today: dt.date) -> None:
        self._view, self._today = view, today
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(700, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for index, day in enumerate(self._grid.days):
            if (
                self._grid.column(index).left()
                <= event.position().x()
                <= (self._grid.column(index).right())
            ):
                self.day_asked.emit(day)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current()
        painter.fillRect(self.rect(), theme.role("alt"))
        for index, day in enumerate(self._grid.days):
            column = self._grid.column(index)
            self._day(painter, QRectF(column.left(), 0, column.width(), HEIGHT), day)
        painter.setPen(QPen(theme.role("line.strong"), 1))
        painter.drawLine(QPointF(0, HEIGHT - 0.5), QPointF(self.width(), HEIGHT - 0.5))

    def _day(self, painter: QPainter, box: QRectF, day: dt.date) -> None:
        theme, today = current(), day == self._today
        if today:
            painter.fillRect(box, theme.role("accent.soft"))
            painter.fillRect(QRectF(box.left(), 0, box.width(), 2), theme.role("accent"))
        painter.setPen(QPen(theme.role("line"), 1))
        painter.drawLine(box.topLeft(), box.bottomLeft())
        inside = box.adjusted(10, 0, -10, 0)
        painter.setFont(font("strong"))
        painter.setPen(theme.role("accent.text" if today else "text"))
        name = f"{text.capital(text.DAYS[day.weekday()])} {text.ordinal_day(day.day)}"
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), name)
        used = QFontMetrics(font("strong")).horizontalAdvance(name) + 8
        number = len(self._view.on(day)) if self._view is not None else 0
        said = f"{number}{text.NB}RDV" if number else ""
        holiday = self._view.holiday(day) if self._view is not None else ""
        if holiday:
            said = text.join("férié", said)
        metrics = QFontMetrics(font("small"))
        room = inside.width() - used - metrics.horizontalAdvance(said) - 8
        painter.setFont(font("small"))
        if today and room > metrics.horizontalAdvance("auj."):
            painter.drawText(
                inside.adjusted(used, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), "auj."
            )
        painter.setPen(theme.role("warn" if holiday else "text.muted"))
        if room > -8:
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(inside, int(right), said)
