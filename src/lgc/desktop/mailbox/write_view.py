"""Writing a message: recipients, subject, words, what travels with it; kept as it is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import system_dialogs, text
from lgc.desktop.components.buttons import Button, icon_button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import Glyph, label, rule
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.tips import set_tip
from lgc.desktop.mailbox.patient_field import PatientField
from lgc.desktop.sharing.recipients import RecipientsField
from lgc.desktop.sharing.will_be_read import TITLE, WillBeRead
from lgc.desktop.tasks import Failing, Tasks
from lgc.domain.professionals import Correspondent
from lgc.domain.writing import Draft, without
from lgc.errors import UserFacingError
from lgc.services.desk import Desk
from lgc.services.reading_back import STOPPED, ReadBack
from lgc.services.views import PatientView
from lgc.services.writing import DraftView, Thrown

KEEP_MS = 300
MEGABYTE = 1024 * 1024
READY = "L’envoi continue en arrière-plan ; le brouillon est gardé à mesure."
MENU_MOST = 25


class WriteView(QFrame):
    """One draft. ``sent`` carries the share's id; ``closed`` says whether words were kept;
    ``thrown`` carries what was thrown away, before ``closed``.
    """

    sent = Signal(str)
    closed = Signal(bool)
    thrown = Signal(object)

    def __init__(
        self,
        view: DraftView,
        title: str,
        desk: Desk,
        tasks: Tasks,
        failed: Failing,
    ) -> None:
        super().__init__()
        self.setObjectName("mailPreview")
        self.setAcceptDrops(True)
        self._desk, self._tasks, self._show_error = desk, tasks, failed
        self.view = view
        self.stored = bool(view.draft.files)
        self._busy, self._dirty, self._over = False, False, False
        self._unkept = False
        self._reads: tuple[ReadBack, ...] = ()
        self._read_of: tuple[str, tuple[str, ...]] = ("", ())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(KEEP_MS)
        self._soon.timeout.connect(self.keep)
        self._parts()
        self._keys()
        self._lay_out(title)
        self._show(view)
        self._connect()

    @property
    def draft(self) -> Draft:
        """What is typed now."""
        return replace(
            self.view.draft,
            recipients=self.recipients.chosen,
            copies=self.copies.chosen,
            subject=self.subject.text(),
            body=self.body.toPlainText(),
            receipt=self.receipt.isChecked(),
            closes=self.closes.isChecked(),
        )

    def start(self) -> None:
        """The focus where the doctor will write: whom, or what."""
        if self.recipients.chosen:
            self.body.setFocus(Qt.FocusReason.OtherFocusReason)
            self.body.moveCursor(QTextCursor.MoveOperation.Start)
        else:
            self.recipients.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Store what is typed; one storing at a time, the last words always win."""
        if self._busy:
            self._dirty = True
            return
        self._soon.stop()
        self._busy, self._dirty = True, False
        self.stored = True
        self._tasks.run(
            partial(self._desk.writing.keep, self.draft),
            owner=self,
            done=self._kept,
            failed=self._refused,
            saves=True,
        )

    def flush(self) -> None:
        """What waits for the next pause is stored now."""
        if self.pending and not self._busy:
            self.keep()

    @property
    def pending(self) -> bool:
        """Is something typed that the store does not hold?"""
        waits = self._soon.isActive() or self._busy or self._dirty or self._unkept
        return waits and not self._over

    # --- building -----------------------------------------------------------------------------

    def _parts(self) -> None:
        find, further = self._desk.writing.directory, self._desk.sharing.further
        self.recipients = RecipientsField(self._tasks, find, further)
        self.copies = RecipientsField(self._tasks, find, further)
        self.copies.edit.setAccessibleName("Copie à")
        self.copies.edit.setObjectName("copyEdit")
        self.copies.edit.setPlaceholderText("Facultatif")
        self.subject = QLineEdit()
        self.subject.setObjectName("draftSubject")
        self.subject.setAccessibleName("Objet")
        self.subject.setFixedHeight(32)
        self.patient = PatientField(self._tasks, self._desk.finding.find)
        self.body = QPlainTextEdit()
        self.body.setObjectName("draftBody")
        self.body.setAccessibleName("Texte du message")
        self.body.setTabChangesFocus(True)
        self.receipt = QCheckBox("Demander un accusé de lecture")
        self.closes = QCheckBox("Clore l’échange avec le patient")
        set_tip(self.closes, text.french("Le patient ne pourra plus répondre à ce fil."))
        self.doubt = Notice("warn")
        self.doubt.setObjectName("recipientDoubt")
        self.note = label("", "small", "text.muted", wrap=True)
        self.weight = label("", "small", "text.muted")
        self._pieces = FlowLayout(spacing=6)
        self._shelf = QWidget()
        self._shelf.setLayout(self._pieces)
        self.will_be_read = WillBeRead(())
        self.will_be_read.hide()

    def _keys(self) -> None:
        self._send = action(self, "Envoyer", self._ask_send, "Ctrl+Return", hint="Envoyer")
        self._join = action(self, "Joindre un fichier", self._ask_file, "Ctrl+J", hint="Joindre")
        self._record = action(self, "Document du dossier", self._ask_document, "Ctrl+Shift+J")
        self._citizen = action(self, "Écrire au patient", self._ask_citizen, "Alt+P")
        self._close = action(self, "Fermer", self.close_view, "Esc", hint="Fermer")
        self.throw = action(self, "Jeter le brouillon", self._discard)
        for one in (self._send, self._join, self._record, self._citizen, self._close, self.throw):
            one.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _lay_out(self, title: str) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(Glyph("ri.edit-box-line", "accent.text", 18))
        head.addWidget(label(title, "panel"))
        head.addStretch(1)
        head.addWidget(self.weight)
        head.addWidget(icon_button(self.throw, "ri.delete-bin-6-line"))
        head.addWidget(Button("Fermer", "quiet", "ri.close-line", action=self._close))
        self.form = Form(self)
        grid = QGridLayout()
        grid.setContentsMargins(20, 12, 16, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 72)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, str, QWidget], ...] = (
            ("À", "Destinataires MSSanté", self.recipients),
            ("Copie", "Copie à", self.copies),
            ("Patient", "Patient concerné", self.patient),
            ("Objet", "", self.subject),
            ("Joints", "Pièces jointes", self._join_row()),
        )
        for number, (words, spoken, part) in enumerate(rows):
            asked = part in (self.recipients, self.subject)
            caption = self.form.caption(words, part, required=asked, spoken=spoken)
            caption.setContentsMargins(0, 6, 0, 0)
            grid.addWidget(caption, 2 * number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(part, 2 * number, 1)
            grid.addWidget(self.form.said(part), 2 * number + 1, 1)
        page = QVBoxLayout()
        page.setContentsMargins(20, 10, 16, 10)
        page.addWidget(self.body, 1)
        choices = QHBoxLayout()
        choices.setContentsMargins(20, 0, 16, 8)
        choices.setSpacing(20)
        choices.addWidget(self.receipt)
        choices.addWidget(self.closes)
        choices.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 10, 16, 12)
        foot.setSpacing(10)
        foot.addWidget(self.note, 1)
        self.send = Button("Envoyer", "primary", "ri.send-plane-fill", action=self._send, height=32)
        self.send.setObjectName("sendDraft")
        foot.addWidget(self.send)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(rule())
        whole.addWidget(self.doubt)
        whole.addLayout(grid)
        whole.addLayout(page, 1)
        whole.addLayout(choices)
        whole.addWidget(rule())
        whole.addLayout(foot)

    def _join_row(self) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        self.from_record = Button("Du dossier", "plain", "ri.folder-user-line", action=self._record)
        self.from_record.setObjectName("attachDocument")
        buttons.addWidget(self.from_record)
        buttons.addWidget(Button("Fichier", "plain", "ri.attachment-2", action=self._join))
        self.to_patient = Button("Au patient", "plain", "ri.user-heart-line", action=self._citizen)
        buttons.addWidget(self.to_patient)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addWidget(self._shelf)
        self._reads_title = label(TITLE, "base", "text.muted")
        self._reads_title.hide()
        column.addWidget(self._reads_title)
        column.addWidget(self.will_be_read)
        return row

    def _connect(self) -> None:
        for signal in (
            self.recipients.changed, self.copies.changed, self.subject.textEdited,
            self.body.textChanged, self.receipt.toggled, self.closes.toggled,
        ):  # fmt: skip
            signal.connect(self._typed)
        self.patient.chosen.connect(self._concerns)

    # --- showing ------------------------------------------------------------------------------

    def _show(self, view: DraftView) -> None:
        draft = view.draft
        for field, people in ((self.recipients, draft.recipients), (self.copies, draft.copies)):
            for one in people:
                field.add(one)
        self.subject.setText(draft.subject)
        self.body.setPlainText(draft.body)
        self.receipt.setChecked(draft.receipt)
        self.closes.setChecked(draft.closes)
        self._told(view)

    def _told(self, view: DraftView) -> None:
        """What the store knows beside the words: patient, attachments, weight."""
        self.view = view
        self.doubt.setVisible(bool(view.doubt))
        if view.doubt:
            self.doubt.set("warn", text.french(view.doubt), "Vérifiez à qui vous écrivez.")
        self.patient.show_patient(view.patient)
        self._record.setEnabled(bool(view.attachable))
        self._citizen.setEnabled(view.patient is not None)
        self._show_pieces(view.draft)
        self._read_back(view.draft)
        heavy = view.weight > view.limit
        of = f"{view.limit // MEGABYTE}{text.NB}Mo"
        self.weight.setText(f"{text.size(view.weight)} sur {of}" if self._pieces.count() else "")
        self._arrange("Le message est trop lourd : retirez une pièce jointe." if heavy else "")

    def _show_pieces(self, draft: Draft) -> None:
        while (item := self._pieces.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for paper in draft.documents:
            chip = Chip(
                paper.title, "accent.text", "ri.file-text-line", detail="XDM et PDF", removable=True
            )
            chip.removed.connect(partial(self._remove, "", paper.document_id))
            self._pieces.addWidget(chip)
            chip.show()
        for file in draft.files:
            size = text.size(file.size)
            chip = Chip(file.name, "text.muted", "ri.attachment-2", detail=size, removable=True)
            chip.removed.connect(partial(self._remove, file.attachment_id, ""))
            self._pieces.addWidget(chip)
            chip.show()
        self._shelf.setVisible(bool(draft.documents or draft.files))

    def _read_back(self, draft: Draft) -> None:
        """Asked when other documents travel, not at each word."""
        of = (draft.patient_id or "", tuple(one.document_id for one in draft.documents))
        if of == self._read_of:
            return
        self._read_of = of
        self._show_reads(of, ())
        if of[1]:
            self._tasks.run(
                partial(self._desk.writing.read_back, draft),
                owner=self,
                done=partial(self._show_reads, of),
                failed=self._failed,
            )

    def _show_reads(self, of: tuple[str, tuple[str, ...]], reads: tuple[ReadBack, ...]) -> None:
        if of != self._read_of:
            return  # of documents that were taken off meanwhile
        self._reads = reads
        self.will_be_read.show_reads(reads)
        for part in (self._reads_title, self.will_be_read):
            part.setVisible(bool(reads))
        self._arrange()

    def _arrange(self, why: str = "") -> None:
        draft = self.draft
        if not why and any(one.stops for one in self._reads):
            why = STOPPED
        self.closes.setVisible(draft.to_citizen)
        self.form.name(self.subject, "Objet", required=not draft.documents)
        self.form.again(self._faults())
        self._send.setEnabled(not why)
        self.note.setText(text.french(why or f"{READY} {LEGEND}"))

    def _faults(self) -> Faults:
        """What is still to be filled before it may leave."""
        draft = self.draft
        found: list[tuple[QWidget, str]] = []
        if not draft.everybody:
            found.append((self.recipients, "Ajoutez un destinataire."))
        if not draft.subject.strip() and not draft.documents:
            found.append((self.subject, "Écrivez l’objet du message."))
        return found

    # --- doing --------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._arrange()
        # Not started anew at each key: who types without a pause is saved all the same.
        if not self._soon.isActive():
            self._soon.start()

    def speaks_of(self) -> str:
        """What a notice of this draft is about."""
        subject = self.subject.text().strip()
        return f"Message « {subject} »" if subject else "Message sans objet"

    def _failed(self, error: Exception) -> None:
        self._show_error(error, self.speaks_of())

    def _kept(self, view: DraftView) -> None:
        self._busy = self._unkept = False
        if self._over:
            return
        self._told(view)
        if self._dirty:
            self.keep()

    def _refused(self, error: Exception) -> None:
        self._busy, self._unkept = False, True
        if not self._over:  # a storing that comes after the sending has nothing to say
            self._failed(error)

    def _change(self, work: Callable[[], DraftView]) -> None:
        self._soon.stop()
        self.stored = True
        self._tasks.run(work, owner=self, done=self._told, failed=self._failed)

    def _concerns(self, patient: PatientView | None) -> None:
        """Another patient: the documents of the former one stay home."""
        after = replace(
            self.draft, patient_id=patient.patient_id if patient else None, documents=()
        )
        self._change(partial(self._desk.writing.keep, after))

    def _remove(self, file: str, document: str) -> None:
        after = without(self.draft, file=file, document=document)
        self._change(partial(self._desk.writing.keep, after))

    def _ask_file(self) -> None:
        system_dialogs.ask_files(self, "Joindre des fichiers", self.attach_files)

    def attach_files(self, files: list[Path]) -> None:
        """Files of this computer, read in a worker, one after the other."""
        draft = self.draft

        def work() -> DraftView:
            view = self.view
            now = draft
            for file in files:
                view = self._desk.writing.attach(now, file.name, _read(file))
                now = view.draft
            return view

        if files:
            self._change(work)

    def _ask_document(self) -> None:
        menu = QMenu(self)
        taken = {one.document_id for one in self.view.draft.documents}
        for paper in self.view.attachable[:MENU_MOST]:
            words = f"{text.date(text.local(paper.created_at).date())} · {paper.title}"
            made = menu.addAction(words.replace("&", "&&"))
            made.setEnabled(paper.document_id not in taken)
            made.triggered.connect(partial(self.attach_document, paper.document_id))
        below = self.from_record.mapToGlobal(self.from_record.rect().bottomLeft())
        show_menu(menu, below)

    def attach_document(self, document_id: str, checked: bool = False) -> None:
        """One document of the record of the patient the message is about."""
        self._change(partial(self._desk.writing.attach_document, self.draft, document_id))

    def _ask_citizen(self) -> None:
        patient = self.view.patient
        if patient is not None:
            self._tasks.run(
                partial(self._desk.writing.citizen, patient.patient_id),
                owner=self,
                done=self._add_citizen,
                failed=self._failed,
            )

    def _add_citizen(self, citizen: Correspondent) -> None:
        self.recipients.add(citizen)

    def _ask_send(self) -> None:
        if self.form.stops(self._faults()):
            return
        self._soon.stop()
        self._send.setEnabled(False)
        self.note.setText("Vérification des destinataires…")
        self._tasks.run(
            partial(self._desk.writing.send, self.draft),
            owner=self,
            done=self._gone,
            failed=self._not_sent,
        )

    def _gone(self, share_id: str) -> None:
        self._over = True
        self.sent.emit(share_id)

    def _not_sent(self, error: Exception) -> None:
        why = error.sentence if isinstance(error, UserFacingError) else ""
        self._arrange(why)
        self._send.setEnabled(True)
        self._failed(error)

    def close_view(self) -> None:
        """Leave; what was typed stays among the drafts."""
        if self._soon.isActive() or self._dirty:
            self.keep()
        self.closed.emit(self.stored)

    def _discard(self) -> None:
        self._soon.stop()
        self._over = True
        self._tasks.run(
            partial(self._desk.writing.discard, self.draft),
            owner=self,
            done=self._thrown,
            failed=self._failed,
        )

    def _thrown(self, thrown: Thrown | None) -> None:
        if thrown is not None:
            self.thrown.emit(thrown)
        self.closed.emit(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        self.attach_files([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserFacingError(
            f"Le fichier « {file.name} » n’a pas pu être lu.",
            advice="Vérifiez qu’il existe encore.",
        ) from error
