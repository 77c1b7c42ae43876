"""A list to choose from, with a glyph of the one icon family as its arrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QListView, QSizePolicy, QWidget

from lgc.desktop.theme import current, font

HEIGHT = 26
SIDE = 10
GLYPH = 16


class Choice(QComboBox):
    """``options`` are (value, word); ``value()`` is the chosen one. As wide as its longest word."""

    def __init__(
        self, options: Sequence[tuple[str, str]], *, name: str, height: int = HEIGHT
    ) -> None:
        super().__init__()
        for value, word in options:
            self.addItem(word, value)
        self.setView(QListView(self))  # the default one ignores the sheet's rows
        self.setAccessibleName(name)
        self.setFixedHeight(height)
        self.setMaxVisibleItems(16)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.currentIndexChanged.connect(self.updateGeometry)

    def value(self) -> str:
        return str(self.currentData() or "")

    def sizeHint(self) -> QSize:
        # The word in force: « Type : tous » must not be as wide as the longest type.
        words = QFontMetrics(font("base")).horizontalAdvance(self.currentText())
        return QSize(words + 2 * SIDE + GLYPH + 10, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(72, self.height())

    def showPopup(self) -> None:
        metrics = QFontMetrics(font("base"))
        widest = max(metrics.horizontalAdvance(self.itemText(n)) for n in range(self.count()))
        self.view().setMinimumWidth(max(widest + 40, self.width()))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        glyph_at_the_right(self, "ri.arrow-down-s-line")


def glyph_at_the_right(field: QWidget, glyph: str) -> None:
    """Paint a glyph where a field opens what it offers."""
    painter = QPainter(field)
    box = QRect(field.width() - GLYPH - 8, (field.height() - GLYPH) // 2, GLYPH, GLYPH)
    role = "text.muted" if field.isEnabled() else "text.faint"
    current().icons.paint(painter, box, glyph, role)
