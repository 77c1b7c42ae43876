"""The marks of one lane of the life line: what was done, is late, or is to come, and the gap."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPen, QPolygonF

from lgc.desktop.record.life_ground import LANE_H, MARGIN, Ground, Spot, write
from lgc.desktop.theme import current, font
from lgc.services.views import Lane, Mark, MarkState


def paint_lane(ground: Ground, lane: Lane, top: int) -> list[Spot]:
    """Paint those that the period shows; return where each can be pointed at."""
    middle, spots = top + LANE_H / 2, []
    for mark, after in zip(lane.marks, (*lane.marks[1:], None), strict=False):
        if not _touches(ground, mark):
            continue
        limit = _start_of(ground, after) if after is not None else ground.edge + 400
        box = MARKS[mark.state](ground, mark, middle, limit)
        spots.append(Spot(box, (lane, mark)))
    return spots


def _touches(ground: Ground, mark: Mark) -> bool:
    """Is anything of it in the period, its words included?"""
    days = [day for day in (mark.planned, mark.done) if day is not None]
    if mark.state in (MarkState.LATE, MarkState.REFUSED, MarkState.NOT_PROPOSED):
        days.append(ground.today)
    return ground.x(min(days)) < ground.edge and ground.x(max(days)) > MARGIN - 160


def _start_of(ground: Ground, mark: Mark) -> float:
    day = min(d for d in (mark.planned, mark.done) if d is not None)
    return ground.x(day) - 8


def _done(ground: Ground, mark: Mark, y: float, limit: float) -> QRectF:
    assert mark.done is not None
    x = end = ground.x(mark.done)
    if mark.planned is not None:
        planned = ground.x(mark.planned)
        end = max(x, planned)
        if mark.gap_days:
            ground.painter.setPen(QPen(current().role("ok"), 1.6))
            ground.painter.drawLine(QPointF(planned, y), QPointF(x, y))
            _diamond(ground, planned, y, "ok", hollow=True)
    disc = QRect(int(x) - 7, int(y) - 7, 14, 14)
    current().icons.paint(ground.painter, disc, "ri.checkbox-circle-fill", "ok")
    words = _done_words(mark)
    if end > ground.edge > x:
        # Its plan lies beyond the period shown: the gap is told beside what was done.
        end, limit = x, ground.edge
        _clear_for(ground, x + 10, y, words)
    _tell(ground, end + 12, y, words, "ok", limit)
    return _around(x, y)


def _unseen(ground: Ground, mark: Mark, y: float) -> QRectF:
    """Due, but nothing here tells that it was ever done: a question, not a reproach."""
    today = ground.x(ground.today)
    _diamond(ground, today, y, "warn", hollow=True)
    words = _with(mark, "jamais vu dans ce dossier")
    width = _width(words) + 4
    at = today + 12
    if at + width > ground.edge:
        at = max(today - 12 - width, MARGIN + 6.0)
    _tell(ground, at, y, words, "warn", at + width)
    return _around(today, y)


def _late(ground: Ground, mark: Mark, y: float, limit: float) -> QRectF:
    assert mark.planned is not None
    if mark.never:
        return _unseen(ground, mark, y)
    x, today = ground.x(mark.planned), ground.x(ground.today)
    ground.painter.setPen(QPen(current().role("danger"), 1.8, Qt.PenStyle.DotLine))
    left, right = max(x, MARGIN - 20.0), min(today, ground.edge + 20)
    ground.painter.drawLine(QPointF(left, y), QPointF(right, y))  # dots far outside turn solid
    _diamond(ground, x, y, "danger", hollow=False)
    late = f"en retard depuis {mark.said}" if mark.said else f"en retard de {mark.gap_days} j"
    words = _with(mark, late)
    width = _width(words) + 4
    at = today + 6
    if at + width > ground.edge:  # no room after today: before its plan
        at = max(x - 10 - width, MARGIN + 6.0)
        _clear_for(ground, at - 2, y, words)
    _tell(ground, at, y, words, "danger", at + width)
    return QRectF(x - 8, y - 10, max(today - x, 16), 20)


def _to_come(ground: Ground, mark: Mark, y: float, limit: float) -> QRectF:
    assert mark.planned is not None
    x = ground.x(mark.planned)
    ground.painter.setPen(QPen(current().role("accent.text"), 1.8))
    ground.painter.setBrush(current().role("surface"))
    ground.painter.drawEllipse(QPointF(x, y), 5, 5)
    day = mark.said or f"{mark.planned:%d/%m} · dans {-mark.gap_days} j"
    words = _with(mark, day)
    _tell(ground, x + 11, y, words, "accent.text", min(limit, ground.edge))
    return _around(x, y)


def _not_due(ground: Ground, mark: Mark, y: float, limit: float) -> QRectF:
    """Refused, or not for this patient: said, without a reproach."""
    today = ground.x(ground.today)
    words = mark.told if mark.state is MarkState.REFUSED else f"non proposé : {mark.detail}"
    width = _width(words) + 4
    at = today + 12
    if at + width > ground.edge:
        at = max(today - 12 - width, MARGIN + 6.0)
    _diamond(ground, today, y, "text.muted", hollow=True)
    _tell(ground, at, y, words, "text.muted", at + width)
    return _around(today, y)


MARKS = {
    MarkState.DONE: _done,
    MarkState.LATE: _late,
    MarkState.TO_COME: _to_come,
    MarkState.REFUSED: _not_due,
    MarkState.NOT_PROPOSED: _not_due,
}


def _with(mark: Mark, words: str) -> str:
    """And what was last said of it (ordered, offered), and what nobody opened that may tell."""
    beside = mark.beside if mark.state is MarkState.LATE else ""
    return " · ".join(part for part in (words, mark.told, beside) if part)


def _around(x: float, y: float) -> QRectF:
    return QRectF(x - 8, y - 10, 16, 20)


def _width(words: str) -> int:
    return QFontMetrics(font("tiny-medium")).horizontalAdvance(words)


def _clear_for(ground: Ground, x: float, y: float, words: str) -> None:
    box = QRectF(x, y - 8, _width(words) + 8, 16)
    ground.painter.fillRect(box, current().role("surface"))


def _tell(ground: Ground, x: float, y: float, words: str, role: str, limit: float) -> None:
    """The gap is always written, unless the next mark would be covered."""
    width = _width(words) + 2
    if words and x + width <= limit:
        box = QRect(int(x), int(y) - 9, width + 2, 18)
        write(ground.painter, box, words, "tiny-medium", role)


def _diamond(ground: Ground, x: float, y: float, role: str, *, hollow: bool) -> None:
    size = 4.5 if hollow else 6.0
    corners = [(0, -size), (size, 0), (0, size), (-size, 0)]
    ground.painter.setPen(QPen(current().role(role), 1.4))
    ground.painter.setBrush(current().role("surface" if hollow else role))
    ground.painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))
    if not hollow:
        box = QRect(int(x) - 6, int(y) - 8, 13, 16)
        write(ground.painter, box, "!", "letter", "surface", Qt.AlignmentFlag.AlignHCenter)


def _done_words(mark: Mark) -> str:
    if mark.planned is None:
        return f"fait en {mark.said}" if mark.said else "fait"
    return (
        "fait à la date" if mark.gap_days == 0 else f"fait {mark.gap_days:+d} j".replace("-", "−")
    )
