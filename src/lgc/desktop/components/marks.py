"""Words on a line, those that were looked for in the accent and bold."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from lgc.desktop.theme import current, font
from lgc.desktop.words import matches


def marked(
    painter: QPainter, rect: QRect, shown: str, words: str, type_role: str, tone: str
) -> int:
    """Write ``shown``, what ``words`` matched in the accent; returns where it ends."""
    theme = current()
    plain = font(type_role)
    strong = font("strong" if plain.pixelSize() >= 13 else "small-strong")
    metrics = QFontMetrics(plain)
    shown = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, max(rect.width(), 0))
    x, place = rect.left(), 0
    parts: list[tuple[str, bool]] = []
    for start, length in matches(shown, words):
        parts += [(shown[place:start], False), (shown[start : start + length], True)]
        place = start + length
    parts.append((shown[place:], False))
    for part, hit in parts:
        if not part:
            continue
        chosen = strong if hit else plain
        painter.setFont(chosen)
        painter.setPen(theme.role("accent.text" if hit else tone))
        width = QFontMetrics(chosen).horizontalAdvance(part)
        area = QRect(x, rect.top(), width + 2, rect.height())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), part)
        x += width
    return x
