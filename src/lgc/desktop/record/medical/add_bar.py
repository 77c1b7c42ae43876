"""« Ajouter au dossier »: family, words, completion; Enter adds, Tab changes the family.

How the line is read stands under it before Enter; what may be read in two ways is asked, and Enter
then takes nothing that was not moved to.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QWidget

from lgc.desktop.components.asking import Asking
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import KeyCap
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.record.medical.reading import ASKED, HOW, OTHERWISE, choice, said
from lgc.desktop.record.medical.words import PLACES
from lgc.desktop.tasks import Tasks
from lgc.desktop.theme import restyle
from lgc.domain.entry_line import EntryLine, Question, Readings
from lgc.domain.medical_data import Family
from lgc.services.medical import Medical, Suggestion
from lgc.terminology import code_systems

TYPING_MS = 80
ROW = 33
FAMILIES = tuple(PLACES)


class AddBar(QFrame):
    """``added`` carries (Suggestion, typed words); ``absence_said`` the family said empty."""

    KEYS = (
        ("Up", "Proposition d’avant"),
        ("Down", "Proposition d’après"),
        ("Tab", "Famille suivante"),
        ("Shift+Tab", "Famille d’avant"),
        ("F3", "Lire la ligne autrement"),
        ("Return", "Ajouter la ligne"),
        ("Enter", "Ajouter la ligne"),
        ("Esc", "Effacer la ligne ; Ctrl Z la rend"),
    )

    added = Signal(object, str)
    absence_said = Signal(object)

    def __init__(
        self, patient_id: str, medical: Medical, tasks: Tasks, focus: QAction, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chipField")
        self.setFixedHeight(38)
        self._patient_id, self._medical = patient_id, medical
        self.family = Family.CHRONIC
        self._readings, self._reading = Readings((EntryLine(""),)), 0
        self._entered = False
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(Glyph("ri.add-line", "accent.text", 17))
        row.addWidget(label("Ajouter au dossier", "medium"))
        self.family_button = Button("", "plain", height=26, glyph_after=False)
        self.family_button.clicked.connect(self._choose_family)
        row.addWidget(self.family_button)
        self.edit = QLineEdit()
        self.edit.setObjectName("medicalEdit")
        self.edit.setProperty("bare", True)
        self.edit.setFrame(False)
        self.edit.setAccessibleName("Ajouter au dossier")
        self.edit.setPlaceholderText("Quelques lettres suffisent : « hta 2011 »")
        row.addWidget(self.edit, 1)
        self.hint = label("", "small", "text.muted")
        row.addWidget(self.hint)
        row.addWidget(KeyCap.of(focus))
        self.edit.textEdited.connect(self._edited)
        self.asking = Asking(
            self.edit, tasks, self._offered, typing_ms=TYPING_MS,
            beside=lambda: (self.family, self._readings, self._reading),
        )  # fmt: skip
        self.asking.stale.connect(self._stale)
        self.asking.answered.connect(self._found)
        self.asking.failed.connect(tasks.failing)
        self.edit.installEventFilter(self)
        self.popup: SuggestionList[Suggestion] = SuggestionList(
            COLUMNS, "Propositions", key=_key, row_height=ROW, most=9
        )
        self.popup.taken.connect(self._take)
        self.question: SuggestionList[EntryLine] = SuggestionList(
            (Column("choice", "Lecture", self._choice),),
            "Lectures possibles",
            key=repr,
            row_height=ROW,
        )
        self.question.taken.connect(self._answer)
        self.set_family(self.family)

    def set_family(self, family: Family) -> None:
        """What Enter will add to; what is typed stays."""
        self.family = family
        place = PLACES[family]
        self.family_button.setText(place.one)
        self.family_button.set_glyph(place.glyph)
        self.family_button.setAccessibleName(f"Famille : {place.one}")
        self.hint.setText(place.hint)
        self._read()
        if self.edit.text().strip():
            self._ask()

    def start(self, family: Family | None = None) -> None:
        """Put the hands on the line."""
        if family is not None:
            self.set_family(family)
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_back(self, typed: str) -> None:
        """Words that were not added after all."""
        self.edit.setText(typed)
        self._read()
        self.start()

    def clear(self) -> None:
        # Not clear(): what was added is undone in the record, not typed again here.
        self.edit.setText("")
        self._read()
        self.asking.rest()

    def _hide(self) -> None:
        self.popup.hide()
        self.question.hide()

    def _edited(self, typed: str) -> None:
        self._read()
        self.question.hide()

    def _read(self) -> None:
        self._readings = self._medical.read(self.family, self.edit.text())
        self._reading = 0

    @property
    def _line(self) -> EntryLine:
        return self._readings.options[self._reading]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            restyle(self, focused=event.type() == QEvent.Type.FocusIn)
            if event.type() == QEvent.Type.FocusOut:
                self._hide()
        return super().eventFilter(watched, event)

    def _pressed(self, event: QKeyEvent) -> bool:
        key, typed = event.key(), bool(self.edit.text().strip())
        shown = self._shown()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and shown is not None:
            shown.step(+1 if key == Qt.Key.Key_Down else -1)
            return True
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and typed:
            self._next_family(+1 if key == Qt.Key.Key_Tab else -1)
            return True
        if key == Qt.Key.Key_F3 and typed:
            self._read_otherwise()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and typed:
            self._enter()
            return True
        if key == Qt.Key.Key_Escape and (typed or shown is not None):
            self.edit.selectAll()
            self.edit.del_()  # as keys would: Ctrl+Z writes it again
            self._hide()
            self.asking.rest()
            return True
        return False

    def _shown(self) -> SuggestionList[Any] | None:
        return next((one for one in (self.question, self.popup) if one.isVisible()), None)

    def _read_otherwise(self) -> None:
        """The next reading of the same words; a question shows them all."""
        if self._readings.question is None:
            self._reading = (self._reading + 1) % len(self._readings.options)
        self._ask()

    def _enter(self) -> None:
        """What is taken was found for exactly what stands in the line."""
        if self._readings.question is not None:
            if not (self.question.isVisible() and self.question.take()):
                self._show_question(self._readings.question)
        elif self.popup.isVisible() and self.asking.fresh:
            self.popup.take()
        else:
            self._go()

    def _go(self) -> None:
        """Faster hands than the completion; letters typed meanwhile make it another line."""
        if self.asking.fresh:
            self.asking.again()
        self._entered = True
        self.asking.ask()

    def _stale(self) -> None:
        self._entered = False
        self.popup.forget()

    def _next_family(self, by: int) -> None:
        place = (FAMILIES.index(self.family) + by) % len(FAMILIES)
        self.set_family(FAMILIES[place])

    def _ask(self) -> None:
        """At once, though nothing was typed: the line is read otherwise, or in another family."""
        self.asking.again()
        self.asking.ask()

    def _offered(
        self, words: str, family: Family, readings: Readings, reading: int
    ) -> tuple[Suggestion, ...]:
        """In a worker; of what must be asked first, nothing."""
        if readings.question is not None:
            return ()
        return self._medical.offer(self._patient_id, family, readings.options[reading])

    def _found(self, answer: object) -> None:
        found = cast("tuple[Suggestion, ...] | None", answer)
        entered, self._entered = self._entered, False
        if found is None:
            self._hide()
        elif self._readings.question is not None:
            if not self.question.isVisible():
                self._show_question(self._readings.question)
        elif entered and not found[0].asked:
            self._take(found[0])
        elif self.edit.hasFocus():
            self._suggest(found)

    def _suggest(self, found: tuple[Suggestion, ...]) -> None:
        several = found[0].asked
        head = f"Plusieurs sens, retenu ensuite : {HOW}" if several else self._heading()
        chosen = self.popup.current() or (None if several else found[0])
        self.popup.show_below(self, found, head=head, chosen=chosen)

    def _heading(self) -> str:
        """How the line is read, when it says more than its words."""
        meaning = said(self._line, self.family)
        other = OTHERWISE if len(self._readings.options) > 1 else ""
        return " · ".join(
            part for part in (meaning or "mots tels quels" * bool(other), other) if part
        )

    def _show_question(self, question: Question) -> None:
        self.popup.hide()
        if self.edit.hasFocus():
            head = f"{ASKED[question]}  {HOW}"
            self.question.show_below(self, self._readings.options, head=head)

    def _choice(self, line: EntryLine) -> Cell:
        return Cell(choice(line, self.family), PLACES[line.family or self.family].glyph)

    def _answer(self, line: EntryLine) -> None:
        """A reading that was chosen goes the way of one that needed no question."""
        if line.absence is not None:
            self.clear()
            self.absence_said.emit(line.absence)
            return
        self._readings, self._reading = Readings((line,)), 0
        self.question.hide()
        self.asking.again()
        self._go()

    def _take(self, chosen: Suggestion) -> None:
        typed = self.edit.text()
        self.clear()
        self.added.emit(chosen, typed)

    def _choose_family(self) -> None:
        menu = QMenu(self)
        for family, place in PLACES.items():
            menu.addAction(place.one).triggered.connect(partial(self._chosen, family))
        menu.aboutToHide.connect(menu.deleteLater)
        show_menu(menu, self.family_button.mapToGlobal(self.family_button.rect().bottomLeft()))

    def _chosen(self, family: Family, checked: bool = False) -> None:
        self.start(family)


def _key(one: Suggestion) -> str:
    return one.code.code if one.code else one.label


def _words(one: Suggestion) -> Cell:
    if one.code is None and (one.line is None or one.label == one.line.words):
        return Cell(f"Ajouter « {one.label} » tel quel", tone="text")
    return Cell(one.label, marks=one.words)


def _code(one: Suggestion) -> Cell:
    if one.code is None:
        return Cell("sans code", tone="text.muted", small=True)
    name = f"{code_systems.name_of(one.code.system)} {one.code.code}"
    known = "déjà au dossier · " if one.known else ""
    return Cell(known + name, tone="text.muted", small=True)


COLUMNS: tuple[Column[Suggestion], ...] = (
    Column(
        "family",
        "Famille",
        lambda one: Cell(PLACES[one.family].one, PLACES[one.family].glyph, "text.muted"),
        200,
    ),
    Column("words", "Libellé", _words),
    Column("code", "Code", _code, 210, right=True),
)
