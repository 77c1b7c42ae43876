"""Completions under a field; the field keeps the focus and sends the keys here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPoint, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from lgc.desktop.components.cover import shade, window_of
from lgc.desktop.components.labels import label
from lgc.desktop.components.rows import Column
from lgc.desktop.components.tables import Table

R = TypeVar("R")
HEAD, GAP, LEAST_WIDTH = 28, 4, 380
WHICH = "Plusieurs réponses : ↓ pour choisir"


class SuggestionList(QFrame, Generic[R]):
    """``taken`` carries the row that was clicked or taken with Enter."""

    taken = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column[R]],
        name: str,
        *,
        key: Callable[[R], str],
        row_height: int,
        most: int = 6,
    ) -> None:
        super().__init__()
        self.setObjectName("suggestions")
        self._row_height, self._most, self._key = row_height, most, key
        self.table: Table[R] = Table(
            columns, name=name, row_height=row_height, key=key, header=False, open_on_click=True
        )
        self.table.setFocusPolicy(self.table.focusPolicy().NoFocus)
        self.table.opened.connect(self.taken)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        self.head = label("", "small", "text.muted")
        self.head.setContentsMargins(11, 0, 11, 0)
        self.head.setFixedHeight(HEAD)
        self.head.hide()
        layout.addWidget(self.head)
        layout.addWidget(self.table)
        self.hide()

    def show_below(
        self,
        field: QWidget,
        found: Sequence[R],
        width: int = 0,
        *,
        head: str = "",
        chosen: R | None = None,
    ) -> None:
        """Under ``field``, as wide as it unless told; nothing found hides the list.

        ``chosen`` is what Enter will take; without it nothing is, and ``head``, above the rows,
        says so unless it says something else.
        """
        if not found:
            self.hide()
            return
        window = window_of(field)
        self.setParent(window)
        shade(self)
        self.forget()
        self.table.fill(found)
        if chosen is not None:
            self.table.select(self._key(chosen))
        head = head or (WHICH if self.current() is None else "")
        self.head.setText(head)
        self.head.setVisible(bool(head))
        height = min(len(found), self._most) * self._row_height + 6 + (HEAD if head else 0)
        self._place(field, window, max(width or field.width(), LEAST_WIDTH), height)
        self.show()
        self.raise_()

    def _place(self, field: QWidget, window: QWidget, width: int, height: int) -> None:
        """Below the field, above it where the window ends; never beside the window."""
        corner = field.mapTo(window, QPoint(0, 0))
        below, above = corner.y() + field.height() + GAP, corner.y() - GAP - height
        top = above if below + height > window.height() and above >= 0 else below
        left = max(min(corner.x(), window.width() - width - GAP), 0)
        self.setGeometry(left, top, width, height)

    def step(self, by: int) -> None:
        """The next or former row; from none, the first or the last."""
        count, now = self.table.model().rowCount(), self.table.currentIndex().row()
        row = now + by if now >= 0 else (0 if by > 0 else count - 1)
        if 0 <= row < count:
            self.table.setCurrentIndex(self.table.model().index(row, 0))

    def forget(self) -> None:
        """No row is chosen any more."""
        self.table.setCurrentIndex(QModelIndex())

    def current(self) -> R | None:
        return self.table.current()

    def take(self) -> bool:
        """False when nothing is chosen."""
        current = self.table.current()
        if current is None:
            return False
        self.taken.emit(current)
        return True
