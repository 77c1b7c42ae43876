"""Short forms that expand as one types: « ras » becomes « rien à signaler »."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LAST_WORD = re.compile(r"(?:^|(?<=[\s(«’']))([A-Za-zÀ-ÿ]+)$")


def expansion(before: str, known: Mapping[str, str]) -> tuple[str, str] | None:
    """(short form as typed, what it stands for) when ``before`` ends with a known one.

    A capital first letter is kept; a word that merely ends like a short form is none.
    """
    found = _LAST_WORD.search(before)
    if found is None:
        return None
    typed = found.group(1)
    words = known.get(typed.casefold())
    if words is None:
        return None
    if typed[0].isupper():
        words = words[0].upper() + words[1:]
    return typed, words
