"""« Échanges avec l’extérieur »: each way out with what waits for it, and its « Réessayer »."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lgc.services.exchanges import WAYS, Exchanges, Standing
from lgc.services.queue import Queue


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """One way, how many deliveries wait for it and when the next try is.

    ``again``: there is something to try again by hand.
    """

    standing: Standing
    waiting: int = 0
    next_try: dt.datetime | None = None
    again: bool = True


class Outside:
    """Runs in workers; ``again`` wakes the lane of a way, by key."""

    def __init__(
        self, exchanges: Exchanges, queue: Queue, again: Mapping[str, Callable[[], object]]
    ) -> None:
        self._exchanges, self._queue, self._again = exchanges, queue, again

    def lines(self) -> tuple[OutsideLine, ...]:
        waiting = self._queue.waiting()
        lines = []
        for standing in filter(_used, self._exchanges.standings()):
            channel = standing.way.channel
            number, first = waiting[channel] if channel is not None else (0, standing.next_try)
            lines.append(OutsideLine(standing, number, first, standing.key in self._again))
        return tuple(lines)

    def tell(self) -> None:
        """Say again, to a window that has just opened, how each service stands."""
        self._exchanges.tell()

    def retry(self, key: str) -> None:
        """Raises KeyError for what is no way, or has no lane."""
        channel = WAYS[key].channel
        if channel is not None:
            self._queue.hurry(channel)
        self._again[key]()


def _used(standing: Standing) -> bool:
    """What no setting asks for stays unsaid."""
    known = standing.reachable is not None or standing.success_at is not None
    return known or standing.way.service in ("dmp", "mssante")
