"""What the reading process can be asked: a name, where its function lives, what is said instead.

A function takes the blobs sent and the plain values asked, and gives plain values and blobs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Plain values, and bytes."""

    values: Mapping[str, Any]
    blobs: Sequence[bytes] = ()


Work = Callable[[Sequence[bytes], Mapping[str, Any]], Answer]


@dataclass(frozen=True, slots=True)
class Job:
    """``place`` is module:function; ``sentence`` is said of what cannot be read at all."""

    place: str
    sentence: str

    def work(self) -> Work:
        """The function, its libraries loaded."""
        module, _, name = self.place.partition(":")
        found: Work = getattr(import_module(module), name)
        return found


PDF = "Ce PDF est illisible."
PICTURE = "Cette image est illisible."
JOBS: Mapping[str, Job] = {
    "pdf.words": Job("lgc.reading.pdf:words", PDF),
    "pdf.sizes": Job("lgc.reading.pdf:sizes", PDF),
    "pdf.page": Job("lgc.reading.pdf:page", PDF),
    "pdf.joined": Job("lgc.reading.pdf_joining:joined", PDF),
    "picture.shown": Job("lgc.reading.pictures:shown", PICTURE),
    "picture.scan": Job("lgc.reading.pictures:scan", PICTURE),
    "picture.paper": Job("lgc.reading.pictures:paper", PICTURE),
    "calendar.times": Job("lgc.reading.rules:times", "Cette règle de calendrier est illisible."),
    "calendar.file": Job("lgc.reading.calendars:events", "Ce calendrier est illisible."),
    "html.shown": Job("lgc.reading.safe_html:job", "Cette mise en forme est illisible."),
    "archive.files": Job("lgc.reading.archives:job", "Cette archive est illisible."),
    "rtf.text": Job("lgc.reading.rtf:job", "Ce texte RTF est illisible."),
}
