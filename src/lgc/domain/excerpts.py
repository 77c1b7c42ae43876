"""Where the words of a search stand in a text, and the few words around them. Pure.

Accents, case and ligatures are forgiven as in the store's index, without copying the text: a
report may be long, and it is read at each keystroke.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_QUERY = 200
LENGTH, BEFORE = 170, 28
MOST_PLACES = 60
_LIGATURES = {"oe": "œ", "ae": "æ", "ss": "ß"}


def _variants() -> dict[str, str]:
    """Each plain letter with all its accented forms."""
    found: dict[str, str] = {}
    for number in (*range(0xC0, 0x180), *range(0x1E00, 0x1F00)):
        letter = chr(number)
        base = unicodedata.normalize("NFD", letter)[0].lower()
        if base != letter and base.isascii() and base.isalpha():
            found[base] = found.get(base, base) + letter
    return found


VARIANTS = _variants()


def excerpt(text: str, words: str, length: int = LENGTH, before: int = BEFORE) -> str:
    """One line of ``text``, in characters, around the place where most of ``words`` meet.

    ``before`` is how much of the line stands before that place. Empty when none is there.
    """
    patterns = [_pattern(word) for word in _words(words)]
    places = sorted({place for one in patterns for place in _places(one, text)})
    if not places:
        return ""
    best = max(places, key=lambda place: (_kinds(patterns, text, place, length), -place))
    start = max(best - before, 0)
    if start:
        start = text.find(" ", start, best) + 1 or start
    cut = " ".join(text[start : start + length].split())
    return f"{'… ' if start else ''}{cut}{' …' if start + length < len(text) else ''}"


def holds(text: str, words: str) -> bool:
    """Every word begins a word of ``text``; no words are held by nothing."""
    patterns = [_pattern(word) for word in _words(words)]
    return bool(patterns) and all(one.search(text) for one in patterns)


def _words(words: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", words[:LONGEST_QUERY].casefold())
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return re.findall(r"[^\W_]+", bare.replace("œ", "oe").replace("æ", "ae"))


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    """The beginning of a word, whatever its accents and however they are written."""
    parts, place = [], 0
    while place < len(word):
        pair = word[place : place + 2]
        if pair in _LIGATURES:
            parts.append(f"(?:{_letter(pair[0])}{_letter(pair[1])}|{_LIGATURES[pair]})")
            place += 2
        else:
            parts.append(_letter(word[place]))
            place += 1
    return re.compile(r"(?<![^\W_])" + "".join(parts), re.IGNORECASE)


def _letter(letter: str) -> str:
    known = VARIANTS.get(letter)
    return (f"[{known}]" if known else re.escape(letter)) + "[\u0300-\u036f]?"


def _places(pattern: re.Pattern[str], text: str) -> list[int]:
    found = []
    for match in pattern.finditer(text):
        found.append(match.start())
        if len(found) == MOST_PLACES:
            break
    return found


def _kinds(patterns: list[re.Pattern[str]], text: str, place: int, length: int) -> int:
    """How many of the words stand in the line that would begin before ``place``."""
    end = min(place - min(place, BEFORE) + length, len(text))
    return sum(one.search(text, place, end) is not None for one in patterns)
