"""The words of an RTF body, for reading, printing and searching; nothing in it is executed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from striprtf import striprtf

from lgc.reading.jobs import Answer

_library: Any = striprtf
MAX_RTF = 2 * 1024 * 1024
MAX_FONT_TABLE = 8_000
TOO_BIG = "Ce texte RTF est trop volumineux pour être montré."
UNREADABLE = "Ce texte RTF est illisible."
# Pictures are long runs of hexadecimal digits that hold no word.
_PICTURE = re.compile(r"[0-9a-fA-F\s]{2048,}")


def plain_text(content: bytes) -> str:
    """The text, or one French sentence in its place: never an exception."""
    bare = _PICTURE.sub("", content.decode("latin-1"))
    if len(bare) > MAX_RTF:
        return TOO_BIG
    try:
        text = str(_library.rtf_to_text(_tamed(bare), encoding="cp1252", errors="replace"))
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        return UNREADABLE
    # Characters beyond the first plane come as two halves.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = (" ".join(line.replace("|", "\t").split()) for line in whole.splitlines())
    return "\n".join(lines).strip()


def job(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """``plain_text`` as a job of the reading process."""
    return Answer({"text": plain_text(blobs[0])})


def _tamed(text: str) -> str:
    """Without what makes the library search back and forth: instructions of fields (their
    addresses are not followed anyway) and endless font tables become groups to ignore."""
    text = text.replace("\\fldinst", "\\*\\lgcfield")
    start = text.find("\\fonttbl")
    end = text.find("}}", start)
    if start >= 0 and not 0 <= end - start <= MAX_FONT_TABLE:
        text = text.replace("\\fonttbl", "\\*\\lgcfonts")
    return text
