"""« Annuaire MSSanté »: the public extraction, and the key of the directory online."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop import system_dialogs, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import label
from lgc.desktop.components.panel import Panel
from lgc.desktop.main_window import MainWindow
from lgc.desktop.settings.load_row import LoadRow
from lgc.desktop.tasks import Cancel, Task
from lgc.domain.directory import HeldDirectory
from lgc.errors import UserFacingError
from lgc.services.desk import Desk

TITLE = "Annuaire MSSanté"
NOTHING = "Rien de chargé. Fichier public « Extraction_Correspondance_MSSante », texte ou archive."
KEY_HELP = "Donnée par le portail de l’annuaire santé ; gardée chiffrée avec les dossiers."
FILES = "Extraction (*.txt *.zip);;Tous les fichiers (*)"


class DirectoryPanel(Panel):
    """Read when the page is shown; a file that is refused leaves everything as it was."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(TITLE)
        self._window, self._desk = window, desk
        self._task: Task | None = None
        self._held: HeldDirectory | None = None
        self.row = LoadRow("Extraction publique", NOTHING)
        self.row.load_asked.connect(self._choose)
        self.row.forget_asked.connect(self._forget)
        self.row.cancel_asked.connect(self._cancel)
        self.add(self.row)
        self.add(self._key_row())

    def words(self) -> str:
        """What a search looks through."""
        return f"{TITLE} {NOTHING} {KEY_HELP}"

    def refresh(self) -> None:
        self._window.tasks.run(self._desk.directory.held, owner=self, done=self._show)
        self._window.tasks.run(self._desk.directory.has_key, owner=self, done=self._show_key)

    def bring(self, file: Path) -> None:
        """Load a file; « Annuler » stops and keeps what was there."""
        token = Cancel()
        self.row.show_loading(True)
        self._task = self._window.tasks.run(
            partial(self._desk.directory.bring, file, self.row.progressed.emit, token.check),
            owner=self,
            done=self._brought,
            failed=self._refused,
            cancel=token,
        )

    def _key_row(self) -> QWidget:
        """What is given is never shown again."""
        self.key = QLineEdit()
        self.key.setObjectName("directoryKey")
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setFixedSize(320, 32)
        self.key.setAccessibleName("Clé de l’annuaire en ligne")
        self.key.returnPressed.connect(self._give_key)
        keep = Button("Garder", "plain", height=32)
        keep.setObjectName("keepDirectoryKey")
        keep.clicked.connect(lambda checked=False: self._give_key())
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(14, 8, 14, 12)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label("Clé de l’annuaire en ligne", "medium"))
        words.addWidget(label(KEY_HELP, "small", "text.muted", wrap=True))
        line.addLayout(words, 1)
        line.addWidget(self.key)
        line.addWidget(keep)
        return row

    def _give_key(self) -> None:
        def given(nothing: None) -> None:
            self.key.clear()
            self._window.messages.toast("Clé de l’annuaire gardée")
            self.refresh()

        work = partial(self._desk.directory.give_key, self.key.text())
        self._window.tasks.run(work, owner=self, done=given)

    def _show_key(self, known: bool) -> None:
        self.key.setPlaceholderText("Clé enregistrée" if known else "Aucune clé")

    def _choose(self) -> None:
        system_dialogs.ask_file(self, TITLE, str(Path.home()), self.bring, FILES)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.row.show_loading(False)
        self._window.messages.toast("Chargement annulé : rien n’a changé")

    def _brought(self, held: HeldDirectory) -> None:
        self.row.show_loading(False)
        self._show(held)
        said = f"Annuaire : {text.number(held.count)} adresses chargées"
        said += text.left_out(held.left_out)
        self._window.messages.toast(text.french(said))

    def _refused(self, error: Exception) -> None:
        self.row.show_loading(False)
        if isinstance(error, UserFacingError):
            self.row.show_refused(f"{error.sentence} {error.advice}".strip())
        self._window.messages.show(error, self)

    def _forget(self) -> None:
        self._window.tasks.run(
            partial(self._desk.directory.forget, self._held),
            owner=self,
            done=lambda nothing: self.refresh(),
        )

    def _show(self, held: HeldDirectory | None) -> None:
        self._held = held
        if held is None:
            self.row.show_held("")
            return
        day = text.date(text.local(held.imported_at))
        self.row.show_held(f"{text.number(held.count)} adresses · {held.file} · chargé le {day}")
