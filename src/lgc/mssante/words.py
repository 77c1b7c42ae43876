"""Bytes of strangers as words, in a time that grows no faster than they do."""

from __future__ import annotations

import codecs

MAX_TEXT = 2_000_000
# Decoders of the interpreter that are no character sets, or that slow down with length.
NO_CHARSETS = frozenset(
    {"idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
)


def decoded(data: bytes, charset: str) -> str:
    """Text in the character set announced, else in the one that fits; never fails.

    Half characters, which UTF-7 lets through, stay: ``domain.characters`` takes them out.
    """
    for name in (charset, "utf-8", "cp1252"):
        try:
            if codecs.lookup(name).name.replace("_", "-") not in NO_CHARSETS:
                return data[:MAX_TEXT].decode(name)
        except (LookupError, ValueError):
            continue
    return data[:MAX_TEXT].decode("latin-1")
