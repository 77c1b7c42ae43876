"""One setting: its label and help, its editor, how to come back to what is proposed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.labels import label, retone
from lgc.desktop.settings.editors import Editor
from lgc.settings import Setting, Settings

EDITOR = 320


class SettingRow(QWidget):
    """``kept`` tells that the value changed and was taken; a wrong one says why and is not."""

    kept = Signal(object)

    def __init__(self, setting: Setting[Any], settings: Settings) -> None:
        super().__init__()
        self.setting, self._settings = setting, settings
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(16)
        said = QVBoxLayout()
        row.addLayout(said, 1)
        said.setSpacing(2)
        said.addWidget(label(setting.label, "medium"))
        self.help = label(setting.help, "small", "text.muted", wrap=True)
        said.addWidget(self.help)
        self.help.setVisible(bool(setting.help))
        self.restart = Chip("au prochain démarrage", "warn", "ri.restart-line")
        row.addWidget(self.restart)
        self.restart.hide()
        self.back = Button("Valeur proposée", "quiet", "ri.arrow-go-back-line", height=28)
        self.back.setToolTip(f"Revenir à « {setting.default} »" if setting.default else "Vider")
        self.back.clicked.connect(self._propose)
        row.addWidget(self.back)
        self.editor = Editor(setting, self._changed)
        self.editor.widget.setFixedWidth(EDITOR)
        row.addWidget(self.editor.widget)
        self.refresh()

    def refresh(self) -> None:
        self.editor.show(self._settings[self.setting])
        self.back.setVisible(not self._settings.is_proposed(self.setting))

    def words(self) -> str:
        """What a search looks through."""
        return f"{self.setting.label} {self.setting.help} {self.setting.key}"

    def _changed(self) -> None:
        try:
            value = self.editor.read()
        except ValueError as wrong:
            self._say(f"{wrong} La valeur d’avant est gardée.", "danger")
            self.editor.show(self._settings[self.setting])
            return
        if value != self._settings[self.setting]:
            self._keep(value)

    def _propose(self) -> None:
        self._keep(self.setting.default)

    def _keep(self, value: Any) -> None:
        self._settings[self.setting] = value
        self._say(self.setting.help, "text.muted")
        self.restart.setVisible(self.setting.restart)
        self.refresh()
        self.kept.emit(self.setting)

    def _say(self, sentence: str, tone: str) -> None:
        self.help.setText(sentence)
        self.help.setVisible(bool(sentence))
        retone(self.help, tone)
