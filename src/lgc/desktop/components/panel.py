"""A panel: border, header of 40 px with title, count and actions, then its content."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop.components.chips import Badge, Chip
from lgc.desktop.components.labels import label, rule


class Panel(QFrame):
    """``header`` takes more parts on its right through ``add_action``."""

    def __init__(self, title: str, *, hint: str = "", margins: bool = False) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName(title)
        self.title = label(title, "panel")
        self.count = Badge()
        self.hint = label(hint, "small", "text.muted")
        if not hint:
            self.hint.hide()
        self.header = QHBoxLayout()
        self.header.setContentsMargins(14, 0, 10, 0)
        self.header.setSpacing(8)
        for part in (self.title, self.count, self.hint):
            self.header.addWidget(part)
        self.header.addStretch(1)
        head = QWidget()
        head.setFixedHeight(40)
        head.setLayout(self.header)
        self.body = QVBoxLayout()
        inside = 12 if margins else 0
        self.body.setContentsMargins(inside, inside, inside, inside)
        self.body.setSpacing(0)
        whole = QVBoxLayout(self)
        # One pixel keeps square content off the rounded border.
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(rule())
        whole.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        self.title.setText(title)
        self.setAccessibleName(title)

    def add_chip(self, chip: Chip) -> None:
        """Beside the count."""
        self.header.insertWidget(self.header.indexOf(self.count) + 1, chip)

    def add_action(self, part: QWidget) -> None:
        """At the right end."""
        self.header.addWidget(part)

    def add(self, part: QWidget, stretch: int = 0) -> None:
        self.body.addWidget(part, stretch)

    def add_footer(self) -> QHBoxLayout:
        """A footer of 36 px on the ``alt`` background; returns its layout."""
        foot = QFrame()
        foot.setObjectName("panelFooter")
        foot.setFixedHeight(36)
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 0, 14, 0)
        row.setSpacing(8)
        self.body.addWidget(foot)
        return row
