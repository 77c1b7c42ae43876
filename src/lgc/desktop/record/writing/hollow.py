"""Before a document without a text is finished: its author is asked whether it is meant."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.services.drafting import HollowDraft


class HollowDialog(Dialog):
    """``go`` is called once the author said so; the draft stays as it is otherwise."""

    def __init__(self, parent: QWidget, told: HollowDraft, go: Callable[[], None]) -> None:
        title = text.french("Terminer sans texte ?")
        super().__init__(parent, title, glyph="ri.error-warning-line", width=480)
        self.setObjectName("hollowDialog")
        self._decided = go
        self.body.addWidget(label(text.french(told.sentence), "strong", wrap=True))
        words = "Terminé, il resterait dans le dossier et pourrait être envoyé tel quel."
        self.body.addWidget(label(words, wrap=True))
        self.write = self.add_cancel("Continuer d’écrire")
        verb = action(self, "Terminer quand même", self._go, "Ctrl+Return")
        self.confirm = self.add_button(Button(action=verb, height=32))

    def _go(self) -> None:
        self.dismiss()
        self._decided()
