"""A sentence read: every word is taken, in one way only, or it stays text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from lgc.domain.dosage import steps
from lgc.domain.dosage.model import Dosage
from lgc.domain.dosage.parts import RULES, Part, Tokens
from lgc.domain.dosage.tokens import cut
from lgc.domain.dosage.vocabulary import OPENING, SEPARATORS

MOST_PARTS, MOST_READINGS = 40, 400


@lru_cache(maxsize=512)
def read(sentence: str) -> Dosage:
    """What ``sentence`` says, a ``Dosage`` without steps when it is not understood whole.

    Never raises. The sentence stands as it was typed, but for the blanks around it.
    """
    found = _readings(cut(sentence))
    understood = next(iter(found)) if len(found) == 1 else Dosage("")
    return replace(understood, sentence=sentence.strip())


def _readings(tokens: Tokens) -> set[Dosage]:
    start = 1 if tokens and tokens[0].text in OPENING else 0
    found: set[Dosage] = set()
    for tried, parts in enumerate(_paths(tokens, _skip(tokens, start), ())):
        if tried > MOST_READINGS:
            return set()
        made = steps.dosage(parts)
        if made is not None:
            found.add(made)
    return found


def _paths(tokens: Tokens, at: int, before: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    """Every way to take all tokens from ``at``."""
    if at >= len(tokens):
        yield before
        return
    if len(before) >= MOST_PARTS:
        return
    for rule in RULES:
        for part, end in rule(tokens, at):
            if not steps.repeats(before, part):
                yield from _paths(tokens, _skip(tokens, end), (*before, part))


def _skip(tokens: Tokens, at: int) -> int:
    while at < len(tokens) and tokens[at].text in SEPARATORS:
        at += 1
    return at
