"""Is the practice's folder still there? Asked every few seconds, told once when it no longer is."""

from __future__ import annotations

from lgc.errors import UserFacingError
from lgc.services.events import Announce, Warned
from lgc.services.exchanges import Exchange
from lgc.services.ports import Store

PAUSE = 5.0  # seconds


class WatchingFolder:
    """``work`` is a lane's."""

    def __init__(self, store: Store, announce: Announce, exchange: Exchange) -> None:
        self._store, self._announce, self._exchange = store, announce, exchange
        self._told = False

    def work(self) -> bool:
        """Always False: the next look is a pause later."""
        try:
            self._store.must_be_there()
        except UserFacingError as gone:
            if not self._told:
                self._announce(Warned(gone))
            self._told = True
            self._exchange.failed(gone, PAUSE)
        else:
            self._told = False
            self._exchange.well()
        return False
