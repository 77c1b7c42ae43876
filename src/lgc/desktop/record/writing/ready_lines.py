"""Ready lines beside a prescription: Enter or a click writes one; the doctor keeps their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.fields import SearchField
from lgc.desktop.components.keys import action
from lgc.desktop.components.labels import label
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.tables import Table
from lgc.desktop.tasks import Tasks
from lgc.desktop.words import fold
from lgc.domain.terms import Term
from lgc.services.desk import Desk
from lgc.terminology import code_systems

ReadyLine = tuple[str, bool]
# Kinds of prescription whose lines an official table completes too, once it is loaded.
COMPLETED = {"biology_prescription": (code_systems.LOINC,)}
FEWEST = 2


class ReadyLines(QWidget):
    """``write`` gets the chosen line; ``line`` gives the one to keep among one's own.

    Its keys work in the whole of ``owner``, where the prescription is written.
    """

    def __init__(
        self,
        kind: str,
        desk: Desk,
        tasks: Tasks,
        write: Callable[[str], None],
        line: Callable[[], str],
        owner: QWidget,
    ) -> None:
        super().__init__()
        self._kind, self._desk, self._tasks = kind, desk, tasks
        self._write, self._line = write, line
        self._all: tuple[ReadyLine, ...] = ()
        self._found: tuple[str, tuple[ReadyLine, ...]] = ("", ())
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label("Lignes prêtes", "medium"), 1)
        keep = action(
            owner, "Garder la ligne", self.keep, "Ctrl+Shift+G", help="Garder la ligne écrite"
        )
        head.addWidget(Button("", "quiet", "ri.star-line", action=keep, height=24))
        column.addLayout(head)
        find = action(owner, "Chercher une ligne", lambda: None, "Ctrl+F", hint="Lignes prêtes")
        self.search = SearchField("Chercher", action=find, name="Chercher une ligne prête")
        self.search.textChanged.connect(self._searched)
        self.search.returnPressed.connect(self._take_first)
        column.addWidget(self.search)
        self.table: Table[ReadyLine] = Table(
            (Column("line", "Ligne", _cell, None),),
            name="Lignes prêtes",
            row_height=30,
            key=lambda one: one[0],
            header=False,
            open_on_click=True,
        )
        self.table.opened.connect(lambda one: self._write(one[0]))
        action(self.table, "Oublier la ligne", self.forget, "Del", help="Oublier une ligne gardée")
        column.addWidget(self.table, 1)

    def reload(self) -> None:
        self._tasks.run(
            partial(self._desk.ready_words.lines, self._kind), owner=self, done=self._fill
        )

    def keep(self) -> None:
        """The line where the cursor stands joins one's own."""
        self._tasks.run(
            partial(self._desk.ready_words.add, self._kind, self._line()),
            owner=self,
            done=lambda nothing: self.reload(),
        )

    def forget(self) -> None:
        """Only one's own lines can be forgotten."""
        one = self.table.current()
        if one is not None and one[1]:
            self._tasks.run(
                partial(self._desk.ready_words.remove, self._kind, one[0]),
                owner=self,
                done=lambda nothing: self.reload(),
            )

    def _fill(self, lines: tuple[ReadyLine, ...]) -> None:
        self._all = lines
        self._filter()

    def _searched(self, typed: str) -> None:
        self._filter()
        systems = COMPLETED.get(self._kind)
        if systems and len(typed.strip()) >= FEWEST:
            self._tasks.run(
                partial(self._desk.nomenclatures.suggest, typed, systems),
                owner=self,
                done=partial(self._complete, typed),
            )

    def _complete(self, typed: str, terms: Sequence[Term]) -> None:
        """Below the ready lines; only what was found for what stands in the field."""
        if typed == self.search.text():
            self._found = (typed, tuple((term.code.label, False) for term in terms))
            self._filter()

    def _filter(self) -> None:
        typed = self.search.text()
        words = fold(typed).split()
        ready = [one for one in self._all if all(w in fold(one[0]) for w in words)]
        asked, found = self._found
        held = {line for line, _ in ready}
        more = [one for one in found if typed and asked == typed and one[0] not in held]
        self.table.fill([*ready, *more])

    def _take_first(self) -> None:
        """A ready line; what a table offers besides is pointed at, never taken for its letters."""
        rows = self.table.rows()
        if not rows or not self.search.text().strip():
            return
        if rows[0] in self._all:
            self._write(rows[0][0])
            self.search.clear()
        else:
            self.table.setFocus()


def _cell(one: ReadyLine) -> Cell:
    return Cell(one[0], "ri.star-fill" if one[1] else "ri.add-line", glyph_tone="accent.text")
