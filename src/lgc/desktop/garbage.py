"""Collect cyclic garbage in the thread of Qt only.

Python collects in whichever thread happens to allocate. In a worker that would destroy widgets,
timers and painters, which Qt forgives in their own thread only: a crash, once in a hundred visits.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 1000


class Garbage(QObject):
    """Takes over from the automatic collection until ``stop``; each generation in its turn."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(PAUSE_MS)

    def collect(self) -> int:
        """What is due by Python's own thresholds, the oldest first; objects found unreachable."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                return gc.collect(generation)
        return 0

    def settle(self) -> None:
        """What lives now lives as long as the session: no collection walks through it again."""
        gc.freeze()

    def stop(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
