"""Who consents for a minor: the legal representative of TD1.1 and TD1.2 (dmp.md §4.7)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop.components.form import Faults, Form
from lgc.desktop.components.labels import label
from lgc.desktop.components.segmented import Segmented
from lgc.domain.dmp import Guardian

RELATIONS = (("MTH", "Mère"), ("FTH", "Père"))
HEIGHT = 32


class GuardianFields(QWidget):
    """``changed`` at every key. Only the two relations that the sheet gives are offered."""

    changed = Signal()

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.relation = Segmented(RELATIONS, name="Lien avec l’enfant", height=HEIGHT)
        self.family_name = _line("guardianName")
        self.given_name = _line("guardianGiven")
        for line in (self.family_name, self.given_name):
            line.textChanged.connect(lambda words: self.changed.emit())
        self.setFocusProxy(self.family_name)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.relation, 0, Qt.AlignmentFlag.AlignBottom)
        for words, line in (("Nom de naissance", self.family_name), ("Prénom", self.given_name)):
            part = QVBoxLayout()
            part.setSpacing(2)
            part.addWidget(form.caption(words, line, required=True, type_role="small"))
            part.addWidget(line)
            row.addLayout(part, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        column.addWidget(label("Représentant légal qui consent", "small", "text.muted"))
        column.addLayout(row)
        column.addWidget(form.said(self.family_name, self.given_name))

    def faults(self) -> Faults:
        """Both names are asked."""
        return [
            (line, f"Écrivez le {words} du représentant légal.")
            for line, words in ((self.family_name, "nom de naissance"), (self.given_name, "prénom"))
            if not line.text().strip()
        ]

    def value(self) -> Guardian:
        """As typed, names in capitals as the identity is written."""
        return Guardian(
            self.relation.value(),
            self.family_name.text().strip().upper(),
            self.given_name.text().strip().upper(),
        )


def _line(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setFixedHeight(HEIGHT)
    return line
