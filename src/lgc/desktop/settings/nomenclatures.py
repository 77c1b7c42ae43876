"""« Nomenclatures »: the official files, loaded with their progress, told with version and date."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from lgc.desktop import system_dialogs, text
from lgc.desktop.components.labels import rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.main_window import MainWindow
from lgc.desktop.settings.dead_lines import DeadLines
from lgc.desktop.settings.load_row import LoadRow
from lgc.desktop.tasks import Cancel, Task
from lgc.domain.terms import DeadLine, Nomenclature, Source
from lgc.errors import UserFacingError
from lgc.services.desk import Desk
from lgc.services.medical import Change

TITLE = "Nomenclatures"
FILES = "Fichiers publiés (*.txt *.csv *.tsv *.xml *.toml);;Tous les fichiers (*)"
KINDS = {
    Nomenclature.MEDICINES: (
        "Médicaments (BDPM)",
        "CIS_bdpm.txt, et s’ils sont là CIS_COMPO, CIS_CIP, CIS_GENER et CIS_MITM, ensemble.",
    ),
    Nomenclature.CIM_10: ("CIM-10", "En tableau (CSV, texte) ou au format ClaML."),
    Nomenclature.CCAM: ("CCAM", "En tableau CSV avec les colonnes code et libellé."),
    Nomenclature.LOINC: ("LOINC", "Loinc.csv, la variante française, ou les deux ensemble."),
    Nomenclature.ATC: ("ATC", "En tableau CSV avec les colonnes code et libellé."),
    Nomenclature.VACCINES: ("Vaccins", "En tableau CSV : code ATC (J07…), libellé, noms."),
    Nomenclature.PROTOCOLS: (
        "Protocoles de soins", "Fichiers TOML, chacun avec ses sources et son édition.",
    ),
    Nomenclature.VALUE_SETS: ("Jeux de valeurs", "Fichiers XML publiés par l’ANS (JDV)."),
}  # fmt: skip
SHIPPED = {
    Nomenclature.MEDICINES: "Substances courantes fournies.",
    Nomenclature.CIM_10: "Codes courants fournis.",
    Nomenclature.CCAM: "Quelques actes fournis.",
    Nomenclature.LOINC: "Rien de fourni.",
    Nomenclature.ATC: "Substances et vaccins courants fournis.",
    Nomenclature.VACCINES: "Vaccins courants fournis.",
    Nomenclature.PROTOCOLS: "Protocoles fournis.",
    Nomenclature.VALUE_SETS: "Jeux de valeurs fournis.",
}


class NomenclaturesPanel(Panel):
    """Read when the page is shown; a file that is refused leaves everything as it was."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(TITLE)
        self._window, self._desk = window, desk
        self._loading: dict[Nomenclature, tuple[Task, Cancel]] = {}
        self._held: Mapping[Nomenclature, Source] = {}
        self.rows: dict[Nomenclature, LoadRow] = {}
        self.dead: dict[Nomenclature, DeadLines] = {}
        for number, kind in enumerate(KINDS):
            if number:
                self.add(rule())
            title, help = KINDS[kind]
            row = LoadRow(title, f"{SHIPPED[kind]} {help}")
            row.load_asked.connect(partial(self._choose, kind))
            row.forget_asked.connect(partial(self._forget, kind))
            row.cancel_asked.connect(partial(self._cancel, kind))
            row.edition_said.connect(partial(self._say_edition, kind))
            dead = DeadLines()
            dead.replace_asked.connect(partial(self._replace, kind))
            dead.record_asked.connect(self._open_record)
            row.add_below(dead)
            self.add(row)
            self.rows[kind], self.dead[kind] = row, dead

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
        system_dialogs.ask_files(self, title, partial(self.bring, kind), str(Path.home()), FILES)

    def _cancel(self, kind: Nomenclature) -> None:
        task, _ = self._loading[kind]
        task.cancel()
        self.rows[kind].show_loading(False)
        self._window.messages.toast("Chargement annulé : rien n’a changé")

    def _brought(self, kind: Nomenclature, source: Source) -> None:
        self.rows[kind].show_loading(False)
        said = f"{KINDS[kind][0]} : {text.number(source.count)} entrées chargées"
        said += text.left_out(source.left_out)
        self._window.messages.toast(text.french(said))
        self.refresh()

    def _refused(self, kind: Nomenclature, error: Exception) -> None:
        self.rows[kind].show_loading(False)
        if isinstance(error, UserFacingError):
            self.rows[kind].show_refused(f"{error.sentence} {error.advice}".strip())
        self._window.messages.show(error, self)

    def _forget(self, kind: Nomenclature) -> None:
        self._window.tasks.run(
            partial(self._desk.nomenclatures.forget, kind, self._held.get(kind)),
            owner=self,
            done=lambda nothing: self.refresh(),
        )

    def _say_edition(self, kind: Nomenclature, words: str) -> None:
        if words.strip():
            self._window.tasks.run(
                partial(self._desk.nomenclatures.say_edition, kind, words, self._held.get(kind)),
                owner=self,
                done=lambda nothing: self.refresh(),
            )

    def _replace(self, kind: Nomenclature, line: DeadLine) -> None:
        self._window.tasks.run(
            partial(self._desk.medical.renew, line),
            owner=self,
            done=partial(self._replaced, kind, line),
        )

    def _replaced(self, kind: Nomenclature, line: DeadLine, change: Change) -> None:
        code = line.successor.code if line.successor is not None else ""
        said = f"{line.name} : {line.code} remplacé par {code}"
        self._window.messages.toast(text.french(said), partial(self._take_back, kind, change))
        self._list_dead(kind)

    def _take_back(self, kind: Nomenclature, change: Change) -> None:
        self._window.tasks.run(
            partial(self._desk.medical.undo, change),
            owner=self,
            done=lambda nothing: self._list_dead(kind),
        )

    def _open_record(self, line: DeadLine) -> None:
        self._window.open_record(line.patient_id, "overview")

    def _list_dead(self, kind: Nomenclature) -> None:
        self._window.tasks.run(
            partial(self._desk.nomenclatures.dead_lines, kind),
            owner=self,
            done=self.dead[kind].show_lines,
        )

    def _show(self, held: Mapping[Nomenclature, Source]) -> None:
        self._held = held
        for kind, row in self.rows.items():
            source = held.get(kind)
            row.show_held(_words(source))
            row.ask_edition(source is not None and _edition(source) is None)
            if source is not None:
                self._list_dead(kind)
            else:
                self.dead[kind].show_lines(())


def _words(held: Source | None) -> str:
    """What is in force, empty for what is shipped."""
    if held is None:
        return ""
    edition = _edition(held)
    version = f"version {edition}" if edition else "d’édition non dite"
    day = text.date(held.imported_at)
    return f"{text.number(held.count)} entrées · fichier {version} · chargé le {day}"


def _edition(held: Source) -> str | None:
    """What the file or the doctor said; the day of a file, kept formerly, is none."""
    return held.version if held.version and not held.version.startswith("du ") else None
