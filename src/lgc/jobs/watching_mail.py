"""New mail the moment it comes: the server tells (IDLE), the mailbox is looked into at once."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable

from lgc.domain.card import CardGone
from lgc.errors import UserFacingError, place_of
from lgc.services.connection import DeskConnection
from lgc.services.exchanges import Exchange

log = logging.getLogger(__name__)
SHORTEST, LONGEST = 30.0, 900.0
# So many watches in a row that each end as soon as they begin: a server that cries wolf.
AT_ONCE, MOST_AT_ONCE = 2.0, 5


class WatchingMail:
    """One watch at a time; a server that fails is asked again later and later, 15 minutes at most.

    A server without IDLE is looked into at its hours: this lane then has nothing to do.
    """

    def __init__(
        self,
        connection: DeskConnection,
        came: Callable[[], None],
        stopping: Callable[[], bool],
        exchange: Exchange,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection, self._came, self._stopping = connection, came, stopping
        self._exchange, self._clock = exchange, clock
        self._pause, self._not_before, self._hasty = SHORTEST, 0.0, 0

    def work(self) -> bool:
        """Watch until something comes, the card leaves or the lane stops. True: watch again."""
        if not self._connection.plugged or self._clock() < self._not_before:
            return False
        began = self._clock()
        try:
            came = self._connection.current().mssante.watch(self._listening())
        except CardGone:
            return False
        except UserFacingError as error:
            log.info("no watch: %s", place_of(error))
            self._exchange.failed(error, self._pause)
            self._not_before = self._clock() + self._pause
            self._pause = min(self._pause * 2, LONGEST)
            return False
        self._pause = SHORTEST
        self._exchange.well()
        if came is None:
            return False
        if came:
            self._came()
        return not self._too_hasty(began) and not self._over()

    def _too_hasty(self, began: float) -> bool:
        now = self._clock()
        self._hasty = self._hasty + 1 if now - began < AT_ONCE else 0
        if self._hasty <= MOST_AT_ONCE:
            return False
        self._hasty, self._not_before = 0, now + SHORTEST
        return True

    def hurry(self) -> None:
        """Watch again at the next pass, whatever the last failure said."""
        self._not_before = 0.0

    def _listening(self) -> Callable[[], bool]:
        """The watch is well from its first beat on, long before it ends."""
        beats = itertools.count()

        def over() -> bool:
            if next(beats) == 0:
                self._exchange.well()
            return self._over()

        return over

    def _over(self) -> bool:
        return self._stopping() or not self._connection.plugged
