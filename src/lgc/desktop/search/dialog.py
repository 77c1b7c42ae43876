"""The search over everything: a field, three groups, and the person named before Enter opens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.asking import Asking
from lgc.desktop.components.banner import dmp_chip, ins_chip
from lgc.desktop.components.cover import Card, Cover
from lgc.desktop.components.empty import EmptyState
from lgc.desktop.components.flow import FlowLayout
from lgc.desktop.components.keys import KeyCap, cap_of, help_of
from lgc.desktop.components.labels import Glyph, label, rule
from lgc.desktop.components.notice import Notice
from lgc.desktop.components.segmented import Segmented
from lgc.desktop.components.suggestions import WHICH
from lgc.desktop.main_window import MainWindow
from lgc.desktop.search.result_list import ResultList
from lgc.desktop.search.results import Group, Offer, results, spelling
from lgc.desktop.theme import font
from lgc.desktop.theme.glyphs import SEX
from lgc.services.views import Found, PatientView

if TYPE_CHECKING:
    from lgc.services.desk import Desk

WAIT_MS = 120
WIDTH = 820
FILTERS = (("all", "Tout"), ("patients", "Patients"), ("visits", "Rendez-vous"),
           ("documents", "Documents"), ("actions", "Actions"))  # fmt: skip


class FindDoor(Protocol):
    """services.finding.Finding as this screen needs it; runs in a worker."""

    def find(self, words: str, limit: int = 8) -> Found: ...


class SearchDialog(Cover):
    """Opened over the window, closed by Escape or by what it opens."""

    KEYS = (
        ("Up", "Résultat d’avant"),
        ("Down", "Résultat d’après"),
        ("Return", "Ouvrir le résultat"),
        ("Enter", "Ouvrir le résultat"),
        ("Ctrl+K", "Chercher de nouveau"),
        ("Tab", "Filtre suivant"),
        ("Shift+Tab", "Filtre d’avant"),
    )

    def __init__(self, window: MainWindow, finding: FindDoor, actions: Sequence[QAction]) -> None:
        super().__init__(window)
        self._window, self._finding = window, finding
        self._actions = list(actions)
        self._found = Found("", (), ())
        self._hurried = self._blind = False
        self.setAccessibleName("Recherche")
        self._build()
        self._asking = Asking(self.field, window.tasks, finding.find, typing_ms=WAIT_MS, least=0)
        self._asking.stale.connect(self._stale)
        self._asking.answered.connect(self._fill)
        self._asking.failed.connect(self._failed)
        self.field.installEventFilter(self)
        self.setFocusProxy(self.field)
        self.list.selectionModel().currentChanged.connect(self._current)
        self.list.clicked.connect(self._clicked)
        self._asking.ask()

    @classmethod
    def join(cls, window: MainWindow, desk: Desk) -> None:
        """Let the window's Ctrl+K open the search of this session."""
        window.search_asked.connect(partial(cls.over, window, desk.finding))

    @classmethod
    def over(cls, window: MainWindow, finding: FindDoor) -> SearchDialog | None:
        """Open it, unless a dialog is open already."""
        if window.covered():
            return None
        page = window.current_page()
        offers = (page.keys() if page is not None else []) + window.everywhere()
        shown = [a for a in offers if a.isEnabled() and a is not window.search_action]
        dialog = cls(window, finding, shown)
        dialog.open(dialog.field)
        return dialog

    def choose(self) -> None:
        """Open the current line."""
        row = self.list.current()
        if row is None:
            return
        self.dismiss()
        if row.offer >= 0:
            self._actions[row.offer].trigger()
        elif row.patient is not None:
            self._window.open_record(row.patient.patient_id, row.item)

    def _clicked(self, index: QModelIndex) -> None:
        """What is pressed is what is seen, while it still answers what stands in the field."""
        if self._asking.fresh:
            self.choose()

    def _enter(self) -> None:
        """It may come before the answer: whom the words name alone is meant then, or nobody."""
        if self._asking.fresh:
            self.choose()
        else:
            self._hurried = True
            self._asking.ask()

    def _stale(self) -> None:
        self._hurried = self._blind = False
        self.list.forget()

    def _failed(self, error: Exception) -> None:
        self.dismiss()
        self._window.messages.show(error, "Recherche")

    def _fill(self, answer: object) -> None:
        found = cast("Found | None", answer)
        hurried = self._hurried and not self._blind
        self._hurried = self._blind = False
        self._found = found or Found(self._asking.words, (), ())
        self._refill()
        if hurried:
            self.choose()

    def _refill(self) -> None:
        chosen = self.filter.value()
        only = None if chosen == "all" else Group(chosen)
        offers = [
            Offer(
                number, act.text(), cap_of(act), help_of(act) if help_of(act) != act.text() else ""
            )
            for number, act in enumerate(self._actions)
        ]
        if not self._found.words.strip() and only is None:
            offers = offers[:4]
        rows = results(self._found, offers, only)
        self.list.fill(rows, self._found.words)
        self.list.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        near = spelling(self._found)
        nobody = self.list.current() is None
        today = "Patients du jour" if not self._found.words.strip() else WHICH * nobody
        self.hint.setText(f"Orthographe proche{text.NB}: {near}" if near else today)
        if nobody:
            self._person(None)

    def _current(self, index: QModelIndex, before: QModelIndex) -> None:
        row = self.list.current()
        self._person(row.patient if row is not None else None)

    # --- the person on the right --------------------------------------------------------------

    def _person(self, patient: PatientView | None) -> None:
        self.person.setVisible(patient is not None)
        if patient is None:
            return
        self.person_name.setText(f"{patient.civility} {patient.name}".strip())
        sign = SEX[patient.sex]
        self.person_sex.set(sign.glyph, sign.role)
        self.person_birth.setText(
            text.join(sign.word, text.date(patient.birth_date), text.short_age(patient.age))
        )
        while self.person_chips.count():
            item = self.person_chips.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for chip in (ins_chip(patient, number=False), dmp_chip(patient)):
            self.person_chips.addWidget(chip)
        self.person_important.set(
            "warn", patient.important, patient.important_detail, "ri.alert-fill"
        )
        self.person_important.setVisible(bool(patient.important))

    # --- keys ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: +1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self._asking.fresh:
            self.list.step(step)
        elif step is not None:
            self._blind = True  # rows that go are not those that come
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+K over its own dialog takes the words up anew, and erases none."""
        if isinstance(event, QKeyEvent) and watched is self.field:
            ctrl = Qt.KeyboardModifier.ControlModifier
            if event.key() == Qt.Key.Key_K and event.modifiers() == ctrl:
                event.accept()
                self.field.selectAll()
                return True
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, next: bool) -> bool:
        keys = [key for key, word in FILTERS]
        place = keys.index(self.filter.value()) + (1 if next else -1)
        self.filter.choose(keys[place % len(keys)])
        return True

    # --- building -----------------------------------------------------------------------------

    def _build(self) -> None:
        self.card = Card(WIDTH)
        whole = QVBoxLayout(self.card)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addLayout(self._head())
        whole.addWidget(rule())
        whole.addLayout(self._filters())
        whole.addWidget(rule())
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        self.list = ResultList()
        self.nothing = EmptyState(
            "ri.search-line", "Rien ne correspond.",
            "Essayez un nom de naissance, une date, un INS ou un mot d’un document.",
        )  # fmt: skip
        middle.addWidget(self.list, 1)
        middle.addWidget(self.nothing, 1)
        middle.addWidget(rule(vertical=True))
        middle.addWidget(self._side())
        room = QWidget()
        room.setFixedHeight(430)
        room.setLayout(middle)
        whole.addWidget(room)
        whole.addWidget(self._foot())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 72, 16, 16)
        outer.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(1)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(18, 14, 16, 14)
        row.setSpacing(12)
        row.addWidget(Glyph("ri.search-line", "accent.text", 20))
        self.field = QLineEdit()
        self.field.setProperty("bare", True)
        self.field.setProperty("search", True)
        self.field.setFont(font("search"))
        self.field.setFixedHeight(28)
        self.field.setPlaceholderText("Patient, document, action…")
        self.field.setAccessibleName("Recherche")
        row.addWidget(self.field, 1)
        row.addWidget(KeyCap("Échap"))
        return row

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 5, 16, 5)
        row.setSpacing(8)
        self.hint = label("", "small", "text.muted")
        row.addWidget(self.hint, 1)
        row.addWidget(label("Filtrer", "small", "text.muted"))
        self.filter = Segmented(FILTERS, name="Filtrer les résultats", height=22)
        for key, _word in FILTERS:
            self.filter.button(key).setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.filter.changed.connect(lambda key: self._refill())
        row.addWidget(self.filter)
        return row

    def _side(self) -> QWidget:
        side = QFrame()
        side.setObjectName("alt")
        side.setFixedWidth(268)
        outer = QVBoxLayout(side)
        outer.setContentsMargins(16, 16, 16, 16)
        self.person = QWidget()
        column = QVBoxLayout(self.person)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.person_name = label("", "dialog", wrap=True)
        self.person_sex = Glyph("ri.men-line", "text.muted", 16)
        self.person_birth = label("", "base", "text.muted", wrap=True)
        birth = QHBoxLayout()
        birth.setSpacing(4)
        birth.addWidget(self.person_sex)
        birth.addWidget(self.person_birth, 1)
        self.person_chips = FlowLayout(spacing=6)
        self.person_important = Notice("warn")
        column.addWidget(self.person_name)
        column.addLayout(birth)
        column.addLayout(self.person_chips)
        column.addWidget(self.person_important)
        outer.addWidget(self.person)
        outer.addStretch(1)
        return side

    def _foot(self) -> QWidget:
        foot = QFrame()
        foot.setObjectName("dialogFooter")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        for cap, word in (("↑ ↓", "choisir"), ("↵", "ouvrir"), ("Tab", "filtrer")):
            row.addWidget(KeyCap(cap))
            row.addWidget(label(word, "small", "text.muted"))
            row.addSpacing(8)
        row.addStretch(1)
        row.addWidget(label("nom, nom de naissance, date, INS, texte", "small", "text.faint"))
        return foot
