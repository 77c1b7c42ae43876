"""« Archiver après »: what is read and filed since long leaves the inbox, and comes back at once.

A wrong clock makes everything old: nothing moves while it is in doubt, and each pass leaves a
trace by which one act takes it back as a whole, on the server too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lgc.domain.clock_doubt import ServerTime, in_doubt
from lgc.services.ports import Clock, OpenUnit


@dataclass(frozen=True, slots=True)
class ArchivedByAge:
    """One pass: when this computer's clock said that it was, and how many messages are still
    where it put them."""

    at: dt.datetime
    count: int


class ArchivingByAge:
    """Runs in workers and in the mailbox lane."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, told: ServerTime) -> None:
        self._open, self._clock, self._told = open_unit, clock, told

    def run(self, after: dt.timedelta) -> int:
        """Put away what arrived more than ``after`` ago; returns how many messages."""
        now = self._clock.now()
        with self._open() as uow:
            if in_doubt(now, uow.messages.newest_arrival(), self._told.latest):
                return 0
            moved = uow.messages.archive_before(now - after, now)
            if moved:
                uow.audit("messages archived by age", detail=str(moved))
            uow.commit()
        return moved

    def last(self) -> ArchivedByAge | None:
        """The last pass of which something is still in the archives."""
        with self._open() as uow:
            found = uow.messages.archived_by_age()
        return ArchivedByAge(*found) if found is not None else None

    def take_back(self, at: dt.datetime) -> int:
        """The whole pass, into the inbox, where their age counts anew; returns how many."""
        with self._open() as uow:
            moved = uow.messages.unarchive(at, self._clock.now())
            if moved:
                uow.audit("archiving by age taken back", detail=str(moved))
            uow.commit()
        return moved
