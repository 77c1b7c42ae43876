"""Short forms that expand as one types: « RAS » becomes « rien à signaler ».

A form with two readings is not among them (« fc », « sf »…), and one that is also a French word
stands in capitals: it unfolds only when it is typed so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LAST_WORD = re.compile(r"(?:^|(?<=[\s(«’']))([A-Za-zÀ-ÿ]+)$")
_GOES_ON = re.compile(r"[^\W_]|[-’']")
_SENTENCE_STARTS = re.compile(r"(?:^|[.!?…]['’»)\]]*\s+|^\s*[-–—•*]\s*)[\s(«\"\u00a0\u202f]*$")


def expansion(before: str, known: Mapping[str, str], after: str = "") -> tuple[str, str] | None:
    """(short form as typed, what it stands for) when ``before`` ends with a known one.

    A form in capitals in ``known`` is recognised in capitals alone. The words take a capital only
    where a sentence starts; a word that merely ends like a short form, or that goes on in
    ``after``, is none.
    """
    found = _LAST_WORD.search(before)
    if found is None or _GOES_ON.match(after):
        return None
    typed = found.group(1)
    words = known.get(typed) if typed.isupper() else None
    words = words or known.get(typed.casefold())
    if words is None:
        return None
    if typed[0].isupper() and _SENTENCE_STARTS.search(before[: found.start(1)]):
        words = words[0].upper() + words[1:]
    return typed, words
