"""The words of a PDF that came in, for the full-text search only; nothing in it is executed.

Whatever the bytes are, the answer comes in bounded time and memory: pages, their size and the
whole are limited, and a file that resists has no words (it can still be opened and printed).
"""

from __future__ import annotations

import io
import logging
import time

MAX_BYTES = 20 * 1024 * 1024
MAX_PAGES = 60
MAX_PAGE_BYTES = 1024 * 1024
MAX_TEXT = 400_000
SECONDS = 4.0
log = logging.getLogger(__name__)


def plain_text(content: bytes) -> str:
    """The words in reading order, empty when there are none to be had. Never raises."""
    if len(content) > MAX_BYTES:
        return ""
    # Here, because the library is slow to import and most sittings receive no PDF.
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    limit, kept, size = time.monotonic() + SECONDS, [], 0

    def on_time(*_: object) -> None:
        """At each step of a page: drawings that draw each other have no end of their own."""
        if time.monotonic() > limit:
            raise TimeoutError

    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        for number in range(min(len(reader.pages), MAX_PAGES)):
            page = reader.pages[number]
            drawn = page.get_contents()
            if drawn is None or len(drawn.get_data()) > MAX_PAGE_BYTES:
                continue
            words = page.extract_text(visitor_operand_before=on_time)
            kept.append(words)
            size += len(words)
            if size > MAX_TEXT:
                break
    except Exception as error:
        # A library over hostile bytes raises anything; the document itself is kept as it came.
        log.info("a PDF gave no words: %s", type(error).__name__)
    return "\n".join(kept)[:MAX_TEXT]
