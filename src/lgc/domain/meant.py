"""Whom do these words name? One person alone, or nobody: never the first of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from lgc.domain.assignment import fold

R = TypeVar("R")
TITLES = frozenset(("dr", "docteur", "pr", "professeur", "m", "mme", "mlle", "monsieur", "madame"))
Names = tuple[str, ...]
"""What somebody is called, the name on the screen first."""


def meant(words: str, found: Sequence[R], names: Callable[[R], Names]) -> R | None:
    """The one that answers better than all others to the words typed; None where two may.

    Dates and numbers only keep people out: one who is found by a date alone is meant when alone. A
    word that is no beginning of a name (a slip, a synonym) names nobody.
    """
    if not fold(words):
        return None
    called = [names(row) for row in found]
    typed = [word for word in fold(words).split() if word not in TITLES]
    typed = [
        word
        for word in typed
        if not _number(word) or any(_rank([word], c) is not None for c in called)
    ]
    ranks = [_rank(typed, one) for one in called]
    best = min((rank for rank in ranks if rank is not None), default=None)
    return found[ranks.index(best)] if best is not None and ranks.count(best) == 1 else None


def _number(word: str) -> bool:
    """A day, or a part of a matricule (2A in Corsica)."""
    return any(letter.isdigit() for letter in word)


def _rank(typed: Sequence[str], names: Names) -> int | None:
    """0 for whole words of the first name, more for beginnings and for what stands after it."""
    places = [_place(word, names) for word in typed]
    return None if None in places else sum(place for place in places if place is not None)


def _place(word: str, names: Names) -> int | None:
    for tier, name in enumerate(names):
        said = fold(name).split()
        if word in said:
            return 2 * tier
        if any(one.startswith(word) for one in said):
            return 2 * tier + 1
    return None
