"""Qt without a screen, for the tries whose line is about windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import shiboken6
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from lgc.desktop.theme import Theme
from lgc.desktop.theme.palette import LIGHT

PATIENCE = 8.0  # seconds


@contextmanager
def application() -> Iterator[QApplication]:
    """The application of this process, dressed as a doctor sees it."""
    running = QApplication.instance()
    made = running if isinstance(running, QApplication) else QApplication([])
    made.setStyle("Fusion")
    theme = Theme(LIGHT)
    theme.apply(made)
    before = set(made.topLevelWidgets())
    try:
        yield made
    finally:
        for window in set(made.topLevelWidgets()) - before:
            if shiboken6.isValid(window):  # one may own another
                window.close()
                shiboken6.delete(window)
        shiboken6.delete(theme)


def settle(ready: Callable[[], object]) -> None:
    """Let events pass until ``ready``. Raises TimeoutError after PATIENCE seconds."""
    limit = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > limit:
            raise TimeoutError
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
