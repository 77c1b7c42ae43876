"""What is done about a message that could not be read: ask once more, export, read again."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lgc.desktop import system_dialogs, text
from lgc.desktop.mailbox.composing import Composing
from lgc.desktop.mailbox.preview import MessagePreview
from lgc.desktop.main_window import MainWindow
from lgc.domain.messages import Message
from lgc.files import save_copy
from lgc.services.desk import Desk

FILES = "Message (*.eml)"
STILL = "Ce message reste illisible. Il sera relu à la prochaine mise à jour de lgc."


class Rescuing(QObject):
    """``again`` asks for list and message afresh, ``changed`` for the list alone."""

    again = Signal(str)
    changed = Signal()

    def __init__(
        self,
        page: QWidget,
        window: MainWindow,
        desk: Desk,
        preview: MessagePreview,
        composing: Composing,
    ) -> None:
        super().__init__(page)
        self._page, self._window, self._desk = page, window, desk
        self._preview, self._composing = preview, composing
        panel = preview.unreadable
        panel.again_asked.connect(self._ask_again)
        panel.export_asked.connect(self._choose_file)
        panel.reread_asked.connect(self._reread)

    def export(self, message_id: str, file: Path) -> None:
        """Write the original where the doctor chose."""

        def work() -> None:
            save_copy(file, self._desk.mail.original(message_id))

        def done(nothing: None) -> None:
            self._window.messages.toast(text.french(f"Original exporté : {file.name}"))
            self.changed.emit()

        self._window.tasks.run(work, owner=self, done=done)

    def _message(self) -> Message | None:
        view = self._preview.view
        unreadable = view is not None and view.message.unreadable is not None
        return view.message if view is not None and unreadable else None

    def _ask_again(self) -> None:
        message = self._message()
        if message is not None:
            self._composing.ask_again(message)
            self.changed.emit()

    def _choose_file(self) -> None:
        message = self._message()
        if message is None:
            return
        proposed = str(Path.home() / f"message-{message.came_at:%Y-%m-%d-%H%M}.eml")
        export = partial(self.export, message.message_id)
        system_dialogs.ask_save(self._page, "Exporter l’original", proposed, export, FILES)

    def _reread(self) -> None:
        message = self._message()
        if message is None:
            return
        message_id = message.message_id

        def told(read: bool) -> None:
            if read:
                self._window.messages.toast("Message relu : il est maintenant lisible")
            else:
                self._window.messages.toast(STILL, glyph="ri.file-warning-line")
            self.again.emit(message_id)

        self._window.tasks.run(
            partial(self._desk.filing.read_again, message_id),
            owner=self,
            done=told,
        )
