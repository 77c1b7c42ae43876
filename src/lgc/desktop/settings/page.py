"""« Réglages »: sections on the left, what was looked for on the right, kept as it is changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import system_dialogs, text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label, rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.main_window import MainWindow
from lgc.desktop.page import Page
from lgc.desktop.record.menu import Entry, RecordMenu
from lgc.desktop.settings.cards import CardsPanel
from lgc.desktop.settings.certificates import CertificatesPanel
from lgc.desktop.settings.copies import CopiesPanel, journal_words, verified_words
from lgc.desktop.settings.directory import DirectoryPanel
from lgc.desktop.settings.nomenclatures import TITLE as NOMENCLATURES
from lgc.desktop.settings.nomenclatures import NomenclaturesPanel
from lgc.desktop.settings.row import SettingRow
from lgc.desktop.tasks import Cancel
from lgc.desktop.theme import current
from lgc.desktop.words import letters as fold
from lgc.domain.copies import Copy
from lgc.services.desk import Desk
from lgc.settings import (
    ALL,
    SECTIONS,
    Setting,
    backup_folder,
    card_module,
    guidance_cim10,
    mail_address,
    section_of,
    theme,
    vihf_mode,
)

GLYPHS = {
    "Cabinet": "ri.hospital-line",
    "Carte et accès": "ri.bank-card-line",
    "Réseau": "ri.global-line",
    "Apparence": "ri.contrast-2-line",
    "Agenda": "ri.calendar-2-line",
    "Dossier médical": "ri.heart-pulse-line",
    "Impression": "ri.printer-line",
    "Sauvegardes": "ri.save-3-line",
    "DMP": "ri.folder-user-line",
    "Identification au DMP": "ri.shield-user-line",
    "MSSanté": "ri.mail-line",
    "Pro Santé Connect": "ri.key-2-line",
    "Annuaire": "ri.contacts-book-line",
    "Logiciel": "ri.terminal-box-line",
    "Autres": "ri.more-line",
}
MENU = 220
OwnPanel = CardsPanel | CertificatesPanel | CopiesPanel | DirectoryPanel | NomenclaturesPanel


class SettingsPage(Page):
    """Every declared setting once; a section is a panel, searching hides what does not answer."""

    title = "Réglages"

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window.stack)
        self._window, self._desk, self._settings = window, desk, desk.settings
        self.rows: list[SettingRow] = []
        self._above: dict[SettingRow, QWidget] = {}
        self.panels: dict[str, Panel] = {}
        self.owned: dict[str, OwnPanel] = {}
        self._owns: dict[str, Callable[[MainWindow, Desk], OwnPanel]] = {
            section_of(card_module): CardsPanel,
            section_of(backup_folder): CopiesPanel,
            section_of(vihf_mode): CertificatesPanel,
            section_of(mail_address): DirectoryPanel,
            section_of(guidance_cim10): NomenclaturesPanel,
        }
        self._compact = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        sections = [title for title, _ in SECTIONS] + ["Autres"]
        used = [title for title in sections if any(section_of(one) == title for one in ALL)]
        self.menu = RecordMenu(
            [
                *(Entry(title, title, GLYPHS[title]) for title in used),
                Entry(NOMENCLATURES, NOMENCLATURES, "ri.book-2-line"),
            ],
            self._go,
            MENU,
            dense=True,
        )
        self.menu.setAccessibleName("Sections des réglages")
        row.addWidget(self.menu)
        right = QVBoxLayout()
        row.addLayout(right, 1)
        right.setContentsMargins(20, 14, 20, 16)
        right.setSpacing(12)
        right.addLayout(self._head())
        self._scroll = QScrollArea()
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields are the stops
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        right.addWidget(self._scroll, 1)
        room = QWidget()
        self._scroll.setWidget(room)
        self._column = QVBoxLayout(room)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(14)
        self.empty = EmptyState(
            "ri.search-line", "Aucun réglage ne répond", "Essayez d’autres mots."
        )
        self._column.addWidget(self.empty)
        self.empty.hide()
        self._waiting = list(used)
        self._wanted = ""
        self._building = QTimer(self)
        self._building.setInterval(0)
        self._building.timeout.connect(self._build_one)
        self._column.addStretch(1)
        self.menu.set_current(used[0])

    @property
    def built(self) -> bool:
        """Is every section there? They come one a turn, the first time the page is shown."""
        return not self._waiting

    def _build_one(self) -> None:
        """One section: all of them at once would hold the interface."""
        title = self._waiting.pop(0)
        self._section(title)
        own = self._owns.get(title)
        if own is not None:
            panel = own(self._window, self._desk)
            self.owned[title] = panel
            self._column.insertWidget(self._column.count() - 1, panel)
        if not self._waiting:
            self._building.stop()
            self.set_compact(self._compact)
            self._read()
            if self._wanted:
                self.show_item(self._wanted)
            else:
                self._filter(self.search.text())

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> SettingsPage:
        """Make the page from the services of a session and register it."""
        page = cls(window, desk)
        window.add_page(
            "settings", page, glyph="ri.settings-3-line", shortcut="Ctrl+,",
            help="Ouvrir les réglages", foot=True,
        )  # fmt: skip
        return page

    @property
    def certificates(self) -> CertificatesPanel:
        """The panel below « Identification au DMP »."""
        return cast(CertificatesPanel, self.owned[section_of(vihf_mode)])

    @property
    def copies(self) -> CopiesPanel:
        """The panel below « Sauvegardes »."""
        return cast(CopiesPanel, self.owned[section_of(backup_folder)])

    @property
    def directory(self) -> DirectoryPanel:
        """The panel below « MSSanté »."""
        return cast(DirectoryPanel, self.owned[section_of(mail_address)])

    @property
    def nomenclatures(self) -> NomenclaturesPanel:
        """The panel below « Dossier médical »."""
        return cast(NomenclaturesPanel, self.owned[section_of(guidance_cim10)])

    def shown(self) -> None:
        if self._waiting:
            self._building.start()
        else:
            self._read()
        self.search.setFocus()

    def _read(self) -> None:
        for row in self.rows:
            row.refresh()
        for panel in self.owned.values():
            panel.refresh()

    def show_item(self, item: str) -> None:
        """``item`` is the key of a setting, or words to look for."""
        self._wanted = item
        if self._waiting:
            return
        known = next((row for row in self.rows if row.setting.key == item), None)
        self.search.setText("" if known else item)
        self._filter(self.search.text())
        if known is not None:
            self._scroll.ensureWidgetVisible(known)
            known.editor.widget.setFocus()

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.menu.fold(compact)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label("Réglages", "page"))
        row.addStretch(1)
        self.busy = BusyLine()
        row.addWidget(self.busy)
        find = action(self, "Chercher un réglage", lambda: None, "Ctrl+F", hint="Chercher")
        self.search = SearchField("Chercher un réglage", action=find, name="Chercher un réglage")
        self.search.setMinimumWidth(280)
        self.search.searched.connect(self._filter)
        row.addWidget(self.search)
        return row

    def _section(self, title: str) -> None:
        panel = Panel(title)
        self._column.insertWidget(self._column.count() - 1, panel)
        self.panels[title] = panel
        if title == section_of(backup_folder):
            self._store_actions(panel)
        for number, setting in enumerate(one for one in ALL if section_of(one) == title):
            above = rule()
            panel.add(above)
            above.setVisible(number > 0)
            row = SettingRow(setting, self._settings, self._look)
            row.kept.connect(self._kept)
            panel.add(row)
            self.rows.append(row)
            self._above[row] = above

    def _store_actions(self, panel: Panel) -> None:
        """The two things the doctor may ask of the file itself."""
        verify = Button("Vérifier le journal", "quiet", "ri.shield-check-line")
        verify.clicked.connect(self._verify)
        panel.add_action(verify)
        choose = Button("Choisir le dossier…", "plain", "ri.folder-open-line")
        choose.clicked.connect(self._choose_folder)
        panel.add_action(choose)
        self.save_now = Button("Sauvegarder maintenant", "plain", "ri.save-3-line")
        self.save_now.clicked.connect(self._back_up)
        panel.add_action(self.save_now)

    def _go(self, title: str) -> None:
        if self._waiting:
            return
        self.search.clear()
        self._filter("")
        self.menu.set_current(title)
        bar = self._scroll.verticalScrollBar()
        panel = self.nomenclatures if title == NOMENCLATURES else self.panels[title]
        bar.setValue(panel.y())

    def _filter(self, asked: str) -> None:
        words = fold(asked).split()
        for row in self.rows:
            shown = fold(f"{row.words()} {section_of(row.setting)}")
            row.setVisible(all(word in shown for word in words))
        for title, panel in self.panels.items():
            inside = [row for row in self.rows if section_of(row.setting) == title]
            some = [row for row in inside if row.isVisibleTo(panel)]
            for row in inside:
                self._above[row].setVisible(row in some[1:])
            panel.setVisible(bool(some))
        for own in self.owned.values():
            said = fold(own.words())
            own.setVisible(all(word in said for word in words))
        panels = (*self.panels.values(), *self.owned.values())
        self.empty.setVisible(not any(p.isVisibleTo(self) for p in panels))

    def _kept(self, setting: Setting[Any]) -> None:
        if setting is theme and self._settings[theme] != current().name:
            current().use(self._settings[theme])
        self._save()

    def _save(self) -> None:
        """What the disk refuses is told; the values stay on the screen, in force, to be saved."""
        self._window.tasks.run(
            self._settings.save,
            owner=self,
            done=lambda nothing: self._tell("Réglage enregistré"),
            failed=self._not_saved,
        )

    def _not_saved(self, error: Exception) -> None:
        self._window.messages.show(error, self, self._save)

    def _look(self, look: Callable[[], str], done: Callable[[str], None]) -> None:
        self._window.tasks.run(look, owner=self, done=done)

    def _tell(self, words: str) -> None:
        self._window.messages.toast(text.french(words))

    def _choose_folder(self) -> None:
        start = self._settings[backup_folder] or str(Path.home())
        system_dialogs.ask_folder(self, "Dossier des sauvegardes", start, self._folder_chosen)

    def _folder_chosen(self, folder: Path) -> None:
        self._settings[backup_folder] = str(folder)
        next(row for row in self.rows if row.setting is backup_folder).refresh()
        self._kept(backup_folder)
        self.copies.refresh()

    def _back_up(self) -> None:
        token = Cancel()
        task = self._window.tasks.run(
            partial(self._desk.keeping.back_up, self._settings[backup_folder], token.check),
            owner=self,
            done=self._backed_up,
            failed=self.copies.failed,
            cancel=token,
        )
        self.busy.follow(task, "Sauvegarde en cours…")

    def _backed_up(self, copy: Copy) -> None:
        self.copies.refresh()
        self._tell(f"Sauvegarde faite et relue : {verified_words(copy)}")

    def _verify(self) -> None:
        task = self._window.tasks.run(
            self._desk.keeping.verify_journal,
            owner=self,
            done=lambda found: self._tell(journal_words(found)),
        )
        self.busy.follow(task, "Lecture du journal…")
