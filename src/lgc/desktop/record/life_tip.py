"""What the life line says of the thing pointed at."""

from __future__ import annotations

from textwrap import wrap

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from lgc.desktop import text
from lgc.desktop.record.life_ground import Spot, Target, write
from lgc.desktop.theme import current, font
from lgc.services.views import DocumentLine, Lane, Mark, MarkState

TIP_MARGIN = 12
WIDEST = 84  # signs of a line of the tip: an address is longer than the life line is wide
STATE_WORDS = {
    MarkState.DONE: "fait",
    MarkState.LATE: "en retard",
    MarkState.TO_COME: "prévu au protocole",
    MarkState.REFUSED: "refusé",
    MarkState.NOT_PROPOSED: "non proposé",
}


def paint_tip(painter: QPainter, spot: Spot, area: QSize) -> None:
    """Beside the spot, whole within the area."""
    lines = tip_lines(spot.target)
    roles = ["small-strong", *["small"] * (len(lines) - 1)]
    widths = [
        QFontMetrics(font(role)).horizontalAdvance(line)
        for role, line in zip(roles, lines, strict=True)
    ]
    size = QSize(max(widths) + 2 * TIP_MARGIN, 18 * len(lines) + 14)
    box = QRect(_place(spot.box, size, area), size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(current().role("tip"))
    painter.drawRoundedRect(QRectF(box), 6, 6)
    for index, (role, line) in enumerate(zip(roles, lines, strict=True)):
        row = QRect(box.left() + TIP_MARGIN, box.top() + 7 + 18 * index, size.width(), 18)
        write(painter, row, line, role, "tip.text" if index == 0 else "tip.muted")


def tip_lines(target: Target) -> list[str]:
    """Title and date first, then what helps to decide."""
    if isinstance(target, DocumentLine):
        lines = [target.title, text.long_date(text.local(target.date).date())]
        return [
            *lines,
            " · ".join(p for p in (target.author, target.organisation) if p) or "Cabinet",
        ]
    first = target[0]
    if isinstance(first, DocumentLine):
        more = [line.title for line in target if isinstance(line, DocumentLine)]
        return [text.count(len(more), "autre document", "autres documents"), *more[:6]]
    mark = target[1]
    assert isinstance(first, Lane) and isinstance(mark, Mark)
    day = mark.done or mark.planned
    assert day is not None
    lines = [
        mark.said or text.capital(text.long_date(day)),
        f"{first.name} : {STATE_WORDS[mark.state]}",
    ]
    lines += [text.capital(one) for one in (mark.told, mark.detail, mark.beside) if one]
    return [*lines, *(part for one in first.told for part in wrap(one, WIDEST))]


def _place(spot: QRectF, size: QSize, area: QSize) -> QPoint:
    x = min(max(spot.center().x() - size.width() / 2, 4), area.width() - size.width() - 4)
    below = spot.bottom() + 8
    fits = below + size.height() < area.height()
    return QPoint(int(x), int(below if fits else max(spot.top() - 8 - size.height(), 2)))
