"""The three fates of an error: silence, a sentence for the doctor, or the crash window."""

from __future__ import annotations

import traceback
from pathlib import Path


class Cancelled(Exception):
    """The doctor, or a screen that went away, no longer wants the answer: end in silence."""


class UserFacingError(Exception):
    """Something the doctor must know, said in French.

    ``sentence`` tells what happened, ``advice`` what to do and what was kept, ``details`` holds
    codes worth copying (never a name, an INS, a PIN or a text of the record). ``may_retry``: the
    same may pass later by itself; ``final``: the same would be refused again.
    """

    def __init__(
        self,
        sentence: str,
        *,
        advice: str = "",
        details: str = "",
        may_retry: bool = False,
        final: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice
        self.details = details
        self.may_retry = may_retry
        self.final = final


class UnreadableInput(UserFacingError):
    """Outside bytes that are malformed, oversize or hostile; the original is kept by the caller."""


class DamagedBase(UserFacingError):
    """The practice's file is not as it was written; the keys are right."""


class Unforeseen(UserFacingError):
    """An accident of ours, in words: its type for the doctor, its place for who helps."""

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"Erreur imprévue ({type(error).__name__}).",
            advice="Nouvel essai automatique ; transmettez les détails à l’assistance.",
            details=place_of(error),
        )


def place_of(error: BaseException) -> str:
    """Type, file and line of an error: what a log may hold. Its message may name a patient."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:]))
    return f"{type(error).__name__} at {places}"


def in_words(error: Exception) -> UserFacingError:
    """What the doctor is told of any error: its sentence, else that nobody foresaw it."""
    return error if isinstance(error, UserFacingError) else Unforeseen(error)
