"""Whom a message is about: a chip, or a field that finds her."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.banner import ins_chip
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.tasks import Tasks
from lgc.services.views import Found, FoundPatient, PatientView

ROW, MOST = 32, 4
Find = Callable[[str], Found]


class PatientField(QWidget):
    """``chosen`` carries the PatientView, or None when the chip was taken away."""

    chosen = Signal(object)
    shown = Signal()

    def __init__(self, tasks: Tasks, find: Find) -> None:
        super().__init__()
        self._tasks, self._find = tasks, find
        self.patient: PatientView | None = None
        self._found_for = ""
        self.search = SearchField("Facultatif : joindre des documents de son dossier", height=32)
        self.search.setAccessibleName("Patient concerné")
        self.search.setObjectName("draftPatient")
        self.search.searched.connect(self._ask)
        self.search.returnPressed.connect(self._take_first)
        self._chips = QWidget()
        self._row = QHBoxLayout(self._chips)
        self._row.setContentsMargins(0, 4, 0, 4)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(32)
        self._stack.addWidget(self.search)
        self._stack.addWidget(self._chips)
        self._results: Table[FoundPatient] = Table(
            (
                Column("name", "Nom", lambda found: Cell(found.patient.name, medium=True)),
                Column("birth", "Naissance", _birth, 110),
            ),
            name="Patients trouvés",
            row_height=ROW,
            key=lambda found: found.patient.patient_id,
            header=False,
            open_on_click=True,
        )
        self._results.setObjectName("draftPatients")
        self._results.opened.connect(lambda found: self.chosen.emit(found.patient))
        self._results.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(self._stack)
        whole.addWidget(self._results)

    def show_patient(self, patient: PatientView | None) -> None:
        if patient == self.patient:
            return  # the draft was stored meanwhile: what is typed here stays
        self.patient = patient
        self._results.hide()
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._stack.setCurrentIndex(0 if patient is None else 1)
        if patient is None:
            self.search.clear()
            self.shown.emit()
            return
        birth = text.date(patient.birth_date)
        chip = Chip(patient.name, "accent.text", "ri.user-line", detail=birth, removable=True)
        chip.removed.connect(lambda: self.chosen.emit(None))
        self._row.insertWidget(0, chip)
        self._row.insertWidget(1, ins_chip(patient, small=True))
        self.shown.emit()

    def typed_words(self) -> str:
        """The name as one would search for it: who is meant is picked again, never guessed."""
        if self.patient is None:
            return self.search.text()
        return f"{self.patient.name} {text.date(self.patient.birth_date)}"

    def type_again(self, words: str) -> None:
        if self.patient is None:
            self.search.setText(words)

    def on_typed(self, call: Callable[[], object]) -> None:
        self.shown.connect(call)
        self.search.textChanged.connect(lambda words: call())

    def _ask(self, words: str) -> None:
        if len(words.strip()) < 2:
            self._results.hide()
            return
        self._tasks.run(partial(self._find, words), owner=self, done=self._suggest)

    def _suggest(self, found: Found) -> None:
        rows, self._found_for = found.patients[:MOST], found.words
        self._results.fill(rows)
        self._results.setFixedHeight(max(len(rows), 1) * ROW + 2)
        self._results.setVisible(bool(rows) and self.patient is None)

    def _take_first(self) -> None:
        rows = self._results.rows()
        # Enter may come before the answer: who was found for fewer letters is not meant.
        if rows and not self._results.isHidden() and self._found_for == self.search.text():
            self.chosen.emit(rows[0].patient)


def _birth(found: FoundPatient) -> Cell:
    return Cell(text.date(found.patient.birth_date), tone="text.muted")
