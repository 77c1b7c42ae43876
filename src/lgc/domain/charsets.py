"""Bytes of strangers as words: the one reader of text (WHATWG Encoding §4.2, labels).

What is announced as ISO-8859-1 or ASCII carries Windows-1252, as every browser reads it. Bytes
that are UTF-8 are UTF-8, whatever single-byte set was announced. Nothing is ever dropped.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import IO, Protocol, cast

WINDOWS = "cp1252"
# Labels of the standard whose codec is another than their name says, or that Python has not.
LABELS = {
    **dict.fromkeys(
        ("ascii", "us-ascii", "ansi_x3.4-1968", "iso-8859-1", "iso8859-1", "iso88591", "iso_8859-1",
         "latin1", "latin-1", "l1", "cp819", "ibm819", "iso-ir-100", "csisolatin1", "x-cp1252",
         "windows-1252", "cp1252"),
        WINDOWS,
    ),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "latin5", "l5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("x-mac-roman", "macintosh", "mac"), "mac_roman"),
    **dict.fromkeys(("unicode-1-1-utf-8", "utf8", "x-unicode20utf8"), "utf-8"),
    **dict.fromkeys(("unicode-1-1-utf-7", "x-utf-7"), "utf-7"),
    **dict.fromkeys(("unicode", "ucs-2", "iso-10646-ucs-2"), "utf-16"),
}  # fmt: skip
# Decoders of the interpreter that are no character sets, or that slow down with length.
NO_CHARSETS = frozenset(
    {"idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
FRENCH = frozenset("àâäçéèêëîïôöùûüœÀÂÇÉÈÊ«»°µ’")
# What Windows-1252 has in the middle of no word, and DOS and the old Mac have for é, è, ê…
_ODD = re.compile("[a-z][\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u017d"
                  "\x81\x8d\x8f\x90\x9d][a-z]")  # fmt: skip
_RETURNS = re.compile(rb"(?<=\r)(?!\n)")
META_WITHIN = 1024  # bytes, WHATWG HTML §13.2.3.2
_SINGLE = re.compile(r"cp\d+|iso8859-\d+|mac-roman|ascii|koi8-[ru]")


def decoded(data: bytes, announced: str = "", *, markup: bool = False) -> str:
    """The words of ``data``: its own mark, else what was announced, else what its ``meta`` says
    (``markup``), else UTF-8 where it is, else Windows-1252. Never fails."""
    marked = next((name for mark, name in BOMS if data.startswith(mark)), "")
    own = _META.search(data[:META_WITHIN]) if markup else None
    said = own.group(1).decode("ascii") if own is not None else ""
    for name in filter(None, (marked, _codec(announced), _codec(said, wide=False))):
        try:
            return data.decode("utf-8" if _is_hidden_utf8(data, name) else name)
        except (LookupError, ValueError):
            continue
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(data)


def is_wide(data: bytes) -> bool:
    """Does it say that it is UTF-16?"""
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


class Source(Protocol):
    """A file opened in bytes, of any size."""

    def peek(self, size: int = ..., /) -> bytes: ...
    def readline(self, limit: int = ..., /) -> bytes: ...


def lines(source: Source, longest: int) -> Iterator[str]:
    """Each line of a file with its end, never whole in memory; longer ones come in pieces."""
    head = source.peek(4)[:4]
    wide = next((name for mark, name in BOMS[1:] if head.startswith(mark)), "")
    if wide:
        # Its own end of line is two bytes: the next line would begin in the middle of a letter.
        text = io.TextIOWrapper(cast(IO[bytes], source), wide, "replace", newline="")
        while line := text.readline(longest):
            yield line
        text.detach()
        return
    rest = b""
    while raw := source.readline(longest):
        pieces = _RETURNS.split(rest + raw)
        # Old Macs end a line by a return alone: what was cut at the limit goes on.
        rest = pieces.pop() if len(pieces) > 1 and not raw.endswith(b"\n") else b""
        yield from (decoded(piece) for piece in pieces if piece)
    if rest:
        yield decoded(rest)


def _guessed(data: bytes) -> str:
    """What nothing names, as Windows-1252; as a text of DOS or of an old Mac where it is French in
    that set and no language in Windows-1252: « fièvre », not « fiŠvre »."""
    usual = data.decode(WINDOWS, C1)
    if _ODD.search(usual):
        for name in ("cp850", "mac_roman"):
            words = data.decode(name, C1)
            if all(letter in FRENCH for letter in words if letter >= "\x80"):
                return words
    return usual


def _codec(label: str, *, wide: bool = True) -> str:
    """The codec of a label, empty for what is none; an HTML that could be read is not wide."""
    plain = label.strip().strip("\"'").lower()
    name = LABELS.get(plain, plain)
    try:
        found = codecs.lookup(name).name.replace("_", "-") if name else ""
    except (LookupError, ValueError):
        return ""
    if found in NO_CHARSETS or (not wide and found.startswith(("utf-16", "utf-32"))):
        return ""
    return found


def _is_hidden_utf8(data: bytes, name: str) -> bool:
    """Is it UTF-8 that somebody announced as a set of one byte a letter?"""
    if _SINGLE.fullmatch(name) is None or data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


C1 = "lgc.c1"


def _kept(error: UnicodeError) -> tuple[str, int]:
    """A byte that Windows-1252 leaves empty is the control of its number."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(C1, _kept)
