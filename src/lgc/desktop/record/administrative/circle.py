"""« Entourage et couverture »: correspondents, relatives, insurances, below the identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from lgc.desktop import text
from lgc.desktop.components.asking import Asking
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.completion import Completion
from lgc.desktop.components.cover import Dialog, window_of
from lgc.desktop.components.date_field import DateField
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.form import LEGEND, Faults, Form
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.panel import Panel
from lgc.desktop.components.people import correspondents_in, the_correspondent
from lgc.desktop.components.pickers import Choice
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.components.tables import Table
from lgc.desktop.tasks import Tasks
from lgc.domain.professionals import Correspondent
from lgc.domain.relations import COVERS, RELATION_WORDS, Relation, RelationKind
from lgc.domain.typed_dates import period
from lgc.services.circle import Circle

ROW, HEIGHT, WIDTH, CAPTION, LEAST, TYPING_MS = 40, 32, 540, 130, 2, 80
GLYPHS = {
    RelationKind.CORRESPONDENT: "ri.stethoscope-line",
    RelationKind.EMERGENCY: "ri.alarm-warning-line",
    RelationKind.TRUSTED: "ri.user-heart-line",
    RelationKind.GUARDIAN: "ri.parent-line",
    RelationKind.COMPULSORY_COVER: "ri.shield-user-line",
    RelationKind.COMPLEMENTARY_COVER: "ri.shield-user-line",
}
DETAIL = {
    RelationKind.CORRESPONDENT: "Spécialité",
    RelationKind.COMPULSORY_COVER: "Régime et caisse",
    RelationKind.COMPLEMENTARY_COVER: "N° de contrat",
}
Directory = Callable[[str], tuple[Correspondent, ...]]


class RelationDialog(Dialog):
    """``kept`` carries the relation as typed; a colleague's name is completed."""

    kept = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        relation: Relation,
        tasks: Tasks,
        directory: Directory,
        patient_id: str,
        today: Callable[[], dt.date],
    ) -> None:
        title = "Modifier" if relation.relation_id else "Ajouter"
        super().__init__(parent, title, glyph="ri.group-line", width=WIDTH)
        self.setObjectName("relationDialog")
        self._relation, self._directory = relation, directory
        self.kind = Choice([(k.value, w) for k, w in RELATION_WORDS.items()], name="Lien")
        self.form = Form(self)
        self.name = _line("Nom")
        self.detail = _line("Précision")
        self.telephone = _line("Téléphone")
        self.address = _line("Adresse MSSanté")
        self.until = DateField("Fin des droits", period, today, height=HEIGHT)
        self._rows: dict[QWidget, QWidget] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, CAPTION)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label("Lien", "base", "text.muted"), 0, 0)
        grid.addWidget(self.kind, 0, 1)
        fields = (self.name, self.detail, self.telephone, self.address, self.until)
        for number, field in enumerate(fields, 1):
            named = field.line if isinstance(field, DateField) else field
            self._rows[field] = self.form.caption(
                named.accessibleName(), field, required=field is self.name
            )
            grid.addWidget(self._rows[field], 2 * number, 0)
            grid.addWidget(field, 2 * number, 1)
            grid.addWidget(self.form.said(field), 2 * number + 1, 1)
        self.body.addLayout(grid)
        self.footer_note.setText(LEGEND)
        self.popup: SuggestionList[Correspondent] = SuggestionList(
            (
                Column("name", "Nom", lambda one: Cell(one.display_name, medium=True,
                       second=one.speciality), None),
                Column("city", "Ville", lambda one: Cell(one.city, tone="text.muted"), 140),
            ),
            "Correspondants trouvés", key=lambda one: one.address, row_height=46,
        )  # fmt: skip
        self.completion: Completion[Correspondent] = Completion(
            self.name,
            Asking(
                self.name, tasks, self._colleagues, typing_ms=TYPING_MS, least=LEAST,
                beside=lambda: (self.kind.value(),),
            ),
            self.popup,
            default=the_correspondent,
            rows_of=correspondents_in,
        )  # fmt: skip
        self.completion.taken.connect(self._take)
        self.add_cancel()
        self._go = action(self, "Enregistrer", self._keep, "Ctrl+Return")
        self.add_button(Button(action=self._go, look="primary", height=HEIGHT))
        self._fill(relation)
        self.kind.currentIndexChanged.connect(lambda index: self._arrange())
        for line in (self.name, self.detail, self.telephone, self.address):
            line.textChanged.connect(lambda words: self._arrange())
        self.until.changed.connect(self._arrange)
        self.kind.currentIndexChanged.connect(lambda index: self.completion.asking.again())
        self._arrange()
        lines = {
            "kind": self.kind, "name": self.name, "detail": self.detail,
            "telephone": self.telephone, "address": self.address, "until": self.until,
        }  # fmt: skip
        new = not relation.relation_id
        self.keep_typed(f"relation:{patient_id}:{relation.relation_id}", lines, anew=new)

    def relation(self) -> Relation:
        """As typed; without a date as long as none is understood (``missing`` says why)."""
        kind = RelationKind(self.kind.value())
        day = self.until.day() if kind in COVERS else None
        address = self.address.text() if kind is RelationKind.CORRESPONDENT else ""
        return Relation(
            self._relation.relation_id, kind, self.name.text(), self.detail.text(),
            self.telephone.text(), address, day,
        )  # fmt: skip

    def faults(self) -> Faults:
        """What keeps the verb from acting."""
        found: list[tuple[QWidget, str]] = []
        if not self.name.text().strip():
            found.append((self.name, "Écrivez le nom."))
        covers = RelationKind(self.kind.value()) in COVERS
        if covers and (problem := self.until.problem()):
            found.append((self.until, problem))
        return found

    def _fill(self, relation: Relation) -> None:
        self.kind.setCurrentIndex(self.kind.findData(relation.kind.value))
        self.completion.write(relation.name)
        self.detail.setText(relation.detail)
        self.telephone.setText(relation.telephone)
        self.address.setText(relation.address)
        self.until.set_day(relation.until)

    def _arrange(self) -> None:
        kind = RelationKind(self.kind.value())
        for field, shown in (
            (self.address, kind is RelationKind.CORRESPONDENT),
            (self.until, kind in COVERS),
        ):
            field.setVisible(shown)
            self._rows[field].setVisible(shown)
        self.form.name(self.detail, DETAIL.get(kind, "Lien avec le patient"))
        self.form.again(self.faults())

    def _colleagues(self, words: str, kind: str) -> tuple[Correspondent, ...]:
        return self._directory(words) if kind == RelationKind.CORRESPONDENT.value else ()

    def _take(self, one: Correspondent) -> None:
        self.completion.write(one.display_name)
        self.detail.setText(one.speciality)
        self.address.setText(one.address)
        self.telephone.setFocus()

    def _keep(self) -> None:
        if self.form.stops(self.faults()):
            return
        relation = self.relation()
        self.dismiss()
        self.kept.emit(relation)


