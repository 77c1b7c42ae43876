"""RTF of strangers as words (Rich Text Format 1.9.1): fonts, revisions, scripts, notes, boxes.

Nothing in it is executed or fetched. What the words cannot say is named in ``losses``, so that
whoever shows them can say « texte simplifié, voir l’original ».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lgc.reading import limits
from lgc.reading.jobs import Answer
from lgc.reading.rtf.document import Document
from lgc.reading.rtf.losses import Loss

TOO_BIG = "Ce texte RTF est trop volumineux pour être montré."


@dataclass(frozen=True, slots=True)
class Words:
    """The words, and what they do not say."""

    text: str
    losses: tuple[Loss, ...]


def read(content: bytes) -> Words:
    """The words of an RTF as its page shows them: never an exception."""
    if len(content) > limits.RTF_BYTES:
        return Words(TOO_BIG, (Loss.CUT,))
    document = Document(content)
    text = document.words()
    found = frozenset(document.losses)
    return Words(text, tuple(loss for loss in Loss if loss in found))


def plain_text(content: bytes) -> str:
    """The words alone."""
    return read(content).text


def job(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """``read`` as a job of the reading process."""
    found = read(blobs[0])
    return Answer({"losses": [loss.name for loss in found.losses]}, [found.text.encode("utf-8")])
