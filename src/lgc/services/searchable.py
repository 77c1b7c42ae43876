"""The words of a document that the full-text search may find, whatever its form."""

from __future__ import annotations

from lgc.cda import parse
from lgc.cda.showable import words
from lgc.domain import media_types
from lgc.domain.documents import DocumentContent
from lgc.domain.readable import Attachment, ReadableDocument
from lgc.reading import asking


def words_of(content: DocumentContent, readable: ReadableDocument | None) -> str:
    """CDA text with its PDF body, or the text of a PDF, RTF or plain file. Never raises."""
    document = content.document
    return words_in(Attachment(document.title, document.mime_type, content.content), readable)


def words_in(file: Attachment, readable: ReadableDocument | None) -> str:
    """As ``words_of``, of a file that is no document yet. A PDF may take seconds."""
    if readable is None:
        return _of_file(file)
    said = parse.plain_text(readable)
    # A structured body says it all: its PDF copy would only say it twice.
    if readable.sections or readable.body is None or readable.body.media_type != media_types.PDF:
        return said
    return f"{said}\n{asking.pdf_words(readable.body.content)}"


def _of_file(file: Attachment) -> str:
    kind = media_types.named(file.media_type)
    if kind == media_types.PDF:
        return asking.pdf_words(file.content)
    return words(file) if kind in parse.WORDY else ""
