"""Half characters (lone surrogates): strangers write them, and no file nor screen can keep them."""

from __future__ import annotations

import re

HALF = re.compile("[\ud800-\udfff]")


def is_whole(text: str) -> bool:
    return text.isascii() or not HALF.search(text)


def whole(text: str) -> str:
    """The same text with U+FFFD for half characters; two halves that meet make one."""
    if is_whole(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
