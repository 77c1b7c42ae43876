"""Words compared as a person would: without case, accents, ligatures or punctuation."""

from __future__ import annotations

import re
import unicodedata

from lgc.domain.characters import as_on_a_keyboard, based

_BLANKS = str.maketrans({"'": " ", "-": " "})


def fold(text: str) -> str:
    """``Cœur d’Hélène`` → ``coeur d helene``."""
    opened = based(as_on_a_keyboard(text).casefold()).translate(_BLANKS)
    plain = unicodedata.normalize("NFKD", opened)
    return "".join(character for character in plain if not unicodedata.combining(character))


def letters(words: str) -> str:
    """Lower case without accents, one character per character of ``words``."""
    return "".join(
        unicodedata.normalize("NFD", letter)[0].lower() if letter.strip() else " "
        for letter in words
    )


def matches(shown: str, asked: str) -> list[tuple[int, int]]:
    """Parts (start, length) of ``shown`` that the words asked for brought, accents forgiven."""
    found: list[tuple[int, int]] = []
    plain = letters(shown)
    for word in letters(asked).split():
        found += [(m.start(), len(word)) for m in re.finditer(re.escape(word), plain)]
    merged: list[tuple[int, int]] = []
    for start, length in sorted(found):
        if merged and start <= merged[-1][0] + merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[0] + before[1], start + length) - before[0])
        else:
            merged.append((start, length))
    return merged
