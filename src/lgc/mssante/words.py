"""Bytes and markup of strangers as words, in a time that grows no faster than they do."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from lxml import etree

MAX_TEXT = 2_000_000
# Decoders of the interpreter that are no character sets, or that slow down with length.
NO_CHARSETS = frozenset(
    {"idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
)
UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript"})
BLOCKS = frozenset(
    {"blockquote", "br", "div", "hr", "li", "ol", "p", "pre", "table", "tr", "ul"}
    | {f"h{level}" for level in range(1, 7)}
)


def decoded(data: bytes, charset: str) -> str:
    """Text in the character set announced, else in the one that fits; never fails."""
    for name in (charset, "utf-8", "cp1252"):
        try:
            if codecs.lookup(name).name.replace("_", "-") not in NO_CHARSETS:
                return data[:MAX_TEXT].decode(name)
        except (LookupError, ValueError):
            continue
    return data[:MAX_TEXT].decode("latin-1")


def of_html(markup: str) -> str:
    """HTML as words: scripts and styles dropped, blocks on their lines, nothing fetched."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(markup[:MAX_TEXT].encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    lines = (" ".join(line.split()) for line in "".join(_words(root)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _words(root: etree._Element | None) -> Iterator[str]:
    if root is None:  # a page of blanks
        return
    unread = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        name = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            unread += name in UNREAD
            yield "\n" if name in BLOCKS else ""
            yield "" if unread else (node.text or "").replace("\n", " ")
        else:
            unread -= name in UNREAD
            yield "\n" if name in BLOCKS and name != "br" else ""
            yield "" if unread else (node.tail or "").replace("\n", " ")
