"""The names that files get: a stranger's title is never a path, a command or a device.

One function for every file that leaves the application, on the three systems.
"""

from __future__ import annotations

import unicodedata

LONGEST = 120
MOST_BYTES = 240  # most disks hold 255, and a half-written file has a longer name
SPARE = "document"
_NEVER = frozenset('<>:"/\\|?*%')
_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # commands, right-to-left, halves
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{one}{n}" for one in ("com", "lpt") for n in range(10)))
)
# What a file begins with tells what it is; its title never does.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", ".pdf"),
    (b"\x89PNG\r\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"PK\x03\x04", ".zip"),
    (b"{\\rtf", ".rtf"),
    (b"BEGIN:VCALENDAR", ".ics"),
    (b"<?xml", ".xml"),
    (b"<ClinicalDocument", ".xml"),
)


def safe_name(title: str, content: bytes) -> str:
    """``title`` as the name of a file whose ending is that of its ``content``."""
    return named(title, ending_of(content))


def named(title: str, ending: str) -> str:
    """``title`` made harmless, with ``ending`` (``.pdf``): 120 letters at most, no path, no
    command, no mark of direction, no name of a device."""
    spoken = unicodedata.normalize("NFC", title)
    letters = "".join(" " if _is_barred(letter) else letter for letter in spoken)
    stem = " ".join(letters.split()).strip(". ")
    if stem.lower().endswith(ending.lower()):
        stem = stem[: len(stem) - len(ending)].rstrip(". ")
    if not stem or stem.split(".")[0].strip().lower() in _DEVICES:
        stem = f"{SPARE} {stem}".strip()
    return f"{_cut(stem, ending)}{ending}"


def _cut(stem: str, ending: str) -> str:
    stem = stem[: LONGEST - len(ending)]
    room = MOST_BYTES - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ")


def ending_of(content: bytes) -> str:
    """What the bytes say they are; ``.txt`` for words, ``.bin`` for anything else."""
    start = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    known = next((ending for begins, ending in _BEGINNINGS if start.startswith(begins)), "")
    if known:
        return known
    try:
        words = content[:4096].decode("utf-8", "strict") if content else ""
    except UnicodeDecodeError as cut:
        if cut.reason != "unexpected end of data" or len(content) <= 4096:
            return ".bin"
        words = content[: cut.start].decode("utf-8")
    return ".bin" if any(letter < " " and letter not in "\t\r\n" for letter in words) else ".txt"


def _is_barred(letter: str) -> bool:
    return letter in _NEVER or unicodedata.category(letter) in _CATEGORIES