class CirclePanel(Panel):
    """``told`` as of a part. Enter changes a line, Del takes it away with its undo."""

    told = Signal(str, object)

    def __init__(
        self, patient_id: str, circle: Circle, tasks: Tasks, directory: Directory,
        today: Callable[[], dt.date],
    ) -> None:  # fmt: skip
        super().__init__("Entourage et couverture")
        self._patient_id, self._circle, self._tasks = patient_id, circle, tasks
        self._directory, self._today = directory, today
        add = action(self, "Ajouter", self.add_relation, "Alt+A", help="Ajouter à l’entourage")
        self.add_action(Button("", "plain", "ri.add-line", action=add, height=24))
        self.table: Table[Relation] = Table(
            (
                Column("kind", "Lien", _kind, 230),
                Column("name", "Nom", self._name, None, least=180),
                Column("telephone", "Téléphone", lambda one: Cell(one.telephone), 140),
            ),
            name="Entourage et couverture",
            row_height=ROW,
            key=lambda one: one.relation_id,
        )
        self.table.opened.connect(self.change)
        action(self.table, "Retirer", self._remove, "Del", help="Retirer de l’entourage")
        self.empty = EmptyState(
            "ri.group-line", "Personne n’est noté.",
            "Correspondants, personne à prévenir, couverture…",
        )  # fmt: skip
        self.add(self.table)
        self.add(self.empty)
        self.show_relations(())

    def refresh(self) -> None:
        self._tasks.run(
            partial(self._circle.of, self._patient_id), owner=self, done=self.show_relations
        )

    def show_relations(self, relations: tuple[Relation, ...]) -> None:
        self.table.fill(list(relations))
        self.table.setFixedHeight(30 + ROW * len(relations))
        self.table.setVisible(bool(relations))
        self.empty.setVisible(not relations)
        self.count.set_count(len(relations))

    def add_relation(self) -> None:
        """A dialog for one more."""
        self.change(Relation("", RelationKind.CORRESPONDENT, ""))

    def change(self, relation: Relation) -> None:
        """A dialog on what is there."""
        dialog = RelationDialog(
            window_of(self), relation, self._tasks, self._directory, self._patient_id, self._today
        )
        seen = relation if relation.relation_id else None
        dialog.kept.connect(partial(self._put, saved=dialog.saved, seen=seen))
        dialog.open(dialog.name)

    def _put(
        self,
        relation: Relation,
        saved: Callable[[], None] = lambda: None,
        seen: Relation | None = None,
    ) -> None:
        def done(kept: object) -> None:
            saved()
            self.refresh()

        self._tasks.run(
            partial(self._circle.put, self._patient_id, relation, seen), owner=self, done=done
        )

    def _remove(self) -> None:
        one = self.table.current()
        if one is None:
            return

        def removed(nothing: None) -> None:
            self.refresh()
            self.told.emit(text.french(f"« {one.name} » retiré"), partial(self._put, one))

        work = partial(self._circle.remove, self._patient_id, one)
        self._tasks.run(work, owner=self, done=removed)

    def _name(self, one: Relation) -> Cell:
        over = one.over(self._today())
        until = f"droits jusqu’au {text.date(one.until)}" if one.until else ""
        second = text.join(one.detail, until, one.address)
        return Cell(
            one.name, medium=True, second=f"Droits terminés · {second}" if over else second,
            second_tone="danger" if over else "text.muted",
        )  # fmt: skip


def _kind(one: Relation) -> Cell:
    return Cell(RELATION_WORDS[one.kind], GLYPHS[one.kind], glyph_tone="text.muted")


def _line(caption: str) -> QLineEdit:
    line = QLineEdit()
    line.setFixedHeight(HEIGHT)
    line.setAccessibleName(caption)
    return line
