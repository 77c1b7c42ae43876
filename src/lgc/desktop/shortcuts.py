"""« ? »: the keys of the screen in view, read from its actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import KeyCap, cap_text, help_of
from lgc.desktop.components.labels import label


class ShortcutsDialog(Dialog):
    """Two columns: this screen, everywhere."""

    def __init__(
        self, parent: QWidget, title: str, here: Sequence[QAction], everywhere: Sequence[QAction]
    ) -> None:
        super().__init__(
            parent, "Raccourcis clavier", glyph="ri.keyboard-box-line", subtitle=title, width=800
        )
        columns = QHBoxLayout()
        columns.setSpacing(32)
        for name, actions in (("Cet écran", here), ("Partout", everywhere)):
            columns.addLayout(self._column(name, actions), 1)
        self.body.addLayout(columns)
        self.add_cancel("Fermer")

    def _column(self, name: str, actions: Sequence[QAction]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label(name, "small-strong", "text.muted"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        shown = [a for a in actions if not a.shortcut().isEmpty()]
        for row, act in enumerate(shown):
            caps = QHBoxLayout()
            caps.setSpacing(4)
            for cap in dict.fromkeys(cap_text(keys) for keys in act.shortcuts()[:2]):
                caps.addWidget(KeyCap(cap))
            caps.addStretch(1)
            grid.addLayout(caps, row, 0)
            grid.addWidget(label(help_of(act)), row, 1)
        if not shown:
            grid.addWidget(label("Aucun raccourci propre à cet écran.", "base", "text.muted"), 0, 0)
        column.addLayout(grid)
        column.addStretch(1)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        return column
