"""The typeface of our PDFs: DejaVu Sans where the system has it, embedded in every document.

Where it is missing, Bitstream Vera, which reportlab carries, stands in: same drawing, and every
French letter (œ, €, « », ’).
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from lgc.paths import bundled

FAMILY = "lgc"
_DEJAVU = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique")
_VERA = ("Vera", "VeraBd", "VeraIt", "VeraBI")


def font_folders() -> tuple[Path, ...]:
    """Where fonts live on this system, the practice's own first."""
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", "C:/Windows"))
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        system = (windows / "Fonts", local / "Microsoft" / "Windows" / "Fonts")
    elif sys.platform == "darwin":
        system = (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    else:
        shared = Path("/usr/share/fonts")
        names = ("truetype/dejavu", "dejavu", "dejavu-sans-fonts", "TTF", "truetype")
        system = (
            *(shared / name for name in names),
            Path("/usr/local/share/fonts"),
            home / ".local/share/fonts",
            home / ".fonts",
        )
    return (bundled("resources") / "fonts", *system)


def find_font(name: str) -> Path | None:
    """The TrueType file of that name (without ending), None where the system has none."""
    candidates = (folder / f"{name}.ttf" for folder in font_folders())
    return next((file for file in candidates if file.is_file()), None)


@cache
def font_family() -> str:
    """Register the family once, embed-ready, and return its name for reportlab."""
    found = [find_font(name) for name in _DEJAVU]
    files = [file for file in found if file is not None]
    try:
        if len(files) == len(_DEJAVU):
            return _register(files)
    except TTFError:
        pass  # A damaged system font: the carried one does.
    carried = Path(reportlab.__file__).parent / "fonts"
    return _register([carried / f"{name}.ttf" for name in _VERA])


def _register(files: list[Path]) -> str:
    names = (FAMILY, f"{FAMILY}-bold", f"{FAMILY}-italic", f"{FAMILY}-bold-italic")
    for name, file in zip(names, files, strict=True):
        pdfmetrics.registerFont(TTFont(name, str(file)))
    pdfmetrics.registerFontFamily(FAMILY, *names)
    return FAMILY
