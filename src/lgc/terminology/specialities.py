"""The speciality of a card in the words of JDV_J01 (author speciality of CDA and XDS)."""

from __future__ import annotations

from lgc.domain.professionals import Coded
from lgc.terminology.value_sets import value_set


def of_card(profession: str, skill: str) -> Coded | None:
    """``10`` and ``SM26`` make ``G15_10/SM26``; None when the value set does not know it."""
    if not profession or not skill:
        return None
    return value_set("author_speciality").get(f"G15_{profession}/{skill}")
