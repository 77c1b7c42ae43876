"""The words of a document that the full-text search may find, whatever its form."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from lgc.cda import parse
from lgc.cda.names import PDF_COPY
from lgc.cda.showable import words
from lgc.domain import media_types
from lgc.domain.documents import DocumentContent
from lgc.domain.readable import Attachment, ReadableDocument, ReadableSection
from lgc.reading import asking

MOST_PIECES = 20  # of one document that are read for their words


def words_of(content: DocumentContent, readable: ReadableDocument | None) -> str:
    """CDA text with its PDF body, or the text of a PDF, RTF or plain file. Never raises."""
    document = content.document
    return words_in(Attachment(document.title, document.mime_type, content.content), readable)


def words_in(file: Attachment, readable: ReadableDocument | None) -> str:
    """As ``words_of``, of a file that is no document yet. A PDF may take seconds."""
    if readable is None:
        return _of_file(file)
    kinds = (media_types.PDF, *parse.WORDY)
    pieces = (one for one in readable.images if media_types.named(one.media_type) in kinds)
    joined = (_of_file(one) for one in islice(pieces, MOST_PIECES))
    said = "\n".join(part for part in (parse.plain_text(readable), *joined) if part)
    if readable.body is None or readable.body.media_type != media_types.PDF:
        return said
    # A structured body says it all: its PDF copy would only say it twice.
    if _has_copy(readable.sections):
        return said
    return f"{said}\n{asking.pdf_words(readable.body.content)}"


def _has_copy(sections: Iterable[ReadableSection]) -> bool:
    """Whether a section announces its PDF as a copy; any other PDF says something of its own."""
    return any(
        (one.code is not None and one.code.code == PDF_COPY) or _has_copy(one.sections)
        for one in sections
    )


def _of_file(file: Attachment) -> str:
    kind = media_types.named(file.media_type)
    if kind == media_types.PDF:
        return asking.pdf_words(file.content)
    return words(file) if kind in parse.WORDY else ""
