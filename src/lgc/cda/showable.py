"""Bodies in the forms that a screen and a printer take: text, PDF, PNG, JPEG.

RTF becomes its words and TIFF becomes a PDF with all its pages; the original is kept elsewhere.
"""

from __future__ import annotations

from dataclasses import replace

from lgc.domain import charsets, media_types
from lgc.domain.readable import Attachment
from lgc.errors import UnreadableInput
from lgc.reading import asking, limits, markup

MAX_TEXT = 1_000_000
THE_REST = "La suite, trop longue pour être montrée, est dans l’original."
PDF, TEXT, RTF, TIFF = media_types.PDF, media_types.TEXT, media_types.RTF, media_types.TIFF
UNSHOWN = "application/octet-stream"


class Shown:
    """What one document shows: its pictures together stay within a number of pixels."""

    def __init__(self, pictures: int = 1) -> None:
        self._room = limits.DOCUMENT_PIXELS
        self._each = limits.SHOWN_PIXELS // max(pictures, 1)

    def of(self, attachment: Attachment) -> tuple[Attachment, str]:
        """The nearest form that can be shown, and a sentence on what is not. Never raises."""
        kind = media_types.named(attachment.media_type)
        if kind == RTF:
            text, told = asking.rtf_text(attachment.content)
            return _as(attachment, text), told
        if kind == media_types.HTML:
            source = charsets.decoded(attachment.content, markup=True)
            return _as(attachment, markup.words(asking.html_shown(source)[0] or source)), ""
        if kind == TEXT:
            return _as(attachment, charsets.decoded(attachment.content)), ""
        try:
            if kind == TIFF:
                return _scan(attachment)
            if kind.startswith("image/"):
                return self._picture(attachment), ""
        except UnreadableInput as error:
            # Nobody decodes it again; its bytes are there to be exported.
            return replace(attachment, media_type=UNSHOWN), f"{error.sentence} {error.advice}"
        return attachment, ""

    def _picture(self, attachment: Attachment) -> Attachment:
        drawn = asking.picture(attachment.content, self._each, self._room)
        self._room -= drawn.pixels
        return replace(attachment, media_type=drawn.media_type, content=drawn.content)


def showable(attachment: Attachment) -> Attachment:
    """The same content, its nearest form that can be shown, or why not; what its words do not say
    stands above them. Never raises."""
    shown, fault = Shown().of(attachment)
    if shown.media_type == UNSHOWN and fault:
        return _as(shown, fault)
    if shown.media_type == TEXT and fault:
        return _as(shown, f"{fault}\n\n{shown.content.decode('utf-8')}")
    return shown


def words(attachment: Attachment) -> str:
    """The words of a text or an RTF, for the search. Never raises."""
    return Shown().of(attachment)[0].content.decode("utf-8", "replace")


def _as(attachment: Attachment, text: str) -> Attachment:
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}\n\n{THE_REST}"
    return replace(attachment, media_type=TEXT, content=text.encode("utf-8", "replace"))


def _scan(attachment: Attachment) -> tuple[Attachment, str]:
    """All pages of a TIFF as a PDF, as far as a screen goes."""
    content, whole = asking.scan(attachment.content)
    name = attachment.name.rpartition(".")[0] or attachment.name
    return Attachment(f"{name}.pdf", PDF, content), "" if whole else THE_REST
