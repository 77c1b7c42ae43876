"""What the other rooms ask of strangers' bytes: one function a treatment, here or in the process.

What passes a limit comes back as nothing, as a sentence, or as UnreadableInput; the original stays
with the caller.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from lgc.errors import UnreadableInput
from lgc.reading import isolated, limits, safe_html
from lgc.reading.jobs import JOBS, Answer
from lgc.reading.rtf.losses import Loss, told

log = logging.getLogger(__name__)
T = TypeVar("T")
Moment = dt.date | dt.datetime
_LIES = (LookupError, ValueError, TypeError, AttributeError, OverflowError)


def _checked(job: str, read: Callable[[], T]) -> T:
    """What ``read`` makes of an answer: a process that a document took over may say anything."""
    try:
        return read()
    except _LIES as error:
        log.warning("the reading process answered something else: %s", job)
        raise UnreadableInput(JOBS[job].sentence, advice=isolated.KEPT) from error


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
        said = isolated.ask("pdf.words", content)
        return _checked("pdf.words", lambda: str(said.values["text"])[: limits.PDF_WORDS])
    except UnreadableInput as error:
        log.info("a PDF gave no words: %s", type(error).__name__)
        return ""


def pdf_sizes(content: bytes) -> tuple[tuple[float, float], ...]:
    """Width and height of each page, in points. Raises UnreadableInput."""
    said = isolated.ask("pdf.sizes", content)
    return _checked("pdf.sizes", lambda: tuple(_points(*size) for size in said.values["sizes"]))


def _points(across: float, down: float) -> tuple[float, float]:
    if not (1 <= across <= limits.PAGE_POINTS and 1 <= down <= limits.PAGE_POINTS):
        raise ValueError("no sheet of paper")
    return float(across), float(down)


def pdf_page(content: bytes, page: int, width: int) -> Page:
    """A page from 0, ``width`` pixels wide. Raises UnreadableInput."""
    said = isolated.ask("pdf.page", content, page=page, width=width)
    return _checked("pdf.page", lambda: _drawn(said))


def _drawn(said: Answer) -> Page:
    """Pixels that are all there: what paints them reads as far as it is told."""
    width, height, stride = (int(said.values[name]) for name in ("width", "height", "stride"))
    if width < 1 or height < 1 or stride != 4 * width or len(said.blobs[0]) != stride * height:
        raise ValueError("pixels are missing")
    return Page(said.blobs[0], width, height, stride)


def pdf_joined(files: Sequence[bytes]) -> tuple[bytes | None, tuple[int, ...]]:
    """One PDF of several for the printer, and the ranks of those that cannot be read.

    None when no page could be had. Raises UnreadableInput when they ask too much together.
    """
    said = isolated.ask("pdf.joined", *files)

    def read() -> tuple[bytes | None, tuple[int, ...]]:
        refused = tuple(rank for rank in said.values["refused"] if files[rank] is not None)
        return (said.blobs[0] if said.blobs else None), refused

    return _checked("pdf.joined", read)


def picture(content: bytes, most: int, room: int = limits.PICTURE_PIXELS) -> Picture:
    """A picture of ``most`` pixels at most, if it has no more than ``room``.

    Raises UnreadableInput.
    """
    said = isolated.ask("picture.shown", content, most=most, room=room)

    def read() -> Picture:
        kind = {"image/jpeg": "image/jpeg", "image/png": "image/png"}[said.values["media_type"]]
        return Picture(said.blobs[0], kind, int(said.values["pixels"]))

    return _checked("picture.shown", read)


def on_paper(content: bytes, most: int) -> tuple[bytes, int, int]:
    """A picture as a JPEG on white: (content, width, height). Raises UnreadableInput."""
    said = isolated.ask("picture.paper", content, most=most)

    def read() -> tuple[bytes, int, int]:
        return said.blobs[0], max(int(said.values["width"]), 1), max(int(said.values["height"]), 1)

    return _checked("picture.paper", read)


def scan(content: bytes) -> tuple[bytes, bool]:
    """The pages of a TIFF as a PDF, and whether they are all there. Raises UnreadableInput."""
    said = isolated.ask("picture.scan", content)
    return _checked("picture.scan", lambda: (said.blobs[0], bool(said.values["whole"])))


def rtf_text(content: bytes) -> tuple[str, str]:
    """The words of an RTF, and a French sentence on what they do not say. Never raises."""
    try:
        said = isolated.ask("rtf.text", content)
        return _checked("rtf.text", lambda: _rtf(said))
    except UnreadableInput as error:
        return f"{error.sentence} {error.advice}".strip(), ""


def _rtf(said: Answer) -> tuple[str, str]:
    lost = [Loss[name] for name in said.values["losses"]]
    return said.blobs[0].decode("utf-8")[: limits.WORDS], told(lost)


def html_shown(markup: str) -> tuple[str, bool]:
    """Safe HTML, and whether its shape is simpler than it came. Never raises.

    What is small is done before a process could be asked; empty for what gives no markup.
    """
    if len(markup) <= limits.HTML_HERE:
        return safe_html.shown(markup)
    try:
        said = isolated.ask("html.shown", markup.encode("utf-8", "replace"))
        return _checked(
            "html.shown", lambda: (said.blobs[0].decode("utf-8"), bool(said.values["simplified"]))
        )
    except UnreadableInput:
        return "", True


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """Its parts as written, but its end: ``FREQ=WEEKLY``, ``BYDAY=MO``…"""

    parts: tuple[str, ...]
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """What one event says, as plain words. A moment without a zone floats; ``zone`` is the name of
    that of ``start``; ``seconds`` the length when no end is written.
    """

    uid: str
    start: Moment
    zone: str
    end: Moment | None
    seconds: float
    modified: Moment | None
    recurrence: Moment | None
    rules: tuple[CalendarRule, ...]
    more: tuple[Moment, ...]
    less: tuple[Moment, ...]
    status: str
    transp: str
    busy: str
    title: str
    note: str
    place: str
    kind: str
    visit: str
    patient: str
    closure: str


_MOMENTS = ("start", "end", "modified", "recurrence")
_LISTS = ("rules", "more", "less")


def calendar_events(content: bytes) -> tuple[CalendarEvent | None, ...]:
    """The events of an iCalendar file, None for one that is unreadable. Raises UnreadableInput."""
    said = isolated.ask("calendar.file", content)
    return _checked(
        "calendar.file", lambda: tuple(one and _event(one) for one in json.loads(said.blobs[0]))
    )


def _event(said: dict[str, Any]) -> CalendarEvent:
    words = {name: str(said[name]) for name in CalendarEvent.__slots__ if name not in _OTHERS}
    start = _moment(said["start"])
    if start is None:
        raise ValueError("it never begins")
    return CalendarEvent(
        **words,
        start=start,
        end=_moment(said["end"]),
        seconds=float(said["seconds"]),
        modified=_moment(said["modified"]),
        recurrence=_moment(said["recurrence"]),
        rules=tuple(
            CalendarRule(tuple(map(str, one["parts"])), _moment(one["until"]))
            for one in said["rules"]
        ),
        more=_moments(said["more"]),
        less=_moments(said["less"]),
    )


_OTHERS = {*_MOMENTS, *_LISTS, "seconds"}


def _moments(said: list[str]) -> tuple[Moment, ...]:
    return tuple(one for one in map(_moment, said) if one is not None)


def _moment(said: str) -> Moment | None:
    if not said:
        return None
    return dt.date.fromisoformat(said) if len(said) == 10 else dt.datetime.fromisoformat(said)


def rule_times(
    rule: str, start: dt.datetime, first: dt.datetime, last: dt.datetime, most: int, seconds: float
) -> list[dt.datetime]:
    """Times of a recurrence between ``first`` and ``last``, all on one wall clock.

    Raises UnreadableInput: no rule, or more steps than ``seconds`` or the limit allow.
    """
    asked = {name: moment.isoformat() for name, moment in
             (("start", start), ("first", first), ("last", last))}  # fmt: skip
    said = isolated.ask("calendar.times", rule=rule, most=most, seconds=seconds, **asked)
    return _checked(
        "calendar.times",
        lambda: [dt.datetime.fromisoformat(one) for one in said.values["times"][:most]],
    )
