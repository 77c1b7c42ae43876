"""What a failed exchange means, as rows of tables: its fate, its words, its remedy.

Each channel has its tables; a row becomes the outcome of a delivery or the error of a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lgc.domain.deliveries import AnswerLost, Postponed, Refused
from lgc.errors import UserFacingError

_LONG_NUMBER = re.compile(r"\d{13,}")


class Fate(StrEnum):
    """LATER: surely not taken, try again by itself. ASK: perhaps taken, ask the other side.

    DOCTOR: refused for something the doctor can put right. REFUSED: it said no.
    """

    LATER = "later"
    ASK = "ask"
    DOCTOR = "doctor"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row of the tables, in the doctor's words.

    ``final``: the same bytes sent again would meet the same answer, so nobody offers it.
    """

    fate: Fate
    sentence: str
    advice: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A meaning with the code and the words that came, which stay « Détails »."""

    meaning: Meaning
    code: str = ""
    words: str = ""

    @property
    def details(self) -> str:
        """Code and words of the other side, to be copied."""
        return " – ".join(part for part in (self.code, self.words) if part)

    @property
    def outcome(self) -> Postponed | Refused | AnswerLost:
        """For a submission."""
        row = self.meaning
        match row.fate:
            case Fate.LATER:
                return Postponed(row.sentence, row.advice, self.details)
            case Fate.ASK:
                return AnswerLost(row.sentence, row.advice, self.details)
            case Fate.REFUSED | Fate.DOCTOR:
                return Refused(self.code, row.sentence, row.advice, self.details, row.final)

    @property
    def error(self) -> UserFacingError:
        """For a question."""
        row = self.meaning
        return UserFacingError(
            row.sentence,
            advice=row.advice,
            details=self.details,
            may_retry=row.fate in (Fate.LATER, Fate.ASK),
            final=row.final,
        )


def outcome_of(error: UserFacingError) -> Postponed | Refused:
    """A submission that stopped before anything left."""
    if error.may_retry:
        return Postponed(error.sentence, error.advice, error.details)
    return Refused("", error.sentence, error.advice, error.details, error.final)


def without_numbers(words: str) -> str:
    """The other side's words without long digit runs, which may be an INS."""
    return _LONG_NUMBER.sub("…", words)
