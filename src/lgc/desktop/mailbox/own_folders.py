"""The doctor's own folders on screen: made, renamed, taken away, each taken back in one click."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lgc.desktop.mailbox.folder_dialog import FolderDialog
from lgc.desktop.mailbox.folder_list import OWN, FolderList
from lgc.desktop.main_window import MainWindow
from lgc.errors import UserFacingError
from lgc.services.mail_folders import MailFolders


class OwnFolders(QObject):
    """``go_asked`` names the folder to show, ``changed`` asks for the list afresh."""

    go_asked = Signal(str)
    changed = Signal()

    def __init__(
        self, page: QWidget, window: MainWindow, service: MailFolders, shown: FolderList
    ) -> None:
        super().__init__(page)
        self._page, self._window, self._service, self._shown = page, window, service, shown
        shown.make_asked.connect(lambda: self.make())
        shown.rename_asked.connect(self._rename)
        shown.remove_asked.connect(self._remove)

    def make(self, then: Callable[[str], None] | None = None) -> None:
        """Ask for a name; ``then`` gets it instead of the folder being shown."""

        def made(name: str) -> None:
            if then is not None:
                then(name)
            else:
                self.go_asked.emit(f"{OWN}{name}")
            self.changed.emit()

        self._name("Nouveau dossier", "Créer", "", self._service.make, made)

    def _rename(self, name: str) -> None:
        def renamed(new: str) -> None:
            self.go_asked.emit(f"{OWN}{new}")

        work = partial(self._service.rename, name)
        self._name("Renommer le dossier", "Renommer", name, work, renamed)

    def _name(
        self,
        title: str,
        verb: str,
        name: str,
        work: Callable[[str], str],
        done: Callable[[str], None],
    ) -> None:
        def answer(typed: str) -> None:
            def named(kept: str) -> None:
                dialog.saved()
                dialog.dismiss()
                self._window.tasks.run(self._service.names, owner=self, done=partial(after, kept))

            def after(kept: str, folders: tuple[tuple[str, int], ...]) -> None:
                self._shown.show_own(folders)
                done(kept)

            self._window.tasks.run(partial(work, typed), owner=dialog, done=named, failed=refused)

        def refused(error: Exception) -> None:
            if isinstance(error, UserFacingError):
                dialog.refuse(" ".join(part for part in (error.sentence, error.advice) if part))
            else:
                self._window.messages.show(error, dialog)

        dialog = FolderDialog(self._window, title, verb, name, answer)
        dialog.open(dialog.name)

    def _remove(self, name: str) -> None:
        def again() -> None:
            self._window.tasks.run(
                partial(self._service.make, name),
                owner=self,
                done=lambda kept: self.changed.emit(),
            )

        def removed(nothing: None) -> None:
            self._window.messages.toast(f"Dossier « {name} » supprimé", undo=again)
            self.changed.emit()

        self._window.tasks.run(
            partial(self._service.remove, name),
            owner=self,
            done=removed,
            about=f"Dossier « {name} »",
        )
