"""A doctor's hands and eyes: real clicks and keys on the real windows, and pictures of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

W = TypeVar("W", bound=QWidget)
STEP_SECONDS = 30.0
BEAT_MS = 5


class TourFailure(Exception):
    """The doctor could not do or see what the tour expected."""


def floor() -> float:
    """Seconds of processor for a fixed work, to tell a slow machine from a slow window."""
    started = time.thread_time()
    sum(hash(str(number)) % 7 for number in range(200_000))
    return time.thread_time() - started


class Heartbeat(QObject):
    """Measures how long the interface thread left its event loop, in seconds.

    Twice: on the clock, and in processor time of this thread alone, which does not grow when
    the machine has other work.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._longest, self._hardest = 0.0, 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self._longest = max(self._longest, now - self._last - BEAT_MS / 1000)
        self._hardest = max(self._hardest, worked - self._worked)
        self._last, self._worked = now, worked

    def take(self) -> tuple[float, float]:
        """The longest block since the last call, and the most work done in one."""
        taken = self._longest, self._hardest
        self._longest, self._hardest = 0.0, 0.0
        return taken

    def forget(self) -> None:
        """What just happened was the tour's own work (taking a picture), not the application's."""
        self._last, self._worked = time.perf_counter(), time.thread_time()


class Doctor:
    """Acts on ``window``; every click, key sequence and typed text counts as one action."""

    def __init__(self, window: QWidget, out: Path, heartbeat: Heartbeat) -> None:
        self.window, self._out, self._heartbeat = window, out, heartbeat
        self.actions = 0
        self._pictures = 0

    def find(self, kind: type[W], name: str = "", within: QWidget | None = None) -> W:
        """The visible widget of that object name. Raises TourFailure."""
        found = [w for w in (within or self.window).findChildren(kind, name) if w.isVisible()]
        if not found:
            raise TourFailure(f"nothing visible is called {name or kind.__name__}")
        return found[0]

    def click(self, target: QWidget, at: QPoint | None = None) -> None:
        self.actions += 1
        if not target.isEnabled():
            raise TourFailure(f"{target.objectName()} is disabled")
        QTest.mouseClick(
            target,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            at or target.rect().center(),
        )

    def double_click(self, target: QWidget, at: QPoint) -> None:
        self.actions += 1
        QTest.mouseDClick(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)

    def press(self, keys: str) -> None:
        """A key sequence such as ``Ctrl+K`` or ``Return``, to whatever has the focus."""
        self.actions += 1
        QTest.keySequence(self._focus(), QKeySequence(keys))

    def type(self, text: str) -> None:
        """Any text, accents included: QTest cannot type them, key events can."""
        self.actions += 1
        for character in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
                QCoreApplication.sendEvent(self._focus(), event)
            self.breathe(0.005)

    def until(self, seen: Callable[[], object], why: str, seconds: float = STEP_SECONDS) -> None:
        """Let the application live until ``seen`` is true. Raises TourFailure."""
        limit = time.monotonic() + seconds
        while not seen():
            if time.monotonic() > limit:
                raise TourFailure(f"never seen: {why}")
            self.breathe(0.02)

    def breathe(self, seconds: float = 0.15) -> None:
        """Let events and short animations pass."""
        limit = time.monotonic() + seconds
        while True:
            QCoreApplication.processEvents()
            # No loop runs above ours: nobody else would bury what was given up.
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            if time.monotonic() >= limit:
                return
            time.sleep(0.002)

    def picture(self, name: str) -> Path:
        """A numbered PNG of the whole window. Raises TourFailure when it shows nothing."""
        self.breathe()
        self.until(self.window.updatesEnabled, "the window painted again after a change of theme")
        self._pictures += 1
        file = self._out / f"{self._pictures:02d}-{name}.png"
        taken = self.window.grab()
        taken.save(str(file))
        if is_blank(taken.toImage()):
            raise TourFailure(f"{file.name} is blank")
        self._heartbeat.forget()
        return file

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window


def is_blank(picture: QImage) -> bool:
    """Is it of one colour, as far as a look at a few hundred of its points can tell?"""
    small = picture.scaled(24, 24)
    return len({small.pixel(x, y) for x in range(24) for y in range(24)}) == 1


def in_background(work: Callable[[], object]) -> None:
    """Do something outside the application (turn a knob, pull the card) without blocking it."""
    threading.Thread(target=work, daemon=True).start()
