"""What a look at this computer found: one line of « Réglages du poste »."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Trial:
    """``words`` are a French sentence without a name, a number of a card or a PIN."""

    verdict: Verdict
    words: str
