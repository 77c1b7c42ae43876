"""The shared delegate: glyph and word, chips, two lines, buttons, group rows, selection bar."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from lgc.desktop.components.marks import marked
from lgc.desktop.components.rows import CELL_ROLE, Cell, Column, Head, Rows
from lgc.desktop.theme import current, font

PAD = 8
EDGE = 16
Index = QModelIndex | QPersistentModelIndex


class CellPainter(QStyledItemDelegate):
    """Paints the cells of ``Rows``; knows the hovered row and the turn of the spinner."""

    def __init__(self, row_height: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.row_height = row_height
        self.head_height = 30
        self.hovered = -1
        self.pressed: tuple[int, int] | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, Rows):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head = model.head(index.row())
        rect = QRect(option.rect)
        if head is None:
            self._row(painter, option, index, rect)
            column: Column[object] = model.columns[index.column()]
            cell = index.data(CELL_ROLE)
            inner = self._inner(rect, index.column(), len(model.columns))
            paint_cell(painter, inner, cell, column, self.pressed == (index.row(), index.column()))
        elif index.column() == 0:
            self._head(painter, option, head, rect, index)
        painter.restore()

    def button_rect(self, rect: QRect, cell: Cell, column: int, columns: int) -> QRect:
        """Where a ``button`` cell is sensitive."""
        return _button_box(self._inner(rect, column, columns), cell)

    def _inner(self, rect: QRect, column: int, columns: int) -> QRect:
        left = EDGE if column == 0 else PAD
        right = 10 if column == columns - 1 else PAD
        return rect.adjusted(left, 0, -right, -1)

    def _row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, rect: QRect
    ) -> None:
        theme, view = current(), self.parent()
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = isinstance(view, QAbstractItemView) and view.hasFocus()
        if selected:
            painter.fillRect(rect, theme.role("accent.soft" if focused else "hover"))
        elif index.row() == self.hovered:
            painter.fillRect(rect, theme.role("hover"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.role("line"))
        if not selected:
            return
        if index.column() == 0:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), theme.role("accent"))
        if focused:
            for y in (rect.top(), rect.bottom() - 1):
                painter.fillRect(
                    rect.left(),
                    y,
                    rect.width(),
                    2 if y == rect.bottom() - 1 else 1,
                    theme.role("accent"),
                )
            if index.column() == index.model().columnCount() - 1:
                painter.fillRect(
                    rect.right() - 1, rect.top(), 2, rect.height(), theme.role("accent")
                )

    def _head(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        head: Head,
        rect: QRect,
        index: Index,
    ) -> None:
        theme, view = current(), self.parent()
        state = option.state
        focused = isinstance(view, QAbstractItemView) and view.hasFocus()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, theme.role("accent.soft" if selected and focused else "alt"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.role("line"))
        if selected:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), theme.role("accent"))
        x = rect.left() + (10 if head.folded is not None else EDGE)
        if head.folded is not None:
            glyph = "ri.arrow-right-s-line" if head.folded else "ri.arrow-down-s-line"
            box = QRect(x, rect.center().y() - 8, 18, 18)
            theme.icons.paint(painter, box, glyph, "text.muted")
            x += 24
        type_role = "strong" if head.folded is not None else "small-strong"
        tone = "text" if head.folded is not None else "text.muted"
        x = _write(
            painter,
            QRect(x, rect.top(), rect.right() - x, rect.height()),
            head.text,
            type_role,
            tone,
        )
        if head.count is not None:
            box = QRect(x + 8, rect.center().y() - 8, 0, 18)
            _pill(painter, box, str(head.count))
        if head.detail:
            area = rect.adjusted(0, 0, -14, 0)
            painter.setFont(font("small"))
            painter.setPen(theme.role("text.muted"))
            painter.drawText(
                area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), head.detail
            )


def paint_cell(
    painter: QPainter, rect: QRect, cell: Cell, column: Column[object], pressed: bool
) -> None:
    """One cell inside its padded rectangle."""
    if cell.button and cell.text:
        _button(painter, _button_box(rect, cell), cell, pressed)
        return
    if cell.chip:
        _chip(painter, rect, cell)
        return
    if cell.dot:
        _dot(painter, rect.adjusted(cell.indent, 0, 0, 0))
    if cell.second:
        _two_lines(painter, rect, cell)
        return
    right = cell.right or column.right
    _one_line(painter, rect, cell, middle=column.middle, right=right)


def _one_line(painter: QPainter, rect: QRect, cell: Cell, *, middle: bool, right: bool) -> None:
    theme = current()
    x = rect.left() + cell.indent
    if cell.glyph:
        if middle:
            x = rect.center().x() - 8
        box = QRect(x, rect.center().y() - 7, 16, 16)
        theme.icons.paint(painter, box, cell.glyph, cell.glyph_tone or cell.tone)
        x += 22
    if not cell.text:
        return
    flag = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    flag = Qt.AlignmentFlag.AlignHCenter if middle and not cell.glyph else flag
    room = QRect(x, rect.top(), rect.right() - x + 1, rect.height())
    if cell.marks:
        marked(painter, room, cell.text, cell.marks, _type(cell), cell.tone)
        return
    x = _write(painter, room, cell.text, _type(cell), cell.tone, flag)
    if cell.struck:
        y = rect.center().y()
        painter.drawLine(room.left(), y, x, y)
    if cell.strong_tail and x < rect.right():
        rest = QRect(x, rect.top(), rect.right() - x + 1, rect.height())
        _write(painter, rest, cell.strong_tail, "strong", "text")


def _two_lines(painter: QPainter, rect: QRect, cell: Cell) -> None:
    theme = current()
    middle = rect.center().y()
    x = rect.left() + cell.indent
    rect = rect.adjusted(cell.indent, 0, 0, 0)
    first = QRect(x, middle - 19, rect.width(), 20)
    if cell.glyph:
        theme.icons.paint(
            painter, QRect(x, first.top() + 2, 16, 16), cell.glyph, cell.glyph_tone or cell.tone
        )
        first.adjust(22, 0, 0, 0)
    if cell.marks:
        marked(painter, first, cell.text, cell.marks, _type(cell), cell.tone)
    else:
        end = _write(painter, first, cell.text, _type(cell), cell.tone)
        if cell.struck:
            painter.drawLine(first.left(), first.center().y(), end, first.center().y())
    second = QRect(x, middle + 1, rect.width(), 17)
    if cell.second_chip:
        _chip(painter, second, Cell(cell.second, cell.second_glyph, chip=cell.second_tone))
        return
    if cell.second_glyph:
        box = QRect(x, second.top() + 2, 13, 13)
        theme.icons.paint(painter, box, cell.second_glyph, cell.second_tone)
        second.adjust(17, 0, 0, 0)
    if cell.marks:
        marked(painter, second, cell.second, cell.marks, "small", cell.second_tone)
    else:
        _write(painter, second, cell.second, "small", cell.second_tone)


def _type(cell: Cell) -> str:
    base = "small" if cell.small else ""
    if cell.bold:
        return "small-strong" if base else "strong"
    if cell.medium:
        return "small-medium" if base else "medium"
    return base or "base"


def _write(
    painter: QPainter,
    rect: QRect,
    text: str,
    type_role: str,
    tone: str,
    flag: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> int:
    chosen = font(type_role)
    metrics = QFontMetrics(chosen)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(rect.width(), 0))
    painter.setFont(chosen)
    painter.setPen(current().role(tone))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | flag), shown)
    return rect.left() + metrics.horizontalAdvance(shown)


def _dot(painter: QPainter, rect: QRect) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(current().role("accent"))
    painter.drawEllipse(QRectF(rect.left() - 13, rect.center().y() - 3.5, 8, 8))


def _pill(painter: QPainter, rect: QRect, text: str) -> None:
    theme, chosen = current(), font("tiny-strong")
    width = max(QFontMetrics(chosen).horizontalAdvance(text) + 12, 18)
    box = QRectF(rect.left(), rect.top(), width, rect.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.role("hover"))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(theme.role("text.muted"))
    painter.setFont(chosen)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _chip(painter: QPainter, rect: QRect, cell: Cell) -> None:
    theme, chosen = current(), font("tiny-medium")
    words = QFontMetrics(chosen).horizontalAdvance(cell.text)
    width = min(words + 16 + (16 if cell.glyph else 0), rect.width())
    box = QRectF(rect.left(), rect.center().y() - 8.5, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.soft(cell.chip))
    painter.drawRoundedRect(box, 9, 9)
    x = rect.left() + 8
    if cell.glyph:
        target = QRect(x, rect.center().y() - 5, 12, 12)
        theme.icons.paint(painter, target, cell.glyph, cell.chip)
        x += 16
    area = QRect(x, int(box.top()), int(box.right()) - x - 6, 18)
    _write(painter, area, cell.text, "tiny-medium", cell.chip)


def _button_box(rect: QRect, cell: Cell) -> QRect:
    width = QFontMetrics(font("small-medium")).horizontalAdvance(cell.text) + 20
    width += 20 if cell.glyph else 0
    return QRect(rect.right() - width + 1, rect.center().y() - 11, width, 24)


def _button(painter: QPainter, box: QRect, cell: Cell, pressed: bool) -> None:
    theme = current()
    border = cell.button != "quiet"
    if border or pressed:
        painter.setPen(QPen(theme.role("line.strong" if border else "hover"), 1))
        painter.setBrush(theme.role("accent.soft" if pressed else "surface"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    x = box.left() + 10
    if cell.glyph:
        theme.icons.paint(painter, QRect(x, box.center().y() - 7, 15, 15), cell.glyph, "text")
        x += 20
    area = QRect(x, box.top(), box.right() - x, box.height())
    _write(painter, area, cell.text, "small-medium", "text")
