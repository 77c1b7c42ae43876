"""One setting: its label and help, its editor, how to come back to what is proposed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.labels import label, retone
from lgc.desktop.components.tips import set_tip
from lgc.desktop.settings.editors import Editor
from lgc.settings import Setting, Settings

EDITOR = 320
Look = Callable[[Callable[[], str], Callable[[str], None]], object]
"""Runs what may wait for a slow disk, then gives its answer back on the interface thread."""


class SettingRow(QWidget):
    """``kept`` tells that the value changed and was taken.

    A wrong one says why; what was in force comes back to its field.
    """

    kept = Signal(object)

    def __init__(self, setting: Setting[Any], settings: Settings, look: Look) -> None:
        super().__init__()
        self.setting, self._settings, self._look = setting, settings, look
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
        set_tip(self.back, f"Revenir à « {setting.default} »" if setting.default else "Vider")
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
            self._refuse(str(wrong))
            return
        if value == self._settings[self.setting]:
            self._say(self.setting.help, "text.muted")
            return
        reason = self._settings.refusal(self.setting, value)
        if reason:
            self._refuse(reason)
        elif self.setting.disk and value:
            self._look(partial(self.setting.missing, value), partial(self._looked, value))
        else:
            self._keep(value)

    def _looked(self, value: Any, missing: str) -> None:
        if missing:
            self._refuse(missing)
        else:
            self._keep(value)

    def _refuse(self, reason: str) -> None:
        self._say(text.french(f"{reason} La valeur d’avant est gardée."), "danger")
        widget = self.editor.widget
        widget.setAccessibleDescription(self.help.text())
        self.editor.show(self._settings[self.setting])
        if widget.isVisible():  # the hands come back to what was refused
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(widget, QLineEdit):
                widget.selectAll()

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
