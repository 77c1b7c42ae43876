"""A one-page PDF as a hospital or a laboratory prints it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "C:/Windows/Fonts/arial.ttf",
)
WIDTH, HEIGHT = A4


def render(organisation: str, title: str, patient: str, paragraphs: Sequence[str]) -> bytes:
    """The same bytes for the same words."""
    made = io.BytesIO()
    page = Canvas(made, pagesize=A4, invariant=1)
    page.setTitle(title)
    name = _font()
    page.setFont(name, 10)
    page.drawString(60, HEIGHT - 60, organisation)
    page.setFont(name, 16)
    page.drawString(60, HEIGHT - 110, title)
    page.setFont(name, 11)
    page.drawString(60, HEIGHT - 135, patient)
    y = HEIGHT - 175.0
    for paragraph in paragraphs:
        for line in _wrapped(paragraph, name):
            page.drawString(60, y, line)
            y -= 17
        y -= 8
    page.showPage()
    page.save()
    return made.getvalue()


def _font() -> str:
    found = next((path for path in FONTS if Path(path).is_file()), None)
    if found is None:
        return "Helvetica"
    if "Demo" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Demo", found))
    return "Demo"


def _wrapped(paragraph: str, name: str) -> list[str]:
    lines, line = [], ""
    for word in paragraph.split():
        tried = f"{line} {word}".strip()
        if pdfmetrics.stringWidth(tried, name, 11) > WIDTH - 120 and line:
            lines.append(line)
            line = word
        else:
            line = tried
    return [*lines, line]
