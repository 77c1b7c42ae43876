"""Who was refused at the door, for the journal: kinds and serials of cards, never a code.

Before the practice is open nothing can be written: refusals wait in memory for the next opening,
counted by kind and by card, so that nobody fills it.
"""

from __future__ import annotations

import threading

from lgc.services.ports import UnitOfWork

MOST = 50  # kinds and cards told apart
OTHERS = "others"


class Refusals:
    """Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], int] = {}

    def note(self, action: str, card: str = "") -> None:
        with self._lock:
            known = (action, card) in self._waiting or len(self._waiting) < MOST
            key = (action, card) if known else (action, OTHERS)
            self._waiting[key] = self._waiting.get(key, 0) + 1

    def write(self, uow: UnitOfWork) -> None:
        """A line for each kind and card, with how many times; commit is the caller's."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for (action, card), times in waiting.items():
            uow.audit(action, card, str(times))
