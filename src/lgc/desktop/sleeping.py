"""The machine goes to sleep, or its own screen locks: the application locks with it; it hears the
machine wake, too.

Linux tells by D-Bus (logind, and the locker of the desktop), Windows by messages to a window; where
nobody tells, macOS among them, the clock on the wall does: the timers of Qt stand still while a
machine sleeps. None of them is needed for the others.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import time
from collections.abc import Callable
from ctypes import wintypes
from typing import Any

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusError, QDBusMessage
from PySide6.QtGui import QWindow

log = logging.getLogger(__name__)
SLEEP, SYSTEM_LOCK, LONG_TICK = "sleep", "system lock", "idle"
TICK_MS = 1000
JUMP = 5.0  # seconds on the wall between two ticks, or back: slept, or put right
LOGIND = "org.freedesktop.login1"
LOGIND_PATH = "/org/freedesktop/login1"
MANAGER, SESSION = f"{LOGIND}.Manager", f"{LOGIND}.Session"
# Desktops that lock without a word to logind say so here.
LOCKERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
THIS_SESSION = 0  # NOTIFY_FOR_THIS_SESSION
TOLD_BY_WINDOWS = {
    (WM_POWERBROADCAST, 0x4): SLEEP,  # PBT_APMSUSPEND
    (WM_WTSSESSION_CHANGE, 0x2): SYSTEM_LOCK,  # WTS_CONSOLE_DISCONNECT: another user comes
    (WM_WTSSESSION_CHANGE, 0x4): SYSTEM_LOCK,  # WTS_REMOTE_DISCONNECT
    (WM_WTSSESSION_CHANGE, 0x7): SYSTEM_LOCK,  # WTS_SESSION_LOCK
}
WAKES_BY_WINDOWS = {
    (WM_POWERBROADCAST, 0x7),  # PBT_APMRESUMESUSPEND
    (WM_POWERBROADCAST, 0x12),  # PBT_APMRESUMEAUTOMATIC
    (WM_WTSSESSION_CHANGE, 0x8),  # WTS_SESSION_UNLOCK
}


class BusEars(QObject):
    """What logind and the locker of the desktop tell; silent where there is no bus."""

    left = Signal(str)
    woke = Signal()

    def __init__(
        self, system: QDBusConnection, session: QDBusConnection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._system = system
        if system.isConnected():
            self._hear(system, LOGIND, LOGIND_PATH, MANAGER, "PrepareForSleep", "sleeps(bool)")
            self._ask_session()
        if session.isConnected():
            for locker in LOCKERS:
                self._hear(session, "", "", locker, "ActiveChanged", "covers(bool)")

    def _ask_session(self) -> None:
        """The session of this process alone: those of the neighbours lock for themselves."""
        ask = QDBusMessage.createMethodCall(LOGIND, LOGIND_PATH, MANAGER, "GetSession")
        ask.setArguments(["auto"])
        found, unknown = _slot("found(QDBusMessage)"), _slot("unknown(QDBusError,QDBusMessage)")
        self._system.callWithCallback(ask, self, found, unknown)

    def _hear(
        self, bus: QDBusConnection, service: str, path: str, interface: str, name: str, slot: str
    ) -> None:
        if not bus.connect(service, path, interface, name, self, _slot(slot)):
            log.warning("no word of %s.%s", interface, name)

    @Slot("QDBusMessage")
    def found(self, answer: QDBusMessage) -> None:
        self._hear(self._system, LOGIND, answer.arguments()[0].path(), SESSION, "Lock", "locks()")

    @Slot("QDBusError", "QDBusMessage")
    def unknown(self, error: QDBusError, asked: QDBusMessage) -> None:
        """Started by no session of logind: any of them is better than none."""
        self._hear(self._system, LOGIND, "", SESSION, "Lock", "locks()")

    @Slot(bool)
    def sleeps(self, goes: bool) -> None:
        if goes:
            self.left.emit(SLEEP)
        else:
            self.woke.emit()

    @Slot(bool)
    def covers(self, active: bool) -> None:
        if active:
            self.left.emit(SYSTEM_LOCK)
        else:
            self.woke.emit()

    @Slot()
    def locks(self) -> None:
        self.left.emit(SYSTEM_LOCK)


class WindowsEars(QWindow):
    """A window that is never shown: only its own messages come into Python."""

    left = Signal(str)
    woke = Signal()

    def listen(self) -> None:
        """Ask Windows for the messages of its session."""
        windll: Any = getattr(ctypes, "windll", None)
        if windll is not None:
            windll.wtsapi32.WTSRegisterSessionNotification(int(self.winId()), THIS_SESSION)

    def nativeEvent(self, kind: Any, message: Any) -> Any:
        told = wintypes.MSG.from_address(int(message))
        why = TOLD_BY_WINDOWS.get((told.message, told.wParam))
        if why is not None:
            self.left.emit(why)
        elif (told.message, told.wParam) in WAKES_BY_WINDOWS:
            self.woke.emit()
        return False, 0


class WallClock(QObject):
    """``left`` when two ticks lie further apart than ``limit`` (seconds) on the wall; ``woke`` when
    they lie so far apart, forward or back, that the clock cannot have run between them.
    """

    left = Signal(str)
    woke = Signal()

    def __init__(
        self,
        limit: Callable[[], float],
        now: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._limit, self._now, self._last = limit, now, now()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()

    def tick(self) -> None:
        before, self._last = self._last, self._now()
        if self._last - before > self._limit():
            self.left.emit(LONG_TICK)
        if not 0 <= self._last - before < JUMP:
            self.woke.emit()


class Sleeping(QObject):
    """``left`` carries why: whoever comes next at this machine shows a card first; ``woke``: the
    time moved while nobody looked.
    """

    left = Signal(str)
    woke = Signal()

    def __init__(self, limit: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wall = WallClock(limit, parent=self)
        self._wall.left.connect(self.left)
        self._wall.woke.connect(self.woke)
        if sys.platform == "linux":
            self._bus = BusEars(QDBusConnection.systemBus(), QDBusConnection.sessionBus(), self)
            self._bus.left.connect(self.left)
            self._bus.woke.connect(self.woke)
        elif sys.platform == "win32":
            self._windows = WindowsEars()
            self._windows.left.connect(self.left)
            self._windows.woke.connect(self.woke)
            self._windows.listen()


def _slot(name: str) -> Any:
    """The stubs of PySide ask for bytes, PySide itself for what SLOT gives."""
    return SLOT(name)
