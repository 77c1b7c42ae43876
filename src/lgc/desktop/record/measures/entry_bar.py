"""The line that adds: what was understood is said under it as it is typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.keys import KeyCap
from lgc.desktop.components.labels import ElidedLabel, Glyph, label
from lgc.desktop.theme import restyle
from lgc.domain import measures
from lgc.domain.measures import Line, Value
from lgc.terminology import ucum

EXAMPLE = "« PA 135/80, pouls 72, poids 72,5 » ; un autre jour : « le 03/11/2026 »"


class EntryBar(QWidget):
    """``added`` carries the typed line once it is understood; the words stay until ``clear``."""

    added = Signal(str)

    def __init__(self, today: Callable[[], dt.date], focus: QAction) -> None:
        super().__init__()
        self._today = today
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        self._box = QFrame()
        self._box.setObjectName("chipField")
        self._box.setFixedHeight(38)
        whole.addWidget(self._box)
        row = QHBoxLayout(self._box)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(Glyph("ri.add-line", "accent.text", 17))
        row.addWidget(label("Ajouter une mesure", "medium"))
        self.edit = QLineEdit()
        self.edit.setObjectName("measureEdit")
        self.edit.setProperty("bare", True)
        self.edit.setFrame(False)
        self.edit.setAccessibleName("Ajouter une mesure")
        self.edit.setPlaceholderText(text.french(EXAMPLE))
        self.edit.textChanged.connect(lambda typed: self._say())
        self.edit.installEventFilter(self)
        row.addWidget(self.edit, 1)
        row.addWidget(KeyCap.of(focus))
        under = QHBoxLayout()
        under.setContentsMargins(12, 0, 8, 0)
        under.setSpacing(6)
        self._glyph = Glyph("ri.information-line", "text.muted", 14)
        under.addWidget(self._glyph)
        self.said = ElidedLabel("", "small", "text.muted")
        under.addWidget(self.said, 1)
        whole.addLayout(under)
        self._say()

    def start(self) -> None:
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear(self) -> None:
        self.edit.setText("")

    def line(self) -> Line:
        return measures.parse(self.edit.text(), self._today())

    def said_short(self) -> str:
        """« PA, poids »: what Enter adds, for the message that offers to take it back."""
        pressure = (measures.SYSTOLIC, measures.DIASTOLIC)
        shorts = ["PA" if one.kind in pressure else one.kind.short for one in self.line().values]
        return ", ".join(dict.fromkeys(shorts))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            undo = event.matches(QKeySequence.StandardKey.Undo)
            if undo and not self.edit.isUndoAvailable():
                event.ignore()  # nothing typed to take back: Ctrl+Z is the record's
                return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.edit.text().strip():
                self.added.emit(self.edit.text())
                return True
            if event.key() == Qt.Key.Key_Escape and self.edit.text():
                self.clear()
                return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            restyle(self._box, focused=event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _say(self) -> None:
        """What Enter will add; a warning never stops it."""
        line = self.line()
        if not self.edit.text().strip():
            self._tell("ri.information-line", "text.muted", "Entrée ajoute ; rien n’est arrondi.")
        elif line.left:
            said = f"{_words(line)} ; pas compris : « {line.left} »".removeprefix(" ; ")
            self._tell("ri.question-line", "warn", text.capital(said))
        elif line.warnings:
            self._tell("ri.error-warning-line", "warn", " · ".join(line.warnings))
        else:
            on = line.on.french if line.on is not None else "aujourd’hui"
            self._tell("ri.check-line", "ok", f"{_words(line)}, {on}")

    def _tell(self, glyph: str, tone: str, words: str) -> None:
        self._glyph.set(glyph, tone)
        self.said.set_text(text.french(words))


def _words(line: Line) -> str:
    """Both pressures in one: « Pression artérielle 135/80 mmHg »."""
    parts, both = [], {one.kind: one.value for one in line.values}
    for one in line.values:
        if one.kind is measures.SYSTOLIC and measures.DIASTOLIC in both:
            low = text.number(both[measures.DIASTOLIC])
            parts.append(f"Pression artérielle {text.number(one.value)}/{low} mmHg")
        elif one.kind is not measures.DIASTOLIC or measures.SYSTOLIC not in both:
            parts.append(_value(one))
    return " · ".join(parts)


def _value(one: Value) -> str:
    return f"{one.kind.label} {text.number(round(one.value, 3))} {ucum.french(one.kind.unit)}"
