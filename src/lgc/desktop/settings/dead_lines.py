"""Lines of records whose code a newer file withdrew: each replaced by one act, never by itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import label
from lgc.domain.terms import DeadLine

SHOWN = 12


class DeadLines(QWidget):
    """« 3 lignes de dossiers portent un code supprimé », those that have a successor first."""

    replace_asked = Signal(object)
    record_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Codes supprimés")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        self.told = label("", "small", "warn", wrap=True)
        column.addWidget(self.told)
        self._rows = QVBoxLayout()
        column.addLayout(self._rows)
        self.more = Button("", "quiet", height=28)
        self.more.clicked.connect(self._show_more)
        column.addWidget(self.more)
        self.buttons: list[Button] = []
        self._lines: Sequence[DeadLine] = ()
        self._shown = SHOWN
        self.show_lines(())

    def show_lines(self, lines: Sequence[DeadLine]) -> None:
        """Empty for none. The hands stay at the place where they were."""
        held = next((place for place, one in enumerate(self.buttons) if one.hasFocus()), None)
        self._lines = sorted(lines, key=lambda one: one.successor is None)
        self.setVisible(bool(lines))
        self.told.setText(_told(len(lines)))
        self._fill()
        if held is not None and self.buttons:
            self.buttons[min(held, len(self.buttons) - 1)].setFocus()

    def _fill(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = []
        for line in self._lines[: self._shown]:
            made = self._row(line)
            self._rows.addWidget(made)
            made.show()  # the hands come back to it at once
        rest = len(self._lines) - self._shown
        self.more.setVisible(rest > 0)
        others = text.count(rest, "autre ligne", "autres lignes")
        self.more.setText(f"Montrer {others}")

    def _row(self, line: DeadLine) -> QWidget:
        made = QWidget(self)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label(said(line), "small", wrap=True), 1)
        if line.successor is not None:
            code = line.successor.code
            change = Button(f"Remplacer par {code}", "plain", height=28)
            change.setAccessibleName(f"Remplacer {line.code} par {code} : {line.name}")
            change.clicked.connect(partial(self.replace_asked.emit, line))
            self.buttons.append(change)
            row.addWidget(change)
        see = Button("Ouvrir le dossier", "quiet", height=28)
        see.setAccessibleName(f"Ouvrir le dossier : {line.name}")
        see.clicked.connect(partial(self.record_asked.emit, line))
        row.addWidget(see)
        return made

    def _show_more(self) -> None:
        self._shown += len(self._lines)
        self._fill()


def said(line: DeadLine) -> str:
    """One line and what its table has in place of its code."""
    after = "sans successeur connu"
    if line.successor is not None:
        after = f"remplacé par {line.successor.code} {line.successor.label}"
    return text.french(f"{line.name} : {line.label}, {line.code}, {after}")


def _told(many: int) -> str:
    if not many:
        return ""
    lines = "lignes de dossiers portent" if many > 1 else "ligne de dossier porte"
    return text.french(f"{many} {lines} un code supprimé ou à ne plus utiliser :")
