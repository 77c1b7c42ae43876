"""The birth date that a stranger's document or metadata tells: as far as it tells it, no further.

What is known to the year or the month is no day: it matches nobody's (RNIV: a lunar date is kept
as it is). What is not understood stays as it was written.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from lgc.domain.days import practice_day

_TOLD = re.compile(
    r"(?P<day>\d{4}(?:\d{2}(?:\d{2})?)?)(?P<hour>\d{2}(?:\d{2}(?:\d{2}(?:\.\d+)?)?)?)?"
    r"(?:(?P<sign>[+-])(?P<zone>\d{2}:?\d{2}))?",
    re.ASCII,
)
LONGEST = 40
YEAR, MONTH = 4, 6
# Hours of UTC between which it is one day from Cayenne (UTC-4) to Saint-Denis (UTC+4).
WEST, EAST = 4, 20


@dataclass(frozen=True, slots=True)
class Birth:
    """``day`` only where a whole, possible one is told; ``said`` is what is shown, empty when
    nothing is told."""

    day: dt.date | None = None
    said: str = ""


def read(text: str) -> Birth:
    """From an HL7 time (TS, or the DTM of PID-7)."""
    written = text.strip()
    found = _TOLD.fullmatch(written)
    if found is None:
        return Birth(None, written[:LONGEST])
    digits = found["day"]
    if found["hour"] is None and not found["sign"]:
        if len(digits) == YEAR or digits[YEAR:] in ("00", "0000"):
            return Birth(None, _year(digits, written))
        month = digits[YEAR:MONTH]
        if (len(digits) == MONTH or digits[MONTH:] == "00") and 1 <= int(month) <= 12:
            return Birth(None, f"{month}/{digits[:YEAR]}")
        if int(month) > 12 and int(digits[:YEAR]):  # a lunar date, or a slip of the hand
            return Birth(None, f"{digits[:YEAR]} (écrit {written})")
    day = _day(digits)
    if day is None or not _is_that_day(day, found):
        return Birth(None, written[:LONGEST])
    return Birth(day, "/".join(reversed(day.isoformat().split("-"))))


def _year(digits: str, written: str) -> str:
    return digits[:YEAR] if int(digits[:YEAR]) else written


def _day(digits: str) -> dt.date | None:
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _is_that_day(day: dt.date, found: re.Match[str]) -> bool:
    """Midnight of one place written in another's zone may tell the day before: nobody knows which.

    Midnight as it is written is somebody's own day. Another hour of UTC is sure when it is that day
    from Cayenne to Saint-Denis, another hour with an offset when it is that day at the practice.
    """
    if not found["sign"] or not found["hour"]:
        return True
    hour, minute = int(found["hour"][:2]), int(found["hour"][2:4] or 0)
    zone = found["zone"].replace(":", "")
    ahead = dt.timedelta(hours=int(zone[:2]), minutes=int(zone[2:]))
    if hour == minute == 0:
        return True
    if not ahead:
        return WEST <= hour < EAST
    try:
        offset = dt.timezone(-ahead if found["sign"] == "-" else ahead)
        moment = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=offset)
        return practice_day(moment) == day
    except (ValueError, OverflowError):
        return False
