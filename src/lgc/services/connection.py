"""Who is at the desk and what the card reaches, shared by screens and lanes.

No card is a reason to wait, never a failure: whoever needs the outside asks ``current``.
"""

from __future__ import annotations

import threading

from lgc.domain.card import CardGone
from lgc.domain.professionals import Practitioner
from lgc.services.ports import Connections


class DeskConnection:
    """The connections of the card in the reader, or none. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: Connections | None = None
        self._practitioner: Practitioner | None = None

    def plug(self, practitioner: Practitioner, connections: Connections) -> None:
        with self._lock:
            self._practitioner, self._connections = practitioner, connections

    def sit(self, practitioner: Practitioner) -> None:
        """Somebody is at the desk without a card: whatever needs the outside waits."""
        with self._lock:
            self._practitioner, self._connections = practitioner, None

    def unplug(self) -> Connections | None:
        """Forget the card's connections; the practitioner stays known until another comes."""
        with self._lock:
            connections, self._connections = self._connections, None
            return connections

    @property
    def practitioner(self) -> Practitioner:
        """The doctor of this session, card in the reader or not. Raises CardGone before log-in."""
        with self._lock:
            if self._practitioner is None:
                raise CardGone
            return self._practitioner

    @property
    def plugged(self) -> bool:
        with self._lock:
            return self._connections is not None

    def current(self) -> Connections:
        """Raises CardGone when no card is in the reader."""
        with self._lock:
            if self._connections is None:
                raise CardGone
            return self._connections
