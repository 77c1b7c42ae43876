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
from lgc.reading.scripts import STRUCK_END, STRUCK_START, Script, scripted

COPY = "Copie PDF"
MAX_SPAN = 100
MAX_TEXT = 2_000_000
THE_REST = "La suite, trop longue pour être montrée, est dans l’original."
# Beyond this many rows in a document, tables become lines: a viewer lays them out for seconds.
MAX_TABLE_ROWS = 1_000

_PLAIN = {
    "paragraph": ("<p>", "</p>"),
    "sub": ("<sub>", "</sub>"),
    "sup": ("<sup>", "</sup>"),
    # An item of no list; those of a list are written by it.
    **dict.fromkeys(("item", "li"), ("<p>", "</p>")),
    # XHTML, which some put where HL7 has its own.
    **dict.fromkeys(
        ("p", "div", "section", "pre", "dt", "dd", "dl", "blockquote", "address"), ("<p>", "</p>")
    ),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), ("<p><b>", "</b></p>")),
    **{name: (f"<{name}>", f"</{name}>") for name in ("b", "i", "u", "em")},
    "strong": ("<b>", "</b>"),
    # A row or a cell that stands in no table.
    **dict.fromkeys(("tr", "td", "th"), ("<p>", "</p>")),
}
_ROWS = frozenset(("thead", "tbody", "tfoot", "tr"))
_TITLED = frozenset(("table", "list", "renderMultiMedia"))
"""What says its caption before itself; elsewhere a caption stands where it is."""
_INLINE = frozenset(("content", "linkHtml", "sub", "sup", "footnote"))
_STYLES = (
    ("bold", "b"),
    ("italic", "i"),
    ("underline", "u"),
    ("emphasis", "em"),
    ("strike", "s"),
)
_TABLE = '<table border="1" cellspacing="0" cellpadding="4" width="100%">'
_SILENT = frozenset(("script", "style"))
"""What holds no words. Of anything else the words are shown, in tags of ours or in none."""
_TAG = re.compile(r"</?(\w+)[^>]*>")
_RAISED = re.compile(r"<(su[bp])>([^<]*)</\1>")
_SCRIPTS = {"sup": Script.SUPER, "sub": Script.SUB}
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
            "ul": self._list,
            "ol": self._list,
            "linkHtml": self._link,
            "renderMultiMedia": self._render_media,
            "footnote": self._footnote,
            "footnoteRef": self._footnote_again,
            "table": self._table,
            "caption": self._caption,
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
        if name in _SILENT or node.get("revised") == "delete":
            return ""
        if name in self._special:
            return self._special[name](node)
        before, after = _PLAIN.get(name, ("", ""))
        return f"{before}{self._anchor(node)}{self._inside(node)}{after}"

    @staticmethod
    def _anchor(node: etree._Element) -> str:
        name = node.get("ID") or ""
        # Between a row and its cells nothing may stand.
        loose = etree.QName(node).localname not in (*_ROWS, "table")
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
                shown = "".join(map(self._line, rows))
            else:
                shown = f"{_TABLE}{self._structure(node)}</table>"
            return self._captions(node) + self._strays(node) + shown
        finally:
            self._nested -= 1

    def _structure(self, node: etree._Element) -> str:
        """Rows and cells alone: a viewer puts anything else of a table where it likes.

        A row inside a row ends the one around it: what follows is a row of its own.
        """
        step()
        row = _named(node, "tr")
        parts, cells = [], [""] * row
        for child in node:
            if row and _is_cell(child):
                cells.append(self._cell(child))
            elif _is_rows(child):
                parts += [_row(cells), self._structure(child)]
                cells = []
        inner = "".join((*parts, _row(cells)))
        name = etree.QName(node).localname
        return inner if row or name == "table" else f"<{name}>{inner}</{name}>"

    def _strays(self, table: etree._Element) -> str:
        """What stands in a table and in none of its cells; it is shown before it."""
        parts: list[str] = []
        for node in (table, *(one for one in table.iter(etree.Element) if _is_rows(one))):
            if node is not table and not _of(node, table):
                continue
            parts.append(self._words(node.text))
            for child in node:
                ours = _is_cell(child) or _is_rows(child) or _named(child, "caption")
                if isinstance(child.tag, str) and not (ours and _has_place(child, table)):
                    parts.append(self._element(child))
                parts.append(self._words(child.tail))
        return "".join(f"<p>{part}</p>" for part in parts if part.strip())

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
        cells = (f"{self._anchor(cell)}{self._inside(cell)}" for cell in row if _is_cell(cell))
        return f"<p>{' · '.join(cells)}</p>"

    def _captions(self, node: etree._Element) -> str:
        """Captions stand before what they name: inside, QTextBrowser would misplace them."""
        captions = (
            f"{self._anchor(child)}{self._inside(child)}"
            for child in node
            if _named(child, "caption")
        )
        return "".join(f"<p><b>{caption}</b></p>" for caption in captions)

    def _caption(self, node: etree._Element) -> str:
        """« Conclusion » of a paragraph, of an item, of a link, of a cell."""
        holder = node.getparent()
        name = etree.QName(holder).localname if holder is not None else ""
        if name in _TITLED:
            return ""
        after = " " if name in _INLINE else "<br/>"
        return f"{self._anchor(node)}<b>{self._inside(node)}</b>{after}"

    def _content(self, node: etree._Element) -> str:
        style = (node.get("styleCode") or "").lower()
        inner = self._inside(node)
        for word, mark in _STYLES:
            if word in style:
                inner = f"<{mark}>{inner}</{mark}>"
        return self._anchor(node) + inner

    def _list(self, node: etree._Element) -> str:
        ordered = node.get("listType") == "ordered" or _named(node, "ol")
        mark = "ol" if ordered else "ul"
        captions = self._captions(node)
        return f"{captions}{self._anchor(node)}<{mark}>{self._items(node)}</{mark}>"

    def _items(self, node: etree._Element) -> str:
        """Only items may stand in a list: what others put beside them becomes one."""
        parts = [_item(self._words(node.text))]
        for child in node:
            if _named(child, "item") or _named(child, "li"):
                parts.append(self._item(child))
            elif isinstance(child.tag, str) and not _named(child, "caption"):
                parts.append(_item(self._element(child)))
            parts.append(_item(self._words(child.tail)))
        return "".join(parts)

    def _item(self, node: etree._Element) -> str:
        if node.get("revised") == "delete":
            return ""
        return f"<li>{self._anchor(node)}{self._inside(node)}</li>"

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
                label = COPY if address == "body:" else "Pièce jointe"
                shown.append(f'<a href="{address}">{label}</a>')
        return "".join(shown) + self._captions(node)


