"""What the other rooms ask of strangers' bytes: one function a treatment, here or in the process.

What passes a limit comes back as nothing, as a sentence, or as UnreadableInput; the original stays
with the caller.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from lgc.errors import UnreadableInput
from lgc.reading import isolated, limits, safe_html

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn again. ``pixels`` is how many it had."""

    content: bytes
    media_type: str
    pixels: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page drawn: RGB32 pixels, rows of ``stride`` bytes."""

    pixels: bytes
    width: int
    height: int
    stride: int


def pdf_words(content: bytes) -> str:
    """The words of a PDF in reading order, empty when there are none to be had. Never raises."""
    if len(content) > limits.PDF_WORDS_BYTES:
        return ""
    try:
        return str(isolated.ask("pdf.words", content).values["text"])
    except UnreadableInput as error:
        log.info("a PDF gave no words: %s", type(error).__name__)
        return ""


def pdf_sizes(content: bytes) -> tuple[tuple[float, float], ...]:
    """Width and height of each page, in points. Raises UnreadableInput."""
    sizes = isolated.ask("pdf.sizes", content).values["sizes"]
    return tuple((float(across), float(down)) for across, down in sizes)


def pdf_page(content: bytes, page: int, width: int) -> Page:
    """A page from 0, ``width`` pixels wide. Raises UnreadableInput."""
    said = isolated.ask("pdf.page", content, page=page, width=width)
    measures = (int(said.values[name]) for name in ("width", "height", "stride"))
    return Page(said.blobs[0], *measures)


def pdf_joined(files: Sequence[bytes]) -> tuple[bytes | None, tuple[int, ...]]:
    """One PDF of several for the printer, and the ranks of those that cannot be read.

    None when no page could be had. Raises UnreadableInput when they ask too much together.
    """
    said = isolated.ask("pdf.joined", *files)
    return (said.blobs[0] if said.blobs else None), tuple(map(int, said.values["refused"]))


def picture(content: bytes, most: int, room: int = limits.PICTURE_PIXELS) -> Picture:
    """A picture of ``most`` pixels at most, if it has no more than ``room``.

    Raises UnreadableInput.
    """
    said = isolated.ask("picture.shown", content, most=most, room=room)
    return Picture(said.blobs[0], str(said.values["media_type"]), int(said.values["pixels"]))


def on_paper(content: bytes, most: int) -> tuple[bytes, int, int]:
    """A picture as a JPEG on white: (content, width, height). Raises UnreadableInput."""
    said = isolated.ask("picture.paper", content, most=most)
    return said.blobs[0], int(said.values["width"]), int(said.values["height"])


def scan(content: bytes) -> tuple[bytes, bool]:
    """The pages of a TIFF as a PDF, and whether they are all there. Raises UnreadableInput."""
    said = isolated.ask("picture.scan", content)
    return said.blobs[0], bool(said.values["whole"])


def rtf_text(content: bytes) -> str:
    """The words of an RTF, or one French sentence in their place. Never raises."""
    try:
        return str(isolated.ask("rtf.text", content).values["text"])
    except UnreadableInput as error:
        return f"{error.sentence} {error.advice}".strip()


def html_shown(markup: str) -> tuple[str, bool]:
    """Safe HTML, and whether its shape is simpler than it came. Never raises.

    What is small is done before a process could be asked; empty for what gives no markup.
    """
    if len(markup) <= limits.HTML_HERE:
        return safe_html.shown(markup)
    try:
        said = isolated.ask("html.shown", markup.encode("utf-8", "replace"))
    except UnreadableInput:
        return "", True
    return said.blobs[0].decode("utf-8"), bool(said.values["simplified"])


def rule_times(
    rule: str, start: dt.datetime, first: dt.datetime, last: dt.datetime, most: int, seconds: float
) -> list[dt.datetime]:
    """Times of a recurrence between ``first`` and ``last``, all on one wall clock.

    Raises UnreadableInput: no rule, or more steps than ``seconds`` or the limit allow.
    """
    asked = {name: moment.isoformat() for name, moment in
             (("start", start), ("first", first), ("last", last))}  # fmt: skip
    said = isolated.ask("calendar.times", rule=rule, most=most, seconds=seconds, **asked)
    return [dt.datetime.fromisoformat(one) for one in said.values["times"]]
