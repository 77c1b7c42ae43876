"""The list of results: heads, two lines each, what matched in the accent colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from lgc.desktop.components.keys import cap_width, paint_cap
from lgc.desktop.components.marks import marked
from lgc.desktop.search.results import Result, meant
from lgc.desktop.theme import current, font

RESULT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
ROW, HEAD = 46, 28
Index = QModelIndex | QPersistentModelIndex


class Results(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Result] = []
        self.words = ""

    def fill(self, rows: Sequence[Result], words: str) -> None:
        self.beginResetModel()
        self.rows, self.words = list(rows), words
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == RESULT_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (row.title, row.date, row.detail) if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self.rows[index.row()].head:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class ResultPainter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(RESULT_ROLE)
        return QSize(300, HEAD if isinstance(row, Result) and row.head else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, model = index.data(RESULT_ROLE), index.model()
        if not isinstance(row, Result) or not isinstance(model, Results):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRect(option.rect)
        if row.head:
            _head(painter, rect, row)
        else:
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            _line(painter, rect, row, model.words, selected)
        painter.restore()


def _head(painter: QPainter, rect: QRect, row: Result) -> None:
    area = rect.adjusted(16, 4, -16, 0)
    painter.setFont(font("small-strong"))
    painter.setPen(current().role("text.muted"))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, int(middle), row.title)
    painter.setFont(font("small"))
    painter.drawText(area, int(middle | Qt.AlignmentFlag.AlignRight), str(row.count))


def _line(painter: QPainter, rect: QRect, row: Result, words: str, selected: bool) -> None:
    theme = current()
    if selected:
        painter.fillRect(rect, theme.role("accent.soft"))
        painter.fillRect(rect.left(), rect.top(), 3, rect.height(), theme.role("accent"))
    box = QRect(rect.left() + 16, rect.center().y() - 9, 18, 18)
    theme.icons.paint(painter, box, row.glyph, row.role)
    cap = "↵" if selected else row.cap
    right = rect.right() - 14
    if cap:
        right -= cap_width(cap) + 8
        paint_cap(painter, right + 8, rect.center().y(), cap)
    x = rect.left() + 46
    first = QRect(x, rect.top() + 5, right - x, 19)
    title = "strong" if row.patient is not None and not row.item else "medium"
    first.setLeft(marked(painter, first, row.title, words, title, "text"))
    if row.date:
        first.setLeft(marked(painter, first, f" · {row.date}", words, "base", "text.muted"))
    second = QRect(x, rect.top() + 24, right - x, 17)
    marked(painter, second, row.detail, words, "small", "text.muted")


class ResultList(QListView):
    """Never has the focus: the field keeps it and moves the current line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results = Results()
        self._moved = False
        self.setModel(self.results)
        self.setItemDelegate(ResultPainter(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Résultats")
        self.setMouseTracking(True)

    def current(self) -> Result | None:
        row = self.currentIndex().data(RESULT_ROLE) if self.currentIndex().isValid() else None
        return row if isinstance(row, Result) and not row.head else None

    def fill(self, rows: Sequence[Result], words: str) -> None:
        """Show these lines; what the arrows chose stays, else what the words name alone."""
        kept = self.current() if self._moved else None
        self.results.fill(rows, words)
        keys = [row.key for row in rows]
        chosen = kept if kept is not None and kept.key in keys else meant(rows, words)
        self.setCurrentIndex(QModelIndex())
        self._moved = self._moved and chosen is kept and kept is not None
        if chosen is not None:
            self.setCurrentIndex(self.results.index(keys.index(chosen.key), 0))

    def forget(self) -> None:
        """Nothing is chosen any more."""
        self._moved = False
        self.setCurrentIndex(QModelIndex())

    def step(self, by: int) -> None:
        """Next or previous line, heads skipped, around the ends."""
        rows = self.results.rows
        lines = [n for n, row in enumerate(rows) if not row.head]
        if not lines:
            return
        now = self.currentIndex().row()
        place = lines.index(now) + by if now in lines else min(by, 0)
        self._moved = True
        self.setCurrentIndex(self.results.index(lines[place % len(lines)], 0))
        self.scrollTo(self.currentIndex())
