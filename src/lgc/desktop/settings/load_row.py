"""A file that is loaded at the doctor's word: what is in force, how far it is, how to stop."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import label, retone

LOADING = "Chargement en cours ; ce qui était en place sert jusqu’à la fin."


class LoadRow(QWidget):
    """``nothing`` is said while nothing is in force; ``progressed`` may come from a worker.

    ``edition`` is asked of what is in force and does not say its own.
    """

    load_asked = Signal()
    forget_asked = Signal()
    cancel_asked = Signal()
    edition_said = Signal(str)
    progressed = Signal(float)

    def __init__(self, title: str, nothing: str) -> None:
        super().__init__()
        self._nothing, self._words = nothing, ""
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(14, 8, 14, 8)
        self._whole.setSpacing(4)
        row = QHBoxLayout()
        self._whole.addLayout(row)
        row.setSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(label(title, "medium"))
        self.state = label("", "small", "text.muted", wrap=True)
        said.addWidget(self.state)
        row.addLayout(said, 1)
        self.edition = QLineEdit()
        self.edition.setPlaceholderText("Édition du fichier\u00a0?")
        self.edition.setAccessibleName(f"Édition : {title}")
        self.edition.setFixedSize(160, 28)
        self.edition.returnPressed.connect(lambda: self.edition_said.emit(self.edition.text()))
        self.edition.hide()
        row.addWidget(self.edition)
        self.bar = QProgressBar()
        self.bar.setFixedSize(160, 8)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(f"Chargement : {title}")
        row.addWidget(self.bar)
        self.cancel = _button("Annuler", "quiet", "", title, self.cancel_asked)
        self.forget = _button("Retirer", "quiet", "ri.delete-bin-line", title, self.forget_asked)
        self.load = _button("Charger…", "plain", "ri.upload-2-line", title, self.load_asked)
        for button in (self.cancel, self.forget, self.load):
            row.addWidget(button)
        # From a worker, a thousand times: the bar moves in its own thread.
        self.progressed.connect(
            lambda part: self.bar.setValue(int(part * 1000)), Qt.ConnectionType.QueuedConnection
        )
        self.busy = False
        self._show()

    def show_held(self, words: str) -> None:
        """What is in force, empty for nothing."""
        self._words = words
        self._show()

    def ask_edition(self, asked: bool) -> None:
        """Enter says it: the file does not, and its own date is no edition."""
        self.edition.setVisible(asked)

    def add_below(self, what: QWidget) -> None:
        """What follows from what is in force."""
        self._whole.addWidget(what)

    def show_loading(self, loading: bool) -> None:
        self.busy = loading
        self.bar.setValue(0)
        self._show()

    def show_refused(self, words: str) -> None:
        """Why the file was not taken; what was in force still is."""
        self.state.setText(words)
        retone(self.state, "danger")

    def _show(self) -> None:
        held = bool(self._words) and not self.busy
        self.bar.setVisible(self.busy)
        self.cancel.setVisible(self.busy)
        self.load.setVisible(not self.busy)
        self.forget.setVisible(held)
        self.state.setText(LOADING if self.busy else self._words or self._nothing)
        retone(self.state, "ok" if held else "text.muted")


def _button(words: str, look: str, glyph: str, title: str, asked: object) -> Button:
    made = Button(words, look, glyph, height=28)
    made.setAccessibleName(f"{words} : {title}")
    made.clicked.connect(asked)
    return made
