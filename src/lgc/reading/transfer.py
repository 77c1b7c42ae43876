"""Bytes that travelled as letters: base64, quoted-printable and uuencode undone as far as they go.

RFC 2045 §6, RFC 4648, and what senders make of them: blanks, comments and « ; » after the name of
the encoding, pieces joined one after the other, words below the last line, an end that is missing.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
import string
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from lgc.domain import media_types


class Harm(Enum):
    """What was wrong with it."""

    CUT = "la fin manque"
    JUNK = "des signes étrangers ont été laissés de côté"
    UNKNOWN = "son codage de transport est inconnu"


@dataclass(frozen=True, slots=True)
class Undone:
    """The bytes, and what was wrong on the way; ``rest`` are the words found below them."""

    content: bytes
    harms: tuple[Harm, ...] = ()
    rest: bytes = b""


NAMES: Mapping[str, str] = {
    **dict.fromkeys(("base64", "base-64", "b64", "x-base64", "base_64", "b"), "base64"),
    **dict.fromkeys(("quoted-printable", "quotedprintable", "quoted_printable", "qp", "q"), "qp"),
    **dict.fromkeys(("x-uuencode", "uuencode", "x-uue", "uue"), "uu"),
    **dict.fromkeys(
        ("", "7bit", "8bit", "7-bit", "8-bit", "7_bit", "8_bit", "7", "8", "binary", "none",
         "us-ascii", "ascii", "utf-8", "utf8", "iso-8859-1", "text", "plain", "identity"), "",
    ),
}  # fmt: skip
"""What senders write in Content-Transfer-Encoding → how it is undone; empty for as it stands."""
_COMMENT = re.compile(r"\([^()]*\)")
_LINE = re.compile(rb"[A-Za-z0-9+/=]+|[A-Za-z0-9_=-]+")
_LETTERS = f"{string.ascii_letters}{string.digits}+/=".encode()
_FOREIGN = bytes(code for code in range(256) if code not in _LETTERS)
_PIECE = re.compile(rb"([A-Za-z0-9+/]+)(=*)")
# What is written in the middle of letters and is seen by nobody.
_UNSEEN = tuple(sign.encode() for sign in "\u200b\u200c\u200d\ufeff\u00a0\u00ad\u2060")
_ADDRESS = re.compile(rb"\s*data:[^,]{0,200},", re.IGNORECASE)
LEAST_LINE = 40  # letters: nobody signs with a word of that length


def named(header: str) -> str | None:
    """How a Content-Transfer-Encoding is undone; None for one that nobody knows."""
    plain = _COMMENT.sub(" ", header).partition(";")[0].replace('"', " ").split()
    return NAMES.get(plain[0].lower() if plain else "")


def undone(header: str, data: bytes) -> Undone:
    """The bytes of a part. What has an unknown encoding stays as it came, and says so."""
    way = named(header)
    if way is None:
        return Undone(data, (Harm.UNKNOWN,))
    return _WAYS[way](data)


def of_base64(data: bytes) -> Undone:
    """Base64 of either alphabet, in one piece or several, padded or not, cut or not."""
    # What is written as it should be, nearly all, needs no look at each line.
    with suppress(binascii.Error):
        words = data.split()
        if len(words) == sum(1 for line in data.splitlines() if line.strip()):
            return Undone(base64.b64decode(b"".join(words), validate=True))
    for unseen in _UNSEEN:
        data = data.replace(unseen, b"")
    source = _ADDRESS.sub(b"", data).splitlines()
    lines = [b"".join(line.split()) for line in source]
    if source and not any(_is_base64(line.strip()) for line in source):
        return _doubted(data, lines)
    last = _last_line(lines, source)
    junk = any(line and not _is_base64(line) for line in lines[: last + 1])
    letters = b"".join(lines[: last + 1]).replace(b"-", b"+").replace(b"_", b"/")
    content, cut = _decoded(letters.translate(None, _FOREIGN))
    harms = (Harm.JUNK,) * junk + (Harm.CUT,) * cut
    return Undone(content, harms, b"\n".join(source[last + 1 :]).strip())


def _doubted(data: bytes, lines: list[bytes]) -> Undone:
    """No line of it is base64: words under its name, unless they make a file."""
    content, _ = _decoded(b"".join(lines).translate(None, _FOREIGN))
    if media_types.of_bytes(content) in (media_types.TEXT, media_types.BYTES):
        return Undone(data, (Harm.UNKNOWN,))
    return Undone(content, (Harm.JUNK,))


def _is_base64(line: bytes) -> bool:
    return _LINE.fullmatch(line) is not None and bool(line.strip(b"-_"))


def _last_line(lines: list[bytes], source: list[bytes]) -> int:
    """Where base64 ends: below it stand words, whose letters are letters of base64 as well."""
    long = [rank for rank, line in enumerate(lines) if len(line) >= LEAST_LINE and _is_base64(line)]
    for rank, line in enumerate(lines):
        foreign = line and (not _is_base64(line) or b" " in source[rank].strip())
        if foreign and rank > max(long, default=0):
            return rank - 1
    return len(lines) - 1


def _decoded(letters: bytes) -> tuple[bytes, bool]:
    """Piece by piece: what stands after an end is another piece, not lost."""
    made, cut = [], False
    for piece, _ in _PIECE.findall(letters):
        whole = piece if len(piece) % 4 != 1 else piece[:-1]
        cut = cut or whole != piece
        made.append(base64.b64decode(whole + b"=" * (-len(whole) % 4)))
    return b"".join(made), cut


def _as_it_stands(data: bytes) -> Undone:
    return Undone(data)


def _quoted(data: bytes) -> Undone:
    return Undone(quopri.decodestring(data))


def _uu(data: bytes) -> Undone:
    """The lines between ``begin`` and ``end`` (POSIX uuencode)."""
    made, harms, inside, over = [], [], False, False
    for line in data.splitlines():
        if not inside:
            inside = line.startswith(b"begin ")
        elif line.strip() == b"end":
            over = True
            break
        else:
            try:
                made.append(binascii.a2b_uu(line))
            except binascii.Error:
                length = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
                try:
                    made.append(binascii.a2b_uu(line[:length]))
                except binascii.Error:
                    harms.append(Harm.JUNK)
    if not inside:
        return Undone(data, (Harm.UNKNOWN,))
    return Undone(b"".join(made), tuple(dict.fromkeys([*harms, *([] if over else [Harm.CUT])])))


_WAYS: Mapping[str, Callable[[bytes], Undone]] = {
    "": _as_it_stands, "base64": of_base64, "qp": _quoted, "uu": _uu,
}  # fmt: skip
