"""« Vue d’ensemble »: three columns of families under the line that adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.allergy_coverage import coverage, met
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.cover import memory_of, window_of
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.typed import TypedFields
from lgc.desktop.record import code_origin
from lgc.desktop.record.medical import reading, words
from lgc.desktop.record.medical.absence_question import AbsenceQuestion
from lgc.desktop.record.medical.add_bar import AddBar
from lgc.desktop.record.medical.editor import EntryEditor
from lgc.desktop.record.medical.entry_row import EntryRow
from lgc.desktop.record.medical.family_panel import FamilyPanel
from lgc.desktop.record.medical.risk_panel import RiskPanel
from lgc.desktop.record.part import Part
from lgc.desktop.tasks import Tasks
from lgc.domain.families import ABSENCES
from lgc.domain.medical_data import Family, KnownAbsence, MedicalEntry, MedicalRecord, Standing
from lgc.domain.professionals import Coded
from lgc.domain.risks import NAMES, Risk
from lgc.services import guidance
from lgc.services.comparing import Comparison
from lgc.services.desk import Desk
from lgc.services.medical import Change, Suggestion


class MedicalPart(Part):
    """Everything of the record in view; whatever is done is said with its undo."""

    def __init__(self, patient_id: str, desk: Desk, tasks: Tasks) -> None:
        super().__init__(patient_id, desk, tasks)
        self._typed_line: TypedFields | None = None
        self._medical = desk.medical
        self._wanted: str | None = None
        self.record = MedicalRecord()
        start = action(
            self, "Ajouter", lambda: self.bar.start(), "Alt+A", hint="Ajouter",
            help="Ajouter une ligne au dossier",
        )  # fmt: skip
        if guidance.any_chosen(desk.settings):
            action(
                self, "Recommandation", self._inform_focused, "Ctrl+I", hint="Recommandation",
                help="Ouvrir la recommandation attachée au code de la ligne",
            )  # fmt: skip
        action(self, "D’où vient ce code", self._tell_origin_of_focused, "F4")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        self.bar = AddBar(patient_id, self._medical, tasks, start, self)
        self.bar.added.connect(self._add)
        self.bar.absence_said.connect(self._state_absence)
        whole.addWidget(self.bar)
        self.busy = BusyLine()
        whole.addWidget(self.busy)
        self.alert = Notice("danger")
        self.alert.setObjectName("allergyNotice")
        self.alert.hide()
        whole.addWidget(self.alert)
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields are the stops
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        whole.addWidget(scroll, 1)
        room = QWidget()
        scroll.setWidget(room)
        self._columns = QHBoxLayout(room)
        self._columns.setContentsMargins(0, 0, 4, 0)
        self._columns.setSpacing(12)
        self.panels = self._families()
        whole.addLayout(_legend())

    def shown(self, entry: str) -> None:
        self.place_changed.emit("overview")
        self.refresh()
        if self._typed_line is None:
            # Half a line is in sight again where it was typed: it needs no word of its own.
            field = {"line": self.bar.edit}
            self._typed_line = TypedFields(memory_of(self), f"line:{self.patient_id}", field)
        self.bar.start()

    def refresh(self) -> None:
        task = self._tasks.run(
            partial(self._medical.record, self.patient_id), owner=self, done=self._show
        )
        self.busy.follow(task, "Lecture du dossier…")

    def _families(self) -> dict[Family, FamilyPanel]:
        columns = []
        for _ in range(3):
            column = QVBoxLayout()
            self._columns.addLayout(column, 1)
            column.setSpacing(12)
            columns.append(column)
        panels = {}
        for family, place in words.PLACES.items():
            panel = self._risks() if family is Family.RISK_FACTOR else FamilyPanel(family)
            columns[place.column].addWidget(panel)
            panel.add_asked.connect(self.bar.start)
            panel.absence_asked.connect(self._state_absence)
            panel.withdrawn.connect(self._withdraw)
            panel.row_made.connect(self._follow)
            panels[family] = panel
        for column in columns:
            column.addStretch(1)
        return panels

    def _risks(self) -> RiskPanel:
        panel = RiskPanel()
        panel.answered.connect(self._answer)
        panel.unanswered.connect(self._forget_answer)
        return panel

    def _answer(self, risk: Risk, yes: bool) -> None:
        say = self._medical.affirm if yes else self._medical.deny
        self._do(partial(say, self.patient_id, risk), f"{NAMES[risk]} : {'oui' if yes else 'non'}")

    def _forget_answer(self, risk: Risk) -> None:
        self._do(
            partial(self._medical.withdraw_denial, self.patient_id, risk),
            f"{NAMES[risk]} : de nouveau non demandé",
        )

    def _follow(self, row: EntryRow) -> None:
        row.edit_asked.connect(self._edit)
        row.remove_asked.connect(self._remove)
        row.end_asked.connect(self._end)
        row.info_asked.connect(self._inform)
        row.origin_asked.connect(self._tell_origin)
        row.offer_guidance(bool(guidance.address(self._desk.settings, row.entry.code)))

    def _show(self, record: MedicalRecord) -> None:
        self.record = record
        self._compare()
        focused = self._focused()
        for panel in self.panels.values():
            panel.show_record(record)
        wanted = self._wanted or (focused.entry.entry_id if focused else None)
        self._wanted = None
        for row in self._rows():
            if row.entry.entry_id == wanted and not self.bar.edit.hasFocus():
                row.setFocus()

    def _compare(self) -> None:
        """The treatments under way against the allergies, whichever of both was entered last."""
        self._tasks.run(
            partial(self._desk.comparing.treatments, self.patient_id),
            owner=self,
            done=self._show_compared,
        )

    def _show_compared(self, found: Comparison) -> None:
        tone, said = coverage(found)
        untold = found.known and bool(found.lines) and tone == "warn"
        self.alert.setVisible(bool(found.alerts) or untold)
        if found.alerts:
            self.alert.set("danger", "\n".join(map(met, found.alerts)), text.french(said))
        else:
            self.alert.set("warn", text.french(said))

    def _rows(self) -> list[EntryRow]:
        return [row for panel in self.panels.values() for row in panel.rows]

    def _focused(self) -> EntryRow | None:
        return next((row for row in self._rows() if row.hasFocus()), None)

    def _add(self, chosen: Suggestion, typed: str) -> None:
        """What contradicts an absence in sight is asked first; the words stay in the line."""
        fact = chosen.line is None or chosen.line.standing is Standing.FACT
        stated = self.record.absence_of(chosen.family) if fact else None
        if stated is None:
            self._added(chosen, typed)
            return
        add = partial(self._added, chosen, typed)
        back = partial(self.bar.put_back, typed)
        question = AbsenceQuestion(window_of(self), stated, chosen.label, add, back)
        question.open(question.back_button)

    def _added(self, chosen: Suggestion, typed: str) -> None:
        read = reading.said(chosen.line, chosen.family) if chosen.line else ""
        place = words.PLACES[chosen.family].one.lower()
        self._do(
            partial(self._medical.add, self.patient_id, chosen, typed),
            f"« {chosen.label} » ajouté : {place}" + (f" · {read}" if read else ""),
        )

    def _edit(self, entry: MedicalEntry) -> None:
        self._wanted = entry.entry_id
        today = self._desk.clock.now().date()
        dialog = EntryEditor(
            window_of(self), entry, today, lambda after: self._change(entry, after, dialog.saved)
        )
        dialog.open(dialog.label)

    def _change(
        self, before: MedicalEntry, after: MedicalEntry, saved: Callable[[], None] | None = None
    ) -> None:
        self._do(
            partial(self._medical.update, self.patient_id, before, after),
            f"« {after.label} » modifié",
            saved,
        )

    def _end(self, entry: MedicalEntry) -> None:
        """No longer active, or active again; what was never done does not end."""
        if entry.standing is not Standing.FACT:
            return
        end = None if not entry.active else entry.end
        after = replace(entry, active=not entry.active, end=end)
        said = "repris" if after.active else "terminé"
        self._wanted = entry.entry_id
        self._do(
            partial(self._medical.update, self.patient_id, entry, after),
            f"« {entry.label} » {said}",
        )

    def _remove(self, entry: MedicalEntry) -> None:
        self._do(
            partial(self._medical.remove, self.patient_id, entry), f"« {entry.label} » supprimé"
        )

    def _state_absence(self, family: Family) -> None:
        self._do(
            partial(self._medical.state_absence, self.patient_id, family),
            f"{words.PLACES[family].title} : {ABSENCES[family]}",
        )

    def _withdraw(self, absence: KnownAbsence) -> None:
        self._do(
            partial(self._medical.withdraw_absence, self.patient_id, absence),
            f"{words.PLACES[absence.family].title} : de nouveau non renseigné",
        )

    def _do(
        self, work: partial[Change], said: str, saved: Callable[[], None] | None = None
    ) -> None:
        task = self._tasks.run(work, owner=self, done=partial(self._done, said, saved))
        self.busy.follow(task, "Enregistrement…")

    def _done(self, said: str, saved: Callable[[], None] | None, change: Change) -> None:
        if saved is not None:
            saved()
        self.refresh()
        self.told.emit(text.french(said), partial(self._take_back, change))

    def _take_back(self, change: Change) -> None:
        entry = change.before or change.after
        self._wanted = entry.entry_id if entry else None
        self._tasks.run(
            partial(self._medical.undo, change), owner=self, done=lambda nothing: self.refresh()
        )

    def _tell_origin_of_focused(self) -> None:
        row = self._focused()
        if row is not None:
            self._tell_origin(row.entry)

    def _tell_origin(self, entry: MedicalEntry) -> None:
        code_origin.show(self, [entry])

    def _inform_focused(self) -> None:
        chosen = self.bar.popup.current() if self.bar.popup.isVisible() else None
        row = self._focused()
        code = chosen.code if chosen else (row.entry.code if row else None)
        self._open_guidance(code)

    def _inform(self, entry: MedicalEntry) -> None:
        self._open_guidance(entry.code)

    def _open_guidance(self, code: Coded | None) -> None:
        """In the system's browser: the application itself calls nobody."""
        address = guidance.address(self._desk.settings, code)
        if address:
            QDesktopServices.openUrl(QUrl(address))


def _legend() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(2, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(Glyph("ri.checkbox-circle-fill", "ok", 14))
    row.addWidget(label("absence connue : demandé et noté", "small", "text.muted"))
    row.addSpacing(12)
    row.addWidget(Glyph("ri.question-line", "text.muted", 14))
    row.addWidget(label("non renseigné : personne n’a rien dit", "small", "text.muted"))
    row.addStretch(1)
    return row
