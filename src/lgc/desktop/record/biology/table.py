"""The biology table: first columns frozen, reports scroll; one current cell for both."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop.components.keys import action
from lgc.desktop.record.biology.rows import FIXED, NAME, REFERENCE, TREND, UNIT, BiologyRows
from lgc.desktop.record.biology.table_painter import ROW_H, Header, Painter
from lgc.services.columns import Group, Report
from lgc.services.series import Analysis, Cell, Point

WIDTHS = {NAME: 240, UNIT: 110, REFERENCE: 88, TREND: 88}
NARROW = {NAME: 190, UNIT: 96, REFERENCE: 86, TREND: 0}
REPORT_W, WIDEST = 104, 150
NAME_WIDEST, BAR = 340, 12
Index = QModelIndex | QPersistentModelIndex


class BiologyTable(QWidget):
    """``opened`` and ``chosen`` carry (Analysis, Point); ``toggled`` an Analysis to draw or not."""

    HOLDS_NO_TEXT = True
    opened = Signal(object, object)
    chosen = Signal(object, object)
    toggled = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows = BiologyRows(self)
        self.frozen = _View(self.rows, range(FIXED))
        self.values = _Values(self.rows)
        self.values.setObjectName("biologyTable")
        self.values.setAccessibleName("Résultats de biologie")
        self.frozen.setSelectionModel(self.values.selectionModel())
        self.frozen.setFocusProxy(self.values)
        self.setFocusProxy(self.values)
        self._under = QWidget()
        self._under.setFixedHeight(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.frozen, 1)
        left.addWidget(self._under)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left)
        row.addWidget(self.values, 1)
        self._widths(WIDTHS)
        self._join()

    def _join(self) -> None:
        bars = (self.frozen.verticalScrollBar(), self.values.verticalScrollBar())
        bars[0].valueChanged.connect(bars[1].setValue)
        bars[1].valueChanged.connect(bars[0].setValue)
        self.values.horizontalScrollBar().rangeChanged.connect(self._make_room)
        self.values.selectionModel().currentChanged.connect(self._moved)
        self.values.pressed_key.connect(self._key)
        for act, name, key, hint in (
            ("Ajouter à la courbe", "Space", Qt.Key.Key_Space, "Courbe"),
            ("Ouvrir le compte rendu", "Return", Qt.Key.Key_Return, "Ouvrir le CR"),
        ):
            action(self.values, act, partial(self._key, key), name, hint=hint)
        self.values.doubleClicked.connect(lambda index: self._open(index))
        self.frozen.clicked.connect(self._clicked_name)
        self.values.clicked.connect(self._clicked_value)
        self.rows.modelReset.connect(self._shape)

    # --- what is shown ------------------------------------------------------------------------

    def fill(self, groups: Sequence[Group], reports: Sequence[Report]) -> None:
        """Show these chapters; the current cell stays on the same value when it is still there."""
        kept = self.current()
        self.rows.fill(groups, reports)
        if kept is not None:
            self.select(*kept)

    def current(self) -> tuple[Analysis, Point] | None:
        """The analysis and value under the current cell, the gravest of several."""
        found = self.current_cell()
        return None if found is None else (found[0], found[1].first)

    def current_cell(self) -> tuple[Analysis, Cell] | None:
        """The analysis of the current cell and all that stands there."""
        index = self.values.currentIndex()
        cell = self.rows.cell(index.row(), index.column()) if index.isValid() else None
        row = self.rows.rows[index.row()] if cell is not None else None
        return (row, cell) if cell is not None and isinstance(row, Analysis) else None

    def select(self, one: Analysis, point: Point) -> bool:
        """Make the cell of a value the current one."""
        place = self.rows.place_of(one, point)
        if place is None:
            return False
        self.values.setCurrentIndex(self.rows.index(*place))
        return True

    def select_first(self) -> None:
        if self.values.currentIndex().isValid():
            return
        for row, one in enumerate(self.rows.rows):
            for column in range(FIXED, self.rows.columnCount()):
                if isinstance(one, Analysis) and self.rows.cell(row, column) is not None:
                    self.values.setCurrentIndex(self.rows.index(row, column))
                    return

    def set_compact(self, compact: bool) -> None:
        self._widths(NARROW if compact else WIDTHS)

    def rectangle(self, one: Analysis, point: Point) -> QRect:
        """Where a value stands in ``values``' viewport."""
        place = self.rows.place_of(one, point)
        return QRect() if place is None else self.values.visualRect(self.rows.index(*place))

    # --- inside -------------------------------------------------------------------------------

    def _widths(self, widths: dict[int, int]) -> None:
        self._given = widths
        for column, width in widths.items():
            self.frozen.setColumnHidden(column, not width)
            self.frozen.setColumnWidth(column, width or 1)
        self._share_room()

    def _shape(self) -> None:
        self.frozen.clearSpans()
        for number, row in enumerate(self.rows.rows):
            if isinstance(row, Group):
                self.frozen.setSpan(number, 0, 1, FIXED)
        for column in range(self.rows.columnCount()):
            self.values.setColumnHidden(column, column < FIXED)
            self.frozen.setColumnHidden(column, column >= FIXED or not WIDTHS[column])
        self._share_room()

    def _share_room(self) -> None:
        """Few reports leave room: their laboratories take it first, then the names."""
        count = len(self.rows.reports)
        name = self._given[NAME]
        others = sum(width for column, width in self._given.items() if column != NAME)
        free = self.width() - others - name - BAR
        each = min(max(free // count, REPORT_W), WIDEST) if count else REPORT_W
        name = min(max(name, name + free - count * each), max(name, NAME_WIDEST))
        self.frozen.setColumnWidth(NAME, name)
        self.frozen.setFixedWidth(others + name)
        for column in range(FIXED, self.rows.columnCount()):
            self.values.setColumnWidth(column, each)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _make_room(self, least: int, most: int) -> None:
        """The bar below the reports must not push the two halves apart."""
        bar = self.values.horizontalScrollBar()
        self._under.setFixedHeight(bar.sizeHint().height() if most > least else 0)

    def _moved(self, index: QModelIndex, before: QModelIndex) -> None:
        for view in (self.values, self.frozen):
            view.viewport().update()
            view.horizontalHeader().viewport().update()
        found = self.current()
        if found is not None:
            self.chosen.emit(*found)

    def _row(self, index: Index) -> Group | Analysis | None:
        return self.rows.rows[index.row()] if index.isValid() else None

    def _clicked_name(self, index: QModelIndex) -> None:
        row = self._row(index)
        if isinstance(row, Group):
            self.rows.toggle_group(row)
        elif row is not None and index.column() == NAME:
            self.toggled.emit(row)

    def _clicked_value(self, index: QModelIndex) -> None:
        row = self._row(index)
        if isinstance(row, Group):
            self.rows.toggle_group(row)

    def _open(self, index: QModelIndex) -> None:
        row, cell = self._row(index), self.rows.cell(index.row(), index.column())
        if isinstance(row, Analysis) and cell is not None:
            self.opened.emit(row, cell.first)

    def _key(self, key: int) -> None:
        index = self.values.currentIndex()
        row = self._row(index)
        if isinstance(row, Group):
            self.rows.toggle_group(row)
            at = self.rows.rows.index(row)
            self.values.setCurrentIndex(self.rows.index(at, max(index.column(), FIXED)))
        elif row is not None and key == Qt.Key.Key_Space:
            self.toggled.emit(row)
        else:
            self._open(index)


class _View(QTableView):
    """What both halves share."""

    def __init__(self, rows: BiologyRows, columns: range) -> None:
        super().__init__()
        self.setModel(rows)
        self.setItemDelegate(Painter(rows, self))
        self.setHorizontalHeader(Header(rows, self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_H)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)


class _Values(_View):
    """The reports: the half that has the focus and the scroll bars."""

    KEYS = (
        ("Space", "Ajouter à la courbe"),
        ("Return", "Ouvrir le compte rendu"),
        ("Enter", "Ouvrir le compte rendu"),
    )

    pressed_key = Signal(int)

    def __init__(self, rows: BiologyRows) -> None:
        super().__init__(rows, range(FIXED, FIXED))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed_key.emit(event.key())
            return
        # Letters belong to the shortcuts of the screen, not to the keyboard search of Qt.
        if event.text().strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
