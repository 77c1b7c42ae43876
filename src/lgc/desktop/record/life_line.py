"""The life line: documents above the line, planned acts of the protocols below it.

One widget painted by itself, no scene; a ``TimeScale`` drives everything. The wheel zooms around
the pointer, dragging pans, arrows walk from document to document, Enter opens.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lgc.desktop import text
from lgc.desktop.record.time_scale import Stack, TimeScale, bands, days_of, month_ticks, stacks
from lgc.desktop.theme import current, font, glyphs
from lgc.services.views import DocumentLine, Lane, LifeLine, Mark, MarkState

MARGIN = 206  # room for the names of the lanes
RIGHT = 16
TOP = 22
TILE_W, TILE_H, TILE_GAP = 24, 22, 3
AXIS_Y = TOP + 3 * (TILE_H + TILE_GAP) + 10
LANES_Y = AXIS_Y + 34
LANE_H = 22
WHEEL = 1.2
TIP_MARGIN = 12
Target = DocumentLine | tuple[Lane, Mark]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where something can be pointed at."""

    box: QRectF
    target: Target | tuple[DocumentLine, ...]


class LifeLineView(QWidget):
    """Shows a ``LifeLine``; asks to open a document through ``opened``."""

    opened = Signal(object)
    period_changed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lifeLine")
        self.setAccessibleName("Parcours de soins")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        today = dt.date.today()
        self._life = LifeLine(today, (), (), ())
        self._documents: tuple[DocumentLine, ...] = ()
        self._days: list[float] = []
        self._scale = TimeScale.between(today - dt.timedelta(300), today + dt.timedelta(165), 800)
        self._spots: list[_Spot] = []
        self._hovered: _Spot | None = None
        self._current: int | None = None
        self._dragged_from: QPointF | None = None
        self._by_keyboard = False
        self._tiles: dict[tuple[str, float, str], QPixmap] = {}
        current().changed.connect(self._forget_tiles)

    # --- what is shown ------------------------------------------------------------------------

    def show_life(self, life: LifeLine) -> None:
        self._life = life
        self._documents = tuple(sorted(life.documents, key=lambda line: line.date))
        self._days = [days_of(text.local(line.date)) for line in self._documents]
        self._current = None
        self.updateGeometry()
        self.update()

    def show_period(self, first: dt.date, last: dt.date) -> None:
        self._scale = TimeScale.between(first, max(last, first + dt.timedelta(1)), self._room())
        self._period_moved()

    def zoom(self, factor: float) -> None:
        """Around the middle, for the two buttons and the keys + and −."""
        self._scale = self._scale.zoomed(factor, self._room() / 2)
        self._period_moved()

    @property
    def period(self) -> tuple[dt.date, dt.date]:
        return self._scale.first, self._scale.last

    @property
    def documents(self) -> tuple[DocumentLine, ...]:
        """Oldest first: the order of the arrows, and the list screen readers read."""
        return self._documents

    @property
    def hovered_words(self) -> tuple[str, ...]:
        """What the tip says now."""
        return tuple(_tip_lines(self._hovered.target)) if self._hovered is not None else ()

    def sizeHint(self) -> QSize:
        return QSize(900, LANES_Y + LANE_H * max(len(self._life.lanes), 1) + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(480, LANES_Y + 8)

    # --- geometry -----------------------------------------------------------------------------

    def _room(self) -> float:
        return float(max(self.width() - MARGIN - RIGHT, 50))

    def _x(self, day: dt.date | dt.datetime) -> float:
        return MARGIN + self._scale.x(day)

    def _period_moved(self) -> None:
        self.period_changed.emit(*self.period)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scale = self._scale.resized(self._room())

    # --- events -------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            x = event.position().x() - MARGIN
            self._scale = self._scale.zoomed(WHEEL**notches, min(max(x, 0), self._room()))
            self._period_moved()
            event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position().x() - self._dragged_from.x()
            if abs(moved) > 2:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._scale = self._scale.moved(moved)
                self._dragged_from = event.position()
                self._period_moved()
            return
        self._hover(self._spot_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged = self.cursor().shape() is Qt.CursorShape.ClosedHandCursor
        self._dragged_from = None
        self.unsetCursor()
        spot = self._spot_at(event.position())
        if not dragged and spot is not None:
            self._open(spot)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = self._keys().get(event.key())
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._by_keyboard = event.reason() in keys
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _keys(self) -> dict[int, Callable[[], None]]:
        key = Qt.Key
        return {
            key.Key_Left: lambda: self._walk(-1),
            key.Key_Right: lambda: self._walk(+1),
            key.Key_Plus: lambda: self.zoom(WHEEL),
            key.Key_Minus: lambda: self.zoom(1 / WHEEL),
            key.Key_Return: self._open_current,
            key.Key_Enter: self._open_current,
        }

    def _walk(self, step: int) -> None:
        self._by_keyboard = True
        documents = self.documents
        if not documents:
            return
        start = len(documents) if step < 0 else -1
        at = (self._current if self._current is not None else start) + step
        self._current = min(max(at, 0), len(documents) - 1)
        line = documents[self._current]
        day = text.local(line.date)
        if not 0 <= self._scale.x(day) <= self._room():
            self._scale = self._scale.centred_on(day.date())
            self.period_changed.emit(*self.period)
        self.setAccessibleDescription(f"{line.title}, {text.date(day)}")
        self.update()

    def _open_current(self) -> None:
        if self._current is not None:
            self.opened.emit(self.documents[self._current])

    def _open(self, spot: _Spot) -> None:
        target = spot.target
        if isinstance(target, DocumentLine):
            self.opened.emit(target)
        elif (line := self._document_of(spot)) is not None:
            self.opened.emit(line)
        elif isinstance(target[0], DocumentLine):  # « +n »: come closer
            self._scale = self._scale.zoomed(4, spot.box.center().x() - MARGIN)
            self._period_moved()

    def _document_of(self, spot: _Spot) -> DocumentLine | None:
        """The document that tells an act was done."""
        mark = spot.target[1] if isinstance(spot.target, tuple) and len(spot.target) == 2 else None
        if not isinstance(mark, Mark) or mark.document_id is None:
            return None
        return next((line for line in self._documents if line.key == mark.document_id), None)

    def _spot_at(self, point: QPointF) -> _Spot | None:
        return next((s for s in reversed(self._spots) if s.box.contains(point)), None)

    def _hover(self, spot: _Spot | None) -> None:
        if spot is not self._hovered:
            self._hovered = spot
            pointing = spot is not None and (
                not isinstance(spot.target, tuple) or self._document_of(spot) is not None
            )
            shape = Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), current().role("surface"))
        self._spots = []
        self._names(painter)
        room = QRectF(MARGIN, 0, self._room(), self.height())
        painter.setClipRect(room)
        self._calendar(painter, room)
        painter.setClipping(False)
        self._lines(painter)
        painter.setClipRect(room.adjusted(-TILE_W / 2, 0, 0, 0))
        self._axis(painter)
        self._today_line(painter)
        for index, lane in enumerate(self._life.lanes):
            self._lane(painter, lane, LANES_Y + index * LANE_H)
        self._stacks(painter)
        self._today_flag(painter)
        painter.setClipping(False)
        self._tip(painter)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(current().role("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _names(self, painter: QPainter) -> None:
        self._write(
            painter, QRect(14, TOP + 20, MARGIN - 20, 18), "Documents produits", "small-strong"
        )
        self._write(
            painter,
            QRect(14, TOP + 38, MARGIN - 20, 16),
            "cliquer pour ouvrir",
            "tiny",
            "text.muted",
        )
        if self._life.lanes:
            self._write(
                painter,
                QRect(14, AXIS_Y + 4, MARGIN, 18),
                "Évènements du protocole",
                "small-strong",
            )
        for index, lane in enumerate(self._life.lanes):
            y = LANES_Y + index * LANE_H
            self._write(painter, QRect(14, y, 136, LANE_H), lane.name, "small")
            self._write(
                painter,
                QRect(120, y, MARGIN - 142, LANE_H),
                lane.every,
                "tiny",
                "text.muted",
                Qt.AlignmentFlag.AlignRight,
            )

    def _calendar(self, painter: QPainter, room: QRectF) -> None:
        theme = current()
        for band in bands(self._scale):
            left, right = self._x(band.start), self._x(band.stop)
            if band.shaded:
                painter.fillRect(QRectF(left, 0, right - left, self.height()), theme.role("alt"))
            painter.setPen(
                theme.role("line.strong" if band.year and band.start.month == 1 else "line")
            )
            painter.drawLine(QPointF(left, 0), QPointF(left, self.height()))
            shown = max(left, room.left())
            self._write(painter, QRect(int(shown) + 6, 2, 30, 16), band.name, "tiny", "text.muted")
            offset = 24 if band.name else 6
            self._write(painter, QRect(int(shown) + offset, 2, 60, 16), band.year, "tiny-strong")

    def _lines(self, painter: QPainter) -> None:
        painter.setPen(current().role("line"))
        for index in range(len(self._life.lanes)):
            y = LANES_Y + index * LANE_H
            painter.drawLine(14, y, self.width() - RIGHT, y)

    def _axis(self, painter: QPainter) -> None:
        theme = current()
        today = min(max(self._x(self._life.today), MARGIN), MARGIN + self._room())
        painter.setPen(QPen(theme.role("text.muted"), 1.6))
        painter.drawLine(QPointF(MARGIN, AXIS_Y), QPointF(today, AXIS_Y))
        painter.setPen(QPen(theme.role("control"), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(today, AXIS_Y), QPointF(MARGIN + self._room(), AXIS_Y))
        painter.setPen(QPen(theme.role("text.muted"), 1))
        for tick in month_ticks(self._scale):
            x = self._x(tick.day)
            if x < MARGIN or x + 14 > MARGIN + self._room():
                continue
            painter.drawLine(QPointF(x, AXIS_Y - 3), QPointF(x, AXIS_Y + 3))
            role = "tiny-strong" if tick.weight == 2 else "tiny"
            self._write(
                painter, QRect(int(x) + 3, AXIS_Y + 5, 60, 16), tick.label, role, "text.muted"
            )

    def _today_line(self, painter: QPainter) -> None:
        x = self._x(self._life.today)
        painter.setPen(QPen(current().role("accent"), 1.6))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))

    def _today_flag(self, painter: QPainter) -> None:
        theme, x = current(), self._x(self._life.today)
        words = f"Aujourd’hui {self._life.today:%d/%m}"
        width = QFontMetrics(font("tiny-strong")).horizontalAdvance(words) + 14
        right = x + 10 + width < MARGIN + self._room()
        shift = TILE_W / 2 + 2
        box = QRectF(x + shift if right else x - shift - width, TOP + 6, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.role("accent"))
        painter.drawRoundedRect(box, 3, 3)
        self._write(
            painter, box.toRect(), words, "tiny-strong", "accent.on", Qt.AlignmentFlag.AlignHCenter
        )

    def _stacks(self, painter: QPainter) -> None:
        for stack in stacks(self._in_view()):
            self._stack(painter, stack)

    def _in_view(self) -> list[tuple[float, DocumentLine]]:
        """The documents of the period and their places: a long record costs what is seen of it."""
        margin = 40 / self._scale.pixels_per_day
        first = bisect_left(self._days, self._scale.start - margin)
        last = bisect_right(self._days, self._scale.start + self._scale.days + margin)
        ratio = self._scale.pixels_per_day
        left = MARGIN - self._scale.start * ratio
        return [(left + self._days[n] * ratio, self._documents[n]) for n in range(first, last)]

    def _stack(self, painter: QPainter, stack: Stack[DocumentLine]) -> None:
        theme = current()
        painter.setPen(QPen(theme.role("text.muted"), 1))
        painter.drawLine(QPointF(stack.x, AXIS_Y - 6), QPointF(stack.x, AXIS_Y))
        painter.setBrush(theme.role("text.muted"))
        painter.drawEllipse(QPointF(stack.x, AXIS_Y), 3, 3)
        y = AXIS_Y - 8.0 - TILE_H
        for line in stack.shown:
            box = QRectF(stack.x - TILE_W / 2, y, TILE_W, TILE_H)
            painter.drawPixmap(box.topLeft(), self._tile(glyphs.KIND[line.kind]))
            if self._is_current(line):
                painter.setPen(QPen(theme.role("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
            self._spots.append(_Spot(box, line))
            y -= TILE_H + TILE_GAP
        if stack.hidden:
            box = QRectF(stack.x - TILE_W / 2, y, TILE_W, TILE_H)
            painter.setPen(theme.role("line"))
            painter.setBrush(theme.role("hover"))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            self._write(
                painter,
                box.toRect(),
                f"+{len(stack.hidden)}",
                "tiny-strong",
                "text",
                Qt.AlignmentFlag.AlignHCenter,
            )
            self._spots.append(_Spot(box, stack.hidden))

    def _is_current(self, line: DocumentLine) -> bool:
        return (
            self.hasFocus()
            and self._current is not None
            and self.documents[self._current].key == line.key
        )

    def _tile(self, sign: glyphs.Sign) -> QPixmap:
        """One pixmap per glyph, per device ratio: twenty years scroll without redrawing fonts."""
        ratio = self.devicePixelRatioF()
        key = (sign.glyph, ratio, current().name)
        if key not in self._tiles:
            made = QPixmap(QSize(round(TILE_W * ratio), round(TILE_H * ratio)))
            made.setDevicePixelRatio(ratio)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(current().role("line.strong"))
            painter.setBrush(current().role("surface"))
            painter.drawRoundedRect(QRectF(0.5, 0.5, TILE_W - 1, TILE_H - 1), 4, 4)
            current().icons.paint(painter, QRect(5, 4, 14, 14), sign.glyph, sign.role)
            painter.end()
            self._tiles[key] = made
        return self._tiles[key]

    def _forget_tiles(self) -> None:
        self._tiles.clear()
        self.update()

    def _lane(self, painter: QPainter, lane: Lane, top: int) -> None:
        middle = top + LANE_H / 2
        for mark, after in zip(lane.marks, (*lane.marks[1:], None), strict=False):
            if not self._touches(mark):
                continue
            limit = self._start_of(after) if after is not None else MARGIN + self._room() + 400
            MARKS[mark.state](self, painter, lane, mark, middle, limit)

    def _touches(self, mark: Mark) -> bool:
        """Is anything of it in the period, its words included?"""
        days = [day for day in (mark.planned, mark.done) if day is not None]
        if mark.state is MarkState.LATE:
            days.append(self._life.today)
        room = MARGIN + self._room()
        return self._x(min(days)) < room and self._x(max(days)) > MARGIN - 160

    def _start_of(self, mark: Mark) -> float:
        day = min(d for d in (mark.planned, mark.done) if d is not None)
        return self._x(day) - 8

    def _done(self, painter: QPainter, lane: Lane, mark: Mark, y: float, limit: float) -> None:
        theme, ok = current(), current().role("ok")
        assert mark.done is not None
        x = self._x(mark.done)
        if mark.planned is not None and mark.gap_days:
            planned = self._x(mark.planned)
            painter.setPen(QPen(ok, 1.6))
            painter.drawLine(QPointF(planned, y), QPointF(x, y))
            self._diamond(painter, planned, y, "ok", hollow=True)
        theme.icons.paint(
            painter, QRect(int(x) - 7, int(y) - 7, 14, 14), "ri.checkbox-circle-fill", "ok"
        )
        words = _done_words(mark)
        end = max(x, self._planned_x(mark))
        edge = MARGIN + self._room()
        if end > edge > x:
            # Its plan lies beyond the period shown: the gap is told beside what was done.
            end, limit = x, edge
            self._clear_for(painter, x + 10, y, words)
        self._mark_words(painter, end + 12, y, words, "ok", limit)
        self._spots.append(_Spot(QRectF(x - 8, y - 10, 16, 20), (lane, mark)))

    def _unseen(self, painter: QPainter, lane: Lane, mark: Mark, y: float) -> None:
        """Due, but nothing here tells that it was ever done: a question, not a reproach."""
        today = self._x(self._life.today)
        self._diamond(painter, today, y, "warn", hollow=True)
        words = "jamais vu dans ce dossier"
        width = QFontMetrics(font("tiny-medium")).horizontalAdvance(words) + 4
        at = today + 12
        if at + width > MARGIN + self._room():
            at = max(today - 12 - width, MARGIN + 6.0)
        self._mark_words(painter, at, y, words, "warn", at + width)
        self._spots.append(_Spot(QRectF(today - 8, y - 10, 16, 20), (lane, mark)))

    def _late(self, painter: QPainter, lane: Lane, mark: Mark, y: float, limit: float) -> None:
        assert mark.planned is not None
        if mark.never:
            self._unseen(painter, lane, mark, y)
            return
        x, today = self._x(mark.planned), self._x(self._life.today)
        painter.setPen(QPen(current().role("danger"), 1.8, Qt.PenStyle.DotLine))
        left, right = max(x, MARGIN - 20.0), min(today, MARGIN + self._room() + 20)
        painter.drawLine(QPointF(left, y), QPointF(right, y))  # dots far outside turn solid
        self._diamond(painter, x, y, "danger", hollow=False)
        words = f"en retard de {mark.gap_days} j"
        width = QFontMetrics(font("tiny-medium")).horizontalAdvance(words) + 4
        at = today + 6
        if at + width > MARGIN + self._room():  # no room after today: before its plan
            at = max(x - 10 - width, MARGIN + 6.0)
            self._clear_for(painter, at - 2, y, words)
        self._mark_words(painter, at, y, words, "danger", at + width)
        self._spots.append(_Spot(QRectF(x - 8, y - 10, max(today - x, 16), 20), (lane, mark)))

    def _to_come(self, painter: QPainter, lane: Lane, mark: Mark, y: float, limit: float) -> None:
        assert mark.planned is not None
        x = self._x(mark.planned)
        painter.setPen(QPen(current().role("accent.text"), 1.8))
        painter.setBrush(current().role("surface"))
        painter.drawEllipse(QPointF(x, y), 5, 5)
        words = f"{mark.planned:%d/%m} · dans {-mark.gap_days} j"
        room = min(limit, MARGIN + self._room())
        self._mark_words(painter, x + 11, y, words, "accent.text", room)
        self._spots.append(_Spot(QRectF(x - 8, y - 10, 16, 20), (lane, mark)))

    def _clear_for(self, painter: QPainter, x: float, y: float, words: str) -> None:
        width = QFontMetrics(font("tiny-medium")).horizontalAdvance(words) + 8
        painter.fillRect(QRectF(x, y - 8, width, 16), current().role("surface"))

    def _planned_x(self, mark: Mark) -> float:
        return self._x(mark.planned) if mark.planned is not None else -1e9

    def _mark_words(
        self, painter: QPainter, x: float, y: float, words: str, role: str, limit: float
    ) -> None:
        """The gap is always written, unless the next mark would be covered."""
        width = QFontMetrics(font("tiny-medium")).horizontalAdvance(words) + 2
        if words and x + width <= limit:
            self._write(
                painter, QRect(int(x), int(y) - 9, width + 2, 18), words, "tiny-medium", role
            )

    def _diamond(self, painter: QPainter, x: float, y: float, role: str, *, hollow: bool) -> None:
        size = 4.5 if hollow else 6.0
        corners = [(0, -size), (size, 0), (0, size), (-size, 0)]
        shape = QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])
        painter.setPen(QPen(current().role(role), 1.4))
        painter.setBrush(current().role("surface" if hollow else role))
        painter.drawPolygon(shape)
        if not hollow:
            self._write(
                painter,
                QRect(int(x) - 6, int(y) - 8, 13, 16),
                "!",
                "letter",
                "surface",
                Qt.AlignmentFlag.AlignHCenter,
            )

    # --- tooltip ------------------------------------------------------------------------------

    def _tip(self, painter: QPainter) -> None:
        if self._hovered is None:
            return
        lines = _tip_lines(self._hovered.target)
        widths = [
            QFontMetrics(font("small-strong" if i == 0 else "small")).horizontalAdvance(line)
            for i, line in enumerate(lines)
        ]
        size = QSize(max(widths) + 2 * TIP_MARGIN, 18 * len(lines) + 14)
        box = QRect(self._tip_place(self._hovered.box, size), size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().role("tip"))
        painter.drawRoundedRect(QRectF(box), 6, 6)
        for index, line in enumerate(lines):
            row = QRect(box.left() + TIP_MARGIN, box.top() + 7 + 18 * index, size.width(), 18)
            role = "tip.text" if index == 0 else "tip.muted"
            self._write(painter, row, line, "small-strong" if index == 0 else "small", role)

    def _tip_place(self, spot: QRectF, size: QSize) -> QPoint:
        x = min(max(spot.center().x() - size.width() / 2, 4), self.width() - size.width() - 4)
        below = spot.bottom() + 8
        fits = below + size.height() < self.height()
        return QPoint(int(x), int(below if fits else max(spot.top() - 8 - size.height(), 2)))

    def _write(
        self,
        painter: QPainter,
        box: QRect,
        words: str,
        role: str,
        tone: str = "text",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        if words:
            painter.setFont(font(role))
            painter.setPen(current().role(tone))
            room = max(box.width(), 0)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), shown)


MARKS = {
    MarkState.DONE: LifeLineView._done,
    MarkState.LATE: LifeLineView._late,
    MarkState.TO_COME: LifeLineView._to_come,
}


def _done_words(mark: Mark) -> str:
    if mark.planned is None:
        return "fait"
    return (
        "fait à la date" if mark.gap_days == 0 else f"fait {mark.gap_days:+d} j".replace("-", "−")
    )


def _tip_lines(target: Target | tuple[DocumentLine, ...]) -> list[str]:
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
    lines = [text.capital(text.long_date(day)), f"{first.name} : {STATE_WORDS[mark.state]}"]
    return [*lines, mark.detail] if mark.detail else lines


STATE_WORDS = {
    MarkState.DONE: "fait",
    MarkState.LATE: "en retard",
    MarkState.TO_COME: "prévu au protocole",
}
