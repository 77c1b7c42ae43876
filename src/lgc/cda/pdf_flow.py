"""From our own safe HTML to what reportlab lays out: paragraphs, lists, tables, images."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import unescape
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree, html
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Image, Paragraph, Spacer, Table, TableStyle

from lgc.cda.fonts import font_family, printable
from lgc.cda.narrative import text_of
from lgc.domain.readable import Attachment
from lgc.errors import UnreadableInput
from lgc.reading import asking

INK = colors.HexColor("#1b2430")
QUIET = colors.HexColor("#5a6675")
LINE = colors.HexColor("#c9d1da")
SHADE = colors.HexColor("#eef2f6")

MAX_TEXT = 1_000_000
# One paragraph of the library is laid out in the square of its length.
MAX_PARAGRAPH = 20_000
PIECE = 4_000
THE_REST = "La suite, trop longue pour être imprimée, est dans le document d’origine."
PRINTED_PIXELS = 8_000_000  # 300 dots per inch on A4
MAX_COLUMNS = 40

_BLANKS = re.compile("(?<= ) +|^ +")
_MARKS = re.compile(r"<[^<>]*>")
_INLINE = {"b": "b", "i": "i", "em": "i", "u": "u", "s": "strike", "sub": "sub", "sup": "super"}
_BLOCKS = frozenset(("p", "table", "ul", "ol", "img"))


def style(name: str, **changes: Any) -> ParagraphStyle:
    """A paragraph style of the house; no built-in font may slip in (PDF/A embeds them all)."""
    base: dict[str, Any] = {
        "fontName": font_family(),
        "bulletFontName": font_family(),
        "fontSize": 9,
        "leading": 12.5,
        "textColor": INK,
        "alignment": TA_LEFT,
        "splitLongWords": 1,
    }
    return ParagraphStyle(name, **(base | changes))


class Flow:
    """Turns the HTML of one document into flowables. ``flat`` gives up tables for paragraphs:
    the last resort when a page cannot hold one."""

    def __init__(self, images: Sequence[Attachment], width: float, *, flat: bool = False) -> None:
        self._left = MAX_TEXT
        self._images = images
        self._width = width
        self._flat = flat
        self._body = style("body", spaceAfter=3)
        self._head = style("head", fontName=f"{font_family()}-bold", fontSize=8.5, leading=11)
        self._cell = style("cell", fontSize=8.5, leading=11)

    def flowables(self, source: str) -> list[Any]:
        """The flowables of one section's HTML."""
        if not source.strip():
            return []
        try:
            root = html.fragment_fromstring(source, create_parent="div")
            return self._blocks(root, self._body, self._width)
        except (etree.LxmlError, RecursionError):
            # Nesting that no reader sees: the words are printed, one line each.
            return self.paragraphs(text_of(source))

    def paragraphs(self, text: str) -> list[Any]:
        """Plain lines, empty ones as space."""
        made: list[Any] = []
        for line in text.splitlines():
            spaced = _escaped(_columns(line))
            made += self._written(spaced, self._body) if line.strip() else [Spacer(1, 8)]
            if self._left <= 0:
                break
        return made

    def _written(self, text: str, kind: ParagraphStyle) -> list[Any]:
        """The paragraph of a text with our marks; one that is endless comes in bare pieces."""
        if self._left <= 0:
            return []
        pieces, held = [text], len(text)
        if held > MAX_PARAGRAPH:
            bare = unescape(_MARKS.sub(" ", text))[: self._left]
            pieces = [_escaped(bare[at : at + PIECE]) for at in range(0, len(bare), PIECE)]
        self._left -= held
        made: list[Any] = [Paragraph(piece, kind) for piece in pieces]
        return made if self._left > 0 else [*made, Paragraph(THE_REST, self._body)]

    def picture(self, attachment: Attachment, width: float) -> list[Any]:
        """An image fitted to the width, nothing when its bytes are no image or too many."""
        try:
            # Redrawn on white: no transparency nor animation may reach the PDF.
            drawn, across, down = asking.on_paper(attachment.content, PRINTED_PIXELS)
        except UnreadableInput:
            return []
        scale = min(1.0, width / across, 230 * mm / down)
        return [Image(io.BytesIO(drawn), across * scale, down * scale), Spacer(1, 2 * mm)]

    def _blocks(self, node: etree._Element, kind: ParagraphStyle, width: float) -> list[Any]:
        made: list[Any] = []
        waiting = [_escaped(node.text or "")]

        def flush() -> None:
            text = "".join(waiting).strip()
            if text.replace("<br/>", "").strip():
                made.extend(self._written(text, kind))
            waiting.clear()

        for child in node:
            if not isinstance(child.tag, str):
                continue
            if child.tag in _BLOCKS or child.find(".//table") is not None:
                flush()
                made.extend(self._block(child, kind, width))
            else:
                waiting.append(self._inline(child))
            waiting.append(_escaped(child.tail or ""))
        flush()
        return made

    def _block(self, node: etree._Element, kind: ParagraphStyle, width: float) -> list[Any]:
        if node.tag == "table":
            return self._table(node, width)
        if node.tag in ("ul", "ol"):
            return self._list(node, kind, width)
        if node.tag == "img":
            rank = (node.get("src") or "").removeprefix("image:")
            known = rank.isdecimal() and int(rank) < len(self._images)
            return self.picture(self._images[int(rank)], width) if known else []
        return self._blocks(node, kind, width)

    def _inline(self, node: etree._Element) -> str:
        if node.tag == "br":
            return "<br/>"
        inner = _escaped(node.text or "")
        for child in node:
            if isinstance(child.tag, str):
                inner += self._inline(child)
            inner += _escaped(child.tail or "")
        mark = _INLINE.get(node.tag)
        return f"<{mark}>{inner}</{mark}>" if mark else inner

    def _list(self, node: etree._Element, kind: ParagraphStyle, width: float) -> list[Any]:
        made: list[Any] = []
        inset = ParagraphStyle("item", parent=kind, leftIndent=12, bulletIndent=3)
        rank = 0
        for item in node.iterchildren(etree.Element):
            rank += item.tag == "li"
            blocks = self._blocks(item, inset, width - 12)
            if item.tag == "li" and blocks and isinstance(blocks[0], Paragraph):
                mark = f"{rank}." if node.tag == "ol" else "•"
                blocks[0] = Paragraph(blocks[0].text, inset, bulletText=mark)
            made.extend(blocks)
            made.extend(self.paragraphs(item.tail or ""))
        return made

    def _table(self, node: etree._Element, width: float) -> list[Any]:
        rows = [row for row in node.iter("tr") if _own(row, node)]
        grid, spans, heads = _grid(rows)
        if not grid or not grid[0]:
            return []
        if self._flat or len(grid[0]) > MAX_COLUMNS:
            return self._flattened(grid)
        widths = _widths(grid, width)
        content = [
            [self._cell_content(cell, column) for cell, column in zip(row, widths, strict=True)]
            for row in grid
        ]
        made = Table(
            content,
            colWidths=widths,
            repeatRows=heads if heads < len(content) else 0,
            splitByRow=1,
            splitInRow=0 if spans else 1,
        )
        made.setStyle(TableStyle([*_LOOK, *spans, *_shading(heads)]))
        return [made, Spacer(1, 2.5 * mm)]

    def _cell_content(self, cell: etree._Element | None, width: float) -> list[Any] | str:
        if cell is None:
            return ""
        kind = self._head if cell.tag == "th" else self._cell
        return self._blocks(cell, kind, max(width - 8, 10)) or ""

    def _flattened(self, grid: list[list[etree._Element | None]]) -> list[Any]:
        lines: list[Any] = []
        for row in grid:
            cells = [_words(c) for c in row if c is not None]
            lines += self._written(_escaped(" · ".join(c for c in cells if c)), self._body)
        return lines


