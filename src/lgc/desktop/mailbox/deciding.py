"""What the doctor decides about the message in view: its record, its sender, its receipt."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from lgc.desktop import text
from lgc.desktop.mailbox.preview import MessagePreview
from lgc.desktop.main_window import MainWindow
from lgc.domain.contacts import Contact
from lgc.domain.receipts import CODES
from lgc.services.desk import Desk


class Deciding(QObject):
    """``again`` asks for list and message afresh, ``look_asked`` for the message in view."""

    again = Signal(str)
    look_asked = Signal()
    changed = Signal()

    def __init__(
        self, parent: QObject, window: MainWindow, desk: Desk, preview: MessagePreview
    ) -> None:
        super().__init__(parent)
        self._window, self._desk, self._preview = window, desk, preview
        preview.assigned.connect(self._assign)
        preview.refused.connect(self._refuse)
        preview.receipt_answered.connect(self._answer_receipt)
        preview.sender_kept.connect(self._keep_sender)
        preview.undo_asked.connect(self._undo)
        preview.rest_asked.connect(self._file_rest)
        preview.replacement_accepted.connect(self._replace)

    def _assign(self, message_id: str, patient_id: str) -> None:
        chosen = self._preview.assign.chosen
        name = chosen.name if chosen is not None else "ce patient"
        self._window.tasks.run(
            partial(self._desk.filing.assign, message_id, patient_id),
            owner=self,
            done=lambda filed: self._assigned(message_id, name, filed),
        )

    def _assigned(self, message_id: str, name: str, filed: int) -> None:
        pieces = "1 pièce classée" if filed == 1 else f"{filed} pièces classées"
        words = f"Message assigné à {name}, {pieces}" if filed else f"Message assigné à {name}"
        self._window.messages.toast(words, undo=lambda: self._undo(message_id))
        self.again.emit(message_id)

    def _replace(self, message_id: str) -> None:
        def told(hidden: int) -> None:
            words = "L’ancien document est remplacé" if hidden else "Rien à remplacer ici"
            self._window.messages.toast(words)
            self.again.emit(message_id)

        self._window.tasks.run(
            partial(self._desk.filing.accept_replacement, message_id), owner=self, done=told
        )

    def _file_rest(self, message_id: str) -> None:
        def told(filed: int) -> None:
            pieces = "1 pièce classée" if filed == 1 else f"{filed} pièces classées"
            self._window.messages.toast(pieces, undo=lambda: self._undo(message_id))
            self.again.emit(message_id)

        self._window.tasks.run(
            partial(self._desk.filing.file_rest, message_id), owner=self, done=told
        )

    def _undo(self, message_id: str) -> None:
        self._window.tasks.run(
            partial(self._desk.filing.undo, message_id),
            owner=self,
            done=lambda nothing: self.again.emit(message_id),
        )

    def _refuse(self, message_id: str, code: str) -> None:
        def told(nothing: None) -> None:
            self._window.messages.toast(
                f"Refus envoyé à l’expéditeur : {CODES[code]}", glyph="ri.mail-forbid-line"
            )
            self.changed.emit()

        self._window.tasks.run(
            partial(self._desk.filing.refuse, message_id, code),
            owner=self,
            done=told,
        )

    def _keep_sender(self, address: str, name: str) -> None:
        contacts = self._desk.contacts

        def forget() -> None:
            self._window.tasks.run(
                partial(contacts.remove, address),
                owner=self,
                done=lambda nothing: self.look_asked.emit(),
            )

        def kept(contact: Contact) -> None:
            said = text.french(f"« {contact.name} » ajouté aux contacts")
            self._window.messages.toast(said, undo=forget)
            self.look_asked.emit()

        self._window.tasks.run(
            partial(contacts.keep_sender, address, name),
            owner=self,
            done=kept,
        )

    def _answer_receipt(self, message_id: str, yes: bool) -> None:
        receipts = self._desk.receipts

        def again() -> None:
            self._window.tasks.run(
                partial(receipts.reopen, message_id),
                owner=self,
                done=lambda nothing: self.look_asked.emit(),
            )

        def told(nothing: None) -> None:
            if yes:
                self._window.messages.toast("Accusé de lecture envoyé", glyph="ri.mail-check-line")
            else:
                self._window.messages.toast("Aucun accusé ne sera envoyé", undo=again)
            self.look_asked.emit()

        self._window.tasks.run(
            partial(receipts.send if yes else receipts.decline, message_id),
            owner=self,
            done=told,
        )
