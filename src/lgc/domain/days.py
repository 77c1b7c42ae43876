"""Which day an instant is: that of the practice, never that of UTC after midnight."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def practice_day(moment: dt.datetime, zone: dt.tzinfo | None = None) -> dt.date:
    """The day of an aware ``moment`` in the practice's ``zone`` (the clock's), else in Paris."""
    return moment.astimezone(zone or PARIS).date()


def in_words(day: dt.date) -> str:
    """« 1er octobre 2026 »."""
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"
