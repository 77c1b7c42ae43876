"""Rows of frozen views as a Qt model: columns are data, cells say what to paint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 1
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 2


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows. ``tone`` and ``glyph_tone`` are palette roles.

    ``second`` is a fainter second line with its own glyph and tone, ``second_chip`` in a chip of
    that tone; ``chip`` puts the text in a
    chip of that tone; ``button`` draws the text as a button (``quiet`` without border), pressed
    by click; ``dot`` is the accent dot of what is new; ``strong_tail`` follows the text in
    semibold; ``indent`` in pixels shifts everything; ``marks`` are words to show where they stand;
    ``struck`` draws a line through the text: it does not hold.
    """

    text: str = ""
    glyph: str = ""
    tone: str = "text"
    glyph_tone: str = ""
    bold: bool = False
    medium: bool = False
    chip: str = ""
    second: str = ""
    second_tone: str = "text.muted"
    second_glyph: str = ""
    second_chip: bool = False
    button: str = ""
    dot: bool = False
    right: bool = False
    small: bool = False
    tooltip: str = ""
    spoken: str = ""
    indent: int = 0
    strong_tail: str = ""
    marks: str = ""
    struck: bool = False

    @property
    def said(self) -> str:
        """What a screen reader says."""
        if self.spoken:
            return self.spoken
        return ", ".join(part for part in (self.text + self.strong_tail, self.second) if part)


EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column. ``width`` in pixels, None to take what is left; ``sort`` makes it sortable."""

    key: str
    title: str
    cell: Callable[[R], Cell]
    width: int | None = None
    sort: Callable[[R], Any] | None = None
    middle: bool = False
    right: bool = False
    glyph: str = ""
    least: int = 60


@dataclass(frozen=True, slots=True)
class Head:
    """A group row across the whole table. ``folded`` is None when it does not fold."""

    text: str
    count: int | None = None
    detail: str = ""
    folded: bool | None = None


class Rows(QAbstractTableModel, Generic[R]):
    """The model behind ``Table``; ``head`` tells which rows are group rows."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        head: Callable[[R], Head | None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._head = head or (lambda row: None)
        self._given: tuple[R, ...] = ()
        self.rows: list[R] = []
        self.sorted_by: tuple[int, bool] | None = None

    def fill(self, rows: Sequence[R]) -> None:
        self.beginResetModel()
        self._given = tuple(rows)
        self.rows = self._in_order()
        self.endResetModel()

    def head(self, row: int) -> Head | None:
        return self._head(self.rows[row])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0 or self.columns[column].sort is None:
            return
        self.layoutAboutToBeChanged.emit()
        self.sorted_by = (column, order == Qt.SortOrder.DescendingOrder)
        self.rows = self._in_order()
        self.layoutChanged.emit()

    def _in_order(self) -> list[R]:
        if self.sorted_by is None:
            return list(self._given)
        column, reverse = self.sorted_by
        key = self.columns[column].sort
        return sorted(self._given, key=key, reverse=reverse) if key else list(self._given)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        head = self._head(row)
        if head is not None:
            told = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return head.text if index.column() == 0 and role in told else None
        column = self.columns[index.column()]
        if role == CELL_ROLE:
            return column.cell(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.cell(row).text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.title} : {column.cell(row).said}" if column.title else None
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if column.glyph else column.title
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.title if column.glyph or role != Qt.ItemDataRole.ToolTipRole else None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
