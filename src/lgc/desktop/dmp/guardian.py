"""Who consents for a minor: the legal representative of TD1.1 and TD1.2 (dmp.md §4.7)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop.components.labels import label
from lgc.desktop.components.segmented import Segmented
from lgc.domain.dmp import Guardian

RELATIONS = (("MTH", "Mère"), ("FTH", "Père"))
HEIGHT = 32


class GuardianFields(QWidget):
    """``changed`` at every key. Only the two relations that the sheet gives are offered."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.relation = Segmented(RELATIONS, name="Lien avec l’enfant", height=HEIGHT)
        self.family_name = _line("guardianName", "Nom de naissance")
        self.given_name = _line("guardianGiven", "Prénom")
        for line in (self.family_name, self.given_name):
            line.textChanged.connect(lambda words: self.changed.emit())
        self.setFocusProxy(self.family_name)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.relation)
        row.addWidget(self.family_name, 1)
        row.addWidget(self.given_name, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        column.addWidget(label("Représentant légal qui consent", "small", "text.muted"))
        column.addLayout(row)

    def value(self) -> Guardian:
        """As typed, names in capitals as the identity is written."""
        return Guardian(
            self.relation.value(),
            self.family_name.text().strip().upper(),
            self.given_name.text().strip().upper(),
        )


def _line(name: str, caption: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setPlaceholderText(caption)
    line.setAccessibleName(caption)
    line.setFixedHeight(HEIGHT)
    return line
