"""Style sheets: ``resources/theme/*.qss`` where ``@role`` stands for a colour of the palette."""

from __future__ import annotations

import re
from pathlib import Path

from lgc.desktop.theme.palette import Palette
from lgc.desktop.theme.typography import family
from lgc.paths import bundled

_ROLE = re.compile(r"@([a-z]+(?:\.[a-z]+)*)")


def fill(template: str, palette: Palette, font_family: str) -> str:
    """Replace every ``@role``, ``@font`` and ``@folder``. Raises KeyError for an unknown role."""

    def colour(match: re.Match[str]) -> str:
        role = match.group(1)
        others = {"font": f'"{font_family}"', "folder": _folder().as_posix()}
        return others.get(role) or palette[role]

    return _ROLE.sub(colour, template)


def _folder() -> Path:
    return bundled("resources") / "theme"


def load(palette: Palette) -> str:
    """Every sheet of the theme folder, in the order of their names."""
    sheets = sorted(_folder().glob("*.qss"))
    return "\n".join(fill(sheet.read_text("utf-8"), palette, family()) for sheet in sheets)
