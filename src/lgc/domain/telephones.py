"""The telephone numbers in what somebody typed: one each, exactly as they are dialled, or none.

What is no number (« poste 12 », « le soir ») stays words: its figures join no number.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"(?:\+|\b)\d[\d .\-()\u00a0\u202f]*")
_TRUNK = re.compile(r"\(\s*0\s*\)")
FRENCH, LEAST, MOST = 10, 8, 15
"""Figures of a French number, and of any other with its country (E.164)."""


def numbers(typed: str) -> tuple[str, ...]:
    """``06 12… / 01 45…`` → both; ``+33 (0)6…`` → ``+336…``; each once, in their order."""
    found = [number for run in _RUN.finditer(typed) for number in _in_run(run.group())]
    return tuple(dict.fromkeys(found))


def _in_run(run: str) -> list[str]:
    """One run of figures: a foreign number, or French ones one after the other."""
    abroad = run.startswith(("+", "00"))
    digits = re.sub(r"\D", "", _TRUNK.sub("", run) if abroad else run)
    if abroad:
        digits = digits.removeprefix("00") if not run.startswith("+") else digits
        return [f"+{digits}"] if LEAST <= len(digits) <= MOST and digits[0] != "0" else []
    parts = [digits[n : n + FRENCH] for n in range(0, len(digits), FRENCH)]
    right = all(len(part) == FRENCH and part[0] == "0" and part[1] != "0" for part in parts)
    return parts if right else []
