"""How the words of a search are read: accents, French dates, matricules and slips of the finger.

Pure: no row and no file. A birth date is filed as four tokens (``18d 08m 1948y 48s``), a matricule
as itself; whatever the doctor types becomes alternatives among prefixes of these.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lgc.domain.characters import as_on_a_keyboard, based

_MARKS = re.compile("[\u0300-\u036f\ud800-\udfff]")  # accents set apart, and half characters
_MONTHS = {
    "janvier": 1, "janv": 1, "fevrier": 2, "fevr": 2, "mars": 3, "avril": 4, "avr": 4, "mai": 5,
    "juin": 6, "juillet": 7, "juil": 7, "aout": 8, "septembre": 9, "sept": 9, "octobre": 10,
    "oct": 10, "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
_CIVILITIES = re.compile(r"\b(?:m\.|mr|mme|mlle|monsieur|madame|mademoiselle|dr|docteur|pr)[. ]+")
_BORN = re.compile(r"\bnee?(?: le)?(?= \d)")
# Said between two names of one person.
_BETWEEN = frozenset(("ne", "nee", "epouse", "ep", "veuve", "vve", "dit", "dite"))
_SPELT = {"st": "saint", "saint": "st", "ste": "sainte", "sainte": "ste"}
LONGEST_QUERY = 200
MOST_NEIGHBOURS = 60


@dataclass(frozen=True, slots=True)
class Token:
    """One thing to look for: a whole word or the beginning of one, in ``column`` when given."""

    text: str
    column: str = ""
    prefix: bool = False


Alternative = tuple[Token, ...]
"""Tokens that must all be there."""


@dataclass(frozen=True, slots=True)
class Query:
    """``names`` are words to rank on; each of ``numbers`` is one of several readings."""

    names: tuple[str, ...] = ()
    numbers: tuple[tuple[Alternative, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.names or self.numbers)


def fold(text: str) -> str:
    """Lower case without accents nor ligatures: ``Bœuf-Éloïse`` becomes ``boeuf-eloise``."""
    plain = based(as_on_a_keyboard(text).lower())
    return _MARKS.sub("", unicodedata.normalize("NFKD", plain))


def words_of(text: str) -> list[str]:
    """The folded words, in order; hyphens and apostrophes separate."""
    return re.findall(r"[^\W_]+", fold(text))


def name_tokens(names: Iterable[str]) -> str:
    """The words of names to file, compound names glued too: ``da silva dasilva``."""
    tokens: list[str] = []
    for name in names:
        words = words_of(name)
        tokens += [*words, "".join(words)] if len(words) > 1 else words
    return " ".join(dict.fromkeys(tokens))


def birth_tokens(born: dt.date) -> str:
    return f"{born.day:02d}d {born.month:02d}m {born.year:04d}y {born.year % 100:02d}s"


def read_query(text: str) -> Query:
    """What the doctor typed, as names and numbers; unreadable signs are forgotten."""
    rest = _BORN.sub(" ", fold(text[:LONGEST_QUERY]))
    numbers: list[tuple[Alternative, ...]] = []
    for pattern, read in _NUMBERS:
        rest = _take(pattern, read, rest, numbers)
    return Query(_spoken_names(rest), tuple(numbers))


def read_names(text: str) -> Query:
    """What the doctor typed where no birth date is known: digits are words like others."""
    return Query(_spoken_names(fold(text[:LONGEST_QUERY])))


def _spoken_names(folded: str) -> tuple[str, ...]:
    """The words without « Mme », « Dr », « née »…, which are filed nowhere."""
    words = words_of(_CIVILITIES.sub(" ", folded))
    return tuple(word for place, word in enumerate(words) if not place or word not in _BETWEEN)


def beginnings(names: tuple[str, ...]) -> list[tuple[Alternative, ...]]:
    """For each word typed: its beginning, its other spelling, or two words written as one."""
    groups: list[tuple[Alternative, ...]] = []
    for place, word in enumerate(names):
        spelt = [word, _SPELT[word]] if word in _SPELT else [word]
        joined = ("".join(names[n : n + 2]) for n in (place - 1, place) if n >= 0)
        both = [one for one in joined if one not in spelt]
        groups.append(tuple((Token(one, prefix=True),) for one in (*spelt, *both)))
    return groups


def _take(
    pattern: re.Pattern[str],
    read: Callable[[re.Match[str]], tuple[Alternative, ...]],
    text: str,
    into: list[tuple[Alternative, ...]],
) -> str:
    """Move every match that ``read`` understands from ``text`` to ``into``."""

    def replace(match: re.Match[str]) -> str:
        alternatives = read(match)
        if not alternatives:
            return match.group()
        into.append(alternatives)
        return " "

    return pattern.sub(replace, text)


def _born(day: str = "", month: str | int = "", year: str = "") -> tuple[Alternative, ...]:
    """Tokens of a birth date known in part; nothing when no such day exists."""
    try:
        dt.date(int(year) if len(year) == 4 else 2000, int(month or 1), int(day or 1))
    except ValueError:
        return ()
    parts = [Token(f"{int(day):02d}d", "born")] if day else []
    parts += [Token(f"{int(month):02d}m", "born")] if month else []
    parts += [Token(year + ("y" if len(year) == 4 else "s"), "born")] if year else []
    return (tuple(parts),)


def _matricule(digits: str) -> tuple[Alternative, ...]:
    """The beginning of a matricule: it always starts with the sex, then year and month."""
    if len(digits) < 3 or len(digits) > 15 or digits[0] not in "123478":
        return ()
    return ((Token(digits, "ins", prefix=True),),)


def _lone(match: re.Match[str]) -> tuple[Alternative, ...]:
    """Digits without any sign: a date written together, a year, or the start of a matricule."""
    digits = match.group()
    readings: Iterator[tuple[Alternative, ...]] = iter(())
    if len(digits) == 8:
        readings = iter(
            (_born(digits[:2], digits[2:4], digits[4:]), _born(digits[6:], digits[4:6], digits[:4]))
        )
    elif len(digits) == 6:
        month_first = _born(month=digits[:2], year=digits[2:])
        readings = iter((_born(digits[:2], digits[2:4], digits[4:]), month_first))
    elif len(digits) == 4:
        readings = iter((_born(year=digits), _born(digits[:2], digits[2:])))
    elif len(digits) <= 2:
        readings = iter((_born(year=digits.zfill(2)),))
    return (*(a for reading in readings for a in reading), *_matricule(digits))


_MONTH_WORD = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[Alternative, ...]]], ...] = (
    (
        re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", re.ASCII),
        lambda m: _born(m[3], m[2], m[1]),
    ),
    (
        re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b", re.ASCII),
        lambda m: _born(m[1], m[2], m[3]),
    ),
    (
        re.compile(
            rf"\b(\d{{1,2}})(?:er)?\s+({_MONTH_WORD})\b\.?(?:\s+(\d{{4}}|\d{{2}})\b)?", re.ASCII
        ),
        lambda m: _born(m[1], _MONTHS[m[2]], m[3] or ""),
    ),
    (
        re.compile(rf"\b({_MONTH_WORD})\b\.?\s+(\d{{4}})\b", re.ASCII),
        lambda m: _born(month=_MONTHS[m[1]], year=m[2]),
    ),
    (
        re.compile(r"\b[123478](?: \d\d){2}(?: (?:\d\d|\d[ab])(?: ?\d{1,3}){0,3})?\b", re.ASCII),
        lambda m: (*_matricule(m.group().replace(" ", "")), *_spaced_date(m.group())),
    ),
    (
        re.compile(r"\b(\d{1,2}) (\d{1,2}) (\d{4}|\d{2})\b", re.ASCII),
        lambda m: _born(m[1], m[2], m[3]),
    ),
    (re.compile(r"\b(\d{1,2})[/.-](\d{4})\b", re.ASCII), lambda m: _born(month=m[1], year=m[2])),
    (re.compile(r"\b(\d{1,2})[/.-](\d{1,2})\b", re.ASCII), lambda m: _born(m[1], m[2])),
    (re.compile(r"\b\d{6}[ab]\d{0,8}\b", re.ASCII), lambda m: _matricule(m.group())),
    (re.compile(r"\b\d+\b", re.ASCII), _lone),
)


def _spaced_date(text: str) -> tuple[Alternative, ...]:
    groups = text.split(" ")
    return _born(*groups) if len(groups) == 3 else ()


@lru_cache(maxsize=1 << 16)
def letters_mask(word: str) -> int:
    """A bit per letter present, to rule out far words without comparing them."""
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 31)
    return mask


def slips_allowed(word: str) -> int:
    """One slip in a short word, two in a long one, none below four letters."""
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2


def distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance (a swap counts once); ``limit + 1`` when farther."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    previous = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            cost = min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, previous = previous, row
    return min(previous[-1], limit + 1)


def near(word: str, vocabulary: Iterable[str]) -> dict[str, int]:
    """Words of the vocabulary within the slips allowed, with their distance; the nearest few."""
    limit = slips_allowed(word)
    if not limit:
        return {}
    mask, size = letters_mask(word), len(word)
    close = [
        other
        for other in vocabulary
        if abs(len(other) - size) <= limit and (mask ^ letters_mask(other)).bit_count() <= 2 * limit
    ]
    measured = sorted((distance(word, other, limit), other) for other in close)
    return {other: d for d, other in measured[:MOST_NEIGHBOURS] if d <= limit}


def text_groups(text: str) -> list[tuple[Alternative, ...]]:
    """Every word typed must be found in a text; the last one may be unfinished."""
    words = words_of(text[:LONGEST_QUERY])
    return [((Token(word, prefix=i == len(words)),),) for i, word in enumerate(words, 1)]
