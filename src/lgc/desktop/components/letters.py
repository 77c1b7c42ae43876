"""A letter or a digit alone is an act only where a list has the focus, after no key for a while.

Words dictated or typed on a list would otherwise archive, answer and open what they spell. Every
key of writing counts (letters, signs, Space, Enter, Tab, the deleting ones, Échap, F keys). What no
writing is made of does not, so that it stays one gesture of a hand: ↓ then E, Ctrl+G then J.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from lgc.desktop.components.digit_row import digit_of
from lgc.desktop.components.keys import is_list

PAUSE = 0.5
"""Seconds without a key: faster, somebody writes."""
_ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier  # it writes signs
_MOVES = frozenset((
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End,
))  # fmt: skip
_HOLDS = frozenset((
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock,
))  # fmt: skip
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
        if event.key() in _MOVES | _HOLDS:
            return False
        written = digit_of(event) or event.text()
        held = event.modifiers() & _HELD
        if held and held != _ALT_GR:
            return False
        before, self._last = self._last, self._now()
        if held or not written.isalnum():
            return False
        paused = self._last - before >= PAUSE
        focus = QApplication.focusWidget()
        listed = focus is not None and is_list(focus)
        self.refused = not (paused and listed and self._allowed())
        return self.refused


def writes_by_alt(event: QKeyEvent, focus: QWidget | None) -> bool:
    """Would this key of an act that is not here write its letter in the text that has the focus?

    On macOS Alt composes signs, and AltGr is no Alt (Ctrl and Alt on Windows).
    """
    held = event.modifiers() & _HELD
    return (
        event.type() == QEvent.Type.KeyPress
        and held == Qt.KeyboardModifier.AltModifier
        and event.text().isprintable()
        and bool(event.text())
        and not event.modifiers() & Qt.KeyboardModifier.KeypadModifier
        and QGuiApplication.platformName() != "cocoa"
        and focus is not None
        and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    )
