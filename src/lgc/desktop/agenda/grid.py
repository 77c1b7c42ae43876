"""The grid of days and hours: looked at, walked with the arrows, written with the mouse.

Dragging on a free place makes a visit, dragging a visit moves it, its lower edge makes it longer;
Escape gives a drag up. Everything the mouse does has its key.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from lgc.desktop import text
from lgc.desktop.agenda import painting, plan
from lgc.desktop.agenda.plan import Stop
from lgc.desktop.components.tip import Tip
from lgc.desktop.theme import current, font
from lgc.domain.agenda import STEP, Block, Presence
from lgc.domain.waiting import waited
from lgc.services.planning import AgendaView
from lgc.services.views import VisitLine

MARGIN = 48
HOUR, LEAST_HOUR, MOST_HOUR = 80, 44, 240
GAP, EDGE = 3, 6
SNAP = 15
LEAST, LINE = 18.0, 21


@dataclass(slots=True)
class Drag:
    """What the mouse is doing: ``visit`` is None while a new one is drawn."""

    visit: VisitLine | None
    grabbed: QPointF
    start: dt.datetime
    minutes: int
    resizing: bool = False
    moved: bool = False
    offset: int = 0


class DayGrid(QWidget):
    """One column a day. Signals carry a VisitLine, a Block, or a moment and minutes."""

    KEYS = (
        ("Left", "Jour d’avant"),
        ("Right", "Jour d’après"),
        ("Up", "Rendez-vous d’avant"),
        ("Down", "Rendez-vous d’après"),
        ("Alt+Up", "Avancer le rendez-vous"),
        ("Alt+Down", "Reculer le rendez-vous"),
        ("Alt+Left", "Au jour d’avant"),
        ("Alt+Right", "Au jour d’après"),
        ("Alt+Shift+Up", "Raccourcir le rendez-vous"),
        ("Alt+Shift+Down", "Allonger le rendez-vous"),
        ("Esc", "Laisser le rendez-vous où il était"),
    )

    HOLDS_NO_TEXT = True
    opened = Signal(object)
    edit_asked = Signal(object)
    create_asked = Signal(object, int)
    moved = Signal(object, object, int)
    menu_asked = Signal(object, QPoint)
    current_changed = Signal()
    reveal = Signal(QRect)
    zoomed = Signal(int)

    def __init__(self, now: dt.datetime) -> None:
        super().__init__()
        self.setObjectName("agendaGrid")
        self.setAccessibleName("Agenda")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._view: AgendaView | None = None
        self._now = now
        self._days: list[dt.date] = []
        self._boxes: list[tuple[QRectF, VisitLine | Block]] = []
        self._hour = self._chosen = HOUR
        self._first, self._last = 8, 19
        self._at: Stop | None = None
        self._block: Block | None = None
        self.pointed = False  # was the current place walked or pressed to, and is it still there?
        self._drag: Drag | None = None
        self._tip = Tip(self)

    # --- what is shown ------------------------------------------------------------------------

    def show_view(self, view: AgendaView, now: dt.datetime) -> None:
        """Paint a period; the current place stays where it was, if it is still there."""
        self._view, self._now = view, now
        self._days = plan.days_of(view)
        self._first, self._last = plan.hours_of(view)
        self._hour = max(self._chosen, legible(view))
        self._place()
        key = self._at.key if self._at is not None else ""
        day = self._at.at.date() if self._at is not None else now.date()
        if day not in self._days:
            day = self._days[0]
        found = plan.stops(view, day, now.tzinfo)
        same = next((one for one in found if one.key == key), None)
        stays = self.pointed and self._at is not None and self._at.at.date() == day
        self.pointed = self.pointed and same is not None
        if same is None and stays and self._at is not None:
            # What vanished leaves the keyboard on the place it freed, never on its neighbour.
            self._at = Stop(self._at.at)
        else:
            ahead = next((one for one in found if one.at >= now), None)
            self._at = same or ahead or next(iter(found), None)
        if self._block is not None:
            self._block = self._block if self._block in view.blocks else None
        self.updateGeometry()
        self.update()

    def new_day(self, now: dt.datetime) -> None:
        """What stood on the day that was is forgotten until the new one is shown."""
        self._view, self._days, self._boxes, self._now = None, [], [], now
        self._at = self._block = self._drag = None
        self.pointed = False
        self.current_changed.emit()
        self.update()

    def tick(self, now: dt.datetime) -> None:
        """The present moment moved on."""
        self._now = now
        self.update()

    @property
    def days(self) -> list[dt.date]:
        return self._days

    @property
    def current(self) -> VisitLine | Block | None:
        """The visit or the closure that keys act on."""
        if self._block is not None:
            return self._block
        return self._at.visit if self._at is not None else None

    @property
    def moment(self) -> dt.datetime:
        """Where the keyboard stands: the beginning of a new visit."""
        return self._at.at if self._at is not None else self._now

    @property
    def visits(self) -> list[VisitLine]:
        """Those in view, as they are painted."""
        return [item for _, item in self._boxes if isinstance(item, VisitLine)]

    def against(self, start: dt.datetime, minutes: int, visit: VisitLine | None) -> tuple[str, ...]:
        """What the period in view knows against a time of ``visit``, else of a new one."""
        if self._view is None:
            return ()
        return plan.against(self._view, start, minutes, visit.visit_id if visit else "")

    @property
    def dragging(self) -> bool:
        return self._drag is not None and self._drag.moved

    def select(self, visit_id: str) -> None:
        """Make a visit the current one and bring it into view."""
        for _, item in self._boxes:
            if isinstance(item, VisitLine) and item.visit_id == visit_id:
                self._go(Stop(item.starts_at, item))
                return

    def foresee(self, visit: VisitLine) -> None:
        """The current visit as an act on its way will leave it: the next key acts on that."""
        if self._at is not None and self._at.key == visit.visit_id:
            self._at = Stop(visit.starts_at, visit)

    def leave_place(self) -> None:
        """What stood here is being taken away: the keyboard stays on the place, on nothing."""
        if self._block is not None:
            self._block = None
        if self._at is not None:
            self._at = Stop(self._at.at)
        self.current_changed.emit()
        self.update()

    def go_to(self, moment: dt.datetime) -> None:
        """Stand on a moment, a visit if there is one."""
        if self._view is not None and moment.date() in self._days:
            found = plan.stops(self._view, moment.date(), moment.tzinfo)
            at = next((one for one in found if one.at >= moment), None)
            self._go(at or Stop(moment))

    def zoom(self, pixels: int) -> None:
        """Height of one hour."""
        self._hour = self._chosen = min(max(pixels, LEAST_HOUR), MOST_HOUR)
        self._place()
        self.updateGeometry()
        self.update()

    @property
    def hour_height(self) -> int:
        return self._hour

    def box_of(self, key: str) -> QRectF:
        """Where a visit or a closure is painted. Raises StopIteration."""
        return next(
            box
            for box, item in self._boxes
            if key in (getattr(item, "visit_id", ""), getattr(item, "closure_id", ""))
        )

    def sizeHint(self) -> QSize:
        return QSize(700, int((self._last - self._first) * self._hour) + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.sizeHint().height())

    # --- geometry -----------------------------------------------------------------------------

    def column(self, index: int) -> QRectF:
        """The column of a day."""
        width = (self.width() - MARGIN) / max(len(self._days), 1)
        return QRectF(MARGIN + index * width, 0, width, self.height())

    def y_of(self, moment: dt.datetime | dt.time) -> float:
        """On the wall clock: a day of 25 hours has no taller column."""
        return ((moment.hour - self._first) + moment.minute / 60) * self._hour

    def moment_at(self, point: QPointF, *, fine: bool = False) -> dt.datetime | None:
        """The moment under a point, on a step of the clock; None outside the days."""
        if not self._days or point.x() < MARGIN:
            return None
        index = int((point.x() - MARGIN) / self.column(0).width())
        day = self._days[min(max(index, 0), len(self._days) - 1)]
        step = STEP if fine else SNAP
        minutes = int(point.y() / self._hour * 60) // step * step + self._first * 60
        minutes = min(max(minutes, 0), 24 * 60 - step)
        return dt.datetime.combine(day, dt.time(*divmod(minutes, 60)), self._now.tzinfo)

    def _place(self) -> None:
        self._boxes = []
        view = self._view
        if view is None:
            return
        for index, day in enumerate(self._days):
            column = self.column(index).adjusted(GAP, 0, -GAP, 0)
            for one in view.blocks:
                if one.starts_at.date() <= day and one.ends_at > self._midnight(day):
                    self._boxes.append((self._block_box(one, day, column), one))
            for put in plan.placed(view.on(day)):
                width = column.width() / put.number
                top = self.y_of(put.visit.starts_at)
                height = max(put.visit.minutes / 60 * self._hour - 2, LEAST)
                left = column.left() + put.column * width
                box = QRectF(left, top + 1, width - (1 if put.number > 1 else 0), height)
                self._boxes.append((box, put.visit))

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), self._now.tzinfo)

    def _block_box(self, one: Block, day: dt.date, column: QRectF) -> QRectF:
        top = self.y_of(one.starts_at) if one.starts_at.date() == day else 0.0
        ends_today = one.ends_at.date() == day
        bottom = self.y_of(one.ends_at) if ends_today else float(self.sizeHint().height())
        bottom = min(bottom, (self._last - self._first) * self._hour)
        return QRectF(column.left(), max(top, 0) + 1, column.width(), max(bottom - top - 2, LEAST))

    def resizeEvent(self, event: object) -> None:
        self._place()

    def _item_at(self, point: QPointF) -> tuple[QRectF, VisitLine | Block] | None:
        return next(((b, i) for b, i in reversed(self._boxes) if b.contains(point)), None)

    # --- mouse --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._item_at(event.position())
        moment = self.moment_at(event.position())
        if moment is None:
            return
        item = found[1] if found is not None else None
        self._tip.hide()
        if isinstance(item, Block):
            self._block = item
            self.current_changed.emit()
            self.update()
            return
        self._go(Stop(item.starts_at, item) if item is not None else Stop(moment))
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if item is None:
            self._drag = Drag(None, event.position(), moment, SNAP)
        else:
            assert found is not None
            edge = event.position().y() > found[0].bottom() - EDGE
            offset = int((event.position().y() - found[0].top()) / self._hour * 60)
            self._drag = Drag(
                item, event.position(), item.starts_at, item.minutes, edge, offset=offset
            )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = self._drag
        if drag is None:
            self._hover(event.position())
            return
        away = (event.position() - drag.grabbed).manhattanLength()
        if not drag.moved and away < QApplication.startDragDistance():
            return
        drag.moved = True
        self._follow(
            drag, event.position(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        )
        self.reveal.emit(QRect(event.position().toPoint() - QPoint(0, 30), QSize(1, 60)))
        self.update()

    def _follow(self, drag: Drag, point: QPointF, fine: bool) -> None:
        if drag.visit is None or drag.resizing:
            step = STEP if fine else SNAP
            down = int((point.y() - self.y_of(drag.start)) / self._hour * 60)
            drag.minutes = max(-(-down // step) * step, step)
            return
        moment = self.moment_at(point - QPointF(0, drag.offset / 60 * self._hour), fine=fine)
        if moment is None:
            return
        away = abs(point.y() - drag.grabbed.y()) / self._hour * 60
        if away < SNAP / 2 and not fine:  # sideways: 10:20 stays 10:20
            moment = dt.datetime.combine(moment, drag.visit.starts_at.time(), moment.tzinfo)
        drag.start = moment

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        self.update()
        if drag is None or not drag.moved:
            return
        if drag.visit is None:
            self.create_asked.emit(drag.start, drag.minutes)
        elif (drag.start, drag.minutes) != (drag.visit.starts_at, drag.visit.minutes):
            self.moved.emit(drag.visit, drag.start, drag.minutes)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found, moment = self._item_at(event.position()), self.moment_at(event.position())
        self._drag = None
        if found is not None:
            self.edit_asked.emit(found[1])
        elif moment is not None:
            self.create_asked.emit(moment, 0)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            found = self._item_at(QPointF(event.pos()))
            if found is not None:
                self.menu_asked.emit(found[1], event.globalPos())
        elif (item := self.current) is not None:
            key = item.visit_id if isinstance(item, VisitLine) else item.closure_id
            self.menu_asked.emit(item, self.mapToGlobal(self.box_of(key).center().toPoint()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / 120
            self.zoomed.emit(int(self._hour * 1.15**notches))
            event.accept()
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._tip.hide()

    def _hover(self, point: QPointF) -> None:
        found = self._item_at(point)
        if found is None:
            self.unsetCursor()
            self._tip.hide()
            return
        box, item = found
        edge = isinstance(item, VisitLine) and point.y() > box.bottom() - EDGE
        shape = Qt.CursorShape.SizeVerCursor if edge else Qt.CursorShape.PointingHandCursor
        self.setCursor(shape)
        lines = words_of(item, self._now)
        if self._tip.isHidden() or self._tip.lines != lines:
            self._tip.tell(lines, QPoint(int(box.center().x()), int(box.bottom()) - 8))

    # --- keys ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = event.key(), event.modifiers() & Qt.KeyboardModifier.AltModifier
        longer = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        steps = {
            Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
        }  # fmt: skip
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._drag = None
            self.update()
        elif key in steps and alt:
            self._push(*steps[Qt.Key(key)], longer=bool(longer))
        elif key in steps:
            self._walk(*steps[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def _walk(self, days: int, by: int) -> None:
        view, at = self._view, self._at
        if view is None or at is None:
            return
        if days:
            place = self._days.index(at.at.date()) + days if at.at.date() in self._days else 0
            if not 0 <= place < len(self._days):
                return
            there = plan.stops(view, self._days[place], self._now.tzinfo)
            self._go(plan.nearest(there, at.at) or at)
            return
        found = plan.stops(view, at.at.date(), self._now.tzinfo)
        beyond = [one for one in found if (one.at > at.at if by > 0 else one.at < at.at)]
        index = next((n for n, one in enumerate(found) if one.key == at.key), None)
        if index is not None:
            self._go(found[min(max(index + by, 0), len(found) - 1)])
        elif beyond:  # the place of what is gone is no stop of the day
            self._go(beyond[0 if by > 0 else -1])

    def _push(self, days: int, by: int, *, longer: bool) -> None:
        """Alt and an arrow move the current visit; with Shift they change its length."""
        visit = self._at.visit if self._at is not None else None
        if visit is None or self._block is not None:
            return
        if visit.presence is Presence.ABSENT and not longer:
            self.edit_asked.emit(visit)  # its new time is another visit: said whole, not by steps
            return
        minutes, wall = visit.minutes, visit.starts_at.replace(tzinfo=None)
        if longer:
            minutes = max(minutes + by * STEP, STEP)
        else:
            wall += dt.timedelta(days=days, minutes=by * SNAP)
        start = wall.replace(tzinfo=visit.starts_at.tzinfo)
        # At once: the next press of the key starts from here, before the agenda is read again.
        self._at = Stop(start, replace(visit, starts_at=start, minutes=minutes))
        self.moved.emit(visit, start, minutes)

    def _go(self, stop: Stop) -> None:
        self._at, self._block, self.pointed = stop, None, True
        if stop.visit is not None:
            self.setAccessibleDescription(", ".join(words_of(stop.visit, self._now)))
        else:
            self.setAccessibleDescription(f"Créneau libre, {text.time(stop.at)}")
        box = self._slot_box(stop)
        self.reveal.emit(box.toAlignedRect().adjusted(0, -20, 0, 20))
        self.current_changed.emit()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), current().role("surface"))
        self._ground(painter)
        here = self.current if self.hasFocus() else None
        for box, item in self._boxes:
            if not box.intersects(QRectF(event.rect()).adjusted(-4, -4, 4, 4)):
                continue
            if isinstance(item, Block):
                painting.block(painter, box, item, current_one=item == here)
            elif self._drag is not None and self._drag.moved and self._drag.visit == item:
                painting.left_behind(painter, box)
            else:
                same = isinstance(here, VisitLine) and here.visit_id == item.visit_id
                painting.visit(painter, box, item, current_one=same)
        if self.hasFocus() and self.current is None and self._at is not None:
            painting.slot(painter, self._slot_box(self._at))
        self._present(painter)
        self._dragged(painter)

    def _ground(self, painter: QPainter) -> None:
        theme, bottom = current(), (self._last - self._first) * self._hour
        today = self._now.date()
        for index, day in enumerate(self._days):
            column = self.column(index)
            if day == today and len(self._days) > 1:
                painter.setOpacity(0.45)
                painter.fillRect(column, theme.role("accent.soft"))
                painter.setOpacity(1)
            painter.setPen(QPen(theme.role("line"), 1))
            painter.drawLine(column.topLeft(), QPointF(column.left(), bottom))
        painter.setFont(font("small"))
        for hour in range(self._first, self._last + 1):
            y = (hour - self._first) * self._hour
            painter.setPen(QPen(theme.role("line.strong"), 1))
            painter.drawLine(QPointF(MARGIN, y + 0.5), QPointF(self.width(), y + 0.5))
            if hour < self._last:
                painter.setPen(QPen(theme.role("line"), 1))
                half = y + self._hour / 2 + 0.5
                painter.drawLine(QPointF(MARGIN, half), QPointF(self.width(), half))
            painter.setPen(theme.role("text.muted"))
            label = QRectF(0, y + (1 if hour == self._first else -8), MARGIN - 8, 16)
            painter.drawText(label, int(Qt.AlignmentFlag.AlignRight), f"{hour:02d}:00")

    def _present(self, painter: QPainter) -> None:
        if self._now.date() in self._days and self._first <= self._now.hour < self._last:
            column = self.column(self._days.index(self._now.date()))
            y = self.y_of(self._now)
            painting.present(painter, y, column.left(), column.right(), MARGIN, self._now)

    def _dragged(self, painter: QPainter) -> None:
        drag = self._drag
        if drag is None or not drag.moved or drag.start.date() not in self._days:
            return
        column = self.column(self._days.index(drag.start.date())).adjusted(GAP, 0, -GAP, 0)
        top = self.y_of(drag.start)
        height = max(drag.minutes / 60 * self._hour - 2, LEAST)
        stop = drag.start + dt.timedelta(minutes=drag.minutes)
        day = text.DAYS[drag.start.weekday()][:3]
        flag = f"{day}. {drag.start.day}, {text.time(drag.start)} – {text.time(stop)}"
        name = drag.visit.patient.name if drag.visit is not None else "Nouveau rendez-vous"
        box = QRectF(column.left(), top + 1, column.width(), height)
        told = self.against(drag.start, drag.minutes, drag.visit)
        flag = text.join(flag, *(one.rstrip(".") for one in told))
        painting.ghost(painter, box, name, flag, QRectF(self.rect()), warn=bool(told))

    def _slot_box(self, stop: Stop) -> QRectF:
        if stop.at.date() not in self._days:
            return QRectF()
        column = self.column(self._days.index(stop.at.date())).adjusted(GAP, 0, -GAP, 0)
        minutes = stop.visit.minutes if stop.visit is not None else SNAP
        height = max(minutes / 60 * self._hour - 2, LEAST)
        return QRectF(column.left(), self.y_of(stop.at) + 1, column.width(), height)


def legible(view: AgendaView) -> int:
    """The height of an hour at which the shortest visit in view has room for its line."""
    shortest = min((one.minutes for one in view.visits), default=SNAP)
    return min(-(-LINE * 60 // max(shortest, STEP)), MOST_HOUR) if shortest < SNAP else 0


def words_of(item: VisitLine | Block, now: dt.datetime) -> tuple[str, ...]:
    """What the tip and the screen reader say of it."""
    hours = f"{text.time(item.starts_at)} – {text.time(item.ends_at)}"
    if isinstance(item, Block):
        return item.title, hours + (", chaque semaine" if item.weekly else "")
    patient = item.patient
    born = f"{text.date(patient.birth_date)} · {text.short_age(patient.age)}"
    state = text.presence(item.presence, patient.sex, waited(item, now))
    lines = (f"{patient.civility} {patient.name}".strip(), born, f"{hours} · {item.kind}", state)
    return lines + tuple(one for one in (item.note, item.place) if one)
