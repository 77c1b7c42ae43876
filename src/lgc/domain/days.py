"""Which day an instant is: that of the practice, never that of UTC after midnight."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def practice_day(moment: dt.datetime, zone: dt.tzinfo | None = None) -> dt.date:
    """The day of an aware ``moment`` in the practice's ``zone`` (the clock's), else in Paris."""
    return moment.astimezone(zone or PARIS).date()
