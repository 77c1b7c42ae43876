"""Find a DMP without an INS, for a practice that regulates (TD0.5, dmp.md §4.6)."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.date_field import DateField
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.main_window import MainWindow
from lgc.domain.dmp import TraitSearch
from lgc.domain.typed_dates import birth
from lgc.services.desk import Desk
from lgc.services.regulating import LEAST_LETTERS, Candidate

WIDTH = 900
HEIGHT = 260
FIELD = 32
FIELDS = (
    ("family_name", "Nom de naissance"),
    ("given_name", "Prénom"),
    ("postal_code", "Code postal"),
    ("city", "Commune"),
)
PLACES = {
    "family_name": (0, 0), "given_name": (0, 1), "born": (0, 2),
    "postal_code": (1, 0), "city": (1, 1), "sex": (1, 2),
}  # fmt: skip
SEXES = (("", "Sexe"), ("F", "Féminin"), ("M", "Masculin"))


class RegulationDialog(Dialog):
    """What comes back helps to find; only a record of the practice can be opened from it."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(
            window,
            "Chercher un DMP sans INS",
            glyph="ri.user-search-line",
            subtitle="régulation médicale",
            width=WIDTH,
        )
        self.setObjectName("regulation")
        self._window, self._desk = window, desk
        self.form = Form(self)
        self.lines = {name: _line(name) for name, _ in FIELDS}
        self.born = DateField("Né(e) le", birth, lambda: desk.clock.now().date(), height=FIELD)
        self.sex = Choice(SEXES, name="Sexe")
        self.table: Table[Candidate] = Table(
            _columns(), name="Identités trouvées", key=lambda one: str(one.found.identifiers)
        )
        self.table.setFixedHeight(HEIGHT)
        self.table.opened.connect(self._open)
        self.empty = EmptyState(
            "ri.user-search-line",
            "Cherchez avec les traits dits au téléphone.",
            "Chaque recherche est tracée ; ce que répond le DMP n’est jamais une identité.",
        )
        self.busy = BusyLine()
        self._arrange()
        self.add_cancel("Fermer")
        self._go = action(self, "Chercher", self.search, "Ctrl+Return")
        self.add_button(Button(action=self._go, look="primary", height=FIELD))
        self.footer_note.setText(LEGEND)
        self.keep_typed("regulation")

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> None:
        """One action of the whole window, where the settings open it."""
        if desk.regulating.offered:
            action(
                window.body,
                "Chercher un DMP sans INS",
                partial(cls.over, window, desk),
                "Ctrl+Shift+F",
                help="Régulation : chercher un DMP par les traits",
            )

    @classmethod
    def over(cls, window: MainWindow, desk: Desk) -> None:
        """Open it, unless a dialog is open already."""
        if not window.covered():
            cls(window, desk).open()

    def faults(self) -> Faults:
        """What keeps the search from leaving."""
        found: list[tuple[QWidget, str]] = []
        name = self.lines["family_name"]
        if len(name.text().strip()) < LEAST_LETTERS:
            found.append((name, f"Écrivez le nom de naissance : {LEAST_LETTERS} lettres au moins."))
        if problem := self.born.problem():
            found.append((self.born, problem))
        return found

    def traits(self) -> TraitSearch:
        """As typed."""
        typed = {name: line.text().strip() for name, line in self.lines.items()}
        return TraitSearch(**typed, birth_date=self.born.day(), sex=self.sex.value())

    def search(self) -> None:
        """Ask the DMP; the answer replaces the last one."""
        if self.form.stops(self.faults()):
            return
        traits = self.traits()
        self.footer_note.setText(LEGEND)
        self._go.setEnabled(False)
        task = self._window.tasks.run(
            partial(self._desk.regulating.search, traits),
            owner=self,
            done=self._fill,
            failed=self._failed,
        )
        self.busy.follow(task, "Recherche dans le DMP…")

    def _fill(self, found: tuple[Candidate, ...]) -> None:
        self._go.setEnabled(True)
        self.table.fill(found)
        self.table.setVisible(bool(found))
        self.empty.setVisible(not found)
        self.empty.set(
            "ri.user-search-line",
            "Aucun DMP sous ces traits.",
            "Essayez le seul nom de naissance et la date.",
        )
        self.footer_note.setText(
            text.count(len(found), "identité trouvée", "identités trouvées") if found else ""
        )
        if found:
            self.table.select_first()
            self.table.setFocus()

    def _failed(self, error: Exception) -> None:
        self._go.setEnabled(True)
        self._window.messages.show(error, self)

    def _open(self, one: Candidate) -> None:
        if one.patient_id is None:
            self.footer_note.setText("Cette personne n’a pas de dossier au cabinet.")
            return
        self.saved()
        self.dismiss()
        self._window.open_record(one.patient_id)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        fields: dict[str, QWidget] = {**self.lines, "born": self.born, "sex": self.sex}
        names = {**dict(FIELDS), "born": "Né(e) le", "sex": "Sexe"}
        for field, (row, column) in PLACES.items():
            part = fields[field]
            named = self.form.caption(
                names[field], part, required=field == "family_name", type_role="small-medium"
            )
            grid.addWidget(named, 3 * row, column)
            grid.addWidget(part, 3 * row + 1, column)
            grid.addWidget(self.form.said(part), 3 * row + 2, column)
        for line in self.lines.values():
            line.textChanged.connect(lambda words: self.form.again(self.faults()))
        self.born.changed.connect(lambda: self.form.again(self.faults()))
        self.body.addLayout(grid)
        self.body.addWidget(self.table)
        self.body.addWidget(self.empty)
        self.empty.setFixedHeight(HEIGHT)
        self.table.hide()
        note = "Les traits rendus par le DMP aident à trouver ; ils ne changent aucune identité."
        self.body.addWidget(label(text.french(note), "small", "text.muted"))
        self.body.addWidget(self.busy)


def _line(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setFixedHeight(FIELD)
    return line


def _columns() -> tuple[Column[Candidate], ...]:
    return (
        Column("name", "Nom et prénom", _name, None, least=200),
        Column("born", "Né(e) le", _born, 112),
        Column("sex", "Sexe", lambda one: Cell(one.found.sex), 64),
        Column("city", "Commune", lambda one: Cell(one.found.city), 180),
        Column("near", "Proximité", _near, 100, lambda one: -(one.found.percentage or 0)),
        Column("record", "Au cabinet", _record, 190),
    )


def _name(one: Candidate) -> Cell:
    return Cell(f"{one.found.family_name} {one.found.given_name}".strip(), bold=True)


def _born(one: Candidate) -> Cell:
    born = one.found.birth_date
    return Cell(text.date(born) if born is not None else "")


def _near(one: Candidate) -> Cell:
    share = one.found.percentage
    return Cell(f"{share}{text.NB}%" if share is not None else "")


def _record(one: Candidate) -> Cell:
    if one.found.emergency_access_refused:
        return Cell("Opposition à l’urgence", "ri.shield-user-line", tone="danger")
    if one.patient_id is not None:
        return Cell("Dossier connu", "ri.folder-user-line", tone="ok", glyph_tone="ok")
    return Cell("Pas de dossier", tone="text.muted")
