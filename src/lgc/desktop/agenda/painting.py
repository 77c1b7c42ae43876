"""How one visit, one closure and the present moment look (tokens, « Agenda »)."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPainterPath, QPen

from lgc.desktop import text
from lgc.desktop.theme import current, font
from lgc.desktop.theme.glyphs import PRESENCE, VISIT
from lgc.domain.agenda import Block, Presence, VisitKind, kind_of
from lgc.services.views import VisitLine

RADIUS, BAR, GLYPH = 4, 3, 14
ONE_LINE = 34
PAST = (Presence.DONE, Presence.ABSENT)
MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


def visit(painter: QPainter, box: QRectF, line: VisitLine, *, current_one: bool) -> None:
    """Tint, bar, glyph, hour, name, presence; a second line where there is room for one."""
    theme, sign = current(), VISIT[kind_of(line.kind)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.save()
    clip = QPainterPath()
    clip.addRoundedRect(box, RADIUS, RADIUS)
    painter.setClipPath(clip, Qt.ClipOperation.IntersectClip)
    painter.fillRect(box, theme.soft(sign.role))
    painter.fillRect(QRectF(box.left(), box.top(), BAR, box.height()), theme.role(sign.role))
    _words(painter, box, line)
    painter.restore()
    if current_one:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.role("accent"), 2))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def _words(painter: QPainter, box: QRectF, line: VisitLine) -> None:
    theme, sign = current(), VISIT[kind_of(line.kind)]
    first = min(box.height(), 20.0)
    row = QRect(int(box.left()) + BAR + 5, int(box.top()), int(box.width()) - BAR - 8, int(first))
    if row.width() > 46:
        glyph = QRect(row.left(), row.center().y() - GLYPH // 2 + 1, GLYPH, GLYPH)
        theme.icons.paint(painter, glyph, sign.glyph, sign.role)
        row.setLeft(row.left() + GLYPH + 5)
    if line.presence is not Presence.EXPECTED and row.width() > 40:
        state = PRESENCE[line.presence]
        where = QRect(row.right() - GLYPH, row.center().y() - GLYPH // 2 + 1, GLYPH, GLYPH)
        theme.icons.paint(painter, where, state.glyph, state.role)
        row.setRight(where.left() - 4)
    name_font = font("small-medium")
    metrics = QFontMetrics(name_font)
    past = line.presence in PAST
    hour = text.time(line.starts_at)
    hour_width = QFontMetrics(font("small")).horizontalAdvance(hour) + 5
    if metrics.horizontalAdvance(line.patient.name) + hour_width <= row.width():
        painter.setFont(font("small"))
        painter.setPen(theme.role("text.muted"))
        painter.drawText(row, MIDDLE, hour)
        row.setLeft(row.left() + hour_width)
    painter.setFont(name_font)
    painter.setPen(theme.role("text.muted" if past else "text"))
    name = metrics.elidedText(line.patient.name, Qt.TextElideMode.ElideRight, row.width())
    painter.drawText(row, MIDDLE, name)
    second = detail(line)
    if box.height() >= ONE_LINE and second:
        left = int(box.left()) + BAR + 24
        under = QRect(left, int(box.top()) + 18, int(box.right()) - left - 4, 16)
        painter.setFont(font("tiny"))
        painter.setPen(theme.role("text.muted"))
        shown = QFontMetrics(font("tiny")).elidedText(
            second, Qt.TextElideMode.ElideRight, under.width()
        )
        painter.drawText(under, MIDDLE, shown)


def detail(line: VisitLine) -> str:
    """The second line: where, what was noted, else what the visit is for."""
    kind = kind_of(line.kind)
    plain = "" if kind is VisitKind.CONSULTATION else kind.value
    return line.place or line.note or plain


def block(painter: QPainter, box: QRectF, one: Block, *, current_one: bool) -> None:
    """Hatched, with its title: nobody is received then."""
    theme = current()
    painter.save()
    painter.setPen(QPen(theme.role("line"), 1))
    painter.setBrush(theme.role("alt"))
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    painter.setBrush(QBrush(theme.role("line"), Qt.BrushStyle.BDiagPattern))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    row = QRect(int(box.left()) + 8, int(box.top()) + 2, int(box.width()) - 12, 20)
    theme.icons.paint(
        painter, QRect(row.left(), row.center().y() - 6, GLYPH, GLYPH), "ri.forbid-2-line",
        "text.muted",
    )  # fmt: skip
    row.setLeft(row.left() + GLYPH + 6)
    painter.setFont(font("small"))
    painter.setPen(theme.role("text.muted"))
    metrics = QFontMetrics(font("small"))
    title = metrics.elidedText(one.title, Qt.TextElideMode.ElideRight, row.width())
    # The words stand on the plain ground, not on the hatching.
    ground = QRect(row.left() - 2, row.top() + 2, metrics.horizontalAdvance(title) + 4, 16)
    painter.fillRect(ground, theme.role("alt"))
    painter.drawText(row, MIDDLE, title)
    if current_one:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.role("accent"), 2))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
    painter.restore()


def slot(painter: QPainter, box: QRectF) -> None:
    """The free quarter of an hour on which the keyboard stands."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(current().role("accent"), 2))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def left_behind(painter: QPainter, box: QRectF) -> None:
    """Where the visit was, while it is dragged."""
    painter.setBrush(current().role("surface"))
    painter.setPen(QPen(current().role("line.strong"), 1, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(box, RADIUS, RADIUS)


def ghost(
    painter: QPainter, box: QRectF, name: str, flag: str, room: QRectF, *, warn: bool = False
) -> None:
    """Where it would go, with a flag that says the day, the hours and what speaks against them."""
    theme = current()
    painter.setBrush(theme.role("surface"))
    painter.setPen(QPen(theme.role("accent"), 2, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
    painter.setFont(font("small-strong"))
    painter.setPen(theme.role("text"))
    inside = QRect(int(box.left()) + 10, int(box.top()), int(box.width()) - 14, 20)
    painter.drawText(inside, MIDDLE, name)
    painter.setFont(font("tiny-strong"))
    width = QFontMetrics(font("tiny-strong")).horizontalAdvance(flag) + 14
    below = box.bottom() + 20 < room.bottom()
    top = box.bottom() + 2 if below else box.top() - 20
    left = min(max(box.left(), room.left()), room.right() - width)
    sign = QRectF(left, top, width, 18)
    painter.setBrush(theme.role("warn" if warn else "accent"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(sign, RADIUS, RADIUS)
    painter.setPen(theme.role("surface" if warn else "accent.on"))
    painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, flag)


def present(
    painter: QPainter, y: float, left: float, right: float, margin: float, now: dt.datetime
) -> None:
    """The line of the present moment in today's column, its hour in the margin."""
    theme = current()
    danger: QColor = theme.role("danger")
    painter.setPen(QPen(danger, 2))
    painter.drawLine(QPointF(left, y), QPointF(right, y))
    sign = QRectF(4, y - 8, margin - 8, 17)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(danger)
    painter.drawRoundedRect(sign, RADIUS, RADIUS)
    painter.setFont(font("tiny-strong"))
    painter.setPen(theme.role("surface"))
    painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, text.time(now))
