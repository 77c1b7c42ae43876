"""Bytes of strangers as words, in a time that grows no faster than they do."""

from __future__ import annotations

from lgc.domain import charsets

MAX_TEXT = 2_000_000


def decoded(data: bytes, charset: str, *, markup: bool = False) -> str:
    """Text in the character set announced, else in the one that fits; never fails.

    Half characters, which UTF-7 lets through, stay: ``domain.characters`` takes them out.
    """
    return charsets.decoded(data[:MAX_TEXT], charset, markup=markup)
