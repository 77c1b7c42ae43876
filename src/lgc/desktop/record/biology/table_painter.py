"""How the biology table looks: heads of columns, groups, names, trends, values with letters."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from lgc.desktop import text
from lgc.desktop.record.biology import words
from lgc.desktop.record.biology.rows import FIXED, NAME, BiologyRows
from lgc.desktop.theme import current, font
from lgc.services.columns import Group, Report
from lgc.services.series import Analysis

ROW_H, HEAD_H = 28, 40
BADGE, BADGES = 18, 26
"""Of one letter, and the room kept for two: figures stand below each other whatever is beside."""
Index = QModelIndex | QPersistentModelIndex


class Header(QHeaderView):
    """Date in semibold, laboratory under it; the column of the current cell is tinted."""

    def __init__(self, rows: BiologyRows, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._rows, self._view = rows, view
        self.setFixedHeight(HEAD_H)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(1)
        self.setSectionsClickable(False)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEAD_H)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme = current()
        painter.save()
        mine = section == self._view.currentIndex().column() and section >= FIXED
        painter.fillRect(rect, theme.role("accent.soft" if mine else "alt"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.role("line"))
        if section < FIXED:
            left = 14 if section == NAME else 8
            title = self._rows.headerData(section, Qt.Orientation.Horizontal)
            _write(painter, rect.adjusted(left, 0, -4, 0), title, "small-medium", "text.muted")
        else:
            self._report(painter, rect, self._rows.reports[section - FIXED])
        painter.restore()

    def _report(self, painter: QPainter, rect: QRect, report: Report) -> None:
        inside = rect.adjusted(2, 3, -7, -3)
        half = inside.height() // 2
        top = QRect(inside.left(), inside.top(), inside.width(), half)
        right = Qt.AlignmentFlag.AlignRight
        tone = "warn" if report.ahead else "text"
        day, hour = words.day(report), words.hour(report)
        wide = QFontMetrics(font("tiny")).horizontalAdvance(hour) + 4 if hour else 0
        beside = QFontMetrics(font("small-strong")).horizontalAdvance(day) + wide <= top.width()
        if hour and beside:
            _write(painter, top, hour, "tiny", "text.muted", right)
            top.setRight(top.right() - wide)
        _write(painter, top, day, "small-strong", tone, right)
        below = QRect(inside.left(), inside.top() + half, inside.width(), half)
        under = words.laboratory(report) if hour and beside else words.below_day(report)
        _write(painter, below, under, "tiny", "text.muted", right)


class Painter(QStyledItemDelegate):
    """Groups, names with their box, trends, values with their letter."""

    def __init__(self, rows: BiologyRows, parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, ROW_H)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row, rect = self._rows.rows[index.row()], QRect(option.rect)
        if isinstance(row, Group):
            self._group(painter, rect, row, index)
        else:
            self._ground(painter, rect, index)
            column = min(index.column(), FIXED)
            CELLS[column](self, painter, rect, row, index)
        painter.restore()

    def _now(self) -> QModelIndex:
        view = self.parent()
        return view.currentIndex() if isinstance(view, QTableView) else QModelIndex()

    def _focused(self) -> bool:
        view = self.parent()
        return isinstance(view, QWidget) and (
            view.hasFocus() or ((proxy := view.focusProxy()) is not None and proxy.hasFocus())
        )

    def _group(self, painter: QPainter, rect: QRect, group: Group, index: Index) -> None:
        theme = current()
        here = self._now().row() == index.row() and self._focused()
        painter.fillRect(rect, theme.role("accent.soft" if here else "alt"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.role("line"))
        if index.column() == NAME:
            folded = group.title in self._rows.folded
            glyph = "ri.arrow-right-s-line" if folded else "ri.arrow-down-s-line"
            box = QRect(rect.left() + 12, rect.center().y() - 8, 17, 17)
            theme.icons.paint(painter, box, glyph, "text.muted")
            title = text.french(group.title)
            _write(painter, rect.adjusted(34, 0, -8, 0), title, "small-strong", "text.muted")

    def _ground(self, painter: QPainter, rect: QRect, index: Index) -> None:
        theme, now = current(), self._now()
        mine = index.column() == now.column() and index.column() >= FIXED
        same = index.row() == now.row()
        painter.fillRect(
            rect, theme.role("accent.soft" if mine else "hover" if same else "surface")
        )
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.role("line"))
        if mine and same:
            painter.setPen(QPen(theme.role("accent" if self._focused() else "control"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -2))

    def _name(self, painter: QPainter, rect: QRect, row: Analysis, index: Index) -> None:
        theme = current()
        tone = self._rows.ticked.get(row.key)
        box = QRectF(rect.left() + 14, rect.center().y() - 7, 15, 15)
        if row.drawn:
            painter.setPen(QPen(theme.role(tone or "control"), 1.3))
            painter.setBrush(theme.role(tone) if tone else theme.role("surface"))
            painter.drawRoundedRect(box, 3, 3)
            if tone:
                tick = box.adjusted(1.5, 1.5, -1.5, -1.5).toRect()
                theme.icons.paint(painter, tick, "ri.check-line", "surface")
        weight = "strong" if tone else "base"
        _write(painter, rect.adjusted(38, 0, -4, 0), text.french(words.shown(row)), weight, "text")

    def _unit(self, painter: QPainter, rect: QRect, row: Analysis, index: Index) -> None:
        words_ = words.unit(row.unit)
        _write(painter, rect.adjusted(8, 0, -4, 0), words_, "small", "text.muted")

    def _reference(self, painter: QPainter, rect: QRect, row: Analysis, index: Index) -> None:
        told = words.last_reference(row)
        _write(painter, rect.adjusted(8, 0, -4, 0), told, "small", "text.muted")

    def _trend(self, painter: QPainter, rect: QRect, row: Analysis, index: Index) -> None:
        """The last values in a stamp: the band behind, the newest as a dot."""
        points = row.drawn[-8:]
        if len(points) < 2:
            return
        theme, box = current(), QRectF(rect).adjusted(8, 5, -10, -6)
        values = [point.value or 0.0 for point in points]
        reference = points[-1].reference
        ends = [e for e in (reference.low, reference.high) if e is not None] if reference else []
        span = max(values) - min(values) or abs(values[0]) or 1.0
        near = [e for e in ends if min(values) - span <= e <= max(values) + span]
        low, high = min([*values, *near]), max([*values, *near])
        height = (high - low) or 1.0

        def y(value: float) -> float:
            inside = min(max((value - low) / height, 0.0), 1.0)
            return box.bottom() - inside * box.height()

        if reference is not None and ends:
            top = y(reference.high) if reference.high is not None else box.top()
            bottom = y(reference.low) if reference.low is not None else box.bottom()
            band = QRectF(box.left(), top, box.width(), max(bottom - top, 2.0))
            painter.fillRect(band, theme.role("band"))
        first, last = points[0].at.timestamp(), points[-1].at.timestamp()
        wide = max(last - first, 1.0)
        places = [
            QPointF(box.left() + (p.at.timestamp() - first) / wide * (box.width() - 4), y(v))
            for p, v in zip(points, values, strict=True)
        ]
        colour = theme.role(self._rows.ticked.get(row.key) or "text.muted")
        painter.setPen(QPen(colour, 1.4))
        painter.drawPolyline(QPolygonF(places))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(places[-1], 2.6, 2.6)

    def _value(self, painter: QPainter, rect: QRect, row: Analysis, index: Index) -> None:
        cell = self._rows.cell(index.row(), index.column())
        right = Qt.AlignmentFlag.AlignRight
        if cell is None:
            room = rect.adjusted(4, 0, -BADGES - 8, 0)
            _write(painter, room, words.NOTHING, "small", "text.faint", right)
            return
        point, letter = cell.first, cell.letter
        tone = words.TONES.get(letter, "text")
        weight = "strong" if point.out_of_range else "base"
        weight = "small" if point.value is None or cell.shared else weight
        badge = max(BADGE, QFontMetrics(font("letter")).horizontalAdvance(letter) + 8)
        room = rect.adjusted(4, 0, -max(badge, BADGES) - 8, 0)
        tone = "text.muted" if point.quoted and not letter else tone
        said = words.several(cell) or words.cell(point)
        own = "" if cell.shared else words.own_reference(row, point)
        if own:
            _write(painter, room.adjusted(0, 14, 0, 0), own, "tiny", "text.muted", right)
            room = room.adjusted(0, -1, 0, -11)
        if said != letter:
            _write(painter, room, _fitting(said, room, weight), weight, tone, right)
        if letter:
            left = rect.right() - max(badge, BADGES) - 4
            box = QRect(left, rect.center().y() - 7, badge, 15)
            _badge(painter, box, letter)


CELLS = (
    Painter._name,
    Painter._unit,
    Painter._reference,
    Painter._trend,
    Painter._value,
)


def _fitting(said: str, room: QRect, weight: str) -> str:
    """Whole or not at all: « Absen… » and « 1 234… » are read as what they are not."""
    if len(said) > room.width():  # no letter is narrower than a pixel: nothing long is measured
        return words.SEE_BELOW
    fits = QFontMetrics(font(weight)).horizontalAdvance(said) <= room.width()
    return said if fits else words.SEE_BELOW


def _badge(painter: QPainter, box: QRect, letter: str) -> None:
    """Soft, or full for what alarms."""
    theme, tone = current(), words.TONES.get(letter, "text.muted")
    strong = letter in words.STRONG
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.role(tone) if strong else theme.soft(tone))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font("letter"))
    painter.setPen(theme.role("surface" if strong else tone))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), letter)


def _write(
    painter: QPainter,
    box: QRect,
    said: str,
    type_role: str,
    tone: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    chosen = font(type_role)
    shown = QFontMetrics(chosen).elidedText(said, Qt.TextElideMode.ElideRight, max(box.width(), 0))
    painter.setFont(chosen)
    painter.setPen(current().role(tone))
    painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), shown)
