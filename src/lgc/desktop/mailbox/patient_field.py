"""Whom a message is about: a chip, or a field that finds her."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.banner import ins_chip
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.people import Find, find_patient
from lgc.desktop.tasks import Tasks
from lgc.services.views import PatientView


class PatientField(QWidget):
    """``chosen`` carries the PatientView, or None when the chip was taken away."""

    chosen = Signal(object)
    shown = Signal()

    def __init__(self, tasks: Tasks, find: Find) -> None:
        super().__init__()
        self.patient: PatientView | None = None
        self.search = SearchField("Facultatif : joindre des documents de son dossier", height=32)
        self.search.setAccessibleName("Patient concerné")
        self.search.setObjectName("draftPatient")
        self.completion = find_patient(self.search, tasks, find)
        self.completion.taken.connect(lambda found: self.chosen.emit(found.patient))
        self.setFocusProxy(self.search)
        self._chips = QWidget()
        self._row = QHBoxLayout(self._chips)
        self._row.setContentsMargins(0, 4, 0, 4)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.setFixedHeight(32)
        self._stack.addWidget(self.search)
        self._stack.addWidget(self._chips)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def show_patient(self, patient: PatientView | None) -> None:
        if patient == self.patient:
            return  # the draft was stored meanwhile: what is typed here stays
        self.patient = patient
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._stack.setCurrentIndex(0 if patient is None else 1)
        if patient is None:
            self.completion.write("")
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
