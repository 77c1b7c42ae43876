"""Waits of machines. A wall shows one hour twice and another never, and two times of one zone are
added and compared as walls: whoever waits counts in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Now = Callable[[], dt.datetime]


def machine_now() -> dt.datetime:
    """The machine's own clock, aware, in UTC: only as what a clock given from outside is by
    default, where no practice is open yet and hence no zone is known (a card, a door).
    """
    return dt.datetime.now(dt.UTC)


def after(moment: dt.datetime, wait: dt.timedelta) -> dt.datetime:
    """The instant ``wait`` after an aware ``moment``, in UTC."""
    return moment.astimezone(dt.UTC) + wait


def since(earlier: dt.datetime, now: dt.datetime) -> dt.timedelta:
    """What passed between two aware times, negative when ``now`` is the earlier one."""
    return now.astimezone(dt.UTC) - earlier.astimezone(dt.UTC)


def come(due: dt.datetime, now: dt.datetime) -> bool:
    """Is the instant ``due`` there?"""
    return since(due, now) >= dt.timedelta()
