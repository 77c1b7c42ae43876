"""A closure that comes every week, changed for one week, from a week on, or for all. Pure.

Weeks that nobody spoke of keep their times: what is edited in March says nothing of February.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from enum import StrEnum

from lgc.domain.agenda import Closure

Change = tuple[tuple[Closure | None, Closure | None], ...]


class Reach(StrEnum):
    """Which weeks an act is for."""

    ONCE = "once"
    ONWARD = "onward"
    ALL = "all"


def changed(before: Closure, day: dt.date, after: Closure, reach: Reach, new_id: str) -> Change:
    """The pairs (was, becomes) when the time of ``day`` is edited into ``after``.

    ``after`` has the id of ``before``; its ``starts_at`` is the edited time of ``day``, in the
    zone of the practice. Raises ValueError for all weeks of what would come once.
    """
    if not before.weekly:
        return ((before, after),)
    by = after.starts_at.date() - day
    if reach is Reach.ONCE:
        once = replace(after, closure_id=new_id, weekly=False, until=None, except_days=(), uid="")
        return ((before, _without(before, day)), (None, once))
    if reach is Reach.ONWARD:
        later = _shifted(before, after, day, by)
        earlier = _until(before, day, after.starts_at.tzinfo)
        if earlier is None:
            return ((before, later),)
        return ((before, earlier), (None, replace(later, closure_id=new_id, uid="")))
    if not after.weekly:
        raise ValueError("all weeks of what would come once")
    first = before.starts_at.astimezone(after.starts_at.tzinfo).date()
    start = dt.datetime.combine(first + by, after.starts_at.time(), after.starts_at.tzinfo)
    return ((before, _shifted(before, replace(after, starts_at=start), first, by)),)


def removed(before: Closure, day: dt.date, reach: Reach, zone: dt.tzinfo | None) -> Change:
    """The pairs when the time of ``day`` is taken away."""
    if not before.weekly or reach is Reach.ALL:
        return ((before, None),)
    if reach is Reach.ONCE:
        return ((before, _without(before, day)),)
    return ((before, _until(before, day, zone)),)


def _without(before: Closure, day: dt.date) -> Closure:
    return replace(before, except_days=(*before.except_days, day))


def _until(before: Closure, day: dt.date, zone: dt.tzinfo | None) -> Closure | None:
    """Its weeks before ``day``; None when ``day`` is the first."""
    if day <= before.starts_at.astimezone(zone).date():
        return None
    kept = tuple(one for one in before.except_days if one < day)
    return replace(before, until=day - dt.timedelta(days=1), except_days=kept)


def _shifted(before: Closure, after: Closure, day: dt.date, by: dt.timedelta) -> Closure:
    """``after`` with the end and the exceptions of ``before`` from ``day`` on, moved along."""
    if not after.weekly:
        return replace(after, until=None, except_days=())
    until = before.until + by if before.until is not None else None
    kept = tuple(one + by for one in before.except_days if one >= day)
    return replace(after, until=until, except_days=kept)
