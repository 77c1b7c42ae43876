"""The typeface of our PDFs: DejaVu Sans where the system has it, embedded in every document.

Where it is missing, Bitstream Vera, which reportlab carries, stands in: same drawing, and every
French letter (œ, €, « », ’).
"""

from __future__ import annotations

import os
import sys
import unicodedata
from functools import cache
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from lgc.paths import bundled

FAMILY = "lgc"
_DEJAVU = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique")
UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")
SCRIPTS = {
    "HEBREW": "mot en hébreu",
    "ARABIC": "mot en arabe",
    "SYRIAC": "mot en syriaque",
    "CJK": "mot en chinois",
    "HIRAGANA": "mot en japonais",
    "KATAKANA": "mot en japonais",
    "HANGUL": "mot en coréen",
    "THAI": "mot en thaï",
    "DEVANAGARI": "mot en hindi",
    "BENGALI": "mot en bengali",
    "TAMIL": "mot en tamoul",
}
"""First word of a character's Unicode name → what is said in its place."""
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


@cache
def _drawn() -> frozenset[int]:
    """Code points that every face of the family draws."""
    family = font_family()
    names = (family, f"{family}-bold", f"{family}-italic", f"{family}-bold-italic")
    faces = [set(pdfmetrics.getFont(name).face.charToGlyph) for name in names]
    return frozenset(set.intersection(*faces))


def printable(text: str) -> str:
    """The text with what no face draws said in its place: nothing is dropped in silence.

    What reads from right to left is not laid out here: said as well, for backwards is wrong.
    """
    if text.isascii():
        return text
    made: list[str] = []
    waiting: list[str] = []
    for letter in text:
        if letter in UNSEEN and waiting:
            continue  # ties and variants of the sign before
        if letter.isspace() or letter in UNSEEN or _is_drawn(letter):
            made.append(_not_printed(waiting))
            waiting = []
            made.append(letter)
        else:
            waiting.append(letter)
    made.append(_not_printed(waiting))
    return "".join(made)


def _is_drawn(letter: str) -> bool:
    if letter < " ":
        return True  # commands and line ends are not drawn
    return ord(letter) in _drawn() and unicodedata.bidirectional(letter) not in ("R", "AL", "AN")


def _not_printed(letters: list[str]) -> str:
    if not letters:
        return ""
    script = unicodedata.name(letters[0], "").partition(" ")[0].partition("-")[0]
    if script in SCRIPTS:
        return f"[{SCRIPTS[script]} non imprimable]"
    many = "s" if len(letters) > 1 else ""
    return f"[{len(letters)} signe{many} non imprimable{many}]"


def _register(files: list[Path]) -> str:
    names = (FAMILY, f"{FAMILY}-bold", f"{FAMILY}-italic", f"{FAMILY}-bold-italic")
    for name, file in zip(names, files, strict=True):
        pdfmetrics.registerFont(TTFont(name, str(file)))
    pdfmetrics.registerFontFamily(FAMILY, *names)
    return FAMILY
