"""Numbers in French words of a page: exact, never in powers of ten."""

from __future__ import annotations

from decimal import Decimal

THIN, MINUS = "\u202f", "−"
DIGITS = 15
"""What a float holds without noise."""


def exact(value: float) -> str:
    """``1 250 000``, ``0,00001``, ``−0,4``: every figure that was given, groups from five."""
    plain = format(Decimal(f"{abs(value):.{DIGITS}g}"), "f")
    whole, _, rest = plain.partition(".")
    rest = rest.rstrip("0")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", THIN)
    said = f"{whole},{rest}" if rest else whole
    return f"{MINUS}{said}" if value < 0 and said != "0" else said
