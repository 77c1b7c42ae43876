"""« Base et sauvegardes »: the last look through the base, and what is known of each copy."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.busy import BusyLine
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.labels import Glyph, label, retone, rule
from lgc.desktop.components.panel import Panel
from lgc.desktop.main_window import MainWindow
from lgc.desktop.tasks import Cancel
from lgc.domain.copies import KEPT, BaseLook, Copy, CopyState, VerifiedJournal
from lgc.services.desk import Desk
from lgc.services.keeping_store import Held
from lgc.settings import backup_folder

TITLE = "Base et sauvegardes"
NEVER = "Pas encore relue en entier. Elle l’est chaque jour, pendant que vous travaillez."
NONE = "Aucune sauvegarde dans le dossier choisi."
ABSENT = "Le dossier des sauvegardes n’est pas choisi, ou son disque n’est pas branché."
RULE = ("{} jours, {} semaines, {} mois gardés").format(*(count for _, count in KEPT))
SHOWN = 24  # copies: what the rule keeps
MARKS = {
    CopyState.VERIFIED: ("ri.shield-check-fill", "ok"),
    CopyState.TO_VERIFY: ("ri.question-line", "warn"),
    CopyState.REFUSED: ("ri.close-circle-fill", "danger"),
}


class CopiesPanel(Panel):
    """Read when the page is shown, and after each thing done here."""

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(TITLE)
        self._window, self._desk = window, desk
        self.rows: list[CopyRow] = []
        self.busy = BusyLine()
        self.add_action(self.busy)
        self.read_again = Button("Relire la base", "quiet", "ri.refresh-line", height=28)
        self.read_again.clicked.connect(self._look)
        self.add_action(self.read_again)
        self.base = label(NEVER, "small", "text.muted", wrap=True)
        line = QWidget()
        said = QVBoxLayout(line)
        said.setContentsMargins(14, 8, 14, 8)
        said.addWidget(label("Base du cabinet", "medium"))
        said.addWidget(self.base)
        self.add(line)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.body.addLayout(self._list)
        self.empty = label(NONE, "small", "text.muted")
        self.empty.setContentsMargins(14, 8, 14, 8)
        self.add(self.empty)
        self.add_footer().addWidget(label(RULE, "small", "text.muted"))

    def words(self) -> str:
        """What a search looks through."""
        return f"{TITLE} {RULE} vérifier copie abîmée"

    def refresh(self) -> None:
        folder = self._desk.settings[backup_folder]
        work = partial(self._desk.keeping.held, folder)
        self._window.tasks.run(work, owner=self, done=self._show)

    def failed(self, error: Exception) -> None:
        """Why a look or a copy failed."""
        self.refresh()
        self._window.messages.show(error, self)

    def _look(self) -> None:
        token = Cancel()
        task = self._window.tasks.run(
            partial(self._desk.keeping.look, token.check),
            owner=self,
            done=lambda found: self.refresh(),
            failed=self.failed,
            cancel=token,
        )
        self.busy.follow(task, "Lecture de la base…")

    def _verify(self, copy: Copy) -> None:
        token = Cancel()
        task = self._window.tasks.run(
            partial(self._desk.keeping.verify_copy, copy.place, token.check),
            owner=self,
            done=lambda verified: self.refresh(),
            failed=self.failed,
            cancel=token,
        )
        self.busy.follow(task, "Lecture de la sauvegarde…")

    def _show(self, held: Held) -> None:
        words, role = _of_base(held.look)
        self.base.setText(words)
        retone(self.base, role)
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = [CopyRow(copy) for copy in held.copies[:SHOWN]]
        for row in self.rows:
            self._list.addWidget(row)
            row.verify.clicked.connect(partial(self._verify, row.copy))
        self.empty.setText(NONE if held.there else ABSENT)
        self.empty.setVisible(not self.rows)


class CopyRow(QWidget):
    """When it was made, what it holds, whether it was read again."""

    def __init__(self, copy: Copy) -> None:
        super().__init__()
        self.copy = copy
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(rule())
        row = QHBoxLayout()
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(10)
        whole.addLayout(row)
        at = text.local(copy.at)
        said = QVBoxLayout()
        said.setSpacing(0)
        self.title = label(f"{text.DAYS[at.weekday()].capitalize()} {at:%d/%m/%Y, %H:%M}", "medium")
        self.detail = label(_detail(copy), "small", "text.muted")
        said.addWidget(self.title)
        said.addWidget(self.detail)
        row.addLayout(said, 1)
        self.verify = Button("Vérifier", "quiet", "ri.shield-check-line", height=28)
        self.verify.setAccessibleName(f"Vérifier la sauvegarde du {at:%d/%m/%Y, %H:%M}")
        self.verify.setVisible(copy.state is CopyState.TO_VERIFY)
        row.addWidget(self.verify)
        glyph, role = MARKS[copy.state]
        row.addWidget(Glyph(glyph, role, 14))
        self.state = label(copy.state.value, "small", role)
        row.addWidget(self.state)
        row.addWidget(label(text.size(copy.size) if copy.size else "–", "small", "text.muted"))
        self.setAccessibleName(f"{self.title.text()}, {copy.state.value}, {self.detail.text()}")


def verified_words(copy: Copy) -> str:
    """« 6 214 patients, 41 402 documents, journal n° 48 213 »: what was counted again."""
    if copy.contents is None:
        return ""
    held = copy.contents
    return text.french(
        f"{text.number(held.of('patient'))} patients, {text.number(held.of('document'))}"
        f" documents, {text.number(held.of('message'))} messages, journal"
        f" n°{text.NB}{text.number(held.end.lines)}"
    )


def journal_words(found: VerifiedJournal) -> str:
    """« Journal intact : 42 lignes, signé par la carte de Paul MARTIN jusqu’à la ligne 40 »."""
    signed = "".join(
        f", signé par la carte de {one.by} jusqu’à la ligne {text.number(one.end.lines)}"
        for one in reversed(found.signed)
    )
    return text.french(f"Journal intact : {text.number(found.lines)} lignes{signed}")


def _detail(copy: Copy) -> str:
    if copy.verified_at is None:
        return copy.why or "faite sans relecture : à vérifier avant de s’en servir"
    verified = text.local(copy.verified_at)
    return f"Relue en entier le {verified:%d/%m à %H:%M} · {verified_words(copy)}"


def _of_base(look: BaseLook | None) -> tuple[str, str]:
    if look is None:
        return NEVER, "text.muted"
    at = f"le {text.local(look.at):%d/%m à %H:%M}"
    pages = f"{text.number(look.pages)} pages"
    if look.broken:
        return f"Abîmée : {text.number(len(look.broken))} sur {pages}, vu {at}", "danger"
    if look.structure:
        return f"Abîmée dans sa structure, vu {at}", "danger"
    if look.journal:
        return f"Journal modifié à la ligne {look.journal}, vu {at}", "danger"
    return f"Relue en entier {at} : {pages}, structure et journal intacts", "ok"
