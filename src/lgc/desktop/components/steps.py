"""Steps in a line: done, current, to come; and the circles of the tries left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lgc.desktop.theme import current, font


class Steps(QWidget):
    """``set_current(n)``: steps before ``n`` are done, the others to come."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self._words, self._now = tuple(words), 0
        self.setFixedHeight(24)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_current(0)

    def set_current(self, number: int) -> None:
        self._now = number
        total = len(self._words)
        word = self._words[number] if number < total else "terminé"
        self.setAccessibleName(f"Étape {min(number + 1, total)} sur {total} : {word}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        widths = [
            24 + QFontMetrics(font(self._type(n))).horizontalAdvance(word)
            for n, word in enumerate(self._words)
        ]
        gaps = max(len(widths) - 1, 1)
        line = max((self.width() - sum(widths) - gaps * 20) / gaps, 8)
        x = 0.0
        for number, (word, width) in enumerate(zip(self._words, widths, strict=True)):
            self._step(painter, int(x), number, word)
            x += width + 10
            if number < len(widths) - 1:
                painter.fillRect(QRectF(x, 11.5, line, 1), current().role("line.strong"))
                x += line + 10

    def _type(self, number: int) -> str:
        return "strong" if number == self._now else "base"

    def _step(self, painter: QPainter, x: int, number: int, word: str) -> None:
        theme = current()
        done, now = number < self._now, number == self._now
        tone = "ok" if done else "accent.text" if now else "text.faint"
        if done:
            theme.icons.paint(painter, QRect(x, 3, 18, 18), "ri.checkbox-circle-fill", "ok")
        else:
            painter.setPen(Qt.PenStyle.NoPen if now else QPen(theme.role("line.strong"), 1.5))
            painter.setBrush(theme.role("accent") if now else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(x + 0.5, 3.5, 17, 17))
            painter.setFont(font("tiny-strong"))
            painter.setPen(theme.role("accent.on" if now else "text.faint"))
            painter.drawText(
                QRect(x, 3, 18, 18), int(Qt.AlignmentFlag.AlignCenter), str(number + 1)
            )
        painter.setFont(font(self._type(number)))
        painter.setPen(theme.role(tone))
        painter.drawText(QRect(x + 24, 0, 300, 24), int(Qt.AlignmentFlag.AlignVCenter), word)


class Tries(QWidget):
    """Circles: used tries crossed, remaining ones hollow. The words beside say the same."""

    def __init__(self, total: int = 3) -> None:
        super().__init__()
        self._total, self._left, self._tone = total, total, "warn"
        self.setFixedSize(total * 20, 20)

    def set(self, left: int, tone: str = "warn") -> None:
        self._left, self._tone = left, tone
        used = max(self._total - left, 0)
        self.setAccessibleName(f"{used} essais utilisés sur {self._total}")
        self.update()

    def left(self) -> int:
        return self._left

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(self._total):
            x = number * 20 + 1
            if number < self._total - self._left:
                box = QRect(x, 1, 17, 17)
                theme.icons.paint(painter, box, "ri.close-circle-fill", self._tone)
            else:
                painter.setPen(QPen(theme.role(self._tone), 1.2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QRectF(x + 2, 3, 13, 13))
