"""UCUM units as a doctor reads them; the code itself travels in documents."""

from __future__ import annotations

FRENCH = {
    "{tablet}": "comprimé",
    "{capsule}": "gélule",
    "{puff}": "bouffée",
    "{drop}": "goutte",
    "{sachet}": "sachet",
    "{pack}/a": "paquets-années",
    "{glass}/d": "verres par jour",
    "[IU]": "UI",
    "[iU]": "UI",
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "kg/m2": "kg/m²",
    "/min": "/min",
    "[arb'U]": "U",
    "{INR}": "",
    "a": "ans",
    "1": "",
}


def french(unit: str) -> str:
    """What to print for a unit: a known French form, else the annotation without its braces."""
    known = FRENCH.get(unit)
    return unit.replace("{", "").replace("}", "") if known is None else known
