"""« Ranger ailleurs »: a received document leaves the record where it was by mistake."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog, window_of
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.people import Find
from lgc.desktop.documents.document_page import DocumentPage
from lgc.desktop.mailbox.patient_field import PatientField
from lgc.desktop.tasks import Tasks
from lgc.services.desk import Desk
from lgc.services.refiling import LETTERS, Refilable, Refiled
from lgc.services.views import PatientView

WIDTH, HEIGHT = 700, 32
Agree = Callable[[PatientView | None, str], None]


class RefileDialog(Dialog):
    """``agree`` gets the right patient, None for no record yet, and the reason."""

    def __init__(
        self, parent: QWidget, about: Refilable, tasks: Tasks, find: Find, agree: Agree
    ) -> None:
        super().__init__(parent, "Ranger ailleurs", glyph="ri.folder-transfer-line", width=WIDTH)
        self.setObjectName("refileDialog")
        document = about.document
        day = document.day_said or text.date(document.service_start or document.created_at)
        self._named = f"« {document.title} » du {day}"
        self.body.addWidget(label(text.french(self._named), "strong", wrap=True))
        for words in consequences(about):
            self.body.addWidget(label(text.french(words), wrap=True))
        self.form = Form(self)
        self.patient = PatientField(tasks, find)
        self.patient.search.setPlaceholderText("Nom, date de naissance…")
        self.patient.search.setObjectName("refilePatient")
        self.patient.chosen.connect(self.patient.show_patient)
        self.body.addWidget(
            self.form.caption("Patient à qui il est", self.patient, type_role="small-medium")
        )
        self.body.addWidget(self.patient)
        self.body.addWidget(self.form.said(self.patient))
        self.why = QLineEdit()
        self.why.setFixedHeight(HEIGHT)
        self.why.setMaxLength(200)
        self.why.setPlaceholderText("Par exemple : résultat d’un homonyme")
        self.body.addWidget(
            self.form.caption("Raison", self.why, required=True, type_role="small-medium")
        )
        self.body.addWidget(self.why)
        self.body.addWidget(self.form.said(self.why))
        self.footer_note.setText(LEGEND)
        self.add_cancel("Ne rien changer")
        self._agree = agree
        self._out = action(self, "Retirer du dossier", partial(self._go, out=True))
        self._there = action(self, "Ranger chez ce patient", self._go, "Ctrl+Return")
        self.out = self.add_button(Button(action=self._out, look="plain", height=HEIGHT))
        self.move_there = self.add_button(Button(action=self._there, look="primary", height=HEIGHT))
        self.why.textChanged.connect(lambda words: self.form.again(self._faults(out=False)))
        self.patient.shown.connect(lambda: self.form.again(self._faults(out=False)))
        kept = {"patient": self.patient, "why": self.why}
        self.keep_typed(f"refile:{document.document_id}", kept)

    def speaks_of(self) -> str:
        return f"{self.title.text()}, {self._named}"

    def _faults(self, *, out: bool) -> Faults:
        found: list[tuple[QWidget, str]] = []
        if not out and self.patient.patient is None:
            found.append((self.patient, "Choisissez le patient, ou retirez-le du dossier."))
        if len(self.why.text().strip()) < LETTERS:
            found.append((self.why, f"Écrivez la raison, en {LETTERS} lettres au moins."))
        return tuple(found)

    def _go(self, *, out: bool = False) -> None:
        if not self.form.stops(self._faults(out=out)):
            self._agree(None if out else self.patient.patient, self.why.text())


def consequences(about: Refilable) -> tuple[str, ...]:
    """Sentences: what goes with it, and what does not come back."""
    told = ["Les deux dossiers gardent la trace de ce rangement et de sa raison."]
    others = len(about.documents) - 1
    if others:
        told.append(f"{text.count(others, 'autre document', 'autres documents')} du même message "
                    "l’accompagnent.")  # fmt: skip
    if about.messages:
        told.append("Son message le suit ; retiré de tout dossier, il attend dans la messagerie.")
    if about.lines:
        lines = text.count(len(about.lines), "ligne reprise", "lignes reprises")
        told.append(f"{lines} de ce document quittent le dossier.")
    if about.changed:
        lines = text.count(about.changed, "ligne modifiée", "lignes modifiées")
        told.append(f"{lines} d’après lui restent : relisez-les.")
    if about.sent:
        told.append("Il a été envoyé d’ici : ce qui est parti ne se reprend pas, prévenez-les.")
    if about.in_dmp:
        told.append("Il reste dans le DMP de ce patient : rien n’y est supprimé.")
    return tuple(told)


class RefilingOnPage(QObject):
    """Lives as long as the page. ``told`` as of a part; ``left`` once the document left."""

    told = Signal(str, object)
    left = Signal()

    def __init__(self, page: DocumentPage, desk: Desk, tasks: Tasks) -> None:
        super().__init__(page)
        self._page, self._desk, self._tasks = page, desk, tasks
        page.refile_asked.connect(self._ask)

    def _ask(self, document_id: str) -> None:
        work = partial(self._desk.refiling.about, document_id)
        self._tasks.run(work, owner=self._page, done=self._open)

    def _open(self, about: Refilable) -> None:
        if about.why_not:
            self.told.emit(text.french(about.why_not), None)
            return
        document = about.document

        def agreed(patient: PatientView | None, why: str) -> None:
            there = patient.patient_id if patient is not None else None
            work = partial(self._desk.refiling.move, document.document_id, there, why)
            self._tasks.run(work, owner=self._page, done=partial(moved, patient))

        def moved(patient: PatientView | None, done: Refiled) -> None:
            dialog.saved()
            dialog.dismiss()
            where = f"rangé chez {patient.name}" if patient is not None else "retiré du dossier"
            self.told.emit(text.french(f"« {document.title} » {where}"), partial(self._back, done))
            self.left.emit()

        find = self._desk.finding.find
        dialog = RefileDialog(window_of(self._page), about, self._tasks, find, agreed)
        dialog.open(dialog.patient)

    def _back(self, done: Refiled) -> None:
        def back(ended: object) -> None:
            self.told.emit("Document remis dans ce dossier", None)

        work = partial(self._desk.refiling.take_back, done)
        self._tasks.run(work, owner=self._page, done=back)
