"""« Vider les supprimés »: for good, so the only thing of the mailbox that is asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.services.views import MessageLine


class EmptyDialog(Dialog):
    """Says what would go and what stays; ``empty`` is called once the doctor agreed."""

    def __init__(
        self, parent: QWidget, lines: Sequence[MessageLine], empty: Callable[[], None]
    ) -> None:
        super().__init__(parent, "Vider les messages supprimés", glyph="ri.delete-bin-2-line")
        self.setObjectName("emptyDialog")
        self._empty = empty
        thrown = sum(line.patient is None for line in lines)
        gone = text.count(thrown, "message sera effacé", "messages seront effacés")
        words = f"{gone} pour toujours, ici et sur le serveur." if thrown else "Rien à effacer."
        self.body.addWidget(label(text.french(words), wrap=True))
        if kept := len(lines) - thrown:
            stay = text.count(kept, "message d’un dossier patient est gardé",
                              "messages de dossiers patients sont gardés")  # fmt: skip
            self.body.addWidget(label(text.french(stay), "small", "text.muted", wrap=True))
        self.add_cancel()
        go = action(self, "Effacer", self._go, "Ctrl+Return")
        self.add_button(Button(action=go, look="danger", height=32)).setEnabled(bool(thrown))

    def _go(self) -> None:
        self.dismiss()
        self._empty()
