"""The line on which a medicine is prescribed: its name completed, its dosage read back.

A dosage written for another medicine is asked about: until it is confirmed or typed anew it goes
as text, and the code and what was said of the other medicine are gone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from lgc.desktop.components.asking import Asking
from lgc.desktop.components.completion import ENTER, Completion
from lgc.desktop.components.labels import Glyph, rule
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.record.dose_reading import DoseReading
from lgc.desktop.record.found_words import suggestions_in, word_for_word
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import restyle
from lgc.domain.medical_data import Family
from lgc.domain.professionals import Coded
from lgc.services.medical import Medical, Suggestion
from lgc.services.prescribing import PrescriptionLine
from lgc.terminology import code_systems
from lgc.terminology.nomenclature import fold

TYPING_MS = 80
ROW, HEIGHT = 33, 40
# What was said of the medicine that stood there before.
OF_ITS_MEDICINE: dict[str, Any] = {
    "fixed": "", "not_refunded": False, "off_label": False, "start": "",
}  # fmt: skip
CONFIRM = "Entrée si elle vaut pour ce médicament, sinon retapez-la"
HINT = "« 1 cp matin et soir 7 jours » : la posologie est relue, jamais changée"


class DrugEntry(QFrame):
    """Enter goes from the name to the dosage, then adds; ``added`` carries a PrescriptionLine."""

    KEYS = (
        ("Return", "Posologie, puis ajouter la ligne"),
        ("Enter", "Posologie, puis ajouter la ligne"),
        ("Esc", "Effacer la ligne ; Ctrl Z la rend"),
    )

    added = Signal(object)
    typed = Signal()

    def __init__(self, patient_id: str, medical: Medical, tasks: Tasks) -> None:
        super().__init__()
        self._line = PrescriptionLine("")
        self._code: Coded | None = None
        # The medicine that the dosage was written for, and whether it holds for this one.
        self._dosed_for, self._confirmed = "", True
        self.setObjectName("chipField")
        self.drug = _line("prescribedDrug", "Médicament", "Médicament : quelques lettres")
        self.dosage = _line("dosage", "Posologie", "Posologie")
        self.understood = DoseReading(HINT)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Glyph("ri.capsule-line", "teal", 17))
        row.addWidget(self.drug, 5)
        row.addWidget(rule(vertical=True))
        row.addWidget(self.dosage, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 10, 6)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.understood)
        self.drug.textEdited.connect(self._drug_typed)
        self.dosage.textEdited.connect(self._dosage_typed)
        self.dosage.textChanged.connect(self._read_back)
        self.drug.textChanged.connect(self._read_back)
        self.popup: SuggestionList[Suggestion] = SuggestionList(
            (
                Column("label", "Médicament", lambda one: Cell(one.label, medium=True), None),
                Column("code", "Code", _code, 130),
            ),
            "Médicaments trouvés",
            key=lambda one: f"{one.label}/{one.code.code if one.code else ''}",
            row_height=ROW,
            most=8,
        )
        ask = partial(medical.suggest, patient_id, Family.CURRENT_TREATMENT)
        self.completion: Completion[Suggestion] = Completion(
            self.drug,
            Asking(self.drug, tasks, ask, typing_ms=TYPING_MS, least=2),
            self.popup,
            unseen=word_for_word,
            rows_of=suggestions_in,
            below=self,
        )
        self.completion.taken.connect(self._take)
        for field in (self.drug, self.dosage):
            field.installEventFilter(self)
            field.textChanged.connect(lambda words: self.typed.emit())

    def line(self) -> PrescriptionLine | None:
        """What is typed, None without a medicine."""
        name = self.drug.text().strip()
        if not name:
            return None
        return replace(
            self._line,
            label=name,
            dosage=self.dosage.text().strip(),
            code=self._code,
            as_text=not self._confirmed,
            **(OF_ITS_MEDICINE if self._is_another else {}),
        )

    def show_line(self, line: PrescriptionLine) -> None:
        """Take a line up again."""
        self._line, self._code = line, line.code
        self._dosed_for, self._confirmed = line.label, not line.as_text
        self.completion.write(line.label)
        self.dosage.setText(line.dosage)
        self._read_back()

    def clear(self) -> None:
        self.show_line(PrescriptionLine(""))

    def start(self) -> None:
        """Put the hands on the name."""
        self.drug.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(watched, event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            restyle(self, focused=event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _pressed(self, watched: QObject, event: QKeyEvent) -> bool:
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if key == Qt.Key.Key_Escape and self.drug.text() and not self.popup.isVisible():
            for field in (self.dosage, self.drug):
                field.selectAll()
                field.del_()  # as keys would: Ctrl+Z writes it again
            self._line, self._code = PrescriptionLine(""), None
            self._dosed_for, self._confirmed = "", True
            self.drug.setFocus()
            return True
        if key not in ENTER:
            return False
        if watched is self.drug:
            self._leave_name()
        elif not self._confirmed:
            self._confirm()
        else:
            self.add()
        return True

    def _confirm(self) -> None:
        self._dosage_typed(self.dosage.text())
        self._read_back()
        self.typed.emit()

    def _leave_name(self) -> None:
        """The hands go on to the dosage; an answer still on its way may code these very words."""
        self.completion.enter()
        if self.completion.waiting or not self.popup.isVisible():
            self.dosage.setFocus()

    def add(self) -> None:
        """The line as it is typed joins the prescription."""
        line = self.line()
        if line is None:
            self.start()
            return
        self.clear()
        self.added.emit(line)
        self.start()

    @property
    def _is_another(self) -> bool:
        """Whether the name is no more that of the line that was taken up."""
        return bool(self._line.label) and fold(self.drug.text()) != fold(self._line.label)

    def _drug_typed(self, words: str) -> None:
        self._renamed(None if self._is_another else self._line.code)

    def _renamed(self, code: Coded | None) -> None:
        """A dosage that stands there since before was written for the other medicine."""
        self._code = code
        written, name = self.dosage.text().strip(), fold(self.drug.text())
        same = not self._dosed_for or name == fold(self._dosed_for)
        taken_up = same and self._line.as_text and fold(self._line.dosage) == fold(written)
        self._confirmed = not written or (same and not taken_up)

    def _dosage_typed(self, words: str) -> None:
        self._dosed_for, self._confirmed = self.drug.text().strip(), True

    def _take(self, chosen: Suggestion) -> None:
        if chosen.code is not None:
            if not self._line.label and fold(self._dosed_for) == fold(self.drug.text()):
                self._dosed_for = chosen.label  # what was begun, by its whole name
            self.completion.write(chosen.label)
        self._renamed(chosen.code)
        self._read_back()
        self.dosage.setFocus()

    def _read_back(self, words: str = "") -> None:
        question = f"écrite pour « {self._dosed_for} » : {CONFIRM}"
        self.understood.show_dose(self.dosage.text(), "" if self._confirmed else question)


def _line(name: str, caption: str, hint: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setProperty("bare", True)
    line.setFrame(False)
    line.setFixedHeight(30)
    line.setAccessibleName(caption)
    line.setPlaceholderText(hint)
    return line


def _code(one: Suggestion) -> Cell:
    if one.code is None:
        return Cell("texte libre", tone="text.faint", small=True)
    system = {code_systems.CIS: "CIS", code_systems.ATC: "ATC"}.get(one.code.system, "")
    return Cell(f"{system} {one.code.code}".strip(), tone="text.muted", small=True)
