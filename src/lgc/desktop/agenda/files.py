"""The agenda to an iCalendar file and back: names leave only on demand, changes are seen first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
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
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.tables import Table
from lgc.desktop.main_window import MainWindow
from lgc.desktop.visit_acts import VisitActs
from lgc.errors import UserFacingError
from lgc.files import save_copy
from lgc.reading import limits
from lgc.services.calendar_preview import Fate, Line
from lgc.services.desk import Desk
from lgc.services.exchanging_calendar import CalendarPreview

FILES = "Calendriers (*.ics);;Tous les fichiers (*)"
WIDTH = 480
INITIALS, NAMES = "initials", "names"
FATES: dict[Fate, tuple[str, str, str, str]] = {
    Fate.MADE: ("ajouté", "ajoutés", "ri.add-line", "ok"),
    Fate.CHANGED: ("modifié", "modifiés", "ri.edit-line", "accent.text"),
    Fate.CANCELLED: ("annulé", "annulés", "ri.forbid-line", "danger"),
    Fate.LEFT: ("laissé", "laissés", "ri.subtract-line", "text.muted"),
    Fate.REFUSED: ("refusé", "refusés", "ri.error-warning-line", "warn"),
    Fate.SAME: ("inchangé", "inchangés", "ri.check-line", "text.faint"),
}
WIDE, ROW, MOST_ROWS = 860, 44, 8


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
    """What a file would do, line by line; ``accepted`` to do it, whole."""

    accepted = Signal()

    def __init__(self, parent: QWidget, file: str, preview: CalendarPreview) -> None:
        super().__init__(
            parent, "Importer un calendrier", glyph="ri.upload-2-line", subtitle=file, width=WIDE
        )
        self.setObjectName("calendarImport")
        self.body.addWidget(label(counted(preview), "medium", wrap=True))
        if preview.empty:
            words = "Ce calendrier n’a rien à ajouter à l’agenda."
            self.body.addWidget(label(words, "base", "text.muted"))
        self.table: Table[Line] = Table(
            (
                Column("fate", "Import", _fate, 130, sort=lambda one: list(Fate).index(one.fate)),
                Column("when", "Quand", _when, 250, sort=lambda one: one.starts_at),
                Column("title", "Rendez-vous ou indisponibilité", _what, None, least=220),
            ),
            name="Lignes du calendrier",
            row_height=ROW,
            key=id,
        )
        self.table.fill(list(preview.lines))
        self.table.setFixedHeight(30 + ROW * min(max(len(preview.lines), 1), MOST_ROWS) + 2)
        self.body.addWidget(self.table)
        self.table.setVisible(bool(preview.lines))
        said = (
            "Ce qui vient d’un autre calendrier devient un temps indisponible. "
            "Le patient et sa venue ne viennent jamais d’un fichier."
        )
        self.body.addWidget(label(said, "small", "text.muted", wrap=True))
        self.add_cancel("Fermer" if preview.empty else "Annuler")
        if not preview.empty:
            go = action(self, "Importer", self._go, "Ctrl+Return")
            self.add_button(Button(action=go, look="primary", height=32))

    def _go(self) -> None:
        self.dismiss()
        self.accepted.emit()


def counted(preview: CalendarPreview) -> str:
    """« 2 ajoutés · 1 laissé · 3 inchangés · 1 illisible »."""
    number = Counter(one.fate for one in preview.lines)
    found = [text.count(number[fate], *FATES[fate][:2]) for fate in Fate if number[fate]]
    if preview.past:
        found.append(text.count(preview.past, "passé depuis plus d’un mois",
                                "passés depuis plus d’un mois"))  # fmt: skip
    if preview.unread:
        found.append(text.count(preview.unread, "illisible"))
    return text.join(*found) or "Aucun évènement."


def _fate(one: Line) -> Cell:
    word, _, glyph, role = FATES[one.fate]
    return Cell(text.capital(word), glyph, glyph_tone=role)


def _when(one: Line) -> Cell:
    before = f"avant : {_time(*one.was)}" if one.was is not None else ""
    return Cell(_time(one.starts_at, one.minutes), second=text.french(before))


def _time(start: dt.datetime, minutes: int) -> str:
    day, stop = 24 * 60, start + dt.timedelta(minutes=minutes)
    if minutes >= day:
        return f"du {text.date(start)} au {text.date(stop - dt.timedelta(minutes=1))}"
    return f"{text.date(start)}, {text.time(start)} – {text.time(stop)}"


def _what(one: Line) -> Cell:
    done = one.fate in (Fate.SAME, Fate.LEFT)
    return Cell(one.title, medium=not done, tone="text.muted" if done else "text", second=one.why)


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
        """In its turn among the acts on the agenda, and taken back in its turn."""
        window, desk = self._window, self._desk
        acts = VisitActs(window.acts, window.messages, desk.planning, desk.clock.now)
        acts.do(partial(desk.calendar.bring, preview), "Calendrier importé", self._reload)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as content:  # one byte more tells that it is too large
            return content.read(limits.CALENDAR_BYTES + 1)
    except OSError as error:
        raise UserFacingError(
            "Le fichier ne peut pas être lu.", details=type(error).__name__
        ) from error
