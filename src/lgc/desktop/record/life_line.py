"""The life line: documents above the line, planned acts of the protocols below it.

One widget painted by itself, no scene; a ``TimeScale`` drives everything. The wheel zooms around
the pointer, dragging pans, arrows walk from document to document, Enter opens.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lgc.desktop import text
from lgc.desktop.record.life_ground import (
    AXIS_Y,
    LANE_H,
    LANES_Y,
    MARGIN,
    RIGHT,
    TILE_GAP,
    TILE_H,
    TILE_W,
    TOP,
    Ground,
    Spot,
    write,
)
from lgc.desktop.record.life_marks import paint_lane
from lgc.desktop.record.life_tip import paint_tip, tip_lines
from lgc.desktop.record.time_scale import Stack, TimeScale, bands, days_of, month_ticks, stacks
from lgc.desktop.theme import current, font, glyphs
from lgc.services.views import DocumentLine, Lane, LifeLine, Mark

WHEEL = 1.2


class LifeLineView(QWidget):
    """Shows a ``LifeLine``; asks to open a document through ``opened``.

    ``due_asked`` carries the lane of an act not done that was clicked.
    """

    KEYS = (
        ("Left", "Élément d’avant"),
        ("Right", "Élément d’après"),
        ("+", "Zoomer"),
        ("-", "Dézoomer"),
        ("Return", "Ouvrir le document"),
        ("Enter", "Ouvrir le document"),
    )

    opened = Signal(object)
    due_asked = Signal(object)
    period_changed = Signal(object, object)

    def __init__(self, today: dt.date) -> None:
        super().__init__()
        self.setObjectName("lifeLine")
        self.setAccessibleName("Parcours de soins")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._life = LifeLine(today, (), (), ())
        self._documents: tuple[DocumentLine, ...] = ()
        self._days: list[float] = []
        self._scale = TimeScale.between(today - dt.timedelta(300), today + dt.timedelta(165), 800)
        self._spots: list[Spot] = []
        self._hovered: Spot | None = None
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
        return tuple(tip_lines(self._hovered.target)) if self._hovered is not None else ()

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
        self.setAccessibleDescription(f"{line.title}, {line.day_said or text.date(day)}")
        self.update()

    def _open_current(self) -> None:
        if self._current is not None:
            self.opened.emit(self.documents[self._current])

    def _open(self, spot: Spot) -> None:
        target = spot.target
        if isinstance(target, DocumentLine):
            self.opened.emit(target)
        elif (line := self._document_of(spot)) is not None:
            self.opened.emit(line)
        elif isinstance(target[0], Lane):
            # What is not done may be said done, ordered, offered or refused.
            if isinstance(target[1], Mark) and target[1].done is None:
                self.due_asked.emit(target[0])
        elif isinstance(target[0], DocumentLine):  # « +n »: come closer
            self._scale = self._scale.zoomed(4, spot.box.center().x() - MARGIN)
            self._period_moved()

    def _document_of(self, spot: Spot) -> DocumentLine | None:
        """The document that tells an act was done."""
        mark = spot.target[1] if isinstance(spot.target, tuple) and len(spot.target) == 2 else None
        if not isinstance(mark, Mark) or mark.document_id is None:
            return None
        return next((line for line in self._documents if line.key == mark.document_id), None)

    def _spot_at(self, point: QPointF) -> Spot | None:
        return next((s for s in reversed(self._spots) if s.box.contains(point)), None)

    def _hover(self, spot: Spot | None) -> None:
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
        ground = Ground(painter, self._scale, self._room(), self._life.today)
        for index, lane in enumerate(self._life.lanes):
            self._spots += paint_lane(ground, lane, LANES_Y + index * LANE_H)
        self._stacks(painter)
        self._today_flag(painter)
        painter.setClipping(False)
        if self._hovered is not None:
            paint_tip(painter, self._hovered, self.size())
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(current().role("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _names(self, painter: QPainter) -> None:
        write(painter, QRect(14, TOP + 20, MARGIN - 20, 18), "Documents produits", "small-strong")
        write(
            painter,
            QRect(14, TOP + 38, MARGIN - 20, 16),
            "cliquer pour ouvrir",
            "tiny",
            "text.muted",
        )
        if self._life.lanes:
            write(
                painter,
                QRect(14, AXIS_Y + 4, MARGIN, 18),
                "Évènements du protocole",
                "small-strong",
            )
        for index, lane in enumerate(self._life.lanes):
            y = LANES_Y + index * LANE_H
            write(painter, QRect(14, y, 136, LANE_H), lane.name, "small")
            write(
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
            write(painter, QRect(int(shown) + 6, 2, 30, 16), band.name, "tiny", "text.muted")
            offset = 24 if band.name else 6
            write(painter, QRect(int(shown) + offset, 2, 60, 16), band.year, "tiny-strong")

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
            write(painter, QRect(int(x) + 3, AXIS_Y + 5, 60, 16), tick.label, role, "text.muted")

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
        write(
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
            self._spots.append(Spot(box, line))
            y -= TILE_H + TILE_GAP
        if stack.hidden:
            box = QRectF(stack.x - TILE_W / 2, y, TILE_W, TILE_H)
            painter.setPen(theme.role("line"))
            painter.setBrush(theme.role("hover"))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            write(
                painter,
                box.toRect(),
                f"+{len(stack.hidden)}",
                "tiny-strong",
                "text",
                Qt.AlignmentFlag.AlignHCenter,
            )
            self._spots.append(Spot(box, stack.hidden))

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
