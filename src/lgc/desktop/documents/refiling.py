"""« Ranger ailleurs »: a received document leaves the record where it was by mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog, window_of
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.people import Find
from lgc.desktop.documents.document_page import DocumentPage
from lgc.desktop.mailbox.patient_field import PatientField
from lgc.desktop.tasks import Tasks
from lgc.services.desk import Desk
from lgc.services.naming_another import Another
from lgc.services.refiling import LETTERS, NEVER, Refilable, Refiled
from lgc.services.views import PatientView

WIDTH, HEIGHT = 700, 32
Agree = Callable[[PatientView | None, str, Sequence[Another]], None]
Against = Callable[[str], Sequence[Another]]


class RefileDialog(Dialog):
    """``agree`` gets the right patient, None for no record yet, the reason, and what was confirmed.

    ``against`` is asked, in a worker, what the document says against the record of a patient_id:
    that is told in words, and wants a second yes, which nothing gives beforehand.
    """

    def __init__(
        self,
        parent: QWidget,
        about: Refilable,
        tasks: Tasks,
        find: Find,
        agree: Agree,
        against: Against,
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
        self._add_another()
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
        self._agree, self._against, self._tasks = agree, against, tasks
        self._out = action(self, "Retirer du dossier", partial(self._go, out=True))
        self._there = action(self, "Ranger chez ce patient", self._go, "Ctrl+Return")
        self.out = self.add_button(Button(action=self._out, look="plain", height=HEIGHT))
        self.move_there = self.add_button(Button(action=self._there, look="primary", height=HEIGHT))
        self.why.textChanged.connect(lambda words: self.form.again(self._faults(out=False)))
        self.patient.shown.connect(self._judge)
        self.in_spite.toggled.connect(lambda on: self.form.again(self._faults(out=False)))
        kept = {"patient": self.patient, "why": self.why}
        self.keep_typed(f"refile:{document.document_id}", kept)

    def _add_another(self) -> None:
        self._judged = ""  # the patient_id that ``_found`` is about
        self._found: Sequence[Another] = ()
        self.another = Notice("warn")
        self.in_spite = QCheckBox()
        self.body.addWidget(self.another)
        self.body.addWidget(self.in_spite)
        self.body.addWidget(self.form.said(self.in_spite))
        self.another.hide()
        self.in_spite.hide()

    def _judge(self, then: Callable[[], None] | None = None) -> None:
        """Ask whom the document names, as soon as somebody was chosen."""
        self._judged, self._found = "", ()
        self._show_found()
        patient = self.patient.patient
        if patient is None:
            return

        def judged(found: Sequence[Another]) -> None:
            if self.patient.patient != patient:
                return  # somebody else was chosen meanwhile
            self._judged, self._found = patient.patient_id, found
            self._show_found()
            if then is not None:
                then()

        work = partial(self._against, patient.patient_id)
        self._tasks.run(work, owner=self, done=judged)

    def _show_found(self) -> None:
        refused, patient = any(one.refused for one in self._found), self.patient.patient
        words = "\n".join(one.sentence for one in self._found)
        advice = NEVER if refused else "Regardez l’identité écrite sur le document."
        self.another.set("danger" if refused else "warn", text.french(words), text.french(advice))
        self.another.setVisible(bool(self._found))
        self.in_spite.setChecked(False)
        self.in_spite.setVisible(bool(self._found) and not refused)
        name = patient.name if patient is not None else ""
        self.form.name(self.in_spite, f"Oui, il est bien à {name}, je l’ai vérifié")
        self.form.again(self._faults(out=False))

    def speaks_of(self) -> str:
        return f"{self.title.text()}, {self._named}"

    def _faults(self, *, out: bool) -> Faults:
        found: list[tuple[QWidget, str]] = []
        if not out and self.patient.patient is None:
            found.append((self.patient, "Choisissez le patient, ou retirez-le du dossier."))
        if not out and any(one.refused for one in self._found):
            found.append((self.patient, "Il n’est pas à ce patient."))
        elif not out and self._found and not self.in_spite.isChecked():
            found.append((self.in_spite, "Cochez-le, ou choisissez un autre patient."))
        if len(self.why.text().strip()) < LETTERS:
            found.append((self.why, f"Écrivez la raison, en {LETTERS} lettres au moins."))
        return tuple(found)

    def _go(self, *, out: bool = False) -> None:
        if self.form.stops(self._faults(out=out)):
            return
        patient = None if out else self.patient.patient
        if patient is not None and self._judged != patient.patient_id:
            self._judge(then=self._go)
            return
        self._agree(patient, self.why.text(), () if out else self._found)


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

        def agreed(patient: PatientView | None, why: str, seen: Sequence[Another]) -> None:
            there = patient.patient_id if patient is not None else None
            work = partial(self._desk.refiling.move, document.document_id, there, why, seen)
            self._tasks.run(work, owner=self._page, done=partial(moved, patient))

        def moved(patient: PatientView | None, done: Refiled) -> None:
            dialog.saved()
            dialog.dismiss()
            where = f"rangé chez {patient.name}" if patient is not None else "retiré du dossier"
            self.told.emit(text.french(f"« {document.title} » {where}"), partial(self._back, done))
            self.left.emit()

        find = self._desk.finding.find
        against = partial(self._desk.refiling.against, document.document_id)
        dialog = RefileDialog(window_of(self._page), about, self._tasks, find, agreed, against)
        dialog.open(dialog.patient)

    def _back(self, done: Refiled) -> None:
        def back(ended: object) -> None:
            self.told.emit("Document remis dans ce dossier", None)

        work = partial(self._desk.refiling.take_back, done)
        self._tasks.run(work, owner=self._page, done=back)
