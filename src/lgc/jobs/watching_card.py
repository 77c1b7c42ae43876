"""Watch the reader: a pulled card locks within a second; the screen learns every change."""

from __future__ import annotations

from lgc.domain.card import CardPresence, CardState
from lgc.services.access import Access
from lgc.services.connection import DeskConnection
from lgc.services.events import Announce, CardSeen, SessionLocked

PAUSE_SECONDS = 0.4  # polling, because waiting for a slot event is not dependable in the library


class WatchingCard:
    """``look`` is called by its lane every ``PAUSE_SECONDS``."""

    def __init__(self, access: Access, connection: DeskConnection, announce: Announce) -> None:
        self._access, self._connection, self._announce = access, connection, announce
        self._last: CardState | None = None

    def look(self) -> bool:
        state = self._access.observe()
        if self._connection.plugged and not self._same_card(state):
            self._access.lock("card removed")
            self._announce(SessionLocked("La carte a été retirée."))
        if state != self._last:
            self._last = state
            self._announce(CardSeen(state))
        return False

    def _same_card(self, state: CardState) -> bool:
        mine = self._connection.practitioner.holder.card_serial
        return (
            state.presence is CardPresence.READY
            and state.holder is not None
            and state.holder.card_serial == mine
        )
