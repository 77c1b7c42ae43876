"""What a completion of the record's words may take without having been seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from lgc.domain.assignment import fold
from lgc.services.medical import Suggestion


def suggestions_in(answer: object) -> tuple[Suggestion, ...]:
    """The answer of ``Medical.suggest``."""
    return cast("tuple[Suggestion, ...]", answer)


def word_for_word(words: str, rows: Sequence[Suggestion]) -> Suggestion | None:
    """The coded term that says these words, no more and no less; else the words as typed."""
    same = (row for row in rows if row.code and fold(row.label) == fold(words))
    plain = (row for row in rows if row.code is None)
    return next(same, None) or next(plain, None)
