"""The right editor for a setting, by what it may hold. ``read`` raises ValueError in French."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from lgc.desktop.components.pickers import Choice
from lgc.settings import Setting

HIGHEST = 1_000_000
WORDS = {
    "light": "Clair",
    "dark": "Sombre",
    "1.2+1.3": "TLS 1.2 et 1.3",
    "1.2": "TLS 1.2 seul",
    "P": "Production",
    "D": "Plate-forme de test",
    "sha1": "SHA-1",
    "sha256": "SHA-256",
}


class Editor:
    """One control; ``changed`` is called when the doctor is done with it."""

    def __init__(self, setting: Setting[Any], changed: Callable[[], None]) -> None:
        self.setting = setting
        self.widget: QWidget
        if setting.choices:
            self.widget = self._choice(setting, changed)
        elif isinstance(setting.default, bool):
            self.widget = QCheckBox("Oui")
            self.widget.toggled.connect(lambda on: changed())
        else:
            self.widget = QLineEdit()
            self.widget.setFixedHeight(32)
            self.widget.editingFinished.connect(changed)
        self.widget.setAccessibleName(setting.label)
        self.widget.setObjectName(f"setting-{setting.key}")

    def _choice(self, setting: Setting[Any], changed: Callable[[], None]) -> Choice:
        options = [(str(one), WORDS.get(str(one), str(one))) for one in setting.choices]
        made = Choice(options, name=setting.label, height=32)
        made.activated.connect(lambda index: changed())
        return made

    def show(self, value: Any) -> None:
        widget = self.widget
        if isinstance(widget, Choice):
            widget.setCurrentIndex(widget.findData(str(value)))
        elif isinstance(widget, QCheckBox):
            blocked = widget.blockSignals(True)
            widget.setChecked(bool(value))
            widget.blockSignals(blocked)
        elif isinstance(widget, QLineEdit):
            widget.setText(str(value))

    def read(self) -> Any:
        """The value as the setting declares it."""
        widget = self.widget
        if isinstance(widget, Choice):
            return next(one for one in self.setting.choices if str(one) == widget.value())
        if isinstance(widget, QCheckBox):
            return widget.isChecked()
        assert isinstance(widget, QLineEdit)
        written = widget.text().strip()
        return self._number(written) if isinstance(self.setting.default, int) else written

    def _number(self, written: str) -> int:
        if not written.isascii() or not written.isdigit() or int(written) > HIGHEST:
            raise ValueError(f"« {written} » n’est pas un nombre entier.")
        return int(written)
