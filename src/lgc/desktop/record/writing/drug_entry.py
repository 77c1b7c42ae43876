"""The line on which a medicine is prescribed: its name completed, its dosage read back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from lgc.desktop.components.asking import Asking
from lgc.desktop.components.completion import ENTER, Completion
from lgc.desktop.components.labels import Glyph, label, retone, rule
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.record.found_words import suggestions_in, word_for_word
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import restyle
from lgc.domain.dosage import wording
from lgc.domain.dosage.reading import read
from lgc.domain.medical_data import Family
from lgc.domain.professionals import Coded
from lgc.services.medical import Medical, Suggestion
from lgc.services.prescribing import PrescriptionLine
from lgc.terminology import code_systems

TYPING_MS = 80
ROW, HEIGHT = 33, 40
HINT = "« 1 cp matin et soir 7 jours » : la posologie est relue, jamais changée"


class DrugEntry(QFrame):
    """Enter goes from the name to the dosage, then adds; ``added`` carries a PrescriptionLine."""

    added = Signal(object)
    typed = Signal()

    def __init__(self, patient_id: str, medical: Medical, tasks: Tasks) -> None:
        super().__init__()
        self._line = PrescriptionLine("")
        self._code: Coded | None = None
        self.setObjectName("chipField")
        self.drug = _line("prescribedDrug", "Médicament", "Médicament : quelques lettres")
        self.dosage = _line("dosage", "Posologie", "Posologie")
        self.understood = label(HINT, "small", "text.muted")
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
        self.dosage.textChanged.connect(self._read_back)
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
        return replace(self._line, label=name, dosage=self.dosage.text().strip(), code=self._code)

    def show_line(self, line: PrescriptionLine) -> None:
        """Take a line up again."""
        self._line, self._code = line, line.code
        self.completion.write(line.label)
        self.dosage.setText(line.dosage)

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
            self.clear()
            return True
        if key not in ENTER:
            return False
        if watched is self.drug:
            self._leave_name()
        else:
            self.add()
        return True

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

    def _drug_typed(self, words: str) -> None:
        self._code = None

    def _take(self, chosen: Suggestion) -> None:
        self._code = chosen.code
        if chosen.code is not None:
            self.completion.write(chosen.label)
        self.dosage.setFocus()

    def _read_back(self, words: str) -> None:
        said = wording.words(read(words))
        if not words.strip():
            self.understood.setText(HINT)
        else:
            self.understood.setText(f"Compris : {said}" if said else "Gardée telle quelle")
        retone(self.understood, "teal" if said else "text.muted")


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
