"""What messages have to do with a document: it came in one, or it left in one and what became of
it."""

from __future__ import annotations

from lgc.desktop import text
from lgc.desktop.components.rows import Cell
from lgc.desktop.theme import glyphs
from lgc.services.views import DocumentLine

RECEIVED = "reçu dans un message"


def message_cell(line: DocumentLine) -> Cell:
    """The latest sending speaks; otherwise whether a message brought the document."""
    if line.sent is not None:
        sign = glyphs.sending(line.sent.state, line.sent.fate)
        said = sent_words(line)
        return Cell(glyph=sign.glyph, glyph_tone=sign.role, tooltip=said, spoken=said)
    if line.has_message:
        return Cell(glyph="ri.mail-line", tone="text.muted", spoken=RECEIVED)
    return Cell()


def sent_words(line: DocumentLine) -> str:
    """« MSSanté : Lu (1 sur 3) »; empty for what was not sent."""
    return f"MSSanté{text.NB}: {line.sent.words}" if line.sent is not None else ""
