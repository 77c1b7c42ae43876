"""How doctors call analyses: « kaliémie », « NFS », « ALAT ». For searching only; data with their
source in ``resources/terminology/analysis_names.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache

from lgc.domain.assignment import fold
from lgc.paths import bundled

SHORTEST = 4
"""Letters from which the beginning of a name stands for it."""


@dataclass(frozen=True, slots=True)
class _Name:
    finds: tuple[tuple[str, ...], ...]
    unless: tuple[tuple[str, ...], ...]

    def is_in(self, words: frozenset[str]) -> bool:
        """Is any of its phrases whole in these words, and none that excludes it?"""
        found = any(_held(phrase, words) for phrase in self.finds)
        return found and not any(_held(phrase, words) for phrase in self.unless)


def found_by(query: str, said: str) -> bool:
    """Does a row that says all of ``said`` answer what was typed: its words, or a usual name?

    Every typed word must be answered, or all of them as one name (« gamma GT »).
    """
    asked, folded = fold(query), fold(said)
    words = frozenset(folded.split())
    if not asked or _answers(asked, words):
        return True
    return all(_said(word, folded, words) or _answers(word, words) for word in asked.split())


def _said(word: str, folded: str, words: frozenset[str]) -> bool:
    """Anywhere in a word; « K » and « Na » are names and not letters of others."""
    return word in words if word in _names() and len(word) < SHORTEST - 1 else word in folded


def _answers(asked: str, words: frozenset[str]) -> bool:
    return any(name.is_in(words) for name in _called(asked))


@lru_cache(maxsize=512)
def _called(asked: str) -> tuple[_Name, ...]:
    """The names that this is; from four letters their beginning is enough."""
    exact = _names().get(asked)
    if exact is not None or len(asked) < SHORTEST:
        return exact or ()
    begun = (held for name, held in _names().items() if name.startswith(asked))
    return tuple(one for held in begun for one in held)


def _held(phrase: tuple[str, ...], words: frozenset[str]) -> bool:
    return all(word in words for word in phrase)


@cache
def _names() -> dict[str, tuple[_Name, ...]]:
    file = bundled("resources") / "terminology" / "analysis_names.toml"
    found: dict[str, tuple[_Name, ...]] = {}
    for raw in tomllib.loads(file.read_text("utf-8"))["name"]:
        phrases = (
            tuple(tuple(fold(phrase).split()) for phrase in raw.get(key, ()))
            for key in ("finds", "unless")
        )
        name = _Name(*phrases)
        for word in {fold(word) for word in raw["words"]}:
            found[word] = (*found.get(word, ()), name)
    return found
