"""A date as people type it: read whole, or not at all.

The century of a two-digit year is asked where both are possible. A birth date of which the day or
the month is unknown is written by the rules of the RNIV (référentiel national d'identitovigilance,
saisie des traits): unknown day, the first of the month; unknown month, January; both, 31 December.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

OLDEST_AGE = 130  # years: nobody older was ever known
SHORT_YEARS = 115  # nobody writes in two figures the year of somebody older
AGENDA_YEARS = 10
MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
    "octobre", "novembre", "decembre",
)  # fmt: skip
_SHORTEST_MONTH = 3
_UNKNOWN = re.compile(r"0+|[?x]{1,4}")
_TOKEN = re.compile(r"\d+|[a-z]+|\?+")
_BETWEEN = re.compile(r"[\s/.,:_\-‐‑–—]*")
DAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ARTICLES = ("le", "du", "au")
HOW = "Écrivez la date ainsi : 18/08/1948."


@dataclass(frozen=True, slots=True)
class DateUse:
    """What a date is for: its bounds, and what to say beyond them.

    ``partial``: a birth date may lack its day or month. ``yearless``: « 15/01 » is the next one.
    """

    first: dt.date
    last: dt.date
    too_early: str
    too_late: str
    partial: bool = False
    yearless: bool = False


@dataclass(frozen=True, slots=True)
class ReadDate:
    """``day`` when the text says one; else ``choices`` to ask between, or ``problem`` in French.

    All three are empty for an empty text. ``note``: what the RNIV put for what is unknown.
    """

    day: dt.date | None = None
    choices: tuple[dt.date, ...] = ()
    problem: str = ""
    note: str = ""


def birth(today: dt.date) -> DateUse:
    """A date of birth: past, and within a human life."""
    return DateUse(
        _years(today, -OLDEST_AGE),
        today,
        f"Une naissance il y a plus de {OLDEST_AGE} ans : vérifiez l’année.",
        "Une date de naissance ne peut pas être à venir.",
        partial=True,
    )


def visit(today: dt.date) -> DateUse:
    """The day of an appointment, ten years around today."""
    return DateUse(
        _years(today, -AGENDA_YEARS),
        _years(today, AGENDA_YEARS),
        "Cette date est trop ancienne pour l’agenda.",
        "Cette date est trop lointaine pour l’agenda.",
        yearless=True,
    )


def period(today: dt.date) -> DateUse:
    """A bound of a period of the record, from the oldest birth to ten years ahead."""
    return DateUse(
        _years(today, -OLDEST_AGE),
        _years(today, AGENDA_YEARS),
        "Cette date est trop ancienne : vérifiez l’année.",
        "Cette date est trop lointaine : vérifiez l’année.",
    )


def read_date(typed: str, use: DateUse, today: dt.date) -> ReadDate:
    """What ``typed`` says as a whole; nothing of it is left over and nothing is guessed."""
    tokens = _tokens(typed)
    if tokens is None:
        return ReadDate(problem=HOW)
    named = [DAY_NAMES.index(one) for one in tokens if one in DAY_NAMES]
    parts = [one for one in tokens if one not in DAY_NAMES]
    if not parts:
        return ReadDate(problem=HOW if named else "")
    readings = [one for split in _splits(parts, use) for one in _readings(split, use, today)]
    right = {one.day: one for one in readings if one.day is not None}
    meant = sorted(day for day in right if not named or [day.weekday()] == named)
    if len(meant) > 1:
        return ReadDate(choices=tuple(meant))
    if meant:
        return right[meant[0]]
    if right:
        day = min(right)
        return ReadDate(problem=f"Le {day:%d/%m/%Y} est un {DAY_NAMES[day.weekday()]}.")
    return next(iter(readings), ReadDate(problem=HOW))


# --- taking apart ---------------------------------------------------------------------------------


def _tokens(typed: str) -> list[str] | None:
    """Numbers, months and marks of the unknown, in lower case; None where a word says no date."""
    bare = unicodedata.normalize("NFKD", typed.casefold())
    text = "".join(letter for letter in bare if not unicodedata.combining(letter))
    text = re.sub(r"(?<=\d)(er|h)\b", "", text)
    tokens, place = [], _after_blanks(text, 0)
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            return None
        if found[0] not in _ARTICLES:
            tokens.append(found[0])
        place = _after_blanks(text, found.end())
    known = all(
        one.isdigit() or _UNKNOWN.fullmatch(one) or one in DAY_NAMES or _month(one)
        for one in tokens
    )
    return tokens if known else None


def _after_blanks(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _month(token: str) -> int | None:
    """The number of a month by its name or its first letters."""
    if len(token) < _SHORTEST_MONTH or not token.isalpha():
        return None
    named = [number for number, name in enumerate(MONTHS, 1) if name.startswith(token)]
    return named[0] if len(named) == 1 else None


_Split = tuple[str, str, str]


def _splits(tokens: list[str], use: DateUse) -> list[_Split]:
    """Every way to see a day, a month and a year in ``tokens``; "" is « not said »."""
    if len(tokens) == 3:
        day, month, year = tokens
        return [(year, month, day)] if len(day) == 4 else [(day, month, year)]
    if len(tokens) == 2:
        return _of_two(tokens[0], tokens[1], use)
    if len(tokens) == 1 and tokens[0].isdigit():
        return _of_one(tokens[0], use)
    return []


def _of_two(first: str, second: str, use: DateUse) -> list[_Split]:
    if use.partial and len(second) == 4:
        return [("", first, second)]
    return [(first, second, "")] if use.yearless else []


def _of_one(digits: str, use: DateUse) -> list[_Split]:
    """« 18081948 », « 180848 », « 7051939 », « 19480818 », « 081948 », « 1948 »."""
    cut = {
        8: [(digits[:2], digits[2:4], digits[4:]), (digits[6:], digits[4:6], digits[:4])],
        7: [
            (digits[:1], digits[1:3], digits[3:]),
            (digits[:2], digits[2:3], digits[3:]),
        ],
        6: [(digits[:2], digits[2:4], digits[4:])],
    }.get(len(digits), [])
    partial = {6: [("", digits[:2], digits[2:])], 4: [("", "", digits)]}.get(len(digits), [])
    return cut + (partial if use.partial else [])


# --- understanding --------------------------------------------------------------------------------


def _readings(split: _Split, use: DateUse, today: dt.date) -> list[ReadDate]:
    day, month, year = split
    if not use.partial and (_unknown(day) or _unknown(month)):
        return [ReadDate(problem="Le jour et le mois doivent être connus.")]
    number = 0 if _unknown(month) else _month(month) or (int(month) if month.isdigit() else -1)
    if not 0 <= number <= len(MONTHS):
        return [ReadDate(problem=f"Il n’y a pas de mois {month}.")]
    years = _years_of(year, number, day, use, today)
    if not years:
        return [ReadDate(problem="L’année s’écrit en deux ou en quatre chiffres.")]
    made = [_made(day, number, one, use) for one in years]
    # Of two centuries one may be no date at all, or no possible one: the other is meant.
    return [one for one in made if one.day is not None] or made


def _years_of(year: str, month: int, day: str, use: DateUse, today: dt.date) -> list[int]:
    if len(year) == 4 and year.isdigit():
        return [int(year)]
    if len(year) == 2 and year.isdigit():
        century = today.year // 100 * 100
        both = (century - 100 + int(year), century + int(year))
        return [one for one in both if one >= today.year - SHORT_YEARS]
    if not year and use.yearless and month and day.isdigit():
        passed = (month, int(day)) < (today.month, today.day)
        return [today.year + passed]
    return []


def _made(day: str, month: int, year: int, use: DateUse) -> ReadDate:
    note = ""
    if _unknown(day) and not month:
        number, month, note = 31, 12, "jour et mois inconnus"
    elif _unknown(day):
        number, note = 1, "jour inconnu"
    elif not month:
        number, month, note = int(day), 1, "mois inconnu"
    else:
        number = int(day)
    if year < dt.MINYEAR:
        return ReadDate(problem=use.too_early)
    try:
        found = dt.date(year, month, number)
    except ValueError:
        return ReadDate(problem=_no_such_day(number, month, year))
    if found < use.first:
        return ReadDate(problem=use.too_early)
    if found > use.last:
        return ReadDate(problem=use.too_late)
    return ReadDate(found, note=note)


def _no_such_day(day: int, month: int, year: int) -> str:
    last = calendar.monthrange(year, month)[1]
    named = ("janvier", "février", *MONTHS[2:7], "août", *MONTHS[8:11], "décembre")[month - 1]
    return f"Le {day} {named} {year} n’existe pas : ce mois a {last} jours."


def _unknown(token: str) -> bool:
    return not token or bool(_UNKNOWN.fullmatch(token))


def _years(day: dt.date, by: int) -> dt.date:
    """The same day that many years away; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + by)
    except ValueError:
        return day.replace(year=day.year + by, day=28)
