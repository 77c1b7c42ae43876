"""The name of one of the doctor's folders."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label


class FolderDialog(Dialog):
    """``answer`` gets what was typed; the dialog stays until ``dismiss``."""

    def __init__(
        self, parent: QWidget, title: str, verb: str, name: str, answer: Callable[[str], None]
    ) -> None:
        super().__init__(parent, title, glyph="ri.folder-line", width=440)
        self.setObjectName("folderDialog")
        self.name = QLineEdit(name)
        self.name.setObjectName("folderName")
        self.name.setFixedHeight(32)
        self.name.setMaxLength(60)
        self.name.setAccessibleName("Nom du dossier")
        self.name.setPlaceholderText("Nom du dossier, par exemple « Cardiologie »")
        self.refused = label("", "small", "danger", wrap=True)
        self.refused.setVisible(False)
        self.body.addWidget(self.name)
        self.body.addWidget(self.refused)
        self.add_cancel()
        go = action(self, verb, lambda: answer(self.name.text()), "Return")
        self.add_button(Button(action=go, look="primary", height=32))
        self.name.selectAll()
        self.keep_typed(f"folder:{title}:{name}", {"name": self.name}, anew=not name)

    def refuse(self, words: str) -> None:
        """Say why this name cannot be; it stays to be corrected."""
        self.refused.setText(words)
        self.refused.setVisible(True)
        self.name.setFocus()
