"""What kept a message from being read: one row of a table for each kind, in the doctor's words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    ARCHIVE = "archive"
    HEADER = "header"
    DATE = "date"
    DOCUMENT = "document"
    SIZE = "size"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class FaultWords:
    """``short`` beside the message in a list, ``sentence`` above it when it is open."""

    short: str
    sentence: str


WORDS = {
    Fault.ARCHIVE: FaultWords(
        "archive abîmée", "La pièce jointe est abîmée : elle n’a pas pu être ouverte"
    ),
    Fault.HEADER: FaultWords(
        "en-tête non conforme", "L’en-tête de ce message n’est pas écrit comme il faut"
    ),
    Fault.DATE: FaultWords("date impossible", "La date de ce message n’existe pas"),
    Fault.DOCUMENT: FaultWords("document illisible", "Un document joint n’a pas pu être lu"),
    Fault.SIZE: FaultWords("message trop grand", "Ce message est trop grand pour être lu"),
    Fault.CONTENT: FaultWords("contenu illisible", "Ce message n’a pas pu être lu"),
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that could not be read.

    ``part`` is the header or the attachment that holds it, ``told`` a sentence about it (French,
    empty when there is nothing to add), ``details`` what helps who mends lgc: never a text of the
    message.
    """

    fault: Fault
    part: str = ""
    told: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message kept whole, not read whole. ``version`` is that of lgc that last tried."""

    flaw: Flaw
    version: str
    tries: int = 1

    @property
    def words(self) -> FaultWords:
        return WORDS[self.flaw.fault]
