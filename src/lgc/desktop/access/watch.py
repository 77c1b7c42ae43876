"""Looks at the card without ever holding the window: removal is seen well within a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from lgc.desktop.access.view import Door
from lgc.desktop.tasks import Tasks
from lgc.domain.card import CardState

EVERY_MS = 300
LASTS_MS = 400


class CardWatch(QObject):
    """``changed`` carries each CardState that differs from the one before.

    ``lasts`` tells that a look takes long: a card is being read.
    """

    changed = Signal(object)
    lasts = Signal()

    def __init__(self, door: Door, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._door, self._tasks = door, tasks
        self.state: CardState | None = None
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(LASTS_MS)
        self._patience.timeout.connect(self.lasts)

    def start(self) -> None:
        self._timer.start()
        self.look()

    def stop(self) -> None:
        self._timer.stop()

    def look(self) -> None:
        """One look, unless one is under way."""
        if self._looking:
            return
        self._looking = True
        self._patience.start()
        self._tasks.run(self._door.observe, owner=self, done=self._seen, failed=self._blind)

    def _seen(self, state: CardState) -> None:
        self._looking = False
        self._patience.stop()
        if state != self.state:
            self.state = state
            self.changed.emit(state)

    def _blind(self, error: Exception) -> None:
        # ``observe`` never raises; if it did, the next look tells more than a crash window.
        self._looking = False
        self._patience.stop()