def _of(row: etree._Element, table: etree._Element) -> bool:
    """Whether a row belongs to that table, not to one inside it."""
    return next(one for one in row.iterancestors() if _named(one, "table")) is table


def _row(cells: list[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>" if cells else ""


def _item(html: str) -> str:
    return f"<li>{html}</li>" if html.strip() else ""


def _is_rows(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and etree.QName(node).localname in _ROWS


def _has_place(node: etree._Element, table: etree._Element) -> bool:
    """Whether the walk of a table meets it: a cell in a row, rows, the caption of the table."""
    holder = node.getparent()
    if _named(node, "caption"):
        return holder is table
    return holder is not None and (not _is_cell(node) or _named(holder, "tr"))


def _named(node: etree._Element, name: str) -> bool:
    return isinstance(node.tag, str) and etree.QName(node).localname == name


def _is_cell(node: etree._Element) -> bool:
    return _named(node, "td") or _named(node, "th")


def _span(text: str | None) -> int:
    return min(int(text), MAX_SPAN) if text and text.isdecimal() and len(text) < 9 else 1


def text_of(html: str) -> str:
    """The words of our own safe HTML; 10⁹ is not 109, and what is struck out is said."""
    html = _RAISED.sub(lambda m: escape(scripted(unescape(m[2]), _SCRIPTS[m[1]])), html)
    html = html.replace("<s>", STRUCK_START).replace("</s>", STRUCK_END)
    bare = _TAG.sub(lambda m: "\n" if m.group(1).lower() in _BREAKS else "", html)
    lines = (" ".join(line.split()) for line in unescape(bare).splitlines())
    return "\n".join(line for line in lines if line)
