"""Glyphs as icons, coloured by palette role and kept until the theme changes."""

from __future__ import annotations

from typing import cast

import qtawesome
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon, QPainter, QPixmap

from lgc.desktop.theme.palette import Palette


class Icons:
    """One cache per palette: a theme change makes a new one."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._icons: dict[tuple[str, str], QIcon] = {}

    def icon(self, glyph: str, role: str = "text.muted") -> QIcon:
        """A scalable icon: it is drawn from the font at the size and ratio asked."""
        key = (glyph, role)
        if key not in self._icons:
            self._icons[key] = cast(
                QIcon,
                qtawesome.icon(
                    glyph,
                    color=self._palette[role],
                    color_disabled=self._palette["text.faint"],
                ),
            )
        return self._icons[key]

    def paint(self, painter: QPainter, rect: QRect, glyph: str, role: str) -> None:
        self.icon(glyph, role).paint(painter, rect)

    def pixmap(self, glyph: str, role: str, size: int, ratio: float = 1.0) -> QPixmap:
        return self.icon(glyph, role).pixmap(QSize(size, size), ratio)
