"""HTML of strangers taken apart in a time that grows no faster than it does (WHATWG HTML §13.2).

A parser that builds the tree works in the square of its depth; here tags are only looked at one
after the other. ``flattened`` gives the same words, well nested and never deep, for the parser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from lgc.reading import limits
from lgc.reading.scripts import STRUCK_END, STRUCK_START, Script, scripted

BLOCKS = frozenset(
    {"address", "article", "aside", "caption", "center", "dd", "details", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "header", "legend", "main", "nav", "section"}
    | {"summary", "tbody", "tfoot", "thead"}
    | {"blockquote", "br", "div", "hr", "li", "ol", "p", "pre", "table", "tr", "ul"}
    | {f"h{level}" for level in range(1, 7)}
)
VOID = frozenset({"br", "hr", "img"})
# Elements that never have an end, and are never shown.
UNSHOWN_VOID = frozenset(
    {"area", "base", "col", "embed", "input", "link", "meta", "param", "source", "track", "wbr"}
)
# What stands inside is no word of the message.
UNREAD = frozenset({"iframe", "noscript", "script", "style", "template", "title"})
CELLS = frozenset({"td", "th"})
ROWS = frozenset({"tr", "table"})
CELL = " \u00b7 "
"""Between two cells of a row: « Potassium · 3 · 5,2 » is not 35,2."""
LINES = frozenset({"tr", "li", "dt", "dd", "thead", "tbody", "tfoot"})
_ROW_ENDS = re.compile("(?<![ \n])[ \n]*+\r[ \r\n]*+")
_COLUMN = "\ue01f"  # a blank that stays while others are made one
TABLE = frozenset({"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
# What the beginning of an element ends by itself (§13.1.2.4).
ENDS = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": CELLS,
    "th": CELLS,
    "tr": CELLS | {"tr"},
    "tbody": CELLS | {"tr", "tbody", "thead"},
    "tfoot": CELLS | {"tr", "tbody", "thead"},
}
# What may stay open when what holds it ends.
ENDED = CELLS | {"dd", "dt", "li", "option", "p", "tbody", "tfoot", "thead", "tr"}
_TAG = re.compile(
    r"<(/?)([a-zA-Z][^\s/>]*+)((?:=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'\s]))|[^>=])*+)>"
)
# A tag in which nothing can hide: no sign of another one, every quote closed.
_SIMPLE = re.compile(
    r"<(/?+)([a-zA-Z][^\s/>\"'<]*+)(?:[^<>\"']|\"[^\"<>]*+\"|'[^'<>]*+')*+>"
    r"|<(!)(doctype)[^<>]*+>",
    re.IGNORECASE,
)
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = {name: re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE) for name in UNREAD}
# What an element does to the words in it, by its name or by its style.
EFFECTS: Mapping[str, str] = {
    "sup": "sup", "sub": "sub", "s": "struck", "strike": "struck", "del": "struck", "pre": "pre",
}  # fmt: skip
_STYLES: Sequence[tuple[str, re.Pattern[str], str]] = (
    ("struck", re.compile(r"text-decoration(?:-line)?\s*:[^;\"']*line-through", re.IGNORECASE),
     "text-decoration:line-through"),
    ("sup", re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE), "vertical-align:super"),
    ("sub", re.compile(r"vertical-align\s*:\s*sub(?!\w)", re.IGNORECASE), "vertical-align:sub"),
    ("pre", re.compile(r"white-space\s*:\s*(?:pre(?!-line)|break-spaces)", re.IGNORECASE),
     "white-space:pre-wrap"),
)  # fmt: skip
_SPAN = re.compile(r"(colspan|rowspan)\s*=\s*[\"']?\s*(\d{1,6})", re.IGNORECASE)
_ANY_SPAN = re.compile(r"span\s*=\s*[\"']?\s*(\d{1,6})")
# The interpreter refuses to read a number of thousands of digits.
_HUGE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")


class Kind(Enum):
    """What stands in markup."""

    START = auto()
    END = auto()
    TEXT = auto()


Token = tuple[Kind, str, str]


def tokens(markup: str) -> Iterator[Token]:
    """(START, name, attributes), (END, name, "") and (TEXT, "", source), in order.

    As browsers do, what follows a tag or a comment that never closes is no text.
    """
    at, length = 0, len(markup)
    while at < length:
        opened = markup.find("<", at)
        if opened < 0:
            yield Kind.TEXT, "", markup[at:]
            return
        if opened > at:
            yield Kind.TEXT, "", markup[at:opened]
        found = _TAG.match(markup, opened)
        if found is not None:
            name, at = found[2].lower(), found.end()
            yield (Kind.END if found[1] else Kind.START), name, found[3]
            if name in UNREAD and not found[1]:
                at = _after(_RAW_END[name].search(markup, at), whole=False)
        elif _begins_tag(markup, opened):
            return
        elif markup.startswith("<!--", opened):
            at = _after(_COMMENT_END.search(markup, opened + 2), whole=True)
        elif markup[opened + 1 : opened + 2] in ("!", "?", "/"):
            closed = markup.find(">", opened)
            at = closed + 1 if closed >= 0 else length
        else:
            yield Kind.TEXT, "", "&lt;"
            at = opened + 1
        if at < 0:
            return


def _after(found: re.Match[str] | None, *, whole: bool) -> int:
    """Where to go on; -1 when what was opened never closes."""
    if found is None:
        return -1
    return found.end() if whole else found.start()


def _begins_tag(markup: str, opened: int) -> bool:
    letter = markup[opened + 1 : opened + 3].removeprefix("/")[:1]
    return letter.isascii() and letter.isalpha()


def words(markup: str) -> str:
    """HTML as words: scripts and styles dropped, blocks on their lines, cells apart, ``pre`` as
    it is written, nothing fetched."""
    markup = markup[: limits.WORDS].replace(_COLUMN, " ").replace("\r", " ")
    simple = _simple(markup) if "style" not in markup else None
    found = tokens(markup) if simple is None else _simple_tokens(simple)
    # The end of a row and the beginning of the next are one end of line.
    joined = _ROW_ENDS.sub(lambda m: "\n" * m[0].count("\n") or "\n", "".join(_words(found)))
    shown = (_line(line) for line in joined.split("\n"))
    kept = (line for line in shown if line.strip() != CELL.strip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _line(source: str) -> str:
    """One line, its blanks made one; those of ``pre`` are columns."""
    line = " ".join(source.split())
    return line.replace(_COLUMN, " ").rstrip() if _COLUMN in line else line


def style(value: str) -> str:
    """Of a style, what changes the sense of words: struck, raised, lowered, columns."""
    return ";".join(plain for _, pattern, plain in _STYLES if pattern.search(value))


@dataclass
class _Effects:
    """What the elements that are open do to the words in them."""

    counts: dict[str, int] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)
    open: dict[str, list[tuple[int, tuple[str, ...]]]] = field(default_factory=dict)
    is_begun: bool = False

    def start(self, name: str, attributes: str) -> None:
        if name in VOID or name in UNSHOWN_VOID:
            return
        here = self.depth[name] = self.depth.get(name, 0) + 1
        found: tuple[str, ...] = (EFFECTS[name],) if name in EFFECTS else ()
        if "style" in attributes:
            found += tuple(one for one, pattern, _ in _STYLES if pattern.search(attributes))
        if found:
            self.open.setdefault(name, []).append((here, found))
            for one in found:
                self.counts[one] = self.counts.get(one, 0) + 1

    def end(self, name: str) -> str:
        """What the end of this element says."""
        here = self.depth.get(name, 0)
        if not here:
            return ""
        self.depth[name] = here - 1
        waiting = self.open.get(name, [])
        if waiting and waiting[-1][0] == here:
            for one in waiting.pop()[1]:
                self.counts[one] -= 1
        return self.closed()

    def closed(self) -> str:
        """The end of words struck out, where they are over."""
        if not self.is_begun or self.counts.get("struck", 0):
            return ""
        self.is_begun = False
        return STRUCK_END

    def said(self, source: str) -> str:
        """The words of a text as they stand."""
        counts = self.counts
        text = _as_written(source) if counts.get("pre") else _unescaped(source).replace("\n", " ")
        if counts.get("sup") or counts.get("sub"):
            text = scripted(text, Script.SUPER if counts.get("sup") else Script.SUB)
        if counts.get("struck") and not self.is_begun and text.strip():
            self.is_begun = True
            words = text.lstrip()
            return f"{text[: len(text) - len(words)]}{STRUCK_START}{words}"
        return text


def _words(found: Iterable[Token]) -> Iterator[str]:
    effects, cells = _Effects(), 0
    for kind, name, text in found:
        if kind is Kind.TEXT:
            yield effects.said(text)
            continue
        if kind is Kind.START:
            effects.start(name, text)
        else:
            yield effects.end(name)
        if name in ROWS:
            cells = 0
        if name in LINES:
            yield "\r"
        elif name in BLOCKS:
            yield "\n\n" if name == "hr" else "\n"
        elif name in CELLS and kind is Kind.START:
            yield CELL if cells else ""
            cells += 1
    effects.counts.clear()
    yield effects.closed()


def _as_written(text: str) -> str:
    """Of ``pre``: its lines and its columns."""
    return _unescaped(text).expandtabs().replace(" ", _COLUMN)


# Source between tags, and the tags that part it: (source, name in lower case, ends).
Simple = list[tuple[str, str, bool]]


def _simple(markup: str) -> Simple | None:
    """Ordinary markup at one glance; None when a tag may hide something, however little."""
    pieces = _SIMPLE.split(markup)
    if len(pieces) // 5 != markup.count("<"):
        return None
    names = ((ends, name or doctype) for ends, name, doctype in
             zip(pieces[1::5], pieces[2::5], pieces[4::5], strict=True))  # fmt: skip
    tags = [(name.lower(), ends == "/") for ends, name in names]
    for tag, following in zip(tags, [*tags[1:], ("", True)], strict=False):
        if tag[0] in UNREAD and not tag[1] and following != (tag[0], True):
            return None  # what stands in a script is no tag
    return [
        (text, name, ends)
        for text, (name, ends) in zip(pieces[::5], [*tags, ("", True)], strict=True)
    ]


def _simple_tokens(simple: Simple) -> Iterator[Token]:
    unread = False
    for text, name, ends in simple:
        if text and not unread:
            yield Kind.TEXT, "", text
        unread = name in UNREAD and not ends
        if name:
            yield (Kind.END if ends else Kind.START), name, ""


def is_modest(markup: str) -> bool:
    """At one glance: well nested, not deep, no table that asks for anything."""
    simple = _simple(markup)
    if simple is None:
        return False
    open_: list[str] = []
    cells = 0
    for _, name, ends in simple:
        if not ends:
            cells += name in CELLS
            if name not in VOID and name not in UNSHOWN_VOID and name != "doctype":
                open_.append(name)
        elif open_ and name == open_[-1]:
            open_.pop()
        elif name:
            return False
        if len(open_) > limits.HTML_DEPTH or cells > limits.TABLE_CELLS:
            return False
    low = markup.lower()
    if low.count("<table") > limits.HTML_TABLE_DEPTH:
        return False
    numbers = [int(number) for number in _ANY_SPAN.findall(low)]
    down = max(numbers, default=1) if "rowspan" in low else 1
    return (cells + sum(numbers)) * max(down, 1) <= limits.TABLE_GRID


def _unescaped(text: str) -> str:
    return html.unescape(_HUGE.sub("\ufffd", text)) if "&" in text else text


@dataclass
class Flattened:
    """Markup without depth. ``simplified``: its shape asked for more than is ever shown."""

    markup: str
    simplified: bool


def flattened(markup: str, tags: frozenset[str]) -> Flattened:
    """The same words in the same order, of ``tags`` only, well nested and never deep."""
    found = grids(markup)
    flat = _Flat(tags, lines=found.too_many, spans=not found.too_wide)
    for token in tokens(markup):
        flat.take(token)
    flat.close(0)
    simplified = flat.dropped or found.too_many or found.too_wide
    return Flattened("".join(flat.out), simplified or flat.misnested > limits.HTML_MISNESTED)


@dataclass
class Grids:
    """How many cells the tables have, and how many they cover at most.

    Spans that reach down push every later row aside: a table is as wide as all that came before.
    """

    cells: int = 0
    grid: int = 0

    @property
    def too_many(self) -> bool:
        return self.cells > limits.TABLE_CELLS

    @property
    def too_wide(self) -> bool:
        return self.grid > limits.TABLE_GRID


def grids(markup: str) -> Grids:
    """What the tables of ``markup`` would be laid out on."""
    found = Grids()
    for kind, name, attributes in tokens(markup):
        if kind is Kind.START and name in CELLS:
            found.cells += 1
            across, down = spans(attributes)
            found.grid += across * down
    return found


def spans(attributes: str) -> tuple[int, int]:
    """(columns, rows) that a cell covers, at least 1."""
    said = {name.lower(): int(number) for name, number in _SPAN.findall(attributes)}
    return max(said.get("colspan", 1), 1), max(said.get("rowspan", 1), 1)


@dataclass
class _Flat:
    """Writes tags again while they nest well and not too deep; words always."""

    tags: frozenset[str]
    lines: bool
    spans: bool
    out: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    tables: int = 0
    misnested: int = 0
    dropped: bool = False

    def take(self, token: Token) -> None:
        kind, name, text = token
        if kind is Kind.TEXT:
            self.out.append(text)
        elif name in UNSHOWN_VOID:
            return
        elif kind is Kind.START:
            self._start(name, text)
        else:
            self._end(name)

    def close(self, depth: int) -> None:
        """End what is open deeper than ``depth``."""
        while len(self.open) > depth:
            name = self.open.pop()
            self.tables -= name == "table"
            if name in self.tags:
                self.out.append(f"</{name}>")

    def _start(self, name: str, attributes: str) -> None:
        if name in VOID:
            self.out.append(f"<{name}{attributes if name == 'img' else ''}>")
            return
        ends = ENDS.get(name, frozenset())
        if self.open and self.open[-1] == "p" and name in BLOCKS:
            self.close(len(self.open) - 1)
        while self.open and self.open[-1] in ends:
            self.close(len(self.open) - 1)
        deep = len(self.open) >= limits.HTML_DEPTH
        nested = self.tables >= limits.HTML_TABLE_DEPTH
        if deep or (name in TABLE and (self.lines or (name == "table" and nested))):
            self.dropped = True
            self._separate(name)
            return
        self.open.append(name)
        if name not in self.tags:
            return  # it is not shown, but the parser would nest it all the same
        self.tables += name == "table"
        kept = attributes if self.spans and name in CELLS else ""
        self.out.append(f"<{name}{kept}>")

    def _end(self, name: str) -> None:
        if name not in self.open:
            self.misnested += 1
            self._separate(name)
            return
        depth = len(self.open) - 1 - self.open[::-1].index(name)
        self.misnested += not ENDED.issuperset(self.open[depth + 1 :])
        self.close(depth)

    def _separate(self, name: str) -> None:
        """Words of two blocks or of two cells never join."""
        if name in CELLS:
            self.out.append(CELL)
        elif name in BLOCKS:
            self.out.append("<br>")
