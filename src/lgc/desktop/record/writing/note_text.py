"""Free text where short forms expand: a space expands, Backspace right after takes it back.

What was just unfolded is remembered beside the text, for one Backspace. It is that of the text
that stands and of the place where the cursor stands, or it is gone: whatever else changes the
text or moves the cursor (a click, a selection, a paste, a ready line, a dead key) forgets it, and
its words are looked at again before they are taken back.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from lgc.domain.abbreviations import expansion
from lgc.paths import bundled

ENDS = frozenset(" .,;:\r\n")
COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
KEEP = QTextCursor.MoveMode.KeepAnchor


@cache
def known() -> dict[str, str]:
    """The shipped short forms, read once."""
    text = (bundled("resources") / "abbreviations.toml").read_text("utf-8")
    return {short: str(words) for short, words in tomllib.loads(text)["unfolds"].items()}


@dataclass(frozen=True, slots=True)
class Unfolded:
    """``words`` stand from ``start`` for what was ``typed``, in the document of ``revision``."""

    typed: str
    words: str
    start: int
    revision: int = 0

    @property
    def end(self) -> int:
        """Behind the words and the one character that unfolded them."""
        return self.start + len(self.words) + 1


class NoteText(QPlainTextEdit):
    """A plain text field; Tab goes to the next field."""

    KEYS = (("Backspace", "Reprendre l’abréviation dépliée"),)

    def __init__(self, name: str, hint: str, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setMinimumHeight(lines * self.fontMetrics().lineSpacing() + 18)
        self._unfolded: Unfolded | None = None
        self.textChanged.connect(self._forget)
        self.cursorPositionChanged.connect(self._forget)
        self.selectionChanged.connect(self._forget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        unfolded, self._unfolded = self._unfolded, None
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Backspace and plain and self._stands(unfolded):
            self._take_back(unfolded)
            return
        ends = event.text() in ENDS and bool(event.text())
        now = self._unfold() if ends and not event.modifiers() & COMMANDS else None
        super().keyPressEvent(event)
        if now is not None:
            now = Unfolded(now.typed, now.words, now.start, self.document().revision())
            self._unfolded = now if self._stands(now) else None

    def write_line(self, line: str) -> None:
        """Add a line of its own where the cursor stands, in one step of undo."""
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        before = "\n" if cursor.block().text().strip() else ""
        cursor.insertText(f"{before}{line}")
        self.setTextCursor(cursor)
        self.setFocus()

    def _forget(self) -> None:
        self._unfolded = None

    def _unfold(self) -> Unfolded | None:
        """The short form in front of the cursor becomes its words; a selection has none."""
        cursor = self.textCursor()
        if cursor.hasSelection() or self.isReadOnly():
            return None
        place, block = cursor.position(), cursor.block()
        before = self._between(block.position(), place)
        after = self._between(place, block.position() + block.length() - 1)
        found = expansion(before, known(), after)
        if found is None:
            return None
        typed, words = found
        self._replace(place - len(typed), place, words)
        return Unfolded(typed, words, place - len(typed))

    def _stands(self, unfolded: Unfolded | None) -> bool:
        """Are the words where they were written, untouched, the cursor right behind them?"""
        cursor = self.textCursor()
        return (
            unfolded is not None
            and not cursor.hasSelection()
            and not self.isReadOnly()
            and cursor.position() == unfolded.end
            and self.document().revision() == unfolded.revision
            and self._between(unfolded.start, unfolded.end - 1) == unfolded.words
        )

    def _take_back(self, unfolded: Unfolded | None) -> None:
        """The words and what unfolded them become what was typed."""
        if unfolded is not None:
            self._replace(unfolded.start, unfolded.end, unfolded.typed)

    def _between(self, start: int, end: int) -> str:
        """By places of the document, which counts some characters twice."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, KEEP)
        return cursor.selectedText()

    def _replace(self, start: int, end: int, words: str) -> None:
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, KEEP)
        cursor.insertText(words)
        self.setTextCursor(cursor)
