"""What an empty place says: an icon, a sentence, one thing to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Glyph, label


class EmptyState(QWidget):
    """Centred in the room it gets, or ``compact`` on one line. ``set`` changes what it says."""

    def __init__(
        self,
        glyph: str,
        sentence: str,
        advice: str = "",
        action: QAction | None = None,
        *,
        compact: bool = False,
    ) -> None:
        super().__init__()
        self._glyph = Glyph(glyph, "text.faint", 18 if compact else 32)
        self._sentence = label(sentence, "medium", "text.muted", wrap=True)
        self._advice = label(advice, "small", "text.faint", wrap=True)
        if compact:
            self._on_one_line()
            return
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 16, 24, 16)
        whole.setSpacing(8)
        whole.addStretch(1)
        whole.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignHCenter)
        for words in (self._sentence, self._advice):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            whole.addWidget(words)
        self._advice.setVisible(bool(advice))
        if action is not None:
            whole.addWidget(Button(action=action), 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(1)
        self.setAccessibleName(sentence)

    def _on_one_line(self) -> None:
        """For a panel of one row."""
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(10)
        row.addWidget(self._glyph)
        self._sentence.setWordWrap(False)
        row.addWidget(self._sentence)
        row.addWidget(self._advice)
        row.addStretch(1)
        self._advice.setVisible(bool(self._advice.text()))
        self.setAccessibleName(self._sentence.text())

    def set(self, glyph: str, sentence: str, advice: str = "") -> None:
        self._glyph.set(glyph, "text.faint")
        self._sentence.setText(sentence)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self.setAccessibleName(sentence)
