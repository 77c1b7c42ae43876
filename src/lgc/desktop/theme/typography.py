"""Type: Inter when it is installed, else DejaVu Sans; tabular figures; sizes by role."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

WEIGHTS = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}

TYPE: dict[str, tuple[int, int]] = {
    "page": (20, 600),
    "dialog": (17, 600),
    "search": (18, 400),
    "panel": (14, 600),
    "base": (13, 400),
    "medium": (13, 500),
    "strong": (13, 600),
    "small": (12, 400),
    "small-medium": (12, 500),
    "small-strong": (12, 600),
    "tiny": (11, 400),
    "tiny-medium": (11, 500),
    "tiny-strong": (11, 600),
    "letter": (10, 600),
}
"""Role → (pixels at 100 %, weight). Nothing is smaller than ``letter`` (H/L, rail counts)."""


@lru_cache(maxsize=1)
def family() -> str:
    """The family to use; asked once the application exists."""
    return "Inter" if "Inter" in QFontDatabase.families() else "DejaVu Sans"


def font(role: str = "base") -> QFont:
    """A font of ``TYPE`` with tabular figures. Raises KeyError for an unknown role."""
    pixels, weight = TYPE[role]
    made = QFont(family())
    made.setPixelSize(pixels)
    made.setWeight(WEIGHTS[weight])
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made
