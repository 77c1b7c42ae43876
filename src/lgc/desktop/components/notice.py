"""A notice in its place: a tone, an icon, a sentence, an advice."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop.components.labels import Glyph, Spinner, label, retone
from lgc.desktop.theme import restyle

GLYPHS = {
    "ok": "ri.checkbox-circle-fill",
    "warn": "ri.error-warning-fill",
    "danger": "ri.alert-fill",
    "accent.text": "ri.information-line",
    "text.muted": "ri.information-line",
}


class Notice(QFrame):
    """``set(tone, sentence, advice)`` of what it is ``about``; ``add_right`` puts a part beside."""

    def __init__(
        self, tone: str = "text.muted", sentence: str = "", advice: str = "", *, about: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._icon = Glyph(GLYPHS.get(tone, GLYPHS["text.muted"]), tone, 20)
        self._spinner = Spinner(size=20)
        self._spinner.setVisible(False)
        self._sentence = label("", "strong", wrap=True)
        self._advice = label("", "small", "text.muted", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._about = label(about, "small", "text.muted", wrap=True)
        words.addWidget(self._about)
        words.addWidget(self._sentence)
        words.addWidget(self._advice)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 12, 14, 12)
        self._row.setSpacing(12)
        top = Qt.AlignmentFlag.AlignTop
        self._row.addWidget(self._icon, 0, top)
        self._row.addWidget(self._spinner, 0, top)
        self._row.addLayout(words, 1)
        self._about.setVisible(bool(about))  # once it has its parent: else it is a window
        self.set(tone, sentence, advice)

    def set(
        self, tone: str, sentence: str, advice: str = "", glyph: str = "", *, busy: bool = False
    ) -> None:
        restyle(self, tone=tone)
        self._icon.set(glyph or GLYPHS.get(tone, GLYPHS["text.muted"]), tone)
        self._icon.setVisible(not busy)
        self._spinner.setVisible(busy)
        self._sentence.setText(sentence)
        retone(self._sentence, tone if tone != "text.muted" else "text")
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self.setAccessibleName(" ".join(filter(None, (self._about.text(), sentence, advice))))

    def sentence(self) -> str:
        return self._sentence.text()

    def advice(self) -> str:
        return self._advice.text()

    def add_right(self, part: QWidget) -> None:
        self._row.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
