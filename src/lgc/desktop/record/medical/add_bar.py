"""« Ajouter au dossier »: family, words, completion; Enter adds, Tab changes the family."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QWidget

from lgc.desktop.components.buttons import Button
from lgc.desktop.components.keys import KeyCap
from lgc.desktop.components.labels import Glyph, label
from lgc.desktop.components.menus import show_menu
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.record.medical.words import PLACES
from lgc.desktop.tasks import Task, Tasks
from lgc.desktop.theme import restyle
from lgc.domain.medical_data import Family
from lgc.services.medical import Medical, Suggestion
from lgc.terminology import code_systems

TYPING_MS = 80
ROW = 33
FAMILIES = tuple(PLACES)


class AddBar(QFrame):
    """``added`` carries (Suggestion, typed words)."""

    added = Signal(object, str)

    def __init__(
        self, patient_id: str, medical: Medical, tasks: Tasks, focus: QAction, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chipField")
        self.setFixedHeight(38)
        self._patient_id, self._medical, self._tasks = patient_id, medical, tasks
        self._task: Task | None = None
        self.family = Family.CHRONIC
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
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_MS)
        self._timer.timeout.connect(self._ask)
        self.edit.textEdited.connect(lambda typed: self._timer.start())
        self.edit.installEventFilter(self)
        self.popup: SuggestionList[Suggestion] = SuggestionList(
            COLUMNS, "Propositions", key=_key, row_height=ROW, most=9
        )
        self.popup.taken.connect(self._take)
        self.set_family(self.family)

    def set_family(self, family: Family) -> None:
        """What Enter will add to; what is typed stays."""
        self.family = family
        place = PLACES[family]
        self.family_button.setText(place.one)
        self.family_button.set_glyph(place.glyph)
        self.family_button.setAccessibleName(f"Famille : {place.one}")
        self.hint.setText(place.hint)
        if self.edit.text().strip():
            self._ask()

    def start(self, family: Family | None = None) -> None:
        """Put the hands on the line."""
        if family is not None:
            self.set_family(family)
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def clear(self) -> None:
        self.popup.hide()
        # Not clear(): what was added is undone in the record, not typed again here.
        self.edit.setText("")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and self._leaves_undo(event):
            event.ignore()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            restyle(self, focused=event.type() == QEvent.Type.FocusIn)
            if event.type() == QEvent.Type.FocusOut:
                self.popup.hide()
        return super().eventFilter(watched, event)

    def _leaves_undo(self, event: QKeyEvent) -> bool:
        """With nothing typed to take back, Ctrl+Z is the record's."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        undo = event.matches(QKeySequence.StandardKey.Undo)
        return asked and undo and not self.edit.isUndoAvailable()

    def _pressed(self, event: QKeyEvent) -> bool:
        key, typed = event.key(), bool(self.edit.text().strip())
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.popup.isVisible():
            self.popup.step(+1 if key == Qt.Key.Key_Down else -1)
            return True
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and typed:
            self._next_family(+1 if key == Qt.Key.Key_Tab else -1)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and typed:
            return self._enter()
        if key == Qt.Key.Key_Escape and (typed or self.popup.isVisible()):
            self.clear()
            return True
        return False

    def _enter(self) -> bool:
        """Faster hands than the completion: the words go as they were typed."""
        if self.popup.isVisible() and not self._timer.isActive():
            return self.popup.take()
        self._timer.stop()
        self._task = self._tasks.run(
            partial(self._medical.suggest, self._patient_id, self.family, self.edit.text()),
            owner=self,
            done=lambda found: self._take(found[0]) if found else None,
        )
        return True

    def _next_family(self, by: int) -> None:
        place = (FAMILIES.index(self.family) + by) % len(FAMILIES)
        self.set_family(FAMILIES[place])

    def _ask(self) -> None:
        if self._task is not None and not self._task.over:
            self._task.cancel()
        if not self.edit.text().strip():
            self.popup.hide()
            return
        self._task = self._tasks.run(
            partial(self._medical.suggest, self._patient_id, self.family, self.edit.text()),
            owner=self,
            done=self._suggest,
        )

    def _suggest(self, found: tuple[Suggestion, ...]) -> None:
        self.popup.show_below(self, found if self.edit.hasFocus() else ())

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
    if one.code is None:
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
