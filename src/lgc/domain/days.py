"""Which day and which hour an instant is: those of the practice's wall, never those of UTC, of
Paris or of the machine. The zone is that of the practice's setting, set once at start."""

from __future__ import annotations

import datetime as dt

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_zone: dt.tzinfo | None = None


class ZoneUnknown(RuntimeError):
    """Nobody said where the practice is: a day that is guessed would be another's."""


def use_zone(zone: dt.tzinfo | None) -> None:
    """The practice's ``zone``; None forgets it."""
    global _zone
    _zone = zone


def practice_zone() -> dt.tzinfo:
    """Raises ZoneUnknown before the practice's zone is set."""
    if _zone is None:
        raise ZoneUnknown("the practice's time zone is not set")
    return _zone


def practice_time(moment: dt.datetime) -> dt.datetime:
    """An aware ``moment`` as the clock on the practice's wall shows it.

    At the ends of the calendar, beyond which a wall has no number, it stays as it is.
    """
    try:
        return moment.astimezone(practice_zone())
    except OverflowError:
        return moment


def practice_day(moment: dt.datetime) -> dt.date:
    """The day of an aware ``moment`` at the practice."""
    return practice_time(moment).date()


def comes(wall: dt.datetime) -> bool:
    """Does the clock on its wall ever show this time? One hour of March is skipped."""
    return wall.astimezone(dt.UTC).astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(
        tzinfo=None
    )


def in_words(day: dt.date) -> str:
    """« 1er octobre 2026 »."""
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"
