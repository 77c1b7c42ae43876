"""The model of the biology table: groups and analyses in rows, reports in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from lgc.desktop import text
from lgc.desktop.components.tips import plain
from lgc.desktop.record.biology import words
from lgc.services.columns import Group, Report
from lgc.services.series import Analysis, Cell, Column, Point

Index = QModelIndex | QPersistentModelIndex
NAME, UNIT, REFERENCE, TREND = range(4)
FIXED = 4
FIXED_TITLES = ("Analyse", "Unité", "Référence", "Tendance")
Row = Group | Analysis


class BiologyRows(QAbstractTableModel):
    """``ticked`` are the keys of the analyses on the curves, in the order they were chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.reports: tuple[Report, ...] = ()
        self.folded: set[str] = set()
        self.ticked: dict[str, str] = {}
        self._groups: tuple[Group, ...] = ()
        self._cells: dict[tuple[str, Column], Cell] = {}

    def fill(self, groups: Sequence[Group], reports: Sequence[Report]) -> None:
        self.beginResetModel()
        self._groups, self.reports = tuple(groups), tuple(reports)
        self._cells = {
            (one.key, column): cell
            for group in groups
            for one in group.analyses
            for column, cell in one.cells().items()
        }
        self._unfold()
        self.endResetModel()

    def toggle_group(self, group: Group) -> None:
        self.beginResetModel()
        self.folded ^= {group.title}
        self._unfold()
        self.endResetModel()

    def _unfold(self) -> None:
        self.rows = []
        for group in self._groups:
            self.rows.append(group)
            if group.title not in self.folded:
                self.rows += group.analyses

    def cell(self, row: int, column: int) -> Cell | None:
        """What stands in a cell, if anything does."""
        if column < FIXED or not 0 <= row < len(self.rows):
            return None
        one = self.rows[row]
        if isinstance(one, Group) or column - FIXED >= len(self.reports):
            return None
        report = self.reports[column - FIXED]
        return self._cells.get((one.key, report.column))

    def place_of(self, one: Analysis, point: Point) -> tuple[int, int] | None:
        """Row and column of a point; None when its row is folded or filtered away."""
        rows = [n for n, row in enumerate(self.rows) if not isinstance(row, Group)]
        row = next((n for n in rows if self.rows[n].key == one.key), None)  # type: ignore[union-attr]
        columns = [report.column for report in self.reports]
        key = point.column
        return None if row is None or key not in columns else (row, FIXED + columns.index(key))

    def tick(self, chosen: dict[str, str]) -> None:
        """Key of an analysis → tone of its curve."""
        self.ticked = dict(chosen)
        if self.rows:
            last = self.index(len(self.rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else FIXED + len(self.reports)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(row, index.row(), column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._said(row, index.row(), column)
        if role == Qt.ItemDataRole.CheckStateRole and column == NAME:
            return self._checked(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(self._tooltip(row, index.row(), column) or "")
        return None

    def _shown(self, row: Row, number: int, column: int) -> str:
        if isinstance(row, Group):
            return text.french(row.title) if column == NAME else ""
        if column >= FIXED:
            cell = self.cell(number, column)
            return "" if cell is None else words.several(cell) or words.cell(cell.first)
        return (text.french(words.shown(row)), words.unit(row.unit), words.last_reference(row), "")[
            column
        ]

    def _said(self, row: Row, number: int, column: int) -> str:
        if isinstance(row, Group) or column < FIXED:
            return self._shown(row, number, column)
        cell = self.cell(number, column)
        if cell is None:
            return f"{row.label} : pas de résultat"
        return ", ".join(words.tip(row, cell))

    def _checked(self, row: Row) -> Qt.CheckState | None:
        if isinstance(row, Group):
            return None
        return Qt.CheckState.Checked if row.key in self.ticked else Qt.CheckState.Unchecked

    def _tooltip(self, row: Row, number: int, column: int) -> str | None:
        if isinstance(row, Group):
            return None
        if column == NAME:
            specimen = f"\n{row.specimen}" if row.specimen else ""
            return f"{row.full_label}{specimen}"
        if column == REFERENCE:
            return words.last_reference(row)
        cell = self.cell(number, column)
        return "\n".join(words.tip(row, cell)) if cell is not None else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        shown = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        if orientation == Qt.Orientation.Vertical or role not in shown:
            return None
        if section < FIXED:
            return FIXED_TITLES[section]
        report = self.reports[section - FIXED]
        told = f"{words.head(report)} {words.laboratory(report)}"
        return plain(told) if role == Qt.ItemDataRole.ToolTipRole else told

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
