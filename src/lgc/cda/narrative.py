"""The narrative of a section as HTML that QTextBrowser shows and that can do no harm.

Only tags written here come out; every text of the document is escaped; no script, style sheet,
form or remote address survives. Media become ``image:N`` (the document's images, from 0) and
the PDF copy ``body:``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

from lxml import etree

from lgc.reading import limits
from lgc.reading.patience import step

MAX_SPAN = 100
MAX_TEXT = 2_000_000
THE_REST = "La suite, trop longue pour être montrée, est dans l’original."
# Beyond this many rows in a document, tables become lines: a viewer lays them out for seconds.
MAX_TABLE_ROWS = 1_000

_PLAIN = {
    "paragraph": ("<p>", "</p>"),
    "sub": ("<sub>", "</sub>"),
    "sup": ("<sup>", "</sup>"),
    "item": ("<li>", "</li>"),
    "thead": ("<thead>", "</thead>"),
    "tbody": ("<tbody>", "</tbody>"),
    "tfoot": ("<tfoot>", "</tfoot>"),
    "tr": ("<tr>", "</tr>"),
}
_STYLES = (
    ("bold", "b"),
    ("italic", "i"),
    ("underline", "u"),
    ("emphasis", "em"),
    ("strike", "s"),
)
_TABLE = '<table border="1" cellspacing="0" cellpadding="4" width="100%">'
_SILENT = frozenset(("script", "style", "form", "object", "iframe", "col", "colgroup"))
_TAG = re.compile(r"</?(\w+)[^>]*>")
_BREAKS = frozenset(("p", "br", "tr", "li", "table", "ul", "ol", "td", "th"))
_ALIGNED = frozenset(("left", "center", "right"))


class NarrativeWriter:
    """Writes the narratives of one document.

    ``media`` maps the ID of an observationMedia to (address, is_image).
    """

    def __init__(self, media: Mapping[str, tuple[str, bool]]) -> None:
        self._media = media
        self._rows = self._cells = self._grid = self._nested = 0
        # Whether a table asked for more than a window lays out at once.
        self.simplified = False
        self._left = MAX_TEXT
        self._notes: list[str] = []
        self._note_ranks: dict[str, int] = {}
        self._special: dict[str, Callable[[etree._Element], str]] = {
            "br": lambda node: "<br/>",
            "content": self._content,
            "list": self._list,
            "td": self._cell,
            "th": self._cell,
            "linkHtml": self._link,
            "renderMultiMedia": self._render_media,
            "footnote": self._footnote,
            "footnoteRef": self._footnote_again,
            "table": self._table,
            "caption": lambda node: "",
        }

    def html(self, text: etree._Element | None) -> str:
        """Safe HTML of a ``section/text``, empty when there is none."""
        if text is None:
            return ""
        self._notes, self._note_ranks = [], {}
        had_room = self._left > 0
        shown = self._inside(text).strip()
        if had_room and self._left <= 0:
            shown += f"<p>{THE_REST}</p>"
        notes = (f"<p>[{rank}] {note}</p>" for rank, note in enumerate(self._notes, 1))
        return shown + "".join(notes)

    def _inside(self, node: etree._Element) -> str:
        step()
        parts = [self._words(node.text)]
        for child in node:
            if self._left <= 0:
                break
            if isinstance(child.tag, str):
                parts.append(self._element(child))
            parts.append(self._words(child.tail))
        return "".join(parts)

    def _words(self, text: str | None) -> str:
        said = (text or "")[: max(self._left, 0)]
        self._left -= len(text or "")
        return escape(said)

    def _element(self, node: etree._Element) -> str:
        name = etree.QName(node).localname
        if name in self._special:
            return self._special[name](node)
        if name in _SILENT:
            return ""
        before, after = _PLAIN.get(name, ("", ""))
        return f"{before}{self._anchor(node)}{self._inside(node)}{after}"

    @staticmethod
    def _anchor(node: etree._Element) -> str:
        name = node.get("ID") or ""
        # Between a row and its cells nothing may stand.
        loose = etree.QName(node).localname not in ("tr", "thead", "tbody", "tfoot", "table")
        return f'<a name="{escape(name)}"></a>' if name and loose else ""

    def _footnote(self, node: etree._Element) -> str:
        """A mark in the text; the note itself stands under the section."""
        self._notes.append("")
        rank = len(self._notes)
        self._note_ranks[node.get("ID") or ""] = rank
        self._notes[rank - 1] = self._inside(node)
        return f"<sup>[{rank}]</sup>"

    def _footnote_again(self, node: etree._Element) -> str:
        rank = self._note_ranks.get(node.get("IDREF") or "")
        return f"<sup>[{rank}]</sup>" if rank else ""

    def _table(self, node: etree._Element) -> str:
        rows = [row for row in node.iter(etree.Element) if _named(row, "tr") and _of(row, node)]
        self._count(rows)
        self._nested += 1
        try:
            if self._is_too_much():
                self.simplified = True
                return self._captions(node) + "".join(map(self._line, rows))
            return f"{self._captions(node)}{_TABLE}{self._inside(node)}</table>"
        finally:
            self._nested -= 1

    def _count(self, rows: list[etree._Element]) -> None:
        self._rows += len(rows)
        for cell in (cell for row in rows for cell in row if _is_cell(cell)):
            self._cells += 1
            self._grid += _span(cell.get("colspan")) * _span(cell.get("rowspan"))

    def _is_too_much(self) -> bool:
        return (
            self._rows > MAX_TABLE_ROWS
            or self._cells > limits.TABLE_CELLS
            or self._grid > limits.TABLE_GRID
            or self._nested >= limits.HTML_TABLE_DEPTH
        )

    def _line(self, row: etree._Element) -> str:
        """A row of a table that is too long to be one: no word of it is lost."""
        cells = (self._inside(cell) for cell in row if _is_cell(cell))
        return f"<p>{' · '.join(cells)}</p>"

    def _captions(self, node: etree._Element) -> str:
        """Captions stand before what they name: inside, QTextBrowser would misplace them."""
        captions = (self._inside(child) for child in node if _named(child, "caption"))
        return "".join(f"<p><b>{caption}</b></p>" for caption in captions)

    def _content(self, node: etree._Element) -> str:
        if node.get("revised") == "delete":
            return ""
        style = (node.get("styleCode") or "").lower()
        inner = self._inside(node)
        for word, mark in _STYLES:
            if word in style:
                inner = f"<{mark}>{inner}</{mark}>"
        return self._anchor(node) + inner

    def _list(self, node: etree._Element) -> str:
        mark = "ol" if node.get("listType") == "ordered" else "ul"
        # Only items may stand in a list.
        items = [self._element(c) for c in node if _named(c, "item")]
        return f"{self._captions(node)}<{mark}>{''.join(items)}</{mark}>"

    def _cell(self, node: etree._Element) -> str:
        name = etree.QName(node).localname
        attributes = "".join(
            f' {span}="{value}"'
            for span in ("colspan", "rowspan")
            if (value := _span(node.get(span))) > 1
        )
        if (node.get("align") or "").lower() in _ALIGNED:
            attributes += f' align="{(node.get("align") or "").lower()}"'
        return f"<{name}{attributes}>{self._anchor(node)}{self._inside(node)}</{name}>"

    def _link(self, node: etree._Element) -> str:
        target = (node.get("href") or "").strip()
        inner = self._inside(node) or escape(target)
        if target.startswith("#"):
            address, _ = self._media.get(target[1:], (target, False))
            return f'<a href="{escape(address)}">{inner}</a>'
        return inner

    def _render_media(self, node: etree._Element) -> str:
        shown = []
        for name in (node.get("referencedObject") or "").split():
            address, is_image = self._media.get(name, ("", False))
            if is_image:
                shown.append(f'<img src="{address}"/>')
            elif address:
                label = "Copie PDF" if address == "body:" else "Pièce jointe"
                shown.append(f'<a href="{address}">{label}</a>')
        return "".join(shown) + self._captions(node)


def _of(row: etree._Element, table: etree._Element) -> bool:
    """Whether a row belongs to that table, not to one inside it."""
    return next(one for one in row.iterancestors() if _named(one, "table")) is table


def _named(node: etree._Element, name: str) -> bool:
    return isinstance(node.tag, str) and etree.QName(node).localname == name


def _is_cell(node: etree._Element) -> bool:
    return _named(node, "td") or _named(node, "th")


def _span(text: str | None) -> int:
    return min(int(text), MAX_SPAN) if text and text.isdecimal() and len(text) < 9 else 1


def text_of(html: str) -> str:
    """The words of our own safe HTML."""
    bare = _TAG.sub(lambda m: "\n" if m.group(1).lower() in _BREAKS else "", html)
    lines = (" ".join(line.split()) for line in unescape(bare).splitlines())
    return "\n".join(line for line in lines if line)
