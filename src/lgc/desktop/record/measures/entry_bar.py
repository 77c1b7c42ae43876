"""The line that adds: what was understood is said under it as it is typed.

A short form with two meanings opens its readings, none of them chosen: Enter takes nothing then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.keys import KeyCap
from lgc.desktop.components.labels import ElidedLabel, Glyph, label
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.theme import restyle
from lgc.domain import measure_line, measures
from lgc.domain.measure_line import Line, Question, Reading, Value
from lgc.services.measures import MeasuresView
from lgc.terminology import ucum

ROW = 33
EXAMPLE = "« PA 135/80, pouls 72, poids 72,5 » ; un autre jour : « le 03/11/2026 »"


class EntryBar(QWidget):
    """``added`` carries the typed line once it is understood; the words stay until ``clear``."""

    KEYS = (
        ("Up", "Lecture d’avant"),
        ("Down", "Lecture d’après"),
        ("Return", "Ajouter la mesure"),
        ("Enter", "Ajouter la mesure"),
        ("Esc", "Effacer la ligne ; Ctrl Z la rend"),
    )

    added = Signal(str)

    def __init__(
        self, today: Callable[[], dt.date], view: Callable[[], MeasuresView | None], focus: QAction
    ) -> None:
        super().__init__()
        self._today, self._view = today, view
        self.readings: SuggestionList[Reading] = SuggestionList(
            (
                Column("reading", "Lecture", _reading, None),
                Column("warning", "Remarque", _warning, 240),
            ),
            "Lectures possibles",
            key=lambda one: one.line,
            row_height=ROW,
        )
        self.readings.taken.connect(self._take)
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
        self.edit.textChanged.connect(lambda typed: self.say())
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
        self.say()

    def start(self) -> None:
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear(self) -> None:
        self.edit.setText("")

    def line(self) -> Line:
        """What is typed, read at the age of the patient."""
        view = self._view()
        born = view.born if view is not None else None
        return measure_line.parse(self.edit.text(), self._today(), born)

    def said_short(self) -> str:
        """« PA, poids »: what Enter adds, for the message that offers to take it back."""
        pressure = (measures.SYSTOLIC, measures.DIASTOLIC)
        shorts = ["PA" if one.kind in pressure else one.kind.short for one in self.line().values]
        return ", ".join(dict.fromkeys(shorts))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and self._escapes(event):
            event.accept()  # before the screen's own Escape, which leaves
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            restyle(self._box, focused=event.type() == QEvent.Type.FocusIn)
            if event.type() == QEvent.Type.FocusOut:
                self.readings.hide()
        return super().eventFilter(watched, event)

    def _escapes(self, event: QKeyEvent) -> bool:
        asked = event.type() == QEvent.Type.ShortcutOverride
        return asked and event.key() == Qt.Key.Key_Escape and bool(self.edit.text())

    def _pressed(self, event: QKeyEvent) -> bool:
        key, asked = event.key(), self.readings.isVisible()
        if asked and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.readings.step(+1 if key == Qt.Key.Key_Down else -1)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.edit.text().strip():
            self._enter()
            return True
        if key == Qt.Key.Key_Escape and self.edit.text():
            if asked:
                self.readings.hide()
            else:
                self.edit.selectAll()
                self.edit.del_()  # as keys would: Ctrl+Z writes it again
            return True
        return False

    def _enter(self) -> None:
        """A line with two meanings adds nothing: its readings are offered (again)."""
        question = self.line().asked
        if question is None:
            self.added.emit(self.edit.text())
        elif not (self.readings.isVisible() and self.readings.take()):
            self._ask(question)

    def _ask(self, question: Question | None) -> None:
        found = question.readings if question is not None and self.edit.hasFocus() else ()
        self.readings.show_below(self, found)

    def _take(self, reading: Reading) -> None:
        """The whole word takes the place of the short one, as if it had been typed."""
        self.readings.hide()
        self.edit.selectAll()
        self.edit.insert(reading.line)

    def say(self) -> None:
        """What Enter will add; a remark never stops it."""
        line, view = self.line(), self._view()
        remarks = view.remarks(line, self._today()) if view is not None else line.warnings
        self._ask(line.asked)
        if not self.edit.text().strip():
            self._tell("ri.information-line", "text.muted", "Entrée ajoute ; rien n’est arrondi.")
        elif line.left:
            said = f"{_words(line)} ; pas compris : « {line.left} »".removeprefix(" ; ")
            self._tell("ri.question-line", "warn", text.capital(said))
        elif line.asked is not None:
            meant = " ou ".join(_small(one.value) for one in line.asked.readings)
            said = f"« {line.asked.words} » : {meant} ? Choisissez avec ↓, ou écrivez le mot."
            self._tell("ri.question-line", "warn", said)
        else:
            on = line.on.french if line.on is not None else "aujourd’hui"
            said = " · ".join((*remarks, f"{_words(line)}, {on}"))
            glyph = ("ri.error-warning-line", "warn") if remarks else ("ri.check-line", "ok")
            self._tell(*glyph, said)

    def _tell(self, glyph: str, tone: str, words: str) -> None:
        self._glyph.set(glyph, tone)
        self.said.set_text(text.french(words))


def _words(line: Line) -> str:
    """Both pressures by their names: « Pression artérielle : systolique 135, diastolique 80 »."""
    parts: list[str] = []
    for before, one in zip((None, *line.values), line.values, strict=False):
        if one.kind is measures.DIASTOLIC and before and before.kind is measures.SYSTOLIC:
            high, low = text.number(before.value), text.number(one.value)
            parts[-1] = f"Pression artérielle : systolique {high}, diastolique {low} mmHg"
        else:
            parts.append(_value(one))
    return " · ".join(parts)


def _reading(one: Reading) -> Cell:
    return Cell(text.french(_value(one.value)), medium=True)


def _warning(one: Reading) -> Cell:
    said = "valeur inhabituelle à cet âge" if one.value.warning else ""
    return Cell(said, tone="warn", small=True, tooltip=text.french(one.value.warning))


def _small(one: Value) -> str:
    return text.uncapital(one.kind.label)


def _value(one: Value) -> str:
    return f"{one.kind.label} {text.number(round(one.value, 3))} {ucum.french(one.kind.unit)}"
