"""Dates in a typed line: where they stand, and the one that its last words make a start or an end.

A date is a start only after « depuis », « en », « le » or nothing; what else stands before it
keeps it for itself.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from lgc.domain import entry_words
from lgc.domain.medical_data import PartialDate

OLDEST, AHEAD = 1900, 10
_MONTHS = (
    "janvier janv|fevrier fevr fev|mars|avril avr|mai|juin|juillet juil|aout|septembre sept"
    "|octobre oct|novembre nov|decembre dec"
)
MONTHS = {
    name: number
    for number, names in enumerate(_MONTHS.split("|"), start=1)
    for name in names.split()
}
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = re.compile(
    r"(?<![\w/.,])(?:"
    r"(?P<day>\d{1,2})(?P<sep>[/.-])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4})"
    r"|(?P<month2>\d{1,2})/(?P<year2>\d{4})"
    rf"|(?:(?P<day3>\d{{1,2}})(?:er)? )?(?P<name>{_NAMES})\.? (?P<year3>\d{{4}})"
    r"|(?P<year4>\d{4})"
    r")(?![\w/]|[.,]\d|-\d(?!\d{3}|\d?/\d))"
)
_RANGE = re.compile(r"\s?(?:[-–→]|a|au)\s?")
_RANGE_LEAD = re.compile(r"(?:^|[\s,(])(?:de|du|depuis)$")


@dataclass(frozen=True, slots=True)
class Found:
    """A date at a place of the line. ``bare`` is four digits alone; no ``date``: impossible."""

    first: int
    last: int
    date: PartialDate | None
    bare: bool


@dataclass(frozen=True, slots=True)
class Tail:
    """What the last words say: ``place`` is where they begin."""

    place: int
    start: PartialDate | None = None
    end: PartialDate | None = None
    bare: bool = False


def dates_in(low: str, today: dt.date) -> list[Found]:
    """Every date of flat words, years that can be none left out."""
    found = []
    for match in _DATE.finditer(low):
        part = match.groupdict()
        year = int(part["year"] or part["year2"] or part["year3"] or part["year4"])
        bare = part["year4"] is not None
        if bare and not OLDEST <= year <= today.year + AHEAD:
            continue
        month = part["month"] or part["month2"] or MONTHS.get(part["name"] or "")
        read = _date(year, month, part["day"] or part["day3"])
        found.append(Found(match.start(), match.end(), read, bare))
    return found


def _date(year: int, month: str | int | None, day: str | None) -> PartialDate | None:
    numbers = [int(one) for one in (month, day) if one]
    try:
        dt.date(*[year, *numbers, 1, 1][:3])
    except ValueError:
        return None
    return PartialDate(year, *numbers) if year >= OLDEST else None


def is_ahead(date: PartialDate, today: dt.date) -> bool:
    """After today, as far as the date says it."""
    return date.iso > today.isoformat()[: len(date.iso)]


def tail_of(low: str, dates: list[Found]) -> Tail | None:
    """The start or the end that the line closes with; None when its words keep their dates."""
    closed = low.rstrip(" ).;,")
    if not dates or dates[-1].last != len(closed) or any(one.date is None for one in dates):
        return None
    last = dates[-1]
    if len(dates) > 1 and _RANGE.fullmatch(low[dates[-2].last : last.first]):
        return _range(low, dates)
    before = _bare_end(low[: last.first])
    ended = entry_words.END_LEAD.search(before)
    if ended is not None:
        return _ended(low, dates, _edge(before, ended))
    if len(dates) > 1:
        return None
    return _started(low, last)


def _range(low: str, dates: list[Found]) -> Tail | None:
    first, last = dates[-2:]
    start, end = first.date, last.date
    assert start is not None and end is not None
    if len(dates) > 2 or end.iso < start.iso[: len(end.iso)]:
        return None
    before = _bare_end(low[: first.first])
    lead = _RANGE_LEAD.search(before)
    place = _edge(before, lead) if lead else len(before)
    return None if _kept(low[:place]) else Tail(place, start, end)


def _ended(low: str, dates: list[Found], place: int) -> Tail | None:
    """« 2013, arrêté en 2019 », « arrêté en 2019 »."""
    end = dates[-1].date
    before = low[:place].rstrip(" ,;(")
    if len(dates) == 1:
        return Tail(place, None, end)
    start = tail_of(before, dates[:-1])
    if start is None or start.end is not None or end is None or start.start is None:
        return None
    ordered = end.iso >= start.start.iso[: len(end.iso)]
    return Tail(start.place, start.start, end, start.bare) if ordered else None


def _started(low: str, found: Found) -> Tail | None:
    before = _bare_end(low[: found.first])
    lead = entry_words.START_LEAD.search(before)
    place = _edge(before, lead) if lead else len(before)
    if not low[:place].strip(" ,;:(") or _kept(low[:place]):
        return None
    return Tail(place, found.date, None, found.bare and lead is None)


def _kept(before: str) -> bool:
    near = before.rstrip(" ,;(")
    return bool(entry_words.OWNERS.search(near) or entry_words.OWNING.search(near))


def _bare_end(words: str) -> str:
    return words.rstrip(" (")


def _edge(before: str, lead: re.Match[str]) -> int:
    """Where the lead begins, its own blank left before it."""
    place = lead.start()
    return place + 1 if before[place : place + 1] in " ,(" and place else place
