"""The little month beside the agenda: a click goes there."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.agenda.month import first_shown
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import label
from lgc.desktop.components.tips import set_tip
from lgc.desktop.theme import current, font

CELL_H, WEEKS = 24, 6
LETTERS = "LMMJVSD"
CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class MonthDays(QWidget):
    """The days themselves; ``chosen`` carries a date."""

    chosen = Signal(object)

    def __init__(self, today: dt.date) -> None:
        super().__init__()
        self.setFixedHeight(CELL_H * (WEEKS + 1))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._month = self._today = today
        self._first, self._last = self._today, self._today

    def show_days(self, month: dt.date, first: dt.date, last: dt.date, today: dt.date) -> None:
        """``first`` to ``last`` is the period in view."""
        self._month, self._first, self._last, self._today = month, first, last, today
        self.update()

    def _cell(self, number: int) -> QRectF:
        week, weekday = divmod(number, 7)
        width = self.width() / 7
        return QRectF(weekday * width, CELL_H * (week + 1), width, CELL_H)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point: QPointF = event.position()
        for number in range(WEEKS * 7):
            if self._cell(number).contains(point):
                self.chosen.emit(first_shown(self._month) + dt.timedelta(days=number))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, width = current(), self.width() / 7
        painter.setFont(font("small"))
        painter.setPen(theme.role("text.muted"))
        for weekday, letter in enumerate(LETTERS):
            painter.drawText(QRectF(weekday * width, 0, width, CELL_H), CENTRE, letter)
        for number in range(WEEKS * 7):
            self._day(painter, number, first_shown(self._month) + dt.timedelta(days=number))

    def _day(self, painter: QPainter, number: int, day: dt.date) -> None:
        theme, box = current(), self._cell(number)
        if self._first <= day <= self._last:
            painter.fillRect(box.adjusted(0, 1, 0, -1), theme.role("accent.soft"))
        tone = "text" if day.month == self._month.month else "text.faint"
        if day == self._today:
            square = QRectF(0, 0, 24, 22)
            square.moveCenter(box.center())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.role("accent"))
            painter.drawRoundedRect(square, 5, 5)
            tone = "accent.on"
        painter.setFont(font("small-strong" if day == self._today else "small"))
        painter.setPen(theme.role(tone))
        painter.drawText(box, CENTRE, str(day.day))


class MonthPicker(QWidget):
    """Title, two arrows, the days."""

    chosen = Signal(object)

    def __init__(self, today: dt.date) -> None:
        super().__init__()
        self._month = today
        self._shown = (self._month, self._month, self._month)
        self.title = label("", "strong")
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        for glyph, words, by in (
            ("ri.arrow-left-s-line", "Mois précédent", -1),
            ("ri.arrow-right-s-line", "Mois suivant", +1),
        ):
            button = Button("", "quiet", glyph, cap=False, height=24)
            button.setAccessibleName(words)
            set_tip(button, words)
            button.clicked.connect(lambda checked=False, by=by: self._turn(by))
            row.addWidget(button)
        self.days = MonthDays(today)
        self.days.chosen.connect(self.chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.days)

    def show_period(self, first: dt.date, last: dt.date, today: dt.date) -> None:
        """Show the month of the middle of the period."""
        self._month = (first + (last - first) / 2).replace(day=1)
        self._shown = (first, last, today)
        self._paint()

    def _turn(self, by: int) -> None:
        number = self._month.year * 12 + self._month.month - 1 + by
        self._month = dt.date(number // 12, number % 12 + 1, 1)
        self._paint()

    def _paint(self) -> None:
        month = text.capital(text.MONTHS[self._month.month - 1])
        self.title.setText(f"{month} {self._month.year}")
        self.days.show_days(self._month, *self._shown)
