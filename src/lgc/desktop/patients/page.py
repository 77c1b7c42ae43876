"""« Nouveau patient »: the form, and before anything is created the known patients nearby."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import memory_of
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.form import LEGEND
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.components.typed import TypedFields, fields_of
from lgc.desktop.main_window import MainWindow
from lgc.desktop.page import Page
from lgc.desktop.record.administrative.fields import PatientFields
from lgc.domain.duplicates import Nearness
from lgc.domain.identity import Sex
from lgc.errors import UserFacingError
from lgc.services.desk import Desk
from lgc.services.identities import Near, PatientForm

SIDE_WIDTH = 400
WHY = {
    Nearness.LOOKS_ALIKE: "Ressemblant",
    Nearness.SAME_TRAITS: "Mêmes traits",
    Nearness.SAME_INS: "Même INS",
}
BLANK = PatientForm("", "", Sex.UNKNOWN, None)


class NewPatientPage(Page):
    """The first press looks for duplicates; a second one, unchanged, creates beside them."""

    title = "Nouveau"

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window.stack)
        self._window, self._desk = window, desk
        self._looked: PatientForm | None = None
        self._busy = False
        self._back: Callable[[str], None] | None = None
        self.fields = PatientFields(lambda: desk.clock.now().date())
        self.fields.fill(BLANK)
        self.notice = Notice("accent.text")
        self.notice.hide()
        self.empty = EmptyState(
            "ri.group-line",
            "Aucun patient proche.",
            "Les fiches qui se ressemblent apparaîtront ici avant la création.",
        )
        self.near: Table[Near] = Table(
            [
                Column("name", "Patient", lambda one: Cell(one.patient.name, bold=True)),
                Column("born", "Né(e) le", _born, 112),
                Column("why", "", lambda one: Cell(WHY[one.nearness], tone="warn"), 110),
            ],
            name="Patients proches",
            row_height=34,
            key=lambda one: one.patient.patient_id,
        )
        self.near.opened.connect(lambda one: window.open_record(one.patient.patient_id))
        self.near.hide()
        self.create_action = action(
            self, "Créer le patient", self.create_patient, "Ctrl+S", hint="Créer"
        )
        self.clear_action = action(self, "Effacer", self._throw)
        self.fields.changed.connect(self._typed)
        self.typed_fields: TypedFields | None = None
        self._lay_out()

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> NewPatientPage:
        """Make the page from the services of a session and register it."""
        page = cls(window, desk)
        window.add_page("new-patient", page, glyph="ri.user-add-line", help="Créer un patient")
        return page

    def shown(self) -> None:
        self._back = None
        if self.typed_fields is None:
            self._keep_typed()
        self.fields.line("birth_name").setFocus()

    def _keep_typed(self) -> None:
        """What was begun and not created is offered above the form, and never put in by itself."""
        fields = fields_of(self.fields)
        self.typed_fields = TypedFields(memory_of(self), "patient:", fields, anew=True)
        if self.typed_fields.line is not None:
            self._left.insertWidget(0, self.typed_fields.line)
            self.typed_fields.line.show()

    def _throw(self) -> None:
        """By hand: what was typed can be taken back."""
        fields = self.typed_fields
        words = fields.words() if fields is not None else {}
        self.clear()
        if fields is not None and words != fields.words():
            self._window.messages.toast("Formulaire effacé", undo=partial(fields.write, words))

    def clear(self) -> None:
        """An empty form."""
        self.fields.fill(BLANK)
        self._typed()
        self.fields.show_faults({})
        self.notice.hide()
        self.fields.line("birth_name").setFocus()

    def create_patient(self) -> None:
        """Look for duplicates, then create what was already looked for and not changed since."""
        form = self.fields.form()
        found = form.faults(self._desk.clock.now().date())
        if self._busy:
            return
        if self.fields.stops(found):
            self._say("danger", "Rien n’est créé.", "Corrigez les champs signalés.")
            return
        self.notice.hide()
        self._busy = True
        service, tasks = self._desk.identities, self._window.tasks
        if self._looked == form:
            work = partial(service.create, form)
            tasks.run(work, owner=self, done=self._created, failed=self._failed)
        else:
            show = partial(self._show, form)
            tasks.run(partial(service.near, form), owner=self, done=show, failed=self._failed)

    def _show(self, form: PatientForm, near: tuple[Near, ...]) -> None:
        self._busy = False
        if form != self.fields.form():
            return
        self._looked = form
        if not near:
            self.create_patient()
            return
        self.near.fill(near)
        self.near.show()
        self.empty.hide()
        self._say(
            "warn",
            "Ce patient existe peut-être déjà.",
            "Ouvrez la fiche proche, ou appuyez de nouveau sur « Créer le patient ».",
        )

    def _created(self, patient_id: str) -> None:
        self._busy = False
        if self.typed_fields is not None:
            self.typed_fields.finish()
        self.clear()
        if self._back is not None:
            back, self._back = self._back, None
            back(patient_id)
        else:
            self._window.open_record(patient_id)

    def create_for(self, name: str, back: Callable[[str], None]) -> None:
        """Create somebody for what waits elsewhere: ``back`` is called with the patient_id.

        ``name`` is what was typed to find them; it stands in the form unless one is begun.
        """
        self._window.show_page("new-patient")
        self._back = back
        if self.fields.form() == BLANK and name and not any(map(str.isdigit, name)):
            family, _, given = name.partition(" ")
            self.fields.fill(replace(BLANK, birth_name=family, given_names=given.strip()))
            self._typed()
        self._say("accent.text", "Le rendez-vous attend ce patient.",
                  "Nom, prénom, sexe et naissance suffisent, avec un téléphone.")  # fmt: skip

    def _failed(self, error: Exception) -> None:
        self._busy = False
        if not isinstance(error, UserFacingError):
            raise error
        self._say("danger", error.sentence, error.advice)

    def _typed(self) -> None:
        self.fields.again(self.fields.form().faults(self._desk.clock.now().date()))
        self._looked = None
        self.near.hide()
        self.empty.show()

    def _say(self, tone: str, sentence: str, advice: str) -> None:
        self.notice.set(tone, sentence, advice)
        self.notice.show()

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields are the stops
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.fields)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(Button(look="primary", action=self.create_action))
        buttons.addWidget(Button(action=self.clear_action))
        buttons.addStretch(1)
        buttons.addWidget(label(LEGEND, "small", "text.muted"))
        left = self._left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.notice)
        left.addWidget(scroll, 1)
        left.addLayout(buttons)
        side = Panel("Patients proches")
        side.add(self.near, 1)
        side.add(self.empty, 1)
        side.setFixedWidth(SIDE_WIDTH)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(12)
        whole.addLayout(left, 1)
        whole.addWidget(side)


def _born(one: Near) -> Cell:
    return Cell(text.date(one.patient.birth_date))
