"""Numbers in French words of a page: exact, never in powers of ten."""

from __future__ import annotations

from decimal import Decimal

THIN, MINUS = "\u202f", "−"
SMALLEST = 0.00001
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
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


def scientific(value: float) -> str:
    """As ``exact``; what is too small to be read so is written ``4,5 × 10⁻⁸``."""
    if value == 0 or abs(value) >= SMALLEST:
        return exact(value)
    figures, _, power = f"{Decimal(f'{abs(value):.{DIGITS}g}'):e}".partition("e")
    figures = figures.rstrip("0").rstrip(".").replace(".", ",")
    raised = str(int(power)).translate(_RAISED)
    return f"{MINUS if value < 0 else ''}{figures} × 10{raised}"
