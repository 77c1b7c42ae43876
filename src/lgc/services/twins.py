"""The page that leaves with a document made here: it holds every word of it, or nothing leaves.

Read from its bytes by the process for strangers' files, as whoever receives it will.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from lgc.cda.fonts import printable
from lgc.cda.names import PDF_COPY
from lgc.cda.narrative import text_of
from lgc.domain.documents import DocumentContent
from lgc.domain.readable import ReadableDocument, ReadableSection
from lgc.errors import UnreadableInput
from lgc.reading import asking, limits

BREAKABLE = 8  # letters of a word that a narrow column may break
OTHER = "Le PDF joint n’est pas celui du document."
UNREAD = "Le PDF joint ne se relit pas."


def lacks(content: DocumentContent, document: ReadableDocument) -> tuple[str, ...]:
    """French sentences: what the kept page does not say of the document. Slow."""
    if content.pdf is None:
        return ()
    body = document.body
    if not document.sections:
        carried = body is not None and body.media_type == "application/pdf"
        return (OTHER,) if carried and body is not None and body.content != content.pdf else ()
    page = asking.pdf_words(content.pdf)
    if len(page) >= limits.PDF_WORDS or _is_beyond(content.pdf):
        return ()  # longer than anybody reads here: its end was not looked at
    if not page.strip():
        return (UNREAD,)
    missing = _missing(_said(document.sections), page)
    return (f"Le PDF joint ne dit pas « {missing} ».",) if missing else ()


def _is_beyond(page: bytes) -> bool:
    if len(page) > limits.PDF_WORDS_BYTES:
        return True
    try:
        return len(asking.pdf_sizes(page)) > limits.PDF_WORDS_PAGES
    except UnreadableInput:
        return False


def _said(sections: Iterable[ReadableSection]) -> str:
    parts: list[str] = []
    for one in sections:
        if one.code is None or one.code.code != PDF_COPY:
            parts += (one.title, text_of(one.html), _said(one.sections))
    return printable("\n".join(parts))


def _missing(said: str, page: str) -> str:
    """The first word that stands less often on the page; empty when all do."""
    there, whole = Counter(_words(page)), "".join(_words(page))
    for word, times in Counter(_words(said)).items():
        broken = whole.count(word) if len(word) >= BREAKABLE else 0
        if max(there[word], broken) < times:
            return word
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
