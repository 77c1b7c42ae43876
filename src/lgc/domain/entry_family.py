"""A typed line of family history: which relative, and the age at which it began.

What is not sure of the relative stays in the words, and so does the age of a death.
"""

from __future__ import annotations

import re

from lgc.domain.entry_words import flat
from lgc.domain.kinships import KINSHIPS

OLDEST = 120
CODES = {
    flat(spelling): code for code, (_, spellings) in KINSHIPS.items() for spelling in spellings
}


def _spelled(words: str) -> str:
    """« grand-mère », « grand mère »; « sœur », « soeur »."""
    return re.escape(words).replace(r"\-", "[- ]").replace("œ", "(?:œ|oe)").replace(r"\ ", " ")


_KIN = "|".join(_spelled(one) for one in sorted(CODES, key=len, reverse=True))
_ARTICLE = r"(?:(?:la|le|sa|son|ma|mon|un|une) |l')?"
_HEAD = re.compile(rf"{_ARTICLE}(?P<one>{_KIN})\b\s*[:,]?\s*")
_PAIR = re.compile(
    rf"{_ARTICLE}(?P<one>{_KIN})\s*(?:et|\+|&|/|,)\s*{_ARTICLE}(?P<two>{_KIN})\b\s*[:,]?\s*"
)
_TAIL = re.compile(rf"\s*(?:\bchez |[(,:] ?(?:chez )?){_ARTICLE}(?P<one>{_KIN})\)?$")
_ANY = re.compile(rf"\b(?:{_KIN})s?\b")
# Several of them, or a side: nobody knows whose it is.
_SEVERAL = re.compile(
    r"\b(?:(?:grands[- ])?parents|jumeaux|jumelles|fratrie|famille|cote (?:mat|pat)ernel)\b"
)
# After a relative: another one is meant, or the same one of another kind.
_OTHER = re.compile(
    r"(?:de|du|des|et|ou|par|en|decedee? et)\b|d'|[+&/\d]"
    r"|(?:adopt|biolog|matern|patern|nourric)\w*"
)
_ALONE = frozenset(("enfant", "voisin", "voisine", "conjoint", "conjointe", "gendre"))
_DEATH = re.compile(r"\b(?:deced\w*|deces|dcd|mort\w*|suicid\w*)\b|†")
_AGE = re.compile(r"[\s,]*\b(?:a|a l'age de)\s+(\d{1,3})\s*ans\b")
_BARE_AGE = re.compile(r"[\s,]+(\d{1,3})\s*ans$")
_SPAN = re.compile(
    r"(?:depuis|pendant|vers|avant|apres|de|il y a|environ|plus|moins|jusqu'|entre|et|ou|age|agee"
    r"|[<>~≈]|\d)\s*$"
)


def names_relative(low: str) -> bool:
    """Flat words that begin with a relative and go on."""
    found = _HEAD.match(low)
    return found is not None and found["one"] not in _ALONE and bool(low[found.end() :])


def relatives(words: str) -> tuple[str, tuple[str, ...]]:
    """(the words without their relative, whose they are); no relative when it is not sure."""
    low = flat(words)
    for pattern in (_PAIR, _HEAD):
        found = pattern.match(low)
        if found is not None:
            rest = low[found.end() :]
            if not rest or _OTHER.match(rest) or _ANY.search(rest):
                return words, ()
            return words[found.end() :], tuple(map(_code, found.groupdict().values()))
    found = _TAIL.search(low)
    if found is not None and low[: found.start()] and not _ANY.search(low[: found.start()]):
        return words[: found.start()], (_code(found["one"]),)
    return words, ()


def unsure(words: str) -> bool:
    """A relative is named, and whose it is was not understood."""
    low = flat(words)
    named = _ANY.search(low) or _SEVERAL.search(low)
    return named is not None or "belle" in low.split("-")[0]


def _code(spelled: str) -> str:
    kept = spelled.replace("oe", "œ")
    return CODES[kept] if kept in CODES else CODES[_hyphened(kept)]


def _hyphened(spelled: str) -> str:
    """« grand mere » as it is in the table."""
    return next(one for one in CODES if one.replace("-", " ") == spelled.replace("-", " "))


def onset(words: str) -> tuple[str, int | None, int]:
    """(words, age of onset, where it stands): taken off where it closes the words."""
    low = flat(words)
    ages = [(found, int(found[1])) for found in _AGE.finditer(low)]
    bare = _BARE_AGE.search(low)
    if bare is not None and not ages and not _SPAN.search(low[: bare.start()]):
        ages = [(bare, int(bare[1]))]
    if not ages or ages[0][1] > OLDEST:
        return words, None, len(words)
    found, age = ages[0]
    dead = _DEATH.search(low)
    # One age beside a death, or an age after it, may be that of the death.
    if dead is not None and (len(ages) == 1 or dead.start() < found.start()):
        return words, None, len(words)
    if (dead is None and len(ages) > 1) or not low[: found.start()].strip(" ,:"):
        return words, None, len(words)
    closes = not low[found.end() :].strip(" .,;")
    return (words[: found.start()] if closes else words), age, found.start()
