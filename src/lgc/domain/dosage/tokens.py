"""A sentence cut in numbers, words and signs; nothing is thrown away."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

LONGEST = 600
_GLYPHS = {"½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 "}
_DASHES = str.maketrans({"–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-", "×": "x", "’": "'",
                         "ʼ": "'", "μ": "µ"})  # fmt: skip
_NARROW = "\u202f\u00a0"
# One group of three after a plain space may be a count and a strength (« 2 500 mg »): it is one
# number only where the blank does not break, where it is 000, or where there are two groups.
_GROUPED = rf"[1-9]\d{{0,2}}(?:(?:[{_NARROW}]\d{{3}})+| 000(?: \d{{3}})*|(?: \d{{3}}){{2,}})"
_TOKEN = re.compile(
    # « ,5 mg » may be a half that lost its zero.
    rf"(?P<slip>(?<!\S)[.,]\d\S*)"
    rf"|(?P<fraction>[1-9]\s?/\s?[2-9](?![\d,.]))"
    rf"|(?P<number>(?:{_GROUPED}|\d+)(?:[.,]\d+)?(?![\d]))"
    rf"|(?P<word>[a-zµ]+)"
    rf"|(?P<sign>\S)"
)
_SUSPECT = re.compile(r"(?:0\d.*|[1-9]\d*[.,]\d{3}|.*[.,]\d{5,})")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign, or a number with its value."""

    text: str
    value: Decimal | None = None
    is_fraction: bool = False


UNREADABLE = Token("\N{REPLACEMENT CHARACTER}")
"""Stands for a number that may be two: no rule takes it."""


def fold(words: str) -> str:
    """Without case, accents or typographic variants."""
    for glyph, plain in _GLYPHS.items():
        words = words.replace(glyph, plain)
    words = words.casefold().translate(_DASHES).replace("œ", "oe")
    parted = unicodedata.normalize("NFD", words)
    return "".join(c for c in parted if not unicodedata.combining(c))


def cut(sentence: str) -> tuple[Token, ...]:
    """The tokens of a sentence, in order. Apostrophes part words."""
    said = re.sub(r"[^\S\u202f\u00a0]+", " ", fold(sentence)).replace("'", " ").strip()
    if len(said) > LONGEST:
        return (UNREADABLE,)
    return tuple(_token(found) for found in _TOKEN.finditer(said))


def _token(found: re.Match[str]) -> Token:
    text = found[0]
    if found["slip"]:
        return UNREADABLE
    if found["fraction"]:
        return _fraction(text)
    if found["number"]:
        plain = re.sub(r"\s", "", text)
        # « 1.000 » is a thousand or one; « 05 » is a slip.
        return UNREADABLE if _SUSPECT.fullmatch(plain) else Token(text, _decimal(plain))
    return Token(text)


def _fraction(text: str) -> Token:
    """Only halves and quarters are exact."""
    over, under = (int(part) for part in text.split("/"))
    if under not in (2, 4) or over >= under:
        return UNREADABLE
    return Token(text, Decimal(over) / Decimal(under), is_fraction=True)


def _decimal(plain: str) -> Decimal:
    return Decimal(plain.replace(",", "."))
