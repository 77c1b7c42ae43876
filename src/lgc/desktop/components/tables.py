"""The table of every screen: rows of frozen views, sorted, walked and opened from the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableView,
    QToolTip,
    QWidget,
)

from lgc.desktop.components.cell_painter import EDGE, PAD, CellPainter
from lgc.desktop.components.rows import CELL_ROLE, ROW_ROLE, Cell, Column, Head, Rows
from lgc.desktop.components.tips import plain
from lgc.desktop.theme import current, font

R = TypeVar("R")
HEADER_HEIGHT = 28


class Header(QHeaderView):
    """Titles in muted small type; the sorted one carries an arrow after its word."""

    def __init__(self, rows: Rows[Any], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows = rows
        self.setFixedHeight(HEADER_HEIGHT)
        self.setSectionsClickable(any(column.sort for column in rows.columns))
        self.setHighlightSections(False)
        self.setSectionsMovable(False)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(24)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme, column = current(), self._rows.columns[section]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.role("alt"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.role("line"))
        left = EDGE if section == 0 else PAD
        last = section == len(self._rows.columns) - 1
        inner = rect.adjusted(left, 0, -(10 if last else PAD), -1)
        if column.glyph:
            x = inner.center().x() - 7 if column.middle else inner.left()
            box = QRect(x, inner.center().y() - 7, 15, 15)
            theme.icons.paint(painter, box, column.glyph, "text.muted")
        else:
            self._title(painter, inner, column, section)
        painter.restore()

    def _title(self, painter: QPainter, inner: QRect, column: Column[Any], section: int) -> None:
        theme, chosen = current(), font("small-medium")
        painter.setFont(chosen)
        painter.setPen(theme.role("text.muted"))
        flag = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        words = QFontMetrics(chosen).elidedText(
            column.title, Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | flag), words)
        if self._rows.sorted_by is not None and self._rows.sorted_by[0] == section:
            glyph = "ri.arrow-down-s-line" if self._rows.sorted_by[1] else "ri.arrow-up-s-line"
            width = QFontMetrics(chosen).horizontalAdvance(words)
            x = inner.right() - width - 18 if column.right else inner.left() + width + 3
            theme.icons.paint(
                painter, QRect(x, inner.center().y() - 7, 15, 15), glyph, "text.muted"
            )


class Table(QTableView, Generic[R]):
    """Rows of ``R``.

    ``opened`` (Enter, double click) and ``chosen`` (current row moved) carry the row;
    ``pressed_button`` carries the row and the column's key; ``toggled`` a folding group row.
    With ``several``, Shift and Ctrl choose more than one row: ``selection_changed`` tells it.
    ``columns_changed`` when the doctor sorts, widens or narrows a column.
    """

    KEYS = (
        ("Return", "Ouvrir la ligne"),
        ("Enter", "Ouvrir la ligne"),
        ("Space", "Plier ou déplier le groupe"),
        ("Home", "Première ligne"),
        ("End", "Dernière ligne"),
    )

    opened = Signal(object)
    chosen = Signal(object)
    pressed_button = Signal(object, str)
    toggled = Signal(object)
    selection_changed = Signal()
    columns_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        name: str,
        row_height: int = 32,
        key: Callable[[R], object] | None = None,
        head: Callable[[R], Head | None] | None = None,
        header: bool = True,
        open_on_click: bool = False,
        head_height: int = 0,
        several: bool = False,
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._key = key or (lambda row: id(row))
        self._rows: Rows[R] = Rows(columns, head, self)
        self._painter = CellPainter(row_height, self)
        self._row_height, self._head_height = row_height, head_height or row_height
        self._open_on_click = open_on_click
        self.setModel(self._rows)
        self.setItemDelegate(self._painter)
        self._header = Header(self._rows, self)
        self.setHorizontalHeader(self._header)
        self._header.setVisible(header)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setMinimumSectionSize(20)
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if several else modes.SingleSelection)
        self._several, self._sharing, self._own = several, False, dict[str, int]()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self._header.sectionClicked.connect(self._sort)
        self._header.sectionResized.connect(self._resized)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.doubleClicked.connect(self._double)

    # --- what is shown ------------------------------------------------------------------------

    def fill(self, rows: Sequence[R]) -> None:
        """Show these rows; the current one is kept by its key."""
        kept = self.current()
        key = self._key(kept) if kept is not None else None
        others = {self._key(row) for row in self.selected()} if self._several else set()
        scrolled = self.verticalScrollBar().value()
        blocked = self.blockSignals(True)
        self.clearSpans()
        self._rows.fill(rows)
        self._span_heads()
        self.blockSignals(blocked)
        if key is not None:
            self.select(key)
        if len(others) > 1:
            self._select_all(others)
        self.verticalScrollBar().setValue(scrolled)

    def rows(self) -> list[R]:
        return list(self._rows.rows)

    def current(self) -> R | None:
        """The current row, group rows included."""
        index = self.currentIndex()
        return index.data(ROW_ROLE) if index.isValid() else None

    def select(self, key: object) -> bool:
        """Make the row of this key the current one."""
        for number, row in enumerate(self._rows.rows):
            if self._key(row) == key:
                self.setCurrentIndex(self._rows.index(number, 0))
                return True
        return False

    def selected(self) -> list[R]:
        """Every chosen row, from top to bottom; group rows are never among them."""
        places: set[int] = set()
        chosen = self.selectionModel().selection()
        for part in (chosen.at(number) for number in range(chosen.size())):
            places.update(range(part.top(), part.bottom() + 1))
        rows = self._rows.rows
        return [rows[n] for n in sorted(places) if n < len(rows) and not self._is_head(rows[n])]

    def _select_all(self, keys: set[object]) -> None:
        """Choose these rows too, neighbours together: one by one, two thousand would be felt."""
        chosen, last = QItemSelection(), self._rows.columnCount() - 1
        wanted = [n for n, row in enumerate(self._rows.rows) if self._key(row) in keys]
        first = 0
        for place, number in enumerate(wanted):
            if place + 1 == len(wanted) or wanted[place + 1] != number + 1:
                top, bottom = self._rows.index(wanted[first], 0), self._rows.index(number, last)
                chosen.select(top, bottom)
                first = place + 1
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.Select)

    def select_first(self) -> None:
        if self._rows.rows and not self.currentIndex().isValid():
            self.setCurrentIndex(self._rows.index(0, 0))

    def cell(self, row: int, column_key: str) -> Cell:
        """What a cell shows. Raises KeyError for an unknown column."""
        number = {column.key: n for n, column in enumerate(self._rows.columns)}[column_key]
        shown = self._rows.index(row, number).data(CELL_ROLE)
        return shown if isinstance(shown, Cell) else Cell()

    def sort_by(self, column_key: str, *, descending: bool = False) -> None:
        number = {column.key: n for n, column in enumerate(self._rows.columns)}[column_key]
        kept = self.current()
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._rows.sort(number, order)
        if kept is not None:
            self.select(self._key(kept))
        self._header.viewport().update()

    def hide_column(self, column_key: str, hidden: bool) -> None:
        """A small window does without. Raises KeyError for an unknown column."""
        number = {column.key: n for n, column in enumerate(self._rows.columns)}[column_key]
        self._sharing = True
        self.setColumnHidden(number, hidden)
        self._share_width()

    def is_hidden(self, column_key: str) -> bool:
        """Raises KeyError for an unknown column."""
        return self.isColumnHidden(
            {column.key: n for n, column in enumerate(self._rows.columns)}[column_key]
        )

    def own_widths(self) -> dict[str, int]:
        """The widths the doctor gave, in pixels by column."""
        return dict(self._own)

    def take_widths(self, widths: dict[str, int]) -> None:
        if widths != self._own:
            self._own = dict(widths)
            self._share_width()

    def sorting(self) -> tuple[str, bool]:
        """The column and whether it descends; no column when the order is the one given."""
        now = self._rows.sorted_by
        return (self._rows.columns[now[0]].key, now[1]) if now is not None else ("", False)

    def press(self, row: R, column_key: str) -> None:
        """What a click on the button of a cell does."""
        self.pressed_button.emit(row, column_key)

    def content_height(self) -> int:
        """Height that shows every row without a scroll bar."""
        head = HEADER_HEIGHT if not self._header.isHidden() else 0
        return head + self.verticalHeader().length()

    # --- events -------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(400, self.content_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current()
        if row is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activate(row)
            return
        if event.key() == Qt.Key.Key_Space and self._is_head(row):
            self.toggled.emit(row)
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._to_end(last=event.key() == Qt.Key.Key_End)
            return
        # Letters belong to the shortcuts of the screen, not to the keyboard search of Qt.
        if event.text().strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.select_first()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self._hover(index.row())
        over = index.isValid() and self._button_at(index, event) is not None
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        )

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        row = index.data(ROW_ROLE)
        key = self._button_at(index, event)
        if key is not None:
            self.pressed_button.emit(row, key)
        elif self._is_head(row):
            self.toggled.emit(row)
        elif self._open_on_click:
            self.opened.emit(row)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.indexAt(event.pos())
            QToolTip.showText(event.globalPos(), plain(self._tooltip(index)), self.viewport())
            return True
        return super().viewportEvent(event)

    # --- inside -------------------------------------------------------------------------------

    def activate(self, row: R) -> None:
        """What Enter does on a row."""
        if self._is_head(row):
            self.toggled.emit(row)
        else:
            self.opened.emit(row)

    def activate_current(self) -> None:
        """Enter, wherever it was pressed."""
        row = self.current()
        if row is not None:
            self.activate(row)

    def _to_end(self, *, last: bool) -> None:
        """The first or the last row: Qt's keys would go along the columns of a row."""
        rows = [n for n, row in enumerate(self._rows.rows) if not self._is_head(row)]
        if rows:
            self.setCurrentIndex(self._rows.index(rows[-1 if last else 0], 0))

    def _double(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if not self._open_on_click and not self._is_head(row):
            self.opened.emit(row)

    def _is_head(self, row: R | None) -> bool:
        return row is not None and self._rows._head(row) is not None

    def _button_at(self, index: QModelIndex, event: QMouseEvent) -> str | None:
        cell = index.data(CELL_ROLE)
        if not isinstance(cell, Cell) or not cell.button or not cell.text:
            return None
        box = self._painter.button_rect(
            self.visualRect(index), cell, index.column(), len(self._rows.columns)
        )
        inside = box.contains(event.position().toPoint())
        return self._rows.columns[index.column()].key if inside else None

    def _tooltip(self, index: QModelIndex) -> str:
        cell = index.data(CELL_ROLE) if index.isValid() else None
        if not isinstance(cell, Cell):
            return ""
        if cell.tooltip:
            return cell.tooltip
        room = self.visualRect(index).width() - 2 * PAD - (22 if cell.glyph else 0)
        metrics = QFontMetrics(font("strong" if cell.bold else "base"))
        return cell.said if metrics.horizontalAdvance(cell.text) > room or cell.second else ""

    def _hover(self, row: int) -> None:
        if row != self._painter.hovered:
            self._painter.hovered = row
            self.viewport().update()

    def _moved(self, index: QModelIndex, before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.data(ROW_ROLE))

    def _sort(self, section: int) -> None:
        before = self._rows.sorted_by
        descending = before is not None and before == (section, False)
        if self._rows.columns[section].sort is not None:
            self.sort_by(self._rows.columns[section].key, descending=descending)
            self.columns_changed.emit()

    def _resized(self, section: int, before: int, width: int) -> None:
        """The doctor drew an edge; the column that takes what is left follows by itself."""
        if self._sharing or not width:  # hidden: nobody drew it that narrow
            return
        column = self._rows.columns[section]
        if column.width is not None:
            self._own[column.key] = max(width, 24)
        self._share_width()
        self.columns_changed.emit()

    def _span_heads(self) -> None:
        for number in range(len(self._rows.rows)):
            head = self._rows.head(number) is not None
            if head:
                self.setSpan(number, 0, 1, len(self._rows.columns))
            if self._head_height != self._row_height:
                # A section keeps the height it had, whatever row stands there now.
                height = self._head_height if head else self._row_height
                self.verticalHeader().resizeSection(number, height)

    def _share_width(self) -> None:
        self._sharing = True
        try:
            self._share()
        finally:
            self._sharing = False

    def _width(self, column: Column[R]) -> int | None:
        return self._own.get(column.key, column.width) if column.width is not None else None

    def _share(self) -> None:
        columns = self._rows.columns
        shown = [n for n in range(len(columns)) if not self.isColumnHidden(n)]
        fixed = sum(self._width(columns[n]) or 0 for n in shown)
        free = [n for n in shown if columns[n].width is None]
        room = max(self.viewport().width() - fixed, 0)
        for number in shown:
            column = columns[number]
            width = self._width(column)
            if width is None:
                share = room // len(free)
                width = max(
                    share + (room - share * len(free) if number == free[-1] else 0), column.least
                )
            self.setColumnWidth(number, width)
