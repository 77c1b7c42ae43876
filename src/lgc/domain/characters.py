"""What strangers write and nobody can see: half characters, marks of direction, blanks of no width.

Half characters (lone surrogates) no file nor screen can keep; the others are shown as marks.
"""

from __future__ import annotations

import re
import unicodedata

HALF = re.compile("[\ud800-\udfff]")
MARK = "▯"
_UNSEEN = frozenset(("Cc", "Cf", "Co", "Cn", "Zl", "Zp"))
# Letters and marks that show as nothing (Unicode: Default_Ignorable_Code_Point, blank of Braille).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
# What joins two pictures into one is seen.
_PICTURE = "[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]"
_JOINED = re.compile(f"(?<={_PICTURE})\u200d(?={_PICTURE})")


def is_whole(text: str) -> bool:
    return text.isascii() or not HALF.search(text)


def whole(text: str) -> str:
    """The same text with U+FFFD for half characters; two halves that meet make one."""
    if is_whole(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def marked(text: str) -> str:
    """A stranger’s line with ``MARK`` for each character that hides: none turns what follows
    round, none makes two names look alike (UTS 39 §3.1)."""
    if text.isascii() and text.isprintable():
        return text
    kept = {found.start() for found in _JOINED.finditer(text)}
    return "".join(
        MARK if _hides(letter) and place not in kept else letter
        for place, letter in enumerate(text)
    )


def _hides(letter: str) -> bool:
    return letter in _BLANK or unicodedata.category(letter) in _UNSEEN
