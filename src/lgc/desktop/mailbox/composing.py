"""A message written beside the list: begun, answered, forwarded, kept, gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from lgc.desktop.mailbox.write_view import WriteView
from lgc.desktop.main_window import MainWindow
from lgc.desktop.tasks import Task
from lgc.domain.messages import Folder, Message
from lgc.domain.professionals import Correspondent
from lgc.services.desk import Desk
from lgc.services.writing import DraftView, Thrown

LINGER_MS = 3000


class Composing(QObject):
    """Shows one ``write`` at a time in the stack, whose first page comes back after it.

    ``left`` says that nothing is written any more; ``sent`` or ``closed`` follows it.
    """

    left = Signal()
    sent = Signal()
    closed = Signal()

    def __init__(
        self, parent: QObject, window: MainWindow, desk: Desk, stack: QStackedWidget
    ) -> None:
        super().__init__(parent)
        self._window, self._desk, self._stack = window, desk, stack
        self.write: WriteView | None = None
        self._opening: Task | None = None

    def new(self) -> None:
        self._start(self._desk.writing.new, "Nouveau message")

    def write_to(self, person: Correspondent) -> None:
        """A new message to this person."""
        self._start(partial(self._desk.writing.new, None, (person,)), "Nouveau message")

    def write_about(self, patient_id: str, document_ids: Sequence[str] = ()) -> None:
        """A new message about a patient, with these documents of her record."""
        writing = self._desk.writing

        def prepared() -> DraftView:
            view = writing.new(patient_id)
            for document_id in document_ids:
                view = writing.attach_document(view.draft, document_id)
            return view

        self._start(prepared, "Nouveau message")

    def warn_of_annulment(self, document_id: str) -> None:
        """A message to those who have a document that its author annulled."""

        def prepared() -> DraftView:
            warning = self._desk.annulling.warning(document_id)
            return self._desk.writing.about_annulment(*warning)

        self._start(prepared, "Nouveau message")

    def reply(self, message: Message) -> None:
        self._answer(message, self._desk.writing.reply, "Réponse")

    def reply_all(self, message: Message) -> None:
        work = partial(self._desk.writing.reply, everybody=True)
        self._answer(message, work, "Réponse à tous")

    def forward(self, message: Message) -> None:
        self._answer(message, self._desk.writing.forward, "Transfert")

    def ask_again(self, message: Message) -> None:
        """Please send once more what came damaged."""
        self._start(partial(self._desk.writing.ask_again, message.message_id), "Nouvel envoi")

    def resume(self, message: Message) -> None:
        """Go on with a draft."""
        self._start(partial(self._desk.writing.open, message.message_id), "Brouillon")

    def show_message(self) -> None:
        """Back to what is read, unless something is being written."""
        if self.write is None:
            self._stack.setCurrentIndex(0)

    def _answer(self, message: Message, start: Callable[[str], DraftView], title: str) -> None:
        if message.folder is Folder.DRAFTS:
            self.resume(message)
        else:
            self._start(partial(start, message.message_id), title)

    def _start(self, work: Callable[[], DraftView], title: str) -> None:
        if self.write is not None:
            self.write.close_view()
        if self._opening is not None:
            self._opening.cancel()  # asked for one, then for another: the last one is meant
        self._opening = self._window.tasks.run(
            work, owner=self, done=lambda view: self._open(view, title)
        )

    def _open(self, view: DraftView, title: str) -> None:
        self._opening = None
        made = WriteView(view, title, self._desk, self._window.tasks, self._window.messages.show)
        made.sent.connect(self._sent)
        made.closed.connect(self._closed)
        made.thrown.connect(self._thrown)
        self.write = made
        self._stack.addWidget(made)
        self._stack.setCurrentWidget(made)
        made.start()
        if view.begun_before:
            words = "Vous retrouvez le brouillon déjà commencé"
            self._window.messages.toast(words, glyph="ri.edit-2-line")

    def _sent(self, share_id: str) -> None:
        self._leave()
        self._window.messages.toast("Le message part en arrière-plan", glyph="ri.send-plane-line")
        self.sent.emit()

    def _closed(self, kept: bool) -> None:
        self._leave()
        if kept:
            self._window.messages.toast("Brouillon gardé", glyph="ri.draft-line")
        self.closed.emit()

    def _thrown(self, thrown: Thrown) -> None:
        self._window.messages.toast(
            "Brouillon jeté", partial(self._bring_back, thrown), glyph="ri.delete-bin-6-line"
        )

    def _bring_back(self, thrown: Thrown) -> None:
        self._window.tasks.run(
            partial(self._desk.writing.bring_back, thrown),
            owner=self,
            done=lambda nothing: self.closed.emit(),
        )

    def _leave(self) -> None:
        written, self.write = self.write, None
        self._stack.setCurrentIndex(0)
        self.left.emit()
        if written is not None:
            written.hide()
            # Its last words are being stored.
            QTimer.singleShot(LINGER_MS, written, written.deleteLater)
