"""A tip beside a place, in inverted colours: title first, then what helps to decide."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lgc.desktop.components.curve_shapes import width_of
from lgc.desktop.theme import current, font


class Tip(QWidget):
    """What a point says, beside it, in inverted colours."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.lines: tuple[str, ...] = ()
        self.hide()

    def tell(self, lines: tuple[str, ...], at: QPoint) -> None:
        self.lines = lines
        width = max(
            width_of(line, "small-strong" if n == 0 else "small") for n, line in enumerate(lines)
        )
        self.resize(width + 24, 18 * len(lines) + 14)
        under = self.parentWidget()
        assert under is not None
        room = under.rect()
        x = min(max(at.x() - self.width() // 2, 2), room.width() - self.width() - 2)
        below = at.y() + 14
        fits = below + self.height() < room.height()
        self.move(x, below if fits else max(at.y() - self.height() - 14, 2))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().role("tip"))
        painter.drawRoundedRect(self.rect(), 6, 6)
        for number, line in enumerate(self.lines):
            painter.setFont(font("small-strong" if number == 0 else "small"))
            painter.setPen(current().role("tip.text" if number == 0 else "tip.muted"))
            row = QRect(12, 7 + 18 * number, self.width(), 18)
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), line)
