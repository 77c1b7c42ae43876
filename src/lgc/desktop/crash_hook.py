"""Where an error that nobody caught ends: its place in the log, then the interface thread.

It may be raised in any thread, in a destructor or in the middle of a paint: nothing is shown from
there. What Python finds while it buries an object (``__del__``) concerns no doctor: the log alone.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from lgc.errors import place_of

log = logging.getLogger(__name__)


class CrashHook(QObject):
    """Takes over from Python's own hooks between ``install`` and ``remove``.

    ``raised`` carries the exception, in the thread of Qt, once its event loop has its turn.
    """

    raised = Signal(object)
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._former = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._posted.connect(self.raised, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        self._former = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._buried

    def remove(self) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._former

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.error("unexpected: %s", place_of(error))
        # A painter kept alive by the frames of the error would make the next paint crash.
        traceback.clear_frames(trace)
        if shiboken6.isValid(self):
            self._posted.emit(error)

    def _in_thread(self, raised: threading.ExceptHookArgs) -> None:
        if raised.exc_value is not None and raised.exc_type is not SystemExit:
            self._uncaught(raised.exc_type, raised.exc_value, raised.exc_traceback)

    def _buried(self, raised: sys.UnraisableHookArgs) -> None:
        if raised.exc_value is not None:
            log.error("while burying: %s", place_of(raised.exc_value))
