"""One message: subject, sender, the assign panel or where it was filed, attachments, words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QBuffer, Qt, QUrl, Signal
from PySide6.QtGui import (
    QImage,
    QImageReader,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import text
from lgc.desktop.components.buttons import Button, icon_button
from lgc.desktop.components.chips import Chip
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import ElidedLabel, Glyph, label
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.people import Find
from lgc.desktop.components.tips import set_tip
from lgc.desktop.components.together import together
from lgc.desktop.mailbox import unreadable_words
from lgc.desktop.mailbox.assign_panel import AssignPanel
from lgc.desktop.mailbox.message_lines import MessageLines
from lgc.desktop.mailbox.unreadable_panel import Details, UnreadablePanel
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import current, font
from lgc.desktop.theme.glyphs import sending
from lgc.desktop.words import matches
from lgc.domain.identity import spaced
from lgc.domain.messages import AssignedBy, Folder, MailAttachment
from lgc.domain.writing import is_citizen, matricule_of
from lgc.services.believing import CONTESTED
from lgc.services.views import MessageView, assigned_words

TYPES = {
    "application/pdf": ("ri.file-pdf-line", "danger", "PDF"),
    "application/zip": ("ri.file-zip-line", "accent.text", "archive"),
    "text/xml": ("ri.file-code-line", "accent.text", "document structuré"),
    "image/jpeg": ("ri.image-line", "violet", "image"),
    "image/png": ("ri.image-line", "violet", "image"),
    "image/tiff": ("ri.image-line", "violet", "image"),
}


PICTURE_WIDTH, MAX_PIXELS = 620, 24_000_000
KEEP_RATIO = Qt.AspectRatioMode.KeepAspectRatio
# Where a message may wait for its record.
FILED = (Folder.INBOX, Folder.ARCHIVES, Folder.OWN)
ADDRESS_WIDTH = 260
TOLD_FAULTS = 6
# Two points apart, « 3 » and « 5,2 » of two columns are read as one number.
APART = '<table cellspacing="0" cellpadding="6"'
WAITS = "attend d’être classé"


def _fate(view: MessageView, attachment: MailAttachment) -> str:
    """What becomes of an attachment."""
    if view.patient is not None:
        return WAITS if attachment in _waiting(view) else "classé dans le dossier"
    return "sera classé dans le dossier" if view.kept is None else "gardé tel qu’il est arrivé"


def _waiting(view: MessageView) -> list[MailAttachment]:
    """The pieces that did not join the record with the document that filed itself."""
    itself = view.message.assigned_by is AssignedBy.ITSELF and view.message.folder in FILED
    return [one for one in view.message.attachments if itself and one.document_id is None]


def _body(view: MessageView) -> tuple[object, ...]:
    return view.message.message_id, view.message.text, view.formatted, view.pictures


def _picture(content: bytes) -> QImage | None:
    """As wide as the words at most; what claims to be enormous is not unpacked."""
    data = QBuffer()
    data.setData(content)
    reader = QImageReader(data)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MAX_PIXELS:
        return None
    if size.width() > PICTURE_WIDTH:
        reader.setScaledSize(size.scaled(PICTURE_WIDTH, size.height(), KEEP_RATIO))
    picture = reader.read()
    return None if picture.isNull() else picture


class AttachmentCard(QFrame):
    """Name, size and what will become of it; a click or Enter opens it."""

    KEYS = (
        ("Return", "Ouvrir la pièce jointe"),
        ("Enter", "Ouvrir la pièce jointe"),
        ("Space", "Ouvrir la pièce jointe"),
    )

    opened = Signal(str)

    def __init__(self, attachment: MailAttachment, fate: str) -> None:
        super().__init__()
        self.setObjectName("attachment")
        self._id = attachment.attachment_id
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        glyph, tone, word = TYPES.get(attachment.media_type, ("ri.file-line", "text.muted", ""))
        parts = (text.size(attachment.size), word, fate)
        words = QVBoxLayout()
        words.setSpacing(0)
        name = ElidedLabel(attachment.name, "medium", mode=Qt.TextElideMode.ElideMiddle)
        name.setMinimumWidth(200)
        words.addWidget(name)
        words.addWidget(label(" · ".join(p for p in parts if p), "small", "text.muted"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(10)
        row.addWidget(Glyph(glyph, tone, 20))
        row.addLayout(words)
        row.addWidget(Glyph("ri.eye-line", "text.muted", 18))
        self.setAccessibleName(f"Pièce jointe {attachment.name}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.opened.emit(self._id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._id)
        else:
            super().keyPressEvent(event)


class EnclosedCard(QFrame):
    """A document of the record that went along; a click or Enter opens it there."""

    KEYS = (
        ("Return", "Ouvrir le document joint"),
        ("Enter", "Ouvrir le document joint"),
        ("Space", "Ouvrir le document joint"),
    )

    opened = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("attachment")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        words = QVBoxLayout()
        words.setSpacing(0)
        name = ElidedLabel(title, "medium")
        name.setMinimumWidth(200)
        words.addWidget(name)
        words.addWidget(label("XDM et PDF · document du dossier", "small", "text.muted"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(10)
        row.addWidget(Glyph("ri.file-text-line", "accent.text", 20))
        row.addLayout(words)
        row.addWidget(Glyph("ri.folder-user-line", "text.muted", 18))
        self.setAccessibleName(f"Document joint {title}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class Initials(QWidget):
    """Two letters in a neutral disc beside the sender."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(34, 34)
        self._letters = ""

    def show_name(self, name: str) -> None:
        self._letters = text.initials(name)[:2]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().role("hover"))
        painter.drawEllipse(self.rect())
        painter.setPen(current().role("text.muted"))
        painter.setFont(font("small-strong"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._letters)


class MessagePreview(QFrame):
    """What the list's current message says; signals carry what the doctor asks."""

    attachment_asked = Signal(str, str)
    assigned = Signal(str, str)
    refused = Signal(str, str)
    undo_asked = Signal(str)
    record_asked = Signal(str, str)
    resume_asked = Signal(object)
    message_asked = Signal(str, str)
    sending_asked = Signal(str)
    receipt_answered = Signal(str, bool)
    sender_kept = Signal(str, str)
    rest_asked = Signal(str)
    replacement_accepted = Signal(str)

    def __init__(self, tasks: Tasks, find: Find) -> None:
        super().__init__()
        self.setObjectName("mailPreview")
        self.view: MessageView | None = None
        self._subject = label("", "dialog", wrap=True, selectable=True)
        self._sender = ElidedLabel("", "strong")
        self._address = ElidedLabel("", "small", "text.muted", Qt.TextElideMode.ElideMiddle)
        self._address.setObjectName("senderAddress")
        self.doubt = Notice("warn")
        self.doubt.setObjectName("senderDoubt")
        self._initials = Initials()
        self._origin = Chip("Patient", "violet", "ri.user-heart-line")
        self._recipients = ElidedLabel("", "small", "text.muted")
        self.remember = action(self, "Garder dans mes contacts", self._keep_sender, "Alt+A")
        self.remember.setEnabled(False)
        self._keep = icon_button(self.remember, "ri.user-add-line", height=24)
        self._keep.setObjectName("keepSender")
        self._date = label("", "small", "text.muted")
        self._date.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.assign = AssignPanel(tasks, find)
        self.assign.assigned.connect(self._assign)
        self.assign.refused.connect(self.refused)
        self.filed = Notice("ok")
        self._open_record = Button("Ouvrir le dossier", "quiet", "ri.folder-user-line", height=26)
        self._open_record.clicked.connect(lambda checked=False: self._ask_record())
        self._undo = Button("Désassigner", "quiet", "ri.arrow-go-back-line", height=26)
        self._undo.setObjectName("unassign")
        self._undo.clicked.connect(lambda checked=False: self._ask_undo())
        self._rest = Button("", "plain", "ri.folder-add-line", height=26)
        self._rest.setObjectName("fileRest")
        self._rest.clicked.connect(lambda checked=False: self._ask_rest())
        self._replace = Button("Remplacer l’ancien", "plain", "ri.file-transfer-line", height=26)
        self._replace.setObjectName("acceptReplacement")
        self._replace.clicked.connect(lambda checked=False: self._accept_replacement())
        for part in (self._replace, self._rest, self._open_record, self._undo):
            self.filed.add_right(part)
        self.sending = Notice("text.muted")
        self.sending.setObjectName("messageSending")
        self._resume = Button("Continuer", "primary", "ri.edit-box-line", height=26)
        self._resume.setObjectName("resumeDraft")
        self._resume.clicked.connect(lambda checked=False: self._ask_resume())
        self._follow = Button("Voir dans Envois", "plain", "ri.send-plane-line", height=26)
        self._follow.setObjectName("followSending")
        set_tip(self._follow, "Vérifier, renvoyer ou retirer cet envoi")
        self._follow.clicked.connect(lambda checked=False: self._ask_sending())
        for part in (self._resume, self._follow):
            self.sending.add_right(part)
        self.receipt = Notice("text.muted")
        self.receipt.setObjectName("receiptAsked")
        tell = Button("Envoyer l’accusé", "plain", "ri.mail-check-line", height=26)
        tell.setObjectName("sendReceipt")
        tell.clicked.connect(lambda checked=False: self._answer_receipt(yes=True))
        keep = Button("Ne pas répondre", "quiet", height=26)
        keep.setObjectName("declineReceipt")
        keep.clicked.connect(lambda checked=False: self._answer_receipt(yes=False))
        for part in (tell, keep):
            self.receipt.add_right(part)
        self.unreadable = UnreadablePanel()
        self.unreadable.assign_asked.connect(self._ask_assign)
        self.details = Details()
        self._illegible = Chip("Illisible", "danger", "ri.file-warning-fill")
        self.faults = Notice("warn")
        self._cards = FlowLayout(spacing=8)
        self._attachments = QWidget()
        self._attachments.setLayout(self._cards)
        self.exchange = MessageLines(lambda n: f"Échange de {n + 1} messages")
        self.exchange.asked.connect(self.message_asked)
        self._marks = ""
        self.text = QTextBrowser()
        self.text.setObjectName("messageText")
        self.text.setAccessibleName("Texte du message")
        self.text.setOpenLinks(False)
        self.text.setFont(font("base"))
        self.text.document().setDocumentMargin(0)
        self.text.viewport().setAutoFillBackground(False)
        current().changed.connect(self._write)
        self._empty = EmptyState("ri.mail-open-line", "Aucun message choisi", "↑ ↓ pour choisir")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._inside())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def show_message(self, view: MessageView | None) -> None:
        before, self.view = self.view, view
        self._stack.setCurrentIndex(0 if view is None else 1)
        if view is None:
            self.assign.forget()
        elif view != before:
            with together(self):
                self._fill(view)
            if before is None or _body(before) != _body(view):
                self._write()  # else what is read would jump back to its top

    def _fill(self, view: MessageView) -> None:
        message = view.message
        self._subject.setText(message.subject)
        sender = message.sender
        self._sender.set_text(sender)
        self._initials.show_name(sender)
        self._show_address(view)
        matricule = matricule_of(message.sender_address)
        self._origin.setVisible(is_citizen(message.sender_address))
        ins = f" · INS {spaced(matricule)}" if matricule else ""
        self._origin.set("Patient", "violet", "ri.user-heart-line", f"Mon espace santé{ins}")
        self._keep.setVisible(view.stranger)
        self.remember.setEnabled(view.stranger)
        self._recipients.set_text(
            "à " + ", ".join(message.recipients) if message.recipients else ""
        )
        # On two lines: one would widen the window.
        self._date.setText(text.came(message).replace(" · ", "\n"))
        to_assign = view.patient is None and message.folder in FILED
        self._show_unreadable(view)
        self.assign.setVisible(to_assign and view.kept is None)
        if to_assign:
            self.assign.show_message(view)
        else:
            self.assign.forget()
        self.filed.setVisible(view.patient is not None and message.folder is not Folder.DRAFTS)
        if view.patient is not None:
            why = assigned_words(message) or "envoyé depuis ce dossier"
            self.filed.set("ok", f"Dossier de {view.patient.name}", text.capital(why))
            self._undo.setVisible(message.folder in FILED)
            waiting = len(_waiting(view))
            pieces = "la pièce jointe" if waiting == 1 else f"{waiting} pièces"
            self._rest.setText(f"Classer aussi {pieces}")
            self._rest.setVisible(waiting > 0)
            self._replace.setVisible(CONTESTED in message.faults)
        self._show_sending(view)
        self.faults.setVisible(bool(message.faults) and view.kept is None)
        if message.faults:
            more = len(message.faults) - TOLD_FAULTS
            rest = (*message.faults[1:TOLD_FAULTS], *((f"et {more} autres",) if more > 0 else ()))
            self.faults.set("warn", message.faults[0], " · ".join(rest))
        self._show_receipt(view)
        self._show_attachments(view)
        self.exchange.show_messages(view.exchange)

    def _show_address(self, view: MessageView) -> None:
        """Beside the name, which anybody may write; who has no name shows it already."""
        message = view.message
        shown = "" if message.sender == message.sender_address else message.sender_address
        if not message.sender_address and message.sender_name:
            shown = "adresse illisible"
        self._address.set_text(shown)
        # However long the name, the address is there.
        self._address.setMinimumWidth(min(self._address.sizeHint().width(), ADDRESS_WIDTH))
        self._address.setVisible(bool(shown))
        self.doubt.setVisible(bool(view.doubt))
        if view.doubt:
            advice = "Vérifiez qui écrit avant de répondre."
            self.doubt.set("warn", text.french(view.doubt), text.french(advice))

    def _show_unreadable(self, view: MessageView) -> None:
        """Why it was not read whole stands above; to assign it all the same is asked for."""
        kept, unreadable = view.kept, view.message.unreadable
        for part in (self.unreadable, self._illegible):
            part.setVisible(kept is not None)
        self.details.show_words(unreadable_words.details(unreadable) if unreadable else "")
        if kept is not None:
            self.unreadable.show_message(view.message, kept)

    def _ask_assign(self) -> None:
        if self.view is not None and self.view.patient is None:
            self.assign.setVisible(True)
            self.assign.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def mark(self, words: str) -> None:
        """Show where the words of a search stand; none: nothing is marked."""
        if words != self._marks:
            self._marks = words
            self._mark()

    def _mark(self) -> None:
        theme = current()
        places = []
        for start, length in matches(self.text.toPlainText(), self._marks):
            place = QTextEdit.ExtraSelection()
            place.cursor = self.text.textCursor()
            place.cursor.setPosition(start)
            place.cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            place.format.setBackground(theme.role("warn.soft"))
            places.append(place)
        self.text.setExtraSelections(places)

    def _show_sending(self, view: MessageView) -> None:
        """A draft may be continued; what leaves says how far it is."""
        draft = view.message.folder is Folder.DRAFTS
        self.sending.setVisible(draft or view.delivery is not None)
        self._resume.setVisible(draft)
        self._follow.setVisible(not draft and view.delivery is not None)
        if draft:
            self.sending.set("accent.text", "Brouillon", "Gardé tel qu’il a été tapé.")
        elif view.delivery is not None:
            delivery = view.delivery
            sign = sending(delivery.state, delivery.fate)
            told = [words for _, words in delivery.steps if not words.startswith("Accusé ")]
            last = delivery.reason or text.french(" · ".join(told[-3:]))
            self.sending.set(sign.role, delivery.words, last, sign.glyph)

    def _ask_resume(self) -> None:
        if self.view is not None:
            self.resume_asked.emit(self.view.message)

    def _ask_sending(self) -> None:
        if self.view is not None and self.view.delivery is not None:
            self.sending_asked.emit(self.view.delivery.share_id)

    def _show_receipt(self, view: MessageView) -> None:
        """Asked, and not answered by itself."""
        asked = view.receipt
        self.receipt.setVisible(asked is not None and not asked.by_itself)
        if asked is None:
            return
        where = f"Il irait à une autre adresse : {asked.to}" if asked.elsewhere else ""
        tone = "warn" if asked.elsewhere else "text.muted"
        self.receipt.set(tone, "Accusé de lecture demandé", where, "ri.mail-check-line")

    def _inside(self) -> QWidget:
        page = QWidget()
        head = QWidget()
        top = QVBoxLayout(head)
        top.setContentsMargins(20, 14, 16, 10)
        top.setSpacing(8)
        title = QHBoxLayout()
        title.addWidget(self._subject, 1)
        title.addWidget(self._illegible, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(title)
        people = QVBoxLayout()
        people.setSpacing(1)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._sender)
        line.addWidget(self._address)
        line.addWidget(self._keep)
        line.addStretch(1)
        people.addLayout(line)
        people.addWidget(self._recipients)
        names = QHBoxLayout()
        names.setSpacing(10)
        names.addWidget(self._initials)
        names.addLayout(people, 1)
        names.addWidget(self._origin)
        names.addWidget(self._date)
        top.addLayout(names)
        room = QWidget()
        inner = QVBoxLayout(room)
        inner.setContentsMargins(20, 12, 16, 12)
        inner.setSpacing(12)
        for part in (self.filed, self.sending, self.receipt, self.faults, self._attachments):
            inner.addWidget(part)
        inner.addWidget(self.text, 1)
        inner.addWidget(self.details)
        inner.addWidget(self.exchange)
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(self.doubt)
        whole.addWidget(self.unreadable)
        whole.addWidget(self.assign)
        whole.addWidget(room, 1)
        return page

    def _show_attachments(self, view: MessageView) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        message = view.message
        for paper in view.enclosed:
            enclosed = EnclosedCard(paper.title)
            enclosed.opened.connect(partial(self._ask_document, paper.document_id))
            self._cards.addWidget(enclosed)
            enclosed.show()
        for attachment in message.attachments:
            card = AttachmentCard(attachment, _fate(view, attachment))
            card.opened.connect(
                lambda key, message_id=message.message_id: self.attachment_asked.emit(
                    message_id, key
                )
            )
            self._cards.addWidget(card)
            card.show()
        self._attachments.setVisible(bool(message.attachments or view.enclosed))

    def _write(self) -> None:
        if self.view is None:
            return
        role = current().palette["text"]
        words = self.view.formatted or text.as_written(self.view.message.text)
        words = words.replace("<table", APART)
        paper = self.text.document()
        paper.clear()
        for name, content in self.view.pictures.items():
            picture = _picture(content)
            if picture is not None:
                kind = QTextDocument.ResourceType.ImageResource
                paper.addResource(kind, QUrl(f"cid:{name}"), picture)
        self.text.setHtml(f'<div style="color:{role}; line-height:150%">{words}</div>')
        self._mark()

    def _assign(self, patient_id: str) -> None:
        if self.view is not None:
            self.assigned.emit(self.view.message.message_id, patient_id)

    def _keep_sender(self) -> None:
        if self.view is not None and self.view.stranger:
            message = self.view.message
            self.sender_kept.emit(message.sender_address, message.sender_name)

    def _answer_receipt(self, *, yes: bool) -> None:
        if self.view is not None:
            self.receipt_answered.emit(self.view.message.message_id, yes)

    def _ask_undo(self) -> None:
        if self.view is not None:
            self.undo_asked.emit(self.view.message.message_id)

    def _accept_replacement(self) -> None:
        if self.view is not None:
            self.replacement_accepted.emit(self.view.message.message_id)

    def _ask_rest(self) -> None:
        if self.view is not None:
            self.rest_asked.emit(self.view.message.message_id)

    def _ask_record(self) -> None:
        self._ask_document("")

    def _ask_document(self, document_id: str) -> None:
        if self.view is not None and self.view.patient is not None:
            self.record_asked.emit(self.view.patient.patient_id, document_id)
