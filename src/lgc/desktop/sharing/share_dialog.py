"""The sharing dialog (ux « Partager »): channel, DMP, confidentiality, recipients, words, send."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import text
from lgc.desktop.components.banner import dmp_chip, ins_chip
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.tips import set_tip
from lgc.desktop.sharing.choices import Option, Options
from lgc.desktop.sharing.dmp_access import DmpAccessBox
from lgc.desktop.sharing.recipients import RecipientsField
from lgc.desktop.sharing.will_be_read import WillBeRead
from lgc.desktop.tasks import Failing, Tasks
from lgc.domain.deliveries import Channel
from lgc.domain.documents import Confidentiality
from lgc.domain.identity import Sex
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.services.reading_back import STOPPED
from lgc.services.sharing import SHARED_MAIL, ShareProposal, ShareRequest, Sharing
from lgc.services.views import PatientView
from lgc.services.whose import NO_INS, REDO

WIDTH = 760
MSSANTE, DMP, BOTH = "mssante", "dmp", "both"
AGAIN = "Refaire depuis le dossier"
CHANNELS = {
    MSSANTE: frozenset({Channel.MSSANTE}),
    DMP: frozenset({Channel.DMP}),
    BOTH: frozenset({Channel.MSSANTE, Channel.DMP}),
}
CHANNEL_OPTIONS = (
    Option(MSSANTE, "MSSanté", "ri.mail-lock-line", "à des confrères"),
    Option(DMP, "DMP", "ri.folder-user-line", "dans le dossier"),
    Option(BOTH, "MSSanté et DMP", "ri.git-branch-line", "les deux, en une fois"),
)
CLOSED_DOORS = (DmpAccess.NONE, DmpAccess.CLOSED, DmpAccess.FORBIDDEN)
NO_DOOR = "Ce DMP ne peut pas recevoir de document."
LATE_MS = 2000
CAPTION = 120
COMES_BACK = "Vous reprenez la main aussitôt ; l’envoi continue en arrière-plan."
NOTES = {
    Confidentiality.VISIBLE: "Visible : par {le_patient} et par les professionnels autorisés.",
    Confidentiality.MASKED_TO_PROFESSIONALS: "Masqué : seuls {le_patient}, son médecin traitant"
    " et vous le voyez.",
    Confidentiality.INVISIBLE_TO_PATIENT: "Invisible : à rendre visible après l’avoir annoncé.",
    Confidentiality.INVISIBLE_TO_GUARDIANS: "Secret : les parents ne le verront pas.",
}


class ShareDialog(Dialog):
    """Opens on a ``ShareProposal``. ``sent`` carries the share_id once everything is committed.

    ``redo_asked`` carries the Document that is to be written again under the identity of today.
    """

    sent = Signal(str)
    redo_asked = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        proposal: ShareProposal,
        document: object,
        sharing: Sharing,
        tasks: Tasks,
        failed: Failing,
    ) -> None:
        super().__init__(
            parent,
            f"Partager « {proposal.document.title} »",
            glyph="ri.share-forward-line",
            subtitle=f"version {proposal.document.version}",
            width=WIDTH,
        )
        self.setObjectName("shareDialog")
        self._proposal, self._document = proposal, document
        self._sharing, self._tasks, self._failed = sharing, tasks, failed
        self.channel = Options(CHANNEL_OPTIONS, "Envoyer par")
        self.form = Form(self)
        self.dmp = DmpAccessBox(self.form)
        self.confidentiality = Options(
            _confidentialities(proposal.patient, proposal.minor), "Confidentialité"
        )
        self.note = label("", "small", "text.muted", wrap=True)
        self.recipients = RecipientsField(tasks, sharing.directory, sharing.further)
        self.recipients.propose(proposal.correspondents)
        self.subject = QLineEdit(proposal.subject)
        self.subject.setObjectName("shareSubject")
        self.subject.setFixedHeight(32)
        self.message = QPlainTextEdit(proposal.body)
        self.message.setObjectName("shareBody")
        self.message.setTabChangesFocus(True)
        self.message.setFixedHeight(126)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LATE_MS)
        self._late.timeout.connect(self._not_answered_yet)
        self._patient_line()
        self._rows()
        self._buttons()
        self._connect()
        self._start()
        # Not the ways: the DMP's late answers choose among them. Nor the consent: it is of now.
        fields: dict[str, QWidget] = {
            "confidentiality": self.confidentiality, "recipients": self.recipients,
            "subject": self.subject, "message": self.message,
        }  # fmt: skip
        self.keep_typed(f"share:{proposal.document.document_id}", fields)

    # --- what was answered --------------------------------------------------------------------

    def request(self) -> ShareRequest:
        channels = CHANNELS[self.channel.value]
        return ShareRequest(
            document=self._document,  # type: ignore[arg-type]
            channels=channels,
            confidentiality=Confidentiality(self.confidentiality.value),
            recipients=self.recipients.chosen if Channel.MSSANTE in channels else (),
            subject=self.subject.text().strip(),
            body=self.message.toPlainText(),
            consent_attested=Channel.DMP in channels
            and self.dmp.consent_needed
            and self.dmp.consent.isChecked(),
            dmp_asked=self.dmp.status is not None,
        )

    def waits(self) -> str:
        """Why « Envoyer » waits for nobody's hand, in French; empty when it may be pressed."""
        if not self._open_ways():
            return self._proposal.differs or SHARED_MAIL
        if self._proposal.reads.stops:
            return STOPPED
        channels = CHANNELS.get(self.channel.value, frozenset())
        if Channel.DMP in channels:
            status = self.dmp.status
            if status is None and not self.dmp.away:
                return self.dmp.refused or "Le DMP est interrogé, un instant…"
            if status is not None and status.access in CLOSED_DOORS:
                return "Ce DMP ne peut pas recevoir de document : envoyez par MSSanté."
        return ""

    def faults(self) -> Faults:
        """What is still to be filled, in the order of the fields."""
        channels = CHANNELS.get(self.channel.value, frozenset())
        found: list[tuple[QWidget, str]] = []
        asked = Channel.DMP in channels and self.dmp.consent_needed
        if asked and not self.dmp.consent.isChecked():
            words = f"Cochez l’accord {self._of_patient} pour accéder à son DMP."
            found.append((self.dmp.consent, words))
        if Channel.MSSANTE in channels and not self.recipients.chosen:
            found.append((self.recipients, "Ajoutez un destinataire MSSanté."))
        return found

    def missing(self) -> str:
        """What keeps it from leaving: what it waits for, else the first of what is to be filled."""
        return self.waits() or next((words for _, words in self.faults()), "")

    @property
    def _of_patient(self) -> str:
        female = self._proposal.patient.sex is Sex.FEMALE
        return "de la patiente" if female else "du patient"

    def speaks_of(self) -> str:
        return f"{self._proposal.patient.name}, « {self._proposal.document.title} »"

    def open(self, focus: QWidget | None = None) -> None:
        super().open(focus)
        if focus is None and self.isVisible():
            self.channel.focus_chosen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # --- inside -------------------------------------------------------------------------------

    def _patient_line(self) -> None:
        patient = self._proposal.patient
        line = QFrame()
        line.setObjectName("dialogPatient")
        row = self._patient_row = QHBoxLayout(line)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(10)
        row.addWidget(Glyph("ri.user-line", "text.muted", 18))
        row.addWidget(label(f"{patient.civility} {patient.name}".strip(), "strong"))
        birth = f"{text.date(patient.birth_date)} · {text.short_age(patient.age)}"
        row.addWidget(label(birth, "base", "text.muted"))
        row.addWidget(ins_chip(patient, small=True))
        self._dmp_chip = dmp_chip(patient, small=True)
        row.addWidget(self._dmp_chip)
        row.addStretch(1)
        card = self.card.layout()
        assert card is not None
        card.insertWidget(2, line)  # type: ignore[attr-defined]

    def _rows(self) -> None:
        inside = QWidget()
        inside.setObjectName("shareRows")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 4, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.setColumnMinimumWidth(0, 106)
        grid.setColumnStretch(1, 1)
        self._labels: dict[str, tuple[QWidget, QWidget]] = {}
        attachments = QWidget()
        row = QHBoxLayout(attachments)
        row.setContentsMargins(0, 0, 0, 0)
        for name in self._proposal.attachments:
            zipped = name.endswith(".zip")
            glyph = "ri.file-zip-line" if zipped else "ri.file-pdf-line"
            words = "archive structurée" if zipped else "lisible"
            row.addWidget(Chip(name, "text.muted", glyph, detail=words, outlined=True))
        row.addStretch(1)
        parts: tuple[tuple[str, str, QWidget], ...] = (
            ("channel", "Envoyer par", self.channel),
            ("dmp", "Accès au DMP", self.dmp),
            ("confidentiality", "Confidentialité", self.confidentiality),
            ("note", "", self.note),
            ("recipients", "Destinataires", self.recipients),
            ("readings", "Ce que votre confrère lira", WillBeRead((self._proposal.reads,))),
            ("subject", "Objet", self.subject),
            ("message", "Message", self.message),
            ("attachments", "Pièces jointes", attachments),
        )
        for number, (key, words, part) in enumerate(parts):
            caption = self._caption(words, part)
            grid.addWidget(caption, number, 0, Qt.AlignmentFlag.AlignTop)
            if part is self.recipients:
                grid.addLayout(self._recipients_row(), number, 1)
            else:
                grid.addWidget(part, number, 1)
            self._labels[key] = (caption, part)
        scroll = QScrollArea()
        scroll.setObjectName("shareScroll")
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll, self._inside = scroll, inside
        self.body.addWidget(scroll)

    def _caption(self, words: str, part: QWidget) -> QLabel:
        if part is self.recipients:
            made = self.form.caption(words, part, required=True, spoken="Destinataires MSSanté")
        else:
            made = label(words, "base", "text.muted")
        made.setWordWrap(True)
        made.setContentsMargins(0, 6, 0, 0)
        made.setMaximumWidth(CAPTION)
        if words:
            part.setAccessibleName(words)
        return made

    def _recipients_row(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.recipients)
        column.addWidget(self.form.said(self.recipients))
        return column

    def _buttons(self) -> None:
        self.add_cancel()
        stops = bool(self._proposal.reads.stops)
        words = AGAIN if stops and not self._proposal.differs else REDO
        self.redo = Button(words, "plain", "ri.refresh-line", height=32)
        self.redo.setObjectName("redoDocument")
        self.redo.clicked.connect(lambda checked=False: self._redo())
        self.add_button(self.redo)
        wrong = stops or bool(self._proposal.differs) or not self._proposal.bears_ins
        self.redo.setVisible(self._proposal.own and wrong)
        self._send_action = action(self, "Envoyer", self._send, "Ctrl+Return")
        self.send = Button(
            "Envoyer", "primary", "ri.send-plane-fill", action=self._send_action, height=32
        )
        self.send.setObjectName("sendShare")
        self.add_button(self.send)

    def _redo(self) -> None:
        self.dismiss()
        self.redo_asked.emit(self._proposal.document)

    def _connect(self) -> None:
        self.channel.changed.connect(lambda key: self._arrange())
        self.confidentiality.changed.connect(lambda key: self._tell())
        self.dmp.changed.connect(self._arrange)
        self.dmp.retry_asked.connect(self._check)
        self.recipients.changed.connect(self._arrange)

    def _start(self) -> None:
        proposal = self._proposal
        if proposal.differs:
            self._close((DMP, BOTH, MSSANTE), proposal.differs)
        elif not proposal.sharable_in_dmp:
            why = "L’INS n’est pas qualifiée." if not proposal.qualified else "Pas un CDA."
            self._close((DMP, BOTH), why if proposal.bears_ins else NO_INS)
        if self._proposal.patient.refuses_shared_mail:
            self._close((MSSANTE, BOTH), SHARED_MAIL)
        self.confidentiality.choose(Confidentiality.VISIBLE.value)
        self._choose_way()
        if self._proposal.sharable_in_dmp:
            self._check()
        self._tell()
        self._arrange()

    def _check(self) -> None:
        """TD0.2 runs while the doctor types; nobody waits long for it."""
        self.dmp.show_busy()
        self._late.start()
        patient = self._proposal.patient
        self._tasks.run(
            partial(self._sharing.check_dmp, patient.patient_id),
            owner=self,
            done=self._known,
            failed=self._not_known,
        )

    def _not_answered_yet(self) -> None:
        self.dmp.show_late(self._proposal.patient)
        self._close_as_known()

    def _not_known(self, error: Exception) -> None:
        """A DMP that is away holds nothing up; what it refuses leaves MSSanté."""
        self._late.stop()
        proposal = self._proposal
        self.dmp.show_failure(error, proposal.patient, proposal.dmp_answered_at)
        if self.dmp.refused:
            self._close((DMP, BOTH), self.dmp.refused)
            self._choose_way()
        self._close_as_known()
        self._arrange()

    def _close_as_known(self) -> None:
        """What was known of this DMP stands until it says otherwise."""
        if self._proposal.patient.dmp in CLOSED_DOORS:
            self._close((DMP, BOTH), NO_DOOR)
            self._choose_way()

    def _known(self, status: DmpStatus) -> None:
        """A closed door leaves MSSanté, and the verdict stays in sight to say why."""
        self._late.stop()
        self._reopen()
        self.dmp.show_status(status, self._proposal.patient)
        self._dmp_chip_shows(status)
        if status.access in CLOSED_DOORS:
            self._close((DMP, BOTH), NO_DOOR)
            self._choose_way()
            self.channel.focus_chosen()
        self._arrange()

    def _reopen(self) -> None:
        """What an earlier answer closed, the DMP being away or refusing, may open again."""
        self.channel.forbid(DMP, "")
        if not self._proposal.patient.refuses_shared_mail:
            self.channel.forbid(BOTH, "")

    def _close(self, ways: tuple[str, ...], why: str) -> None:
        for way in ways:
            if way in self._open_ways():
                self.channel.forbid(way, why)

    def _open_ways(self) -> tuple[str, ...]:
        return tuple(way for way in (BOTH, DMP, MSSANTE) if self.channel.allows(way))

    def _choose_way(self) -> None:
        """The widest one that is left; none is, when the patient refuses the only one."""
        for way in self._open_ways()[:1]:
            self.channel.choose(way)

    def _dmp_chip_shows(self, status: DmpStatus) -> None:
        fresh = dmp_chip(replace(self._proposal.patient, dmp=status.access), small=True)
        self._patient_row.replaceWidget(self._dmp_chip, fresh)
        self._dmp_chip.hide()
        self._dmp_chip.deleteLater()
        self._dmp_chip = fresh

    def _tell(self) -> None:
        chosen = Confidentiality(self.confidentiality.value)
        female = self._proposal.patient.sex is Sex.FEMALE
        who = "la patiente" if female else "le patient"
        self.note.setText(text.french(NOTES[chosen].format(le_patient=who)))

    def _arrange(self) -> None:
        """Fields appear with the choice; « Envoyer » says in its tooltip what it waits for."""
        channels = CHANNELS.get(self.channel.value, frozenset())
        status = self.dmp.status
        closed = status is not None and status.access in CLOSED_DOORS
        closed = closed or bool(self.dmp.refused)
        for keys, channel in (
            (("dmp", "confidentiality", "note"), Channel.DMP),
            (("recipients", "subject", "message", "attachments"), Channel.MSSANTE),
        ):
            for key in keys:
                for part in self._labels[key]:
                    part.setVisible(channel in channels or (key == "dmp" and closed))
        waits = self.waits()
        self._send_action.setEnabled(not waits)
        set_tip(self.send, text.french(waits))
        self.footer_note.setText(text.french(waits or f"{COMES_BACK} {LEGEND}"))
        self.form.again(self.faults())
        self._fit()

    def _fit(self) -> None:
        layout = self._inside.layout()
        assert layout is not None
        layout.activate()
        wanted = self._inside.sizeHint().height() + 4
        room = self.height() - 230
        self._scroll.setFixedHeight(max(min(wanted, room), 160))

    def _send(self) -> None:
        if self.waits() or self.form.stops(self.faults()):
            self._fit()
            return
        self._send_action.setEnabled(False)
        self._tasks.run(
            partial(self._sharing.share, self.request()),
            owner=self,
            done=self._done,
            failed=self._refused,
        )

    def _done(self, share_id: str) -> None:
        self.saved()
        self.sent.emit(share_id)
        self.dismiss()

    def _refused(self, error: Exception) -> None:
        self._arrange()
        self._failed(error, self.speaks_of())


def _confidentialities(patient: PatientView, minor: bool) -> tuple[Option, ...]:
    """Three answers; a minor's secret is a fourth, and the words are shorter to leave it room."""
    who = "à la patiente" if patient.sex is Sex.FEMALE else "au patient"
    visible = Option(Confidentiality.VISIBLE.value, "Visible", "ri.eye-line")
    masked = Option(
        Confidentiality.MASKED_TO_PROFESSIONALS.value,
        "Masqué" if minor else "Masqué aux autres PS",
        "ri.eye-off-line",
    )
    invisible = Option(
        Confidentiality.INVISIBLE_TO_PATIENT.value,
        "Invisible patient" if minor else f"Invisible {who}",
        "ri.user-unfollow-line",
    )
    secret = Option(
        Confidentiality.INVISIBLE_TO_GUARDIANS.value, "Invisible parents", "ri.parent-line"
    )
    return (visible, masked, invisible, *((secret,) if minor else ()))
