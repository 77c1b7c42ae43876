"""Free text where short forms expand: a space expands, Backspace right after takes it back."""

from __future__ import annotations

import tomllib
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from lgc.domain.abbreviations import expansion
from lgc.paths import bundled

ENDS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Period, Qt.Key.Key_Comma)


@cache
def known() -> dict[str, str]:
    """The shipped short forms, read once."""
    text = (bundled("resources") / "abbreviations.toml").read_text("utf-8")
    return {short: str(words) for short, words in tomllib.loads(text).items()}


class NoteText(QPlainTextEdit):
    """A plain text field; Tab goes to the next field."""

    def __init__(self, name: str, hint: str, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setMinimumHeight(lines * self.fontMetrics().lineSpacing() + 18)
        self._expanded: tuple[str, str] | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace and self._expanded is not None:
            self._take_back(*self._expanded)
            return
        self._expanded = None
        ends = event.key() in ENDS or event.text() in (" ", ".", ",", ";", ":")
        if ends and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._expand()
        after = self._expanded
        super().keyPressEvent(event)
        self._expanded = after

    def write_line(self, line: str) -> None:
        """Add a line of its own where the cursor stands, in one step of undo."""
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        before = "\n" if cursor.block().text().strip() else ""
        cursor.insertText(f"{before}{line}")
        self.setTextCursor(cursor)
        self.setFocus()

    def _expand(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        found = expansion(before, known())
        if found is not None:
            self._replace(len(found[0]), found[1])
            self._expanded = found

    def _take_back(self, typed: str, words: str) -> None:
        """The words and the space after them become what was typed."""
        self._expanded = None
        self._replace(len(words) + 1, typed)

    def _replace(self, length: int, words: str) -> None:
        cursor = self.textCursor()
        moves = QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor
        cursor.movePosition(*moves, length)
        cursor.insertText(words)
