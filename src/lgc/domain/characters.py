"""What strangers write and nobody can see: half characters, marks of direction, blanks of no width.

Half characters (lone surrogates) no file nor screen can keep; the others are shown as marks.
"""

from __future__ import annotations

import re
import unicodedata

HALF = re.compile("[\ud800-\udfff]")
# Letters of Europe whose mark Unicode does not set apart, by their base letters.
_BASES = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i", "ĸ": "k",
    "ŋ": "n", "œ": "oe", "æ": "ae", "ß": "ss", "ĳ": "ij",
}  # fmt: skip
# What a word processor puts for the hyphen and the apostrophe of the keyboard.
_HYPHENS, _APOSTROPHES = "‐‑‒–−", "’‘‛ʼʹ′´`＇"
_TYPED = str.maketrans(
    {"\u00ad": "", **dict.fromkeys(_HYPHENS, "-"), **dict.fromkeys(_APOSTROPHES, "'")}
)
_LETTERS = str.maketrans(
    {**_BASES, **{mark.upper(): base.upper() for mark, base in _BASES.items() if mark not in "ıĸß"}}
    | {"ẞ": "SS"}
)
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


def as_on_a_keyboard(text: str) -> str:
    """The hyphens and apostrophes of word processors as a keyboard writes them; no soft hyphen."""
    return text if text.isascii() else text.translate(_TYPED)


def based(text: str) -> str:
    """Letters by their base: ``Łukasz Sørensen Đorđe`` → ``Lukasz Sorensen Dorde``.

    Ligatures are opened; accents that Unicode sets apart stay, for NFKD to part them.
    """
    return text if text.isascii() else text.translate(_LETTERS)
