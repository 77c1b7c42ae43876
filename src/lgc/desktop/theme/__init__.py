"""Palette, type, glyphs and style sheets. No colour and no font size is written elsewhere."""

from lgc.desktop.theme.theme import Theme, current, restyle
from lgc.desktop.theme.typography import font

__all__ = ["Theme", "current", "font", "restyle"]
