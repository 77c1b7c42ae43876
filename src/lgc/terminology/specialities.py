"""The speciality of an author in the words of JDV_J01: the one source of CDA, XDS and messages."""

from __future__ import annotations

from lgc.domain.professionals import Coded, Practitioner
from lgc.terminology.value_sets import value_set

PHYSICIAN = "10"


def of_card(profession: str, skill: str) -> Coded | None:
    """``10`` and ``SM26`` make ``G15_10/SM26``; None when the value set does not know it."""
    if not profession or not skill:
        return None
    return value_set("author_speciality").get(f"G15_{profession}/{skill}")


def of_author(author: Practitioner) -> Coded | None:
    """The author's profession and speciality (``G15_10/SM26``).

    The chosen speciality is taken when the value set knows it, else what the card says.
    """
    holder, known = author.holder, value_set("author_speciality")
    profession = holder.profession.code.removeprefix("G15_") or PHYSICIAN
    candidates = [author.speciality.code] if author.speciality else []
    candidates += [f"G15_{profession}/{code}" for code in (*candidates, holder.speciality) if code]
    candidates.append(f"G15_{profession}")
    return next((found for code in candidates if (found := known.get(code))), None)
