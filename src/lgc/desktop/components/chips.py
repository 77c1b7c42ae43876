"""Chips and badges: a glyph and a word on a soft tint; counts in a pill."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lgc.desktop.theme import current, font


class Chip(QWidget):
    """Glyph, word and a fainter detail. ``tone`` is a status role; ``outlined`` draws a border.

    With ``removable`` a cross is shown and ``removed`` is emitted on click.
    """

    removed = Signal()
    clicked = Signal()

    def __init__(
        self,
        text: str,
        tone: str = "text.muted",
        glyph: str = "",
        *,
        detail: str = "",
        small: bool = False,
        outlined: bool = False,
        removable: bool = False,
        spaced_digits: bool = False,
    ) -> None:
        super().__init__()
        self._small, self._outlined, self._removable = small, outlined, removable
        needed = QFontMetrics(font(self._fonts()[0])).height() + 2
        self.setFixedHeight(max(18 if small else 22, needed))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(text, tone, glyph, detail)

    def set(self, text: str, tone: str = "text.muted", glyph: str = "", detail: str = "") -> None:
        self._text, self._tone, self._glyph, self._detail = text, tone, glyph, detail
        self.setAccessibleName(" ".join(part for part in (text, detail) if part))
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        return self._text

    def detail(self) -> str:
        return self._detail

    def _fonts(self) -> tuple[str, str]:
        return ("tiny-medium", "tiny") if self._small else ("small-medium", "small")

    def sizeHint(self) -> QSize:
        strong, plain = self._fonts()
        width = 16 + QFontMetrics(font(strong)).horizontalAdvance(self._text) + 2
        width += 18 if self._glyph else 0
        if self._detail:
            width += 6 + QFontMetrics(font(plain)).horizontalAdvance(self._detail)
        return QSize(width + (16 if self._removable else 0), self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._removable and event.position().x() > self.width() - 22:
            self.removed.emit()
        else:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, (strong, plain) = current(), self._fonts()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.role("line.strong") if self._outlined else Qt.PenStyle.NoPen)
        painter.setBrush(theme.role("surface") if self._outlined else theme.soft(self._tone))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        x, side = 8, 12 if self._small else 14
        if self._glyph:
            target = QRect(x, (self.height() - side) // 2, side, side)
            theme.icons.paint(painter, target, self._glyph, self._tone)
            x += side + 5
        x = _write(painter, x, self.height(), self._text, strong, self._tone)
        if self._detail:
            ink = "text.muted" if self._removable else self._tone
            x = _write(painter, x + 6, self.height(), self._detail, plain, ink)
        if self._removable:
            target = QRect(self.width() - 20, (self.height() - 14) // 2, 14, 14)
            theme.icons.paint(painter, target, "ri.close-line", "text.muted")


class Badge(Chip):
    """A count in a neutral pill; hidden when there is nothing to count."""

    def __init__(self, count: int | str = 0) -> None:
        super().__init__("", small=True)
        self.set_count(count)

    def set_count(self, count: int | str) -> None:
        self.set(str(count))
        self.setVisible(bool(count))

    def _fonts(self) -> tuple[str, str]:
        return ("tiny-strong", "tiny")


def _write(painter: QPainter, x: int, height: int, text: str, type_role: str, tone: str) -> int:
    chosen = font(type_role)
    width = QFontMetrics(chosen).horizontalAdvance(text) + 1
    painter.setFont(chosen)
    painter.setPen(current().role(tone))
    painter.drawText(QRect(x, 0, width + 1, height), int(Qt.AlignmentFlag.AlignVCenter), text)
    return x + width
