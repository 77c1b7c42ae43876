"""RTF cut into groups, control words and bytes, one after the other, in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto


class Kind(Enum):
    """What stands in an RTF."""

    OPEN = auto()
    CLOSE = auto()
    WORD = auto()
    BYTES = auto()


# (kind, name of a control word, its number, bytes)
Token = tuple[Kind, str, int | None, bytes]
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,40})(?:(-?\d{1,10})\d*)? ?"
    rb"|\\'([0-9a-fA-F]{2})"
    rb"|\\([^a-zA-Z'])"
    rb"|([{}])"
    rb"|([^\\{}\r\n]+)"
    rb"|\\'?|[\r\n]+",
    re.DOTALL,
)
_NONE = b""


def tokens(content: bytes) -> Iterator[Token]:
    """Every token; the bytes after ``\\binN`` are no RTF and are passed over."""
    at, length = 0, len(content)
    while at < length:
        found = _TOKEN.match(content, at)
        assert found is not None  # every byte begins one of its branches
        at = found.end()
        name, number, code, symbol, brace, plain = found.groups()
        if plain is not None:
            yield Kind.BYTES, "", None, plain
        elif name is not None:
            value = int(number) if number is not None else None
            word = name.decode("ascii")
            if word == "bin":
                at += min(max(value or 0, 0), length)
            yield Kind.WORD, word, value, _NONE
        elif code is not None:
            yield Kind.BYTES, "'", None, bytes((int(code, 16),))
        elif symbol is not None:
            yield Kind.WORD, symbol.decode("latin-1"), None, _NONE
        elif brace is not None:
            yield (Kind.OPEN if brace == b"{" else Kind.CLOSE), "", None, _NONE
