"""How a typed dose is read, beside its field: its words back, or « Non structuré » in sight."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.labels import label, retone
from lgc.domain.dosage import wording
from lgc.domain.dosage.reading import read
from lgc.domain.medical_data import Posology

UNSTRUCTURED, UNCONFIRMED = "Non structuré", "À confirmer"
GLYPH = "ri.text"
GLYPHS = {UNSTRUCTURED: GLYPH, UNCONFIRMED: "ri.question-line"}
AS_TYPED = "imprimé tel quel, sans date de fin"


def is_text(posology: Posology | None) -> bool:
    """Whether a dose was typed that stays text."""
    if posology is None or not posology.sentence.strip():
        return False
    return posology.as_text or not read(posology.sentence).is_structured


class DoseReading(QWidget):
    """A chip where the doctor must look, then words. ``hint`` stands while nothing is typed."""

    def __init__(self, hint: str = "") -> None:
        super().__init__()
        self._hint = hint
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.chip = Chip(UNSTRUCTURED, "warn", GLYPH, small=True)
        self.words = label(hint, "small", "text.muted")
        row.addWidget(self.chip)
        row.addWidget(self.words, 1)
        self.chip.hide()

    def show_dose(self, sentence: str, question: str = "") -> None:
        """``question`` is asked instead: these words were written for another medicine."""
        said = wording.words(read(sentence))
        if question:
            self._say(UNCONFIRMED, text.french(question), "warn")
        elif not sentence.strip():
            self._say("", self._hint, "text.muted")
        elif said:
            self._say("", f"Compris : {said}", "teal")
        else:
            self._say(UNSTRUCTURED, AS_TYPED, "text.muted")

    def text(self) -> str:
        """What stands there, chip first."""
        chip = self.chip.text() if not self.chip.isHidden() else ""
        return " ".join(part for part in (chip, self.words.text()) if part)

    def _say(self, chip: str, words: str, tone: str) -> None:
        self.chip.setVisible(bool(chip))
        if chip:
            self.chip.set(chip, "warn", GLYPHS[chip])
        self.words.setText(words)
        retone(self.words, tone)
