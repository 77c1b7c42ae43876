"""The formatted words of strangers, safe to be shown: no script, form, network, style or file.

Pictures that came inside the message itself (``cid:``, RFC 2392) stay; all others disappear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import nh3

from lgc.reading import limits
from lgc.reading import markup as taken_apart
from lgc.reading.jobs import Answer
from lgc.reading.limits import HTML_SHOWN as MAX_MARKUP

TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "span", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "img": {"src", "alt"},
    # A dose struck out by a style is no dose.
    **{name: {"style"} for name in ("code", "div", "em", "p", "span", "strong")},
}
NO_SOURCE = re.compile(r"<img(?![^>]*\bsrc=)[^>]*>")
# Blocks that the viewer does not know: their words would join those beside them.
_BLOCKS = re.compile(
    r"<(/?)(?:address|article|aside|center|details|fieldset|figcaption|figure|footer|header"
    r"|hgroup|legend|main|nav|section|summary)(?=[\s/>])",
    re.IGNORECASE,
)
_STRUCK = re.compile(r"<(/?)(?:del|strike)(?=[\s/>])", re.IGNORECASE)
# The viewer sets what follows a ``div`` on its line: « Potassium 3 » and « 5,2 » would be 35,2.
_LOOSE = re.compile(
    r"(</div>|</d[dt]>|</li>|<[dou]l(?: [^>]*)?>"
    r"|(?:[^>\s]|</(?:a|b|div|i|s|span|u)>)\s*</[dou]l>|</caption>\s*</table>)"
    r"(?=(?:\s|</?(?:a|b|code|em|i|s|span|strong|su[bp]|u)(?=[\s>])[^>]*>)*(?:[^<\s]|<img))"
)
# It breaks the line after the next words where one is empty, not before them.
_EMPTY = re.compile(
    r"<(p|d[dlt]|div|h[1-6]|[ou]l|pre|blockquote|caption|table|t(?:r|head|body|foot))(?: [^>]*)?>"
    r"(?:\s|<br>)*</\1>"
)
_EMPTIES = 8  # one inside the other
UNREAD = {"script", "style", "head", "title", "template", "noscript", "form", "object", "svg"}


def clean(markup: str) -> str:
    """What remains when only words and their order are kept; empty for what is too long."""
    return shown(markup)[0]


def shown(markup: str) -> tuple[str, bool]:
    """What remains when only words and their order are kept, and whether its shape is simpler.

    Links lose their target and pictures of elsewhere disappear: nothing can be fetched, not even
    by mistake. Empty for what is too long: its words are shown alone.
    """
    if len(markup) > MAX_MARKUP:
        return "", True
    simplified = False
    markup = _STRUCK.sub(r"<\1s", _BLOCKS.sub(r"<\1div", markup))
    few = markup.count("<") <= limits.HTML_DEPTH and "span" not in markup.lower()
    if not few and not taken_apart.is_modest(markup):
        flat = taken_apart.flattened(markup, frozenset(TAGS))
        markup, simplified = (flat.markup if flat.simplified else markup), flat.simplified
    clean = nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=UNREAD,
        strip_comments=True,
        link_rel=None,
        url_schemes={"cid"},
        attribute_filter=_kept,
    )
    clean = NO_SOURCE.sub("", clean)
    for _ in range(_EMPTIES):
        clean, found = _EMPTY.subn("<br>", clean)
        if not found:
            break
    return _LOOSE.sub(r"\1<br>", clean).strip(), simplified


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """An address without scheme would be one of this computer; of styles, what has a sense."""
    if attribute == "style":
        return taken_apart.style(value) or None
    wrong = attribute == "src" and not value.lower().startswith("cid:")
    return None if wrong else value


def job(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """``shown`` as a job of the reading process."""
    kept, simplified = shown(blobs[0].decode("utf-8", "replace"))
    return Answer({"simplified": simplified}, [kept.encode("utf-8")])
