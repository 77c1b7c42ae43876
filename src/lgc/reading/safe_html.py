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
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "img": {"src", "alt"}}
NO_SOURCE = re.compile(r"<img(?![^>]*\bsrc=)[^>]*>")
# Blocks that the viewer does not know: their words would join those beside them.
_BLOCKS = re.compile(
    r"<(/?)(?:address|article|aside|center|details|fieldset|figcaption|figure|footer|header"
    r"|hgroup|legend|main|nav|section|summary)(?=[\s/>])",
    re.IGNORECASE,
)
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
    markup = _BLOCKS.sub(r"<\1div", markup)
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
    return NO_SOURCE.sub("", clean).strip(), simplified


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """An address without scheme would be one of this computer."""
    wrong = attribute == "src" and not value.lower().startswith("cid:")
    return None if wrong else value


def job(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """``shown`` as a job of the reading process."""
    kept, simplified = shown(blobs[0].decode("utf-8", "replace"))
    return Answer({"simplified": simplified}, [kept.encode("utf-8")])
