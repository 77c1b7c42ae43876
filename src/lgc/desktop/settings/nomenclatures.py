"""« Nomenclatures »: the official files, loaded with their progress, told with version and date."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import label, retone, rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.main_window import MainWindow
from lgc.desktop.tasks import Cancel, Task
from lgc.domain.terms import Nomenclature, Source
from lgc.errors import UserFacingError
from lgc.services.desk import Desk

TITLE = "Nomenclatures"
FILES = "Fichiers publiés (*.txt *.csv *.tsv *.xml);;Tous les fichiers (*)"
KINDS = {
    Nomenclature.MEDICINES: (
        "Médicaments (BDPM)",
        "CIS_bdpm.txt, et s’ils sont là CIS_COMPO, CIS_CIP, CIS_GENER et CIS_MITM, ensemble.",
    ),
    Nomenclature.CIM_10: ("CIM-10", "En tableau (CSV, texte) ou au format ClaML."),
    Nomenclature.CCAM: ("CCAM", "En tableau CSV avec les colonnes code et libellé."),
    Nomenclature.LOINC: ("LOINC", "Loinc.csv, la variante française, ou les deux ensemble."),
}
SHIPPED = {
    Nomenclature.MEDICINES: "Substances courantes fournies.",
    Nomenclature.CIM_10: "Codes courants fournis.",
    Nomenclature.CCAM: "Quelques actes fournis.",
    Nomenclature.LOINC: "Rien de fourni.",
}


class NomenclatureRow(QWidget):
    """One nomenclature: what is in force, how to load another, how far it is."""

    load_asked = Signal()
    forget_asked = Signal()
    cancel_asked = Signal()
    progressed = Signal(float)

    def __init__(self, kind: Nomenclature) -> None:
        super().__init__()
        title, self._help = KINDS[kind]
        self._shipped = SHIPPED[kind]
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(label(title, "medium"))
        self.state = label("", "small", "text.muted", wrap=True)
        said.addWidget(self.state)
        row.addLayout(said, 1)
        self.bar = QProgressBar()
        self.bar.setFixedSize(160, 8)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(f"Chargement : {title}")
        row.addWidget(self.bar)
        self.cancel = _button("Annuler", "quiet", "", title, self.cancel_asked)
        self.forget = _button("Retirer", "quiet", "ri.delete-bin-line", title, self.forget_asked)
        self.load = _button("Charger…", "plain", "ri.upload-2-line", title, self.load_asked)
        for button in (self.cancel, self.forget, self.load):
            row.addWidget(button)
        # From a worker, a thousand times: the bar moves in its own thread.
        self.progressed.connect(
            lambda part: self.bar.setValue(int(part * 1000)), Qt.ConnectionType.QueuedConnection
        )
        self._held: Source | None = None
        self.busy = False
        self._show()

    def show_held(self, held: Source | None) -> None:
        self._held = held
        self._show()

    def show_loading(self, loading: bool) -> None:
        self.busy = loading
        self.bar.setValue(0)
        self._show()

    def _show(self) -> None:
        held = self._held
        self.bar.setVisible(self.busy)
        self.cancel.setVisible(self.busy)
        self.load.setVisible(not self.busy)
        self.forget.setVisible(held is not None and not self.busy)
        if self.busy:
            self.state.setText("Chargement en cours ; ce qui était en place sert jusqu’à la fin.")
        elif held is None:
            self.state.setText(f"{self._shipped} {self._help}")
        else:
            count = text.number(held.count)
            day = text.date(held.imported_at)
            version = f"version {held.version}" if held.version[:2] != "du" else held.version
            self.state.setText(f"{count} entrées · fichier {version} · chargé le {day}")
        retone(self.state, "ok" if held is not None and not self.busy else "text.muted")


class NomenclaturesPanel(Panel):
    """Read when the page is shown; a file that is refused leaves everything as it was."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(TITLE)
        self._window, self._desk = window, desk
        self._loading: dict[Nomenclature, tuple[Task, Cancel]] = {}
        self.rows: dict[Nomenclature, NomenclatureRow] = {}
        for number, kind in enumerate(KINDS):
            if number:
                self.add(rule())
            row = NomenclatureRow(kind)
            row.load_asked.connect(partial(self._choose, kind))
            row.forget_asked.connect(partial(self._forget, kind))
            row.cancel_asked.connect(partial(self._cancel, kind))
            self.add(row)
            self.rows[kind] = row

    def words(self) -> str:
        """What a search looks through."""
        return f"{TITLE} " + " ".join(f"{title} {help}" for title, help in KINDS.values())

    def refresh(self) -> None:
        self._window.tasks.run(self._desk.nomenclatures.held, owner=self, done=self._show)

    def bring(self, kind: Nomenclature, files: list[Path]) -> None:
        """Load these files; « Annuler » stops between two steps and keeps what was there."""
        row, token = self.rows[kind], Cancel()
        row.show_loading(True)
        task = self._window.tasks.run(
            partial(self._desk.nomenclatures.bring, kind, files, row.progressed.emit, token.check),
            owner=self,
            done=partial(self._brought, kind),
            failed=partial(self._refused, kind),
            cancel=token,
        )
        self._loading[kind] = (task, token)

    def _choose(self, kind: Nomenclature) -> None:
        title = f"Charger : {KINDS[kind][0]}"
        chosen, _ = QFileDialog.getOpenFileNames(self, title, str(Path.home()), FILES)
        if chosen:
            self.bring(kind, [Path(one) for one in chosen])

    def _cancel(self, kind: Nomenclature) -> None:
        task, _ = self._loading[kind]
        task.cancel()
        self.rows[kind].show_loading(False)
        self._window.messages.toast("Chargement annulé : rien n’a changé")

    def _brought(self, kind: Nomenclature, source: Source) -> None:
        self.rows[kind].show_loading(False)
        said = f"{KINDS[kind][0]} : {text.number(source.count)} entrées chargées"
        self._window.messages.toast(text.french(said))
        self.refresh()

    def _refused(self, kind: Nomenclature, error: Exception) -> None:
        self.rows[kind].show_loading(False)
        if isinstance(error, UserFacingError):
            self.rows[kind].state.setText(f"{error.sentence} {error.advice}")
            retone(self.rows[kind].state, "danger")
        self._window.messages.show(error)

    def _forget(self, kind: Nomenclature) -> None:
        self._window.tasks.run(
            partial(self._desk.nomenclatures.forget, kind),
            owner=self,
            done=lambda nothing: self.refresh(),
        )

    def _show(self, held: Mapping[Nomenclature, Source]) -> None:
        for kind, row in self.rows.items():
            row.show_held(held.get(kind))


def _button(words: str, look: str, glyph: str, title: str, asked: object) -> Button:
    made = Button(words, look, glyph, height=28)
    made.setAccessibleName(f"{words} : {title}")
    made.clicked.connect(asked)
    return made
