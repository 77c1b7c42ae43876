"""Bodies in the forms that a screen and a printer take: text, PDF, PNG, JPEG.

RTF becomes its words and TIFF becomes a PDF with all its pages; the original is kept elsewhere.
"""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image, ImageSequence, UnidentifiedImageError

from lgc.cda import media, rtf
from lgc.domain.readable import Attachment

MAX_PIXELS = 60_000_000
MAX_PAGES = 200
MAX_TEXT = 1_000_000
THE_REST = "La suite, trop longue pour être montrée, est dans l’original."
ILLEGIBLE = "L’image jointe est illisible."
PDF, TEXT = "application/pdf", "text/plain"


def showable(attachment: Attachment) -> Attachment:
    """The same content, or its nearest form that can be shown. Never raises."""
    if attachment.media_type == "text/rtf":
        return _as(attachment, TEXT, rtf.plain_text(attachment.content))
    if attachment.media_type == "image/tiff":
        return _pages(attachment)
    if attachment.media_type == TEXT:
        return _as(attachment, TEXT, media.decoded(attachment.content))
    return attachment


def _as(attachment: Attachment, media_type: str, text: str) -> Attachment:
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}\n\n{THE_REST}"
    return replace(attachment, media_type=media_type, content=text.encode("utf-8", "replace"))


def _pages(attachment: Attachment) -> Attachment:
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(attachment.content), formats=("TIFF",)) as scan:
            pages: list[Image.Image] = []
            pixels = 0
            for page in ImageSequence.Iterator(scan):
                pixels += page.width * page.height
                if pixels > MAX_PIXELS or len(pages) >= MAX_PAGES:
                    break
                pages.append(page.convert("RGB"))
            if not pages:
                return _as(attachment, TEXT, ILLEGIBLE)
            resolution = float(scan.info.get("dpi", (150, 150))[0]) or 150.0
            first, *others = pages
            first.save(out, "PDF", save_all=True, append_images=others, resolution=resolution)
    except (OSError, ValueError, TypeError, SyntaxError, ArithmeticError, UnidentifiedImageError):
        return _as(attachment, TEXT, ILLEGIBLE)
    except Image.DecompressionBombError:
        return _as(attachment, TEXT, ILLEGIBLE)
    name = attachment.name.rpartition(".")[0] or attachment.name
    return Attachment(f"{name}.pdf", PDF, out.getvalue())
