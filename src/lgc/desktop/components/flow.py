"""A layout that fills lines from the left and goes to the next one when a part does not fit."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

_Part = tuple[QLayoutItem, QSize]  # with what it wants, asked once


class FlowLayout(QLayout):
    """Parts keep their hint; ``stretch_last`` gives the last one the rest of its line.

    ``middle`` centres the parts of a line on each other.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        spacing: int = 6,
        stretch_last: bool = False,
        middle: bool = False,
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._stretch_last, self._middle = stretch_last, middle
        self._heights: dict[int, int] = {}
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def insert(self, place: int, widget: QWidget) -> None:
        """Put a widget before the one at ``place``."""
        self.addWidget(widget)
        self._items.insert(place, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """Remembered until something changes: Qt asks it again for each label that wraps."""
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def invalidate(self) -> None:
        self._heights = {}
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def natural_width(self) -> int:
        """What one line of everything shown takes."""
        hints = [_hint(item).width() for item in self._items if not _hidden(item)]
        return sum(hints) + self.spacing() * max(len(hints) - 1, 0)

    def _place(self, rect: QRect, *, move: bool) -> int:
        margins = self.contentsMargins()
        area = rect.marginsRemoved(margins)
        shown = [(item, _hint(item)) for item in self._items if not _hidden(item)]
        y = area.y()
        for number, line in enumerate(self._lines(shown, area.width())):
            y += self.spacing() if number else 0
            high = max(hint.height() for _, hint in line)
            if move:
                self._set(line, area, y, high, ends=line[-1] is shown[-1])
            y += high
        return y - rect.y() + margins.bottom()

    def _lines(self, shown: list[_Part], width: int) -> list[list[_Part]]:
        lines: list[list[_Part]] = []
        left = 0
        for part in shown:
            wanted = part[1].width()
            if not lines or wanted > left:
                lines.append([])
                left = width
            lines[-1].append(part)
            left -= wanted + self.spacing()
        return lines

    def _set(self, line: list[_Part], area: QRect, y: int, high: int, *, ends: bool) -> None:
        x = area.x()
        for item, hint in line:
            width = hint.width()
            if ends and self._stretch_last and item is line[-1][0]:
                width = max(area.right() + 1 - x, width)
            top = y + (high - hint.height()) // 2 if self._middle else y
            item.setGeometry(QRect(QPoint(x, top), QSize(width, hint.height())))
            x += width + self.spacing()


def _hint(item: QLayoutItem) -> QSize:
    """Asked of the widget: its item remembers what it wanted before its words changed."""
    widget = item.widget()
    if widget is None:
        return item.sizeHint()
    wanted = widget.sizeHint().expandedTo(widget.minimumSize())
    return wanted.boundedTo(widget.maximumSize())


def _hidden(item: QLayoutItem) -> bool:
    widget = item.widget()
    return widget is not None and widget.isHidden()
