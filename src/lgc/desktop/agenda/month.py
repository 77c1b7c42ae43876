"""The month: six weeks, how many come each day, and the first of them."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lgc.desktop import text
from lgc.desktop.theme import current, font
from lgc.desktop.theme.glyphs import VISIT
from lgc.domain.agenda import Presence, kind_of
from lgc.services.planning import AgendaView
from lgc.services.views import VisitLine

HEAD, LINE, NUMBER = 28, 18, 24
WEEKS = 6
MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


def first_shown(day: dt.date) -> dt.date:
    """The Monday from which the month of ``day`` is drawn."""
    first = day.replace(day=1)
    return first - dt.timedelta(days=first.weekday())


class MonthGrid(QWidget):
    """``day_asked`` on Enter or a double click; arrows and a click choose a day."""

    KEYS = (
        ("Left", "Jour d’avant"),
        ("Right", "Jour d’après"),
        ("Up", "Semaine d’avant"),
        ("Down", "Semaine d’après"),
        ("Return", "Ouvrir le jour"),
        ("Enter", "Ouvrir le jour"),
    )

    day_asked = Signal(object)
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("agendaMonth")
        self.setAccessibleName("Mois")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._view: AgendaView | None = None
        self._day = self._today = dt.date.min

    def show_view(self, view: AgendaView, day: dt.date, today: dt.date) -> None:
        """``view`` begins on a Monday and holds six weeks; ``day`` is the chosen one."""
        self._view, self._day, self._today = view, day, today
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(700, 600)

    def cell(self, day: dt.date) -> QRectF:
        """Where a day is drawn."""
        first = self._view.first if self._view is not None else day
        week, weekday = divmod((day - first).days, 7)
        width, height = self.width() / 7, (self.height() - HEAD) / WEEKS
        return QRectF(weekday * width, HEAD + week * height, width, height)

    def _day_at(self, point: QPointF) -> dt.date | None:
        if self._view is None:
            return None
        days = (self._view.first + dt.timedelta(days=n) for n in range(WEEKS * 7))
        return next((day for day in days if self.cell(day).contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        day = self._day_at(event.position())
        if day is not None:
            self.chosen.emit(day)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        day = self._day_at(event.position())
        if day is not None:
            self.day_asked.emit(day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7,
        }  # fmt: skip
        key = event.key()
        if key in steps:
            self._day += dt.timedelta(days=steps[Qt.Key(key)])
            self.chosen.emit(self._day)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.day_asked.emit(self._day)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current()
        painter.fillRect(self.rect(), theme.role("surface"))
        painter.fillRect(QRectF(0, 0, self.width(), HEAD), theme.role("alt"))
        painter.setFont(font("small-medium"))
        painter.setPen(theme.role("text.muted"))
        for weekday, name in enumerate(text.DAYS):
            box = QRectF(weekday * self.width() / 7 + 10, 0, self.width() / 7 - 12, HEAD)
            painter.drawText(box, MIDDLE, text.capital(name))
        if self._view is not None:
            for number in range(WEEKS * 7):
                self._cell(painter, self._view, self._view.first + dt.timedelta(days=number))

    def _cell(self, painter: QPainter, view: AgendaView, day: dt.date) -> None:
        theme, box = current(), self.cell(day)
        other = day.month != (view.first + dt.timedelta(days=14)).month
        if day == self._today:
            painter.fillRect(box, theme.role("accent.soft"))
        elif other:
            painter.fillRect(box, theme.role("alt"))
        painter.setPen(QPen(theme.role("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        if day == self._day and self.hasFocus():
            painter.setPen(QPen(theme.role("accent"), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        head = QRectF(box.left() + 10, box.top() + 2, box.width() - 20, NUMBER)
        painter.setFont(font("strong"))
        tone = "accent.text" if day == self._today else "text.faint" if other else "text"
        painter.setPen(theme.role(tone))
        painter.drawText(head, MIDDLE, str(day.day))
        visits = view.on(day)
        if visits:
            painter.setFont(font("tiny"))
            painter.setPen(theme.role("text.muted"))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(head, int(right), f"{len(visits)}{text.NB}RDV")
        self._visits(painter, box, visits)

    def _visits(self, painter: QPainter, box: QRectF, visits: tuple[VisitLine, ...]) -> None:
        room = int((box.height() - NUMBER - 4) // LINE)
        shown = visits if len(visits) <= room else visits[: max(room - 1, 0)]
        y = box.top() + NUMBER
        theme, metrics = current(), QFontMetrics(font("tiny"))
        painter.setFont(font("tiny"))
        for one in shown:
            row = QRectF(box.left() + 10, y, box.width() - 14, LINE)
            dot = QRectF(row.left(), row.center().y() - 3, 6, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.role(VISIT[kind_of(one.kind)].role))
            painter.drawEllipse(dot)
            past = one.presence in (Presence.DONE, Presence.ABSENT)
            painter.setPen(theme.role("text.muted" if past else "text"))
            words = f"{text.time(one.starts_at)} {one.patient.name}"
            inside = row.adjusted(12, 0, 0, 0)
            painter.drawText(
                inside,
                MIDDLE,
                metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(inside.width())),
            )
            y += LINE
        if len(shown) < len(visits):
            painter.setPen(theme.role("text.muted"))
            row = QRectF(box.left() + 22, y, box.width() - 24, LINE)
            painter.drawText(row, MIDDLE, f"+{text.NB}{len(visits) - len(shown)}")
