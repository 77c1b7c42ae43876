"""The chosen messages put away, thrown away, arranged, left unread; one click puts them back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from lgc.desktop import text
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.tables import Table
from lgc.desktop.mailbox.folder_list import FolderList, place_words
from lgc.desktop.mailbox.message_table import Row
from lgc.desktop.mailbox.own_folders import OwnFolders
from lgc.desktop.main_window import MainWindow
from lgc.domain.messages import Folder, Message
from lgc.errors import UserFacingError
from lgc.services.mail import Mail
from lgc.services.views import MessageLine

ARCHIVED, DELETED = ("archivé", "archivés"), ("supprimé", "supprimés")
BACK = ("remis à sa place", "remis à leur place")


class Moving(QObject):
    """``next_wanted`` names the message to show when the list changed."""

    next_wanted = Signal(str)
    changed = Signal()

    def __init__(
        self,
        page: QWidget,
        window: MainWindow,
        mail: Mail,
        table: Table[Row],
        folders: FolderList,
        own: OwnFolders,
    ) -> None:
        super().__init__(page)
        self._page, self._window, self._mail = page, window, mail
        self._table, self._folders, self._own = table, folders, own

    def archive(self) -> None:
        self._move(Folder.ARCHIVES, ARCHIVED)

    def delete(self) -> None:
        """A draft is thrown away for good only from where it is written."""
        self._move(Folder.DELETED, DELETED)

    def mark_unread(self) -> None:
        ids = [one.message_id for one in self._chosen()]

        def mark() -> None:
            for one in ids:
                self._mail.mark_read(one, False)

        self._window.tasks.run(mark, owner=self, done=lambda nothing: self.changed.emit())

    def arrange(self, at: QPoint) -> None:
        """A small menu, at this place of the screen, of where a message may be put."""
        row = self._table.current()
        if not isinstance(row, MessageLine) or row.message.folder in (Folder.DRAFTS, Folder.OUTBOX):
            return
        menu = QMenu(self._page)
        menu.setObjectName("arrangeMenu")
        seen = self._chosen()  # the list may move under the menu
        if row.message.folder is not Folder.INBOX:
            # What was never sent has no Message-ID: it goes back to be written.
            unsent = not row.message.rfc_message_id
            back = Folder.DRAFTS if unsent else Folder.INBOX
            menu.addAction(place_words(back.value), partial(self._move, back, BACK, "", seen))
        for name in self._folders.names():
            if (row.message.folder, row.message.own_folder) != (Folder.OWN, name):
                menu.addAction(name, partial(self._put_in, seen, name))
        menu.addSeparator()
        put = partial(self._put_in, seen)
        menu.addAction("Nouveau dossier…", lambda: self._own.make(put))
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, at)

    def _put_in(self, seen: list[Message], name: str) -> None:
        self._move(Folder.OWN, (f"rangé dans « {name} »", f"rangés dans « {name} »"), name, seen)

    def _move(
        self,
        folder: Folder,
        words: tuple[str, str],
        own_folder: str = "",
        seen: list[Message] | None = None,
    ) -> None:
        """Those ``seen``, else every chosen message; ``words`` say it of one and of several."""
        chosen = self._chosen() if seen is None else seen
        ids = self._movable(folder, chosen)
        there = {one.message_id: (one.folder, one.own_folder) for one in chosen}
        if not ids:
            return
        self.next_wanted.emit(self._neighbour(ids))

        def work() -> tuple[list[tuple[str, Folder, str]], UserFacingError | None]:
            before: list[tuple[str, Folder, str]] = []
            changed = None
            for one in ids:  # what changed meanwhile stays where it is, the others go
                try:
                    before.append((one, *self._mail.move(one, folder, own_folder, there[one])))
                except UserFacingError as error:
                    changed = error
            return before, changed

        def moved(answer: tuple[list[tuple[str, Folder, str]], UserFacingError | None]) -> None:
            before, changed = answer
            if changed is not None:
                self._window.messages.show(changed, self._page)
            self.changed.emit()
            if not before:
                return
            said = f"Message {words[0]}"
            if len(before) > 1:
                said = f"{len(before)}{text.NB}messages {words[1]}"
            self._window.messages.toast(said, undo=lambda: self._put_back(before))

        self._window.tasks.run(work, owner=self, done=moved)

    def _put_back(self, before: list[tuple[str, Folder, str]]) -> None:
        self.next_wanted.emit(before[0][0])
        self._window.tasks.run(
            lambda: [self._mail.move(one, folder, own) for one, folder, own in before],
            owner=self,
            done=lambda was: self.changed.emit(),
        )

    def _chosen(self) -> list[Message]:
        return [row.message for row in self._table.selected() if isinstance(row, MessageLine)]

    def _movable(self, folder: Folder, chosen: list[Message]) -> list[str]:
        """What is leaving stays until it left; what is being written goes to the deleted only."""
        fixed = {Folder.OUTBOX} if folder is Folder.DELETED else {Folder.OUTBOX, Folder.DRAFTS}
        ids = [one.message_id for one in chosen if one.folder not in fixed]
        if chosen and not ids and chosen[0].folder is Folder.OUTBOX:
            self._window.messages.toast(
                "Ce message part : il se retire dans « Envois ».", glyph="ri.send-plane-line"
            )
        return ids

    def _neighbour(self, ids: list[str]) -> str:
        """The message below those that go, else the one above them."""
        lines = (row for row in self._table.rows() if isinstance(row, MessageLine))
        rows = [row.message.message_id for row in lines]
        places = [place for place, one in enumerate(rows) if one in ids]
        below = rows[places[-1] + 1 :] if places else []
        above = rows[: places[0]] if places else []
        return below[0] if below else above[-1] if above else ""
