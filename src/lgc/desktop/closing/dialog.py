"""The documents of the visit, each with who may see it, and one button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.tips import set_tip
from lgc.desktop.record.writing.forms import TITLES
from lgc.desktop.sharing.recipients import Directory, RecipientsField
from lgc.desktop.sharing.will_be_read import HELD, TITLE, WillBeRead
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme.glyphs import KIND
from lgc.domain.documents import Confidentiality, Document
from lgc.services.closing import ClosingChoice, ClosingProposal
from lgc.services.reading_back import NOTHING_READ
from lgc.services.sharing import SHARED_MAIL
from lgc.services.views import PatientView, VisitLine

WIDTH = 720
SEEN = (
    (Confidentiality.VISIBLE.value, "Visible"),
    (Confidentiality.MASKED_TO_PROFESSIONALS.value, "Masqué PS"),
    (Confidentiality.INVISIBLE_TO_PATIENT.value, "Invisible patient"),
)
SECRET = (Confidentiality.INVISIBLE_TO_GUARDIANS.value, "Invisible parents")


class DocumentRow:
    """One document: sent or not, seen by whom. ``stops`` is why it may not be."""

    def __init__(
        self, document: Document, minor: bool, *, hollow: bool = False, stops: str = ""
    ) -> None:
        self.document = document
        words = f"{document.title} (sans texte)" if hollow else document.title
        self.send = QCheckBox(words)
        self.send.setChecked(not hollow and not stops)
        self.send.setEnabled(not stops)
        if stops:
            set_tip(self.send, text.french(f"{HELD} : {stops}"))
        self.seen = Choice((*SEEN, *((SECRET,) if minor else ())), name="Qui voit le document")
        self.seen.setMinimumWidth(170)
        self.seen.setEnabled(self.send.isChecked())
        self.send.toggled.connect(self.seen.setEnabled)

    def choice(self) -> ClosingChoice | None:
        """What was chosen, None when it is not to be sent."""
        if not (self.send.isEnabled() and self.send.isChecked()):
            return None
        return ClosingChoice(self.document, Confidentiality(self.seen.value()))


class ClosingDialog(Dialog):
    """``sent`` carries the choices, the recipients, whether the DMP is fed and its consent;
    ``left`` closes without sending; ``draft_asked`` goes to a draft instead. ``visit_over`` says
    whether the visit ends too.
    """

    sent = Signal(object, object, bool, bool)
    left = Signal()
    draft_asked = Signal(str)

    def __init__(
        self, parent: QWidget, proposal: ClosingProposal, tasks: Tasks, directory: Directory
    ) -> None:
        patient = proposal.patient
        name = f"{patient.civility} {patient.name}".strip()
        super().__init__(
            parent, "Fermer le dossier", glyph="ri.folder-received-line", subtitle=name, width=WIDTH
        )
        self.setObjectName("closingDialog")
        self._proposal = proposal
        self.rows = [
            DocumentRow(
                one,
                proposal.minor,
                hollow=one.document_id in proposal.hollow,
                stops=proposal.reads.get(one.document_id, NOTHING_READ).stops,
            )
            for one in proposal.documents
        ]
        self.dmp = QCheckBox("Déposer dans le DMP")
        self.form = Form(self)
        self.consent = QCheckBox()
        agreed = f"{text.the_patient(patient.sex)} m’a donné son accord pour accéder à son DMP"
        self.form.name(self.consent, agreed, required=True)
        self.recipients = RecipientsField(tasks, directory)
        self.visit = QCheckBox(_ends(proposal.visit))
        self._drafts()
        self._documents()
        self._channels(patient)
        self._buttons()
        self._arrange()
        fields: dict[str, QWidget] = {"recipients": self.recipients, "dmp": self.dmp}
        for row in self.rows:
            fields[f"send:{row.document.document_id}"] = row.send
            fields[f"seen:{row.document.document_id}"] = row.seen
        self.keep_typed(f"closing:{patient.patient_id}", fields)

    @property
    def visit_over(self) -> bool:
        """Whether the visit of today ends with the record."""
        return self._proposal.visit is not None and self.visit.isChecked()

    def chosen(self) -> tuple[ClosingChoice, ...]:
        """The documents to send."""
        return tuple(one for row in self.rows if (one := row.choice()) is not None)

    def faults(self) -> Faults:
        """What keeps the documents from leaving, in the order of the fields."""
        refuses = self._proposal.patient.refuses_shared_mail
        found: list[tuple[QWidget, str]] = []
        if self.rows and not self.chosen():
            found.append((self._first_row(), "Aucun document choisi."))
        if not self.dmp.isChecked() and not self.recipients.chosen:
            if refuses:
                found.append((self.dmp, "Choisissez le DMP."))
            else:
                found.append((self.recipients, "Choisissez le DMP ou un destinataire."))
        if self.dmp.isChecked() and self._proposal.consent_needed and not self.consent.isChecked():
            otherwise = "" if refuses else ", ou n’envoyez que par MSSanté"
            found.append((self.consent, f"Cochez l’accord{otherwise}."))
        return found

    def _first_row(self) -> QWidget:
        """The first document that may be ticked."""
        return next((row.send for row in self.rows if row.send.isEnabled()), self.rows[0].send)

    def missing(self) -> str:
        """The first of what is missing."""
        return next((words for _, words in self.faults()), "")

    # --- building -----------------------------------------------------------------------------

    def _drafts(self) -> None:
        for kind in self._proposal.drafts:
            words = text.french(f"Brouillon en cours : {TITLES.get(kind, kind).lower()}")
            go = Button(words, "quiet", "ri.edit-2-line", height=28)
            go.setObjectName(f"draft-{kind}")
            go.clicked.connect(lambda checked=False, kind=kind: self._to_draft(kind))
            self.body.addWidget(go)

    def _documents(self) -> None:
        if not self.rows:
            return
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for number, row in enumerate(self.rows):
            sign = KIND[row.document.kind]
            grid.addWidget(Glyph(sign.glyph, sign.role, 17), number, 0)
            grid.addWidget(row.send, number, 1)
            hour = text.time(text.local(row.document.created_at))
            grid.addWidget(label(hour, "small", "text.muted"), number, 2)
            grid.addWidget(row.seen, number, 3)
            row.send.toggled.connect(lambda on: self._arrange())
        self.body.addLayout(grid)
        self.body.addWidget(self.form.said(*(row.send for row in self.rows)))
        if self._proposal.reads:
            self.body.addWidget(label(TITLE, "medium"))
            self.body.addWidget(WillBeRead(tuple(self._proposal.reads.values())))

    def _channels(self, patient: PatientView) -> None:
        if self.rows:
            self.body.addWidget(self.dmp)
            self.body.addWidget(self.form.said(self.dmp))
            self.body.addWidget(self.consent)
            self.body.addWidget(self.form.said(self.consent))
            words = SHARED_MAIL if patient.refuses_shared_mail else "Aussi par MSSanté à"
            self.body.addWidget(label(text.french(words), "medium", wrap=True))
            self.body.addWidget(self.recipients)
            self.body.addWidget(self.form.said(self.recipients))
            self.recipients.setVisible(not patient.refuses_shared_mail)
        self.dmp.setChecked(self._proposal.dmp)
        self.dmp.setEnabled(self._proposal.dmp)
        if not self._proposal.dmp:
            set_tip(self.dmp, "Pas de DMP ouvert, ou identité non qualifiée")
        if self._proposal.visit is not None:
            self.body.addWidget(self.visit)
            self.visit.setChecked(True)
        self.dmp.toggled.connect(lambda on: self._arrange())
        self.consent.toggled.connect(lambda on: self._arrange())
        self.recipients.changed.connect(self._arrange)

    def _buttons(self) -> None:
        words = "Fermer sans envoyer" if self.rows else "Fermer"
        later = action(self, words, self._leave, "Ctrl+W")
        self.later = Button(action=later, height=32)
        self.add_cancel("Rester")
        self.add_button(self.later)
        self._go = action(self, "Envoyer et fermer", self._send, "Ctrl+Return")
        if self.rows:
            self.add_button(Button(action=self._go, look="primary", height=32))

    # --- answering ----------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.consent.setVisible(
            bool(self.rows) and self._proposal.consent_needed and self.dmp.isChecked()
        )
        self.form.again(self.faults())
        self.footer_note.setText(LEGEND if not self.consent.isHidden() else "")

    def _send(self) -> None:
        if not self.rows or self.form.stops(self.faults()):
            return
        dmp, agreed = self.dmp.isChecked(), self.consent.isChecked()
        self.dismiss()
        self.saved()
        self.sent.emit(self.chosen(), self.recipients.chosen, dmp, agreed)

    def _leave(self) -> None:
        self.dismiss()
        self.saved()
        self.left.emit()

    def _to_draft(self, kind: str) -> None:
        self.dismiss()
        self.draft_asked.emit(kind)


def _ends(visit: VisitLine | None) -> str:
    hour = text.french(f" de {text.time(visit.starts_at)}") if visit is not None else ""
    return f"La consultation{hour} est terminée"
