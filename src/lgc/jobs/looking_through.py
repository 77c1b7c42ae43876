"""Once a day the whole base is looked through, in the background and until it is asked to stop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

from lgc.domain.instants import since
from lgc.errors import Cancelled
from lgc.services.exchanges import Exchange
from lgc.services.keeping_store import KeepingStore
from lgc.services.ports import Clock

QUIET = dt.timedelta(minutes=2)


class LookingThrough:
    """``work`` is a lane's; ``stopping`` tells that the application ends."""

    def __init__(
        self,
        keeping: KeepingStore,
        clock: Clock,
        stopping: Callable[[], bool],
        exchange: Exchange,
    ) -> None:
        self._keeping, self._clock, self._stopping = keeping, clock, stopping
        self._exchange = exchange
        self._since = clock.now()

    def work(self) -> bool:
        """Always False: the next look is hours later."""
        # The first minutes of a session belong to the doctor.
        if since(self._since, self._clock.now()) >= QUIET and self._keeping.look_is_due():
            with suppress(Cancelled):
                found = self._keeping.look(self._check)
                if not found.damaged:  # damage has its own words, and its own place
                    self._exchange.well()
        return False

    def _check(self) -> None:
        if self._stopping():
            raise Cancelled
