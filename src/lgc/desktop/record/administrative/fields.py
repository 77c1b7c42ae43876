"""The form itself: labelled fields with their error beside them, and the scanner's field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.date_field import DateField
from lgc.desktop.components.form import Faults, Form
from lgc.desktop.components.labels import label
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.pickers import Choice
from lgc.domain.ages import age_on
from lgc.domain.identity import Sex
from lgc.domain.typed_dates import birth
from lgc.services.identities import PatientForm

SEXES = (("F", "Féminin"), ("M", "Masculin"), ("U", "Inconnu"))
# Field of PatientForm → words, by panel; the order is the one of the Tab key.
IDENTITY = (
    ("birth_name", "Nom de naissance"),
    ("given_names", "Prénoms de naissance"),
    ("sex", "Sexe"),
    ("birth_date", "Date de naissance"),
    ("birth_place", "Lieu de naissance (code INSEE)"),
    ("used_name", "Nom utilisé"),
    ("used_given_name", "Prénom utilisé"),
)
CONTACT = (
    ("address", "Adresse"),
    ("postal_code", "Code postal"),
    ("city", "Commune"),
    ("telephone", "Téléphone"),
    ("email", "Courriel"),
    ("attending_doctor", "Médecin traitant"),
)
OPPOSITIONS = (
    ("refuses_own_mail", "S’oppose à recevoir des messages dans Mon espace santé"),
    ("refuses_shared_mail", "S’oppose à l’envoi de ses documents à d’autres professionnels"),
)
REQUIRED = ("birth_name", "given_names", "birth_date")
WORDS = dict(IDENTITY + CONTACT)
SEPARATOR, SHOWN_SEPARATOR = "\x1d", "\u241d"


class PatientFields(QWidget):
    """Everything of a PatientForm; ``changed`` at each key."""

    changed = Signal()

    def __init__(self, today: Callable[[], dt.date]) -> None:
        super().__init__()
        self._lines: dict[str, QLineEdit] = {}
        self.form_of_fields = Form(self)
        self._editors: dict[str, QWidget] = {}
        self._boxes: dict[str, QCheckBox] = {}
        self.sex = Choice(SEXES, name=WORDS["sex"])
        self.sex.setMinimumWidth(130)
        self.birth_date = DateField(
            WORDS["birth_date"], birth, today, lambda born: _age(born, today()), height=28
        )
        self.sex.currentIndexChanged.connect(lambda index: self.changed.emit())
        self.birth_date.changed.connect(self.changed)
        self.doctor_doubt = label("", "small", "warn", wrap=True)
        self.doctor_doubt.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._panel("Identité", IDENTITY))
        column.addWidget(self._panel("Coordonnées", CONTACT))
        column.addWidget(self._oppositions())
        column.addStretch(1)

    def line(self, field: str) -> QLineEdit:
        """The line of a field of PatientForm. Raises KeyError."""
        return self._lines[field]

    def error(self, field: str) -> str:
        return self.form_of_fields.error(self._editors[field])

    def fill(self, form: PatientForm) -> None:
        self.blockSignals(True)
        for field, line in self._lines.items():
            line.setText(getattr(form, field))
        self.sex.setCurrentIndex(self.sex.findData(form.sex.value))
        for field, box in self._boxes.items():
            box.setChecked(getattr(form, field))
        self.birth_date.set_day(form.birth_date)
        self.blockSignals(False)

    def form(self) -> PatientForm:
        """What is typed now."""
        typed: dict[str, Any] = {field: line.text() for field, line in self._lines.items()}
        typed |= {field: box.isChecked() for field, box in self._boxes.items()}
        return PatientForm(
            **typed, sex=Sex(self.sex.value()), birth_date=self.birth_date.day(),
            birth_date_problem=self.birth_date.problem(),
        )  # fmt: skip

    def stops(self, faults: Mapping[str, str]) -> bool:
        """Say each under its field and go to the first; is there one?"""
        return self.form_of_fields.stops(self._of(faults))

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """As they stand while one types: the keys stay."""
        self.form_of_fields.show_faults(self._of(faults))

    def again(self, faults: Mapping[str, str]) -> None:
        """What was said and holds no more goes."""
        self.form_of_fields.again(self._of(faults))

    def _of(self, faults: Mapping[str, str]) -> Faults:
        return [(editor, faults[field]) for field, editor in self._editors.items()
                if field in faults]  # fmt: skip

    def _panel(self, title: str, fields: tuple[tuple[str, str], ...]) -> Panel:
        panel = Panel(title)
        grid = QGridLayout()
        grid.setContentsMargins(16, 12, 16, 14)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (field, words) in enumerate(fields):
            editor = self._editors[field] = self._editor(field)
            named = self.form_of_fields.caption(words, editor, required=field in REQUIRED)
            grid.addWidget(named, 2 * row, 0)
            grid.addWidget(editor, 2 * row, 1, _side(editor))
            grid.addWidget(self.form_of_fields.said(editor), 2 * row + 1, 1)
        grid.setColumnMinimumWidth(0, 200)
        if fields is CONTACT:
            grid.addWidget(self.doctor_doubt, 2 * len(fields), 1)
        panel.body.addLayout(grid)
        return panel

    def _oppositions(self) -> Panel:
        """What the patient refuses of secure mail (MSS/va1.20 and 1.22)."""
        panel = Panel("Messagerie sécurisée")
        column = QVBoxLayout()
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        for field, words in OPPOSITIONS:
            box = QCheckBox(words)
            box.setObjectName(field)
            box.toggled.connect(lambda on: self.changed.emit())
            column.addWidget(box)
            self._boxes[field] = box
        panel.body.addLayout(column)
        return panel

    def _editor(self, field: str) -> QWidget:
        if field == "sex":
            return self.sex
        if field == "birth_date":
            return self.birth_date
        line = QLineEdit()
        line.setFixedHeight(28)
        line.setMaxLength(200)
        line.textChanged.connect(lambda text: self.changed.emit())
        self._lines[field] = line
        return line


def _age(born: dt.date, today: dt.date) -> str:
    return text.short_age(age_on(today, born))


def _side(editor: QWidget) -> Qt.AlignmentFlag:
    stretched = isinstance(editor, QLineEdit)
    return Qt.AlignmentFlag(0) if stretched else Qt.AlignmentFlag.AlignLeft


class ScanField(QLineEdit):
    """Where a keyboard scanner types; ``scanned`` carries the text, separators included.

    A plain field drops the group separator, without which the blocks cannot be told apart.
    """

    scanned = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Datamatrix INS")
        self.setPlaceholderText("Scanner le datamatrix INS")
        self.setFixedHeight(28)
        self.returnPressed.connect(self._emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == SEPARATOR:
            self.insert(SHOWN_SEPARATOR)
            return
        super().keyPressEvent(event)

    def _emit(self) -> None:
        typed = self.text().replace(SHOWN_SEPARATOR, SEPARATOR)
        self.clear()
        if typed.strip():
            self.scanned.emit(typed)
