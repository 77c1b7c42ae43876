"""The row of digits as it is drawn on the keys, whatever the layout: AZERTY types & é " there.

A key has a place that the layout does not change: its scan code on X11, Wayland and Windows, its
virtual key on macOS (Events.h of Carbon, kVK_ANSI_1 to kVK_ANSI_0).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

_DIGITS = "1234567890"
_EVDEV = dict(zip(range(10, 20), _DIGITS, strict=True))
_SCAN = {
    "xcb": _EVDEV,
    "wayland": _EVDEV,
    "windows": dict(zip(range(2, 12), _DIGITS, strict=True)),
}
_MACOS = dict(zip((18, 19, 20, 21, 23, 22, 26, 28, 25, 29), _DIGITS, strict=True))
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_OTHERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.MetaModifier


def digit_of(event: QKeyEvent) -> str:
    """The digit drawn on the key that was pressed without Shift, "" for any other key."""
    if event.modifiers() & (_OTHERS | Qt.KeyboardModifier.KeypadModifier):
        return ""
    platform = QGuiApplication.platformName()
    if platform == "cocoa":
        return _MACOS.get(event.nativeVirtualKey(), "")
    return _SCAN.get(platform, {}).get(event.nativeScanCode(), "")


def act_of(event: QKeyEvent, within: QWidget) -> QAction | None:
    """What this key asks of ``within`` by its digit, where the layout gave it another sign.

    A digit alone belongs to the text while a text has the focus.
    """
    if event.type() != QEvent.Type.KeyPress or event.isAutoRepeat():
        return None
    digit, focus = digit_of(event), QApplication.focusWidget()
    if not digit or event.text() == digit or focus is None:
        return None
    held = event.modifiers() & _HELD
    if not held and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
        return None
    wanted = QKeySequence(held.value | int(Qt.Key.Key_0) + int(digit))
    found = [act for act in within.findChildren(QAction) if _takes(act, wanted, focus)]
    return found[0] if len(found) == 1 else None


def _takes(act: QAction, wanted: QKeySequence, focus: QWidget) -> bool:
    owner = act.parent()
    if not act.isEnabled() or wanted not in act.shortcuts() or not isinstance(owner, QWidget):
        return False
    if act.shortcutContext() is Qt.ShortcutContext.WindowShortcut:
        return owner.isVisible() and owner.isEnabled()
    return owner is focus or owner.isAncestorOf(focus)
