"""What a dialog or a menu showed, against what is stored when its act arrives.

Between the two another desk, a lane or the doctor elsewhere may have changed or removed it: an act
is of what was seen, else nothing is done and both are told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lgc.errors import UserFacingError

T = TypeVar("T")
GONE = "il n’y est plus"


def must_still_be(found: T | None, seen: T, what: str, words: Callable[[T], str]) -> None:
    """Raises UserFacingError, naming both, unless ``found`` is what was ``seen``."""
    if found == seen:
        return
    now = words(found) if found is not None else GONE
    raise UserFacingError(
        f"{what} a changé entre-temps.",
        advice=f"Vous voyiez : {words(seen)}. Maintenant : {now}. Rien n’a été fait.",
    )
