"""Public holidays of France, by region: fixed days, and those that move with Easter. Pure.

Data of 2026: Code du travail, art. L3133-1 (everywhere), L3134-13 (Moselle, Bas-Rhin, Haut-Rhin),
L3422-2 (abolition of slavery, overseas). Good Friday in Alsace-Moselle is one only in communes
with a Protestant church or a mixed one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

METROPOLE, ALSACE_MOSELLE = "Métropole", "Alsace-Moselle"
SINCE = 1983
"""The overseas days are those of a law of 1983."""

EVERYWHERE: Mapping[tuple[int, int], str] = {
    (1, 1): "Jour de l’an",
    (5, 1): "Fête du Travail",
    (5, 8): "8 mai 1945",
    (7, 14): "Fête nationale",
    (8, 15): "Assomption",
    (11, 1): "Toussaint",
    (11, 11): "11 novembre",
    (12, 25): "Noël",
}
AFTER_EASTER: Mapping[int, str] = {
    1: "Lundi de Pâques",
    39: "Ascension",
    50: "Lundi de Pentecôte",
}
ABOLITION = "Abolition de l’esclavage"
OF_REGION: Mapping[str, Mapping[tuple[int, int], str]] = {
    METROPOLE: {},
    ALSACE_MOSELLE: {(12, 26): "Saint-Étienne"},
    "Guadeloupe": {(5, 27): ABOLITION},
    "Martinique": {(5, 22): ABOLITION},
    "Guyane": {(6, 10): ABOLITION},
    "La Réunion": {(12, 20): ABOLITION},
    "Mayotte": {(4, 27): ABOLITION},
    "Saint-Barthélemy": {(10, 9): ABOLITION},
    "Saint-Martin": {(5, 28): ABOLITION},
}
MOVING_OF_REGION: Mapping[str, Mapping[int, str]] = {ALSACE_MOSELLE: {-2: "Vendredi saint"}}
REGIONS = tuple(OF_REGION)


def easter(year: int) -> dt.date:
    """Sunday of Easter in the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century = year % 19, year // 100
    leap = century // 4
    epact = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - epact - year % 100 % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def holiday(day: dt.date, region: str = METROPOLE) -> str:
    """Its name, empty for an ordinary day. An unknown region has those of everywhere."""
    moving = (day - easter(day.year)).days
    return (
        EVERYWHERE.get((day.month, day.day))
        or AFTER_EASTER.get(moving)
        or OF_REGION.get(region, {}).get((day.month, day.day))
        or MOVING_OF_REGION.get(region, {}).get(moving)
        or ""
    )
