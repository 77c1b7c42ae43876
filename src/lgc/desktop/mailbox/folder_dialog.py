"""The name of one of the doctor's folders."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.form import LEGEND, Form
from lgc.desktop.components.keys import action


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
        self.name.setPlaceholderText("Par exemple : Cardiologie")
        self.form = Form(self)
        self.body.setSpacing(4)
        caption = self.form.caption(
            "Nom du dossier", self.name, required=True, type_role="small-medium"
        )
        for part in (caption, self.name, self.form.said(self.name)):
            self.body.addWidget(part)
        self.name.textChanged.connect(lambda words: self.form.again(()))
        self.footer_note.setText(LEGEND)
        self.add_cancel()
        self._answer = answer
        go = action(self, verb, self._go, "Return")
        self.add_button(Button(action=go, look="primary", height=32))
        self.name.selectAll()
        self.keep_typed(f"folder:{title}:{name}", {"name": self.name}, anew=not name)

    def refuse(self, words: str) -> None:
        """Say why this name cannot be; it stays to be corrected."""
        self.form.refuse(self.name, words)

    def _go(self) -> None:
        if not self.name.text().strip():
            self.form.refuse(self.name, "Écrivez le nom du dossier.")
            return
        self._answer(self.name.text())
