"""A letter or a digit alone is an act only where a list has the focus, after a pause.

Words dictated or typed on a list would otherwise archive, answer and open what they spell.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from lgc.desktop.components.digit_row import digit_of
from lgc.desktop.components.keys import is_list

PAUSE = 0.5
"""Seconds without a written character: faster, somebody writes."""
_HELD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class Letters:
    """Sees each key before it is looked up among the acts (ShortcutOverride)."""

    def __init__(
        self, allowed: Callable[[], bool], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._allowed, self._now = allowed, now
        self._last = float("-inf")
        self.refused = False

    def refuses(self, event: QKeyEvent) -> bool:
        """Is this letter or digit none of an act? Asked once for each stroke."""
        self.refused = False
        written = digit_of(event) or event.text()
        if event.modifiers() & _HELD or not written.isprintable() or not written:
            return False
        before, self._last = self._last, self._now()
        if not written.isalnum():
            return False
        paused = self._last - before >= PAUSE
        focus = QApplication.focusWidget()
        listed = focus is not None and is_list(focus)
        self.refused = not (paused and listed and self._allowed())
        return self.refused
