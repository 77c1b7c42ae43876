"""The agenda to an iCalendar file and back: names leave only on demand, changes are seen first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from lgc.desktop import system_dialogs, text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.main_window import MainWindow
from lgc.errors import UserFacingError
from lgc.files import save_copy
from lgc.services.desk import Desk
from lgc.services.exchanging_calendar import CalendarPreview

FILES = "Calendriers (*.ics);;Tous les fichiers (*)"
WIDTH = 480
INITIALS, NAMES = "initials", "names"
COUNTS = (
    ("added", "ajouté", "ajoutés"),
    ("changed", "modifié", "modifiés"),
    ("removed", "annulé", "annulés"),
    ("same", "inchangé", "inchangés"),
    ("skipped", "laissé de côté", "laissés de côté"),
)


class ExportDialog(Dialog):
    """``asked`` carries whether names may leave."""

    asked = Signal(bool)

    def __init__(self, parent: QWidget, period: str) -> None:
        super().__init__(
            parent, "Exporter l’agenda", glyph="ri.download-2-line", subtitle=period, width=WIDTH
        )
        self.setObjectName("calendarExport")
        self.names = Segmented(
            ((INITIALS, "Initiales"), (NAMES, "Noms complets")), name="Noms", height=30
        )
        self.body.addWidget(self.names)
        said = (
            "Le fichier quitte le logiciel : il n’est pas chiffré. Avec les initiales, ni nom, "
            "ni motif, ni adresse n’en sort."
        )
        self.body.addWidget(label(said, "base", "text.muted", wrap=True))
        self.add_cancel()
        go = action(self, "Choisir le fichier…", self._go, "Ctrl+Return")
        self.add_button(Button(action=go, look="primary", height=32))

    def _go(self) -> None:
        self.dismiss()
        self.asked.emit(self.names.value() == NAMES)


class ImportDialog(Dialog):
    """What a file would change; ``accepted`` to do it."""

    accepted = Signal()

    def __init__(self, parent: QWidget, file: str, preview: CalendarPreview) -> None:
        super().__init__(
            parent, "Importer un calendrier", glyph="ri.upload-2-line", subtitle=file, width=WIDTH
        )
        self.setObjectName("calendarImport")
        for field, one, several in COUNTS:
            number = getattr(preview, field)
            if number:
                self.body.addWidget(label(text.count(number, one, several), "medium"))
        if preview.empty:
            self.body.addWidget(label("L’agenda n’a rien à y prendre.", "base", "text.muted"))
        said = "Ce qui vient d’un autre calendrier devient un temps indisponible."
        self.body.addWidget(label(said, "small", "text.muted", wrap=True))
        self.add_cancel("Fermer" if preview.empty else "Annuler")
        if not preview.empty:
            go = action(self, "Importer", self._go, "Ctrl+Return")
            self.add_button(Button(action=go, look="primary", height=32))

    def _go(self) -> None:
        self.dismiss()
        self.accepted.emit()


class CalendarFiles:
    """The button « iCalendar » and what it does."""

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        period: Callable[[], tuple[dt.date, int]],
        reload: Callable[[], None],
    ) -> None:
        self._window, self._desk, self._period, self._reload = window, desk, period, reload
        self.button = Button("iCalendar", "plain", "ri.download-2-line")
        self.button.clicked.connect(self._menu)

    def _menu(self) -> None:
        menu = QMenu(self.button)
        menu.addAction("Exporter la période…", self.ask_export)
        menu.addAction("Importer un fichier…", self._choose)
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, self.button.mapToGlobal(QPoint(0, self.button.height() + 4)))

    def ask_export(self) -> None:
        """What may leave, then where."""
        first, days = self._period()
        last = first + dt.timedelta(days=days - 1)
        dialog = ExportDialog(self._window, f"du {text.date(first)} au {text.date(last)}")
        dialog.asked.connect(self._choose_place)
        dialog.open(dialog.names)

    def _choose_place(self, names: bool) -> None:
        first, _ = self._period()
        proposed = str(Path.home() / f"agenda-{first:%Y-%m-%d}.ics")
        system_dialogs.ask_save(
            self.button, "Exporter l’agenda", proposed, partial(self.export, names=names), FILES
        )

    def export(self, file: Path, *, names: bool) -> None:
        """Write the period in view."""
        first, days = self._period()

        def work() -> None:
            save_copy(file, self._desk.calendar.export(first, days, names=names))

        def done(nothing: None) -> None:
            self._window.messages.toast(text.french(f"Agenda exporté : {file.name}"))

        self._window.tasks.run(work, owner=self.button, done=done)

    def _choose(self) -> None:
        system_dialogs.ask_file(
            self.button, "Importer un calendrier", str(Path.home()), self.bring, FILES
        )

    def bring(self, file: Path) -> None:
        """Look at a file, then ask before anything changes."""
        self._window.tasks.run(
            lambda: self._desk.calendar.prepare(_read(file)),
            owner=self.button,
            done=partial(self._ask, file.name),
        )

    def _ask(self, name: str, preview: CalendarPreview) -> None:
        dialog = ImportDialog(self._window, name, preview)
        dialog.accepted.connect(lambda: self._bring(preview))
        dialog.open()

    def _bring(self, preview: CalendarPreview) -> None:
        planning = self._desk.planning

        def done(undo: object) -> None:
            self._window.messages.toast(
                "Calendrier importé",
                lambda: self._window.tasks.run(
                    partial(planning.take_back, undo),  # type: ignore[arg-type]
                    owner=self.button,
                    done=lambda nothing: self._reload(),
                ),
            )
            self._reload()

        self._window.tasks.run(
            partial(self._desk.calendar.bring, preview), owner=self.button, done=done
        )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserFacingError(
            "Le fichier ne peut pas être lu.", details=type(error).__name__
        ) from error