_LOOK = [
    ("GRID", (0, 0), (-1, -1), 0.4, LINE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("FONTNAME", (0, 0), (-1, -1), "lgc"),
]


def _shading(heads: int) -> list[tuple[Any, ...]]:
    return [("BACKGROUND", (0, 0), (-1, heads - 1), SHADE)] if heads else []


def _columns(line: str) -> str:
    """Blanks that part columns stay, where a paragraph would make them one: « 3    5,2 »."""
    return _BLANKS.sub(lambda run: "\u00a0" * len(run[0]), line.expandtabs())


def _escaped(text: str) -> str:
    return escape(printable(" ".join(f"{text}|".split(" "))[:-1])) if text else ""


def _words(node: etree._Element) -> str:
    return " ".join("".join(str(part) for part in node.itertext()).split())


def _own(row: etree._Element, table: etree._Element) -> bool:
    return next(row.iterancestors("table")) is table


Grid = list[list[etree._Element | None]]


def _grid(rows: list[etree._Element]) -> tuple[Grid, list[tuple[Any, ...]], int]:
    """Cells by row and column, the SPAN commands, and how many rows head the table."""
    taken: dict[tuple[int, int], etree._Element | None] = {}
    spans: list[tuple[Any, ...]] = []
    heads = 0
    for down, row in enumerate(rows):
        cells = [c for c in row if c.tag in ("td", "th")]
        heads += heads == down and bool(cells) and all(c.tag == "th" for c in cells)
        across = 0
        for cell in cells:
            while (down, across) in taken:
                across += 1
            wide = _span(cell, "colspan", MAX_COLUMNS)
            high = min(_span(cell, "rowspan", len(rows)), len(rows) - down)
            for y in range(down, down + high):
                for x in range(across, across + wide):
                    taken.setdefault((y, x), None)
            taken[down, across] = cell
            if wide > 1 or high > 1:
                spans.append(("SPAN", (across, down), (across + wide - 1, down + high - 1)))
            across += wide
    width = max((x for _, x in taken), default=-1) + 1
    grid = [[taken.get((y, x)) for x in range(width)] for y in range(len(rows))]
    return grid, spans, heads


def _span(cell: etree._Element, name: str, limit: int) -> int:
    text = cell.get(name) or "1"
    return max(1, min(int(text), limit)) if text.isdecimal() else 1


def _widths(grid: Grid, width: float) -> list[float]:
    """Each column gets its longest word, then the rest is shared by the length of the texts."""
    columns = [[cell for cell in column if cell is not None] for column in zip(*grid, strict=True)]
    least = [max((_longest_word(cell) for cell in column), default=0) + 10 for column in columns]
    if sum(least) >= width:
        return [share * width / sum(least) for share in least]
    weights = [_weight(column) for column in columns]
    spare = width - sum(least)
    return [
        share + spare * weight / sum(weights) for share, weight in zip(least, weights, strict=True)
    ]


def _longest_word(cell: etree._Element) -> float:
    font = f"{font_family()}-bold" if cell.tag == "th" else font_family()
    widest = max(_words(cell).split(" "), key=len)[:40]
    return float(stringWidth(widest, font, 8.5))


def _weight(column: list[etree._Element]) -> float:
    longest = max((len(_words(cell)) for cell in column), default=1)
    return float(min(max(longest, 4), 80) ** 0.75)
