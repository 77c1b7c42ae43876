"""A PDF as a hospital or a laboratory prints it: letterhead, patient, text, signature."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "/System/Library/Fonts/Supplemental/Arial.ttf",
    "C:/Windows/Fonts/arial.ttf",
)
WIDTH, HEIGHT = A4
MARGIN, LINE, GAP = 60.0, 16.0, 8.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed. ``patient`` and ``place_and_date`` are whole lines."""

    organisation: str
    place_and_date: str
    title: str
    patient: str
    paragraphs: Sequence[str]
    signature: str


def render(sheet: Sheet) -> bytes:
    """The same bytes for the same words; as many pages as they take."""
    made = io.BytesIO()
    page = Canvas(made, pagesize=A4, invariant=1)
    page.setTitle(sheet.title)
    font = _font()
    y = _letterhead(page, font, sheet)
    for paragraph in [*sheet.paragraphs, sheet.signature]:
        for line in _wrapped(paragraph, font):
            if y < MARGIN:
                page.showPage()
                y = HEIGHT - MARGIN
            page.setFont(font, 11)
            page.drawString(MARGIN, y, line)
            y -= LINE
        y -= GAP
    page.showPage()
    page.save()
    return made.getvalue()


def _letterhead(page: Canvas, font: str, sheet: Sheet) -> float:
    page.setFont(font, 10)
    page.drawString(MARGIN, HEIGHT - 60, sheet.organisation)
    page.drawRightString(WIDTH - MARGIN, HEIGHT - 60, sheet.place_and_date)
    page.line(MARGIN, HEIGHT - 70, WIDTH - MARGIN, HEIGHT - 70)
    page.setFont(font, 16)
    page.drawString(MARGIN, HEIGHT - 110, sheet.title)
    page.setFont(font, 11)
    page.drawString(MARGIN, HEIGHT - 135, sheet.patient)
    return float(HEIGHT) - 175.0


@cache
def _font() -> str:
    for path in FONTS:
        if Path(path).is_file():
            try:
                pdfmetrics.registerFont(TTFont("Demo", path))
            except TTFError:
                continue
            return "Demo"
    return "Helvetica"


def _wrapped(paragraph: str, font: str) -> list[str]:
    lines, line = [], ""
    for word in paragraph.split(" "):  # a no-break space keeps its neighbours together
        tried = f"{line} {word}".strip()
        if pdfmetrics.stringWidth(tried, font, 11) > WIDTH - 2 * MARGIN and line:
            lines.append(line)
            line = word
        else:
            line = tried
    return [*lines, line]
