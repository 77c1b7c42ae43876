"""The consultation note: four fields, saved as they are typed, one key to finish."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.panel import Panel
from lgc.desktop.record.part import Part
from lgc.desktop.record.writing.note_text import NoteText
from lgc.desktop.tasks import Tasks
from lgc.services.consulting import NoteDraft
from lgc.services.desk import Desk

PAUSE_MS = 700


class NotePart(Part):
    """One draft per patient; leaving, locking or a crash keeps it."""

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        self._consulting = desk.consulting
        self._kept = NoteDraft()
        self._loaded = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.flush)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self.panel = Panel("Compte rendu de consultation", margins=True)
        whole.addWidget(self.panel)
        self.saved = label("", "small", "text.muted")
        self.panel.add_action(self.saved)
        self.busy = BusyLine()
        self.panel.add(self.busy)
        self.panel.body.setSpacing(6)
        self.reason = QLineEdit(self)
        self.reason.setFixedHeight(32)
        self.reason.setAccessibleName("Motif")
        self.reason.setPlaceholderText("Pourquoi le patient vient")
        self.history = NoteText("Histoire de la maladie", "Ce que dit le patient", 4, self)
        self.examination = NoteText("Examen clinique", "Ce que vous trouvez", 4, self)
        self.conclusion = NoteText(
            "Conclusion", "Ce que vous en pensez, ce que vous faites", 3, self
        )
        for field, stretch in self._fields():
            self.panel.add(label(field.accessibleName(), "medium"))
            self.panel.add(field, stretch)
            field.textChanged.connect(self._typed)
        self._foot()

    def _fields(self) -> tuple[tuple[QLineEdit | NoteText, int], ...]:
        return (self.reason, 0), (self.history, 3), (self.examination, 3), (self.conclusion, 2)

    def _foot(self) -> None:
        foot = QHBoxLayout()
        self.panel.body.addLayout(foot)
        tip = "Les abréviations se déplient : « ras » puis espace"
        foot.addWidget(label(tip, "small", "text.muted"))
        foot.addStretch(1)
        throw = action(self, "Jeter le brouillon", self._discard, help="Jeter le brouillon")
        self.throw_button = Button("", "quiet", "ri.delete-bin-line", action=throw, height=32)
        foot.addWidget(self.throw_button)
        finish = action(
            self, "Terminer", self._finish, "Ctrl+Return", hint="Terminer",
            help="Faire le compte rendu et l’ajouter au dossier",
        )  # fmt: skip
        self.finish_button = Button("", "primary", "ri.check-line", action=finish, height=32)
        self.finish_button.setObjectName("finishNote")
        foot.addWidget(self.finish_button)

    def shown(self, entry: str) -> None:
        if not self._loaded:
            task = self._tasks.run(
                partial(self._consulting.draft, self.patient_id), owner=self, done=self._show
            )
            self.busy.follow(task, "Lecture du brouillon…")
        self.reason.setFocus()

    def may_close(self) -> bool:
        self.flush()
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        self.flush()
        super().hideEvent(event)

    def typed(self) -> NoteDraft:
        """What the fields say now."""
        return replace(
            self._kept,
            reason=self.reason.text(),
            history=self.history.toPlainText(),
            examination=self.examination.toPlainText(),
            conclusion=self.conclusion.toPlainText(),
            begun_at=self._kept.begun_at or self._desk.clock.now().isoformat(),
        )

    def flush(self) -> None:
        """Save now what is not saved yet."""
        self._timer.stop()
        typed = self.typed()
        if not self._loaded or replace(typed, begun_at="") == replace(self._kept, begun_at=""):
            return
        self._kept = typed
        self._tasks.run(
            partial(self._consulting.keep, self.patient_id, typed), owner=self, done=self._saved
        )

    def _show(self, draft: NoteDraft) -> None:
        self._fill(draft)
        self._loaded = True
        self.saved.setText("Brouillon retrouvé" if not draft.empty else "")

    def _fill(self, draft: NoteDraft) -> None:
        self._kept = draft
        for field, _ in self._fields():
            field.blockSignals(True)
        self.reason.setText(draft.reason)
        self.history.setPlainText(draft.history)
        self.examination.setPlainText(draft.examination)
        self.conclusion.setPlainText(draft.conclusion)
        for field, _ in self._fields():
            field.blockSignals(False)

    def _typed(self) -> None:
        self.saved.setText("")
        self._timer.start()

    def _saved(self, when: dt.datetime) -> None:
        if not self._timer.isActive():
            self.saved.setText(f"Tout est enregistré, {text.time(when)}")

    def _discard(self) -> None:
        thrown = self.typed()
        self._fill(NoteDraft())
        self._keep(NoteDraft(), "")
        if not thrown.empty:
            self.told.emit("Brouillon jeté", partial(self._bring_back, thrown))

    def _bring_back(self, draft: NoteDraft) -> None:
        self._fill(draft)
        self._keep(draft, "Brouillon retrouvé")

    def _keep(self, draft: NoteDraft, said: str) -> None:
        self._timer.stop()
        self._tasks.run(
            partial(self._consulting.keep, self.patient_id, draft),
            owner=self,
            done=lambda when: self.saved.setText(said),
        )

    def _finish(self) -> None:
        self._timer.stop()
        task = self._tasks.run(
            partial(self._consulting.finish, self.patient_id, self.typed()),
            owner=self,
            done=self._finished,
        )
        self.busy.follow(task, "Rédaction du compte rendu…")

    def _finished(self, document_id: str) -> None:
        self._fill(NoteDraft())
        self.saved.setText("")
        self.told.emit("Compte rendu ajouté au dossier", None)
        self.document_asked.emit(document_id)
