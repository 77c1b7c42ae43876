"""What the lock takes from the screen, and from a screen reader, besides the session's window.

A menu, a list, a tip or a dialog of the system stands above the lock, and acts: each is closed.
"""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QToolTip, QWidget

from lgc.desktop import system_dialogs

MOST_POPUPS = 20  # a menu and its submenus
LOOK_MS = 100
# Qt leaves what bears this name out of the accessible tree (qaccessiblewidget.cpp), hidden or not;
# taking the window out of its frame would dress its thousands of widgets anew at each lock.
UNSPOKEN = "qt_rubberband"
PASSING = {
    Qt.WindowType.Popup,
    Qt.WindowType.ToolTip,
    Qt.WindowType.Tool,
    Qt.WindowType.Sheet,
}


class Covering(QObject):
    """Everything of ours in view besides ``frame``: gone at ``close``, back at ``open``."""

    def __init__(self, frame: QWidget, lock: QWidget) -> None:
        super().__init__(frame)
        self._frame, self._lock = frame, lock
        self._hidden: list[QWidget] = []
        self._name = ""
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._look_again)

    def close(self) -> None:
        """Menus, lists, tips and dialogs are closed; another window of ours is hidden."""
        self._keep_keys(self._close_all)
        self._look.start()

    def take_out(self, session: QWidget) -> None:
        """Hide the window of the session, from a screen reader too."""
        self._name = session.objectName()
        session.hide()
        session.setObjectName(UNSPOKEN)
        forget_spoken(session)

    def bring_back(self, session: QWidget) -> None:
        """The window of the session as it was, then the others."""
        self._look.stop()
        if session.objectName() == UNSPOKEN:
            session.setObjectName(self._name)
            session.show()
        hidden, self._hidden = self._hidden, []
        for window in hidden:
            if shiboken6.isValid(window):
                window.show()

    def _look_again(self) -> None:
        self._keep_keys(self._send_away)

    def _close_all(self) -> None:
        close_popups()
        QToolTip.hideText()
        system_dialogs.cancel_all()
        self._send_away()

    def _send_away(self) -> None:
        """Windows that are not the frame, nor asked for by the lock itself."""
        for window in QApplication.topLevelWidgets():
            if not window.isVisible() or window is self._frame or self._asked_by_lock(window):
                continue
            if isinstance(window, QDialog):
                system_dialogs.note(window.windowTitle())
                window.reject()
            elif window.windowType() in PASSING:
                window.close()
            else:
                window.hide()
                self._hidden.append(window)

    def _keep_keys(self, close: Callable[[], None]) -> None:
        """What is closed may keep the keys, or take them away: no code could be typed.

        Those of another application are never taken.
        """
        ours = QApplication.activeWindow() is not None
        close()
        active = QApplication.activeWindow()
        if ours and (active is None or not active.isVisible()):
            self._frame.activateWindow()

    def _asked_by_lock(self, window: QWidget) -> bool:
        owner = window.parentWidget()
        return owner is not None and (owner is self._lock or self._lock.isAncestorOf(owner))


def close_popups() -> None:
    """Menus and lists stand above the lock, and act: none stays open under it."""
    for _ in range(MOST_POPUPS):
        popup = QApplication.activePopupWidget()
        if popup is None or not popup.close():
            return


def forget_spoken(room: QWidget) -> None:
    """What a screen reader was given of ``room`` answers no more: it would read, and write."""
    if not QAccessible.isActive():
        return
    for widget in (room, *room.findChildren(QWidget)):
        spoken = QAccessible.queryAccessibleInterface(widget)
        if spoken is not None:
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(spoken))
