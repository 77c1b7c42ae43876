"""A field completed from a list: what Enter takes was found for exactly what stands in the field.

Enter that comes before the answer waits for it; nothing is ever taken that was found for other
words. Where several answer as well, none is chosen beforehand: the arrows say who.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lgc.desktop.components.asking import Asking
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.subject import subject_of
from lgc.errors import UserFacingError

R = TypeVar("R")
Choose = Callable[[str, Sequence[R]], R | None]
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


def first_of(words: str, rows: Sequence[R]) -> R | None:
    """The list's own order says what is meant."""
    return rows[0] if rows else None


class Completion(QObject, Generic[R]):
    """``taken`` carries the row, ``unfound`` the words that Enter meant and nothing answers.

    ``default`` is the row that Enter takes once it is seen, ``unseen`` the one it may take though
    the answer came after it (the same unless told). ``rows_of`` reads an answer. ``also`` is a key
    that takes what is chosen, as Enter does. Keys of the field pass through an event filter; what
    it leaves is the owner's.
    """

    KEYS = (
        ("Up", "Proposition d’avant"),
        ("Down", "Proposition d’après"),
        ("Return", "Prendre la proposition"),
        ("Enter", "Prendre la proposition"),
        ("Esc", "Fermer les propositions"),
    )

    taken = Signal(object)
    unfound = Signal(str)

    def __init__(
        self,
        field: QLineEdit,
        asking: Asking,
        popup: SuggestionList[R],
        *,
        default: Choose[R] = first_of,
        unseen: Choose[R] | None = None,
        rows_of: Callable[[object], Sequence[R]],
        below: QWidget | None = None,
        width: Callable[[], int] = lambda: 0,
        also: Qt.Key | None = None,
    ) -> None:
        super().__init__(field)
        self.asking, self.popup = asking, popup
        self._field, self._below, self._width = field, below or field, width
        self._default, self._unseen, self._rows_of = default, unseen or default, rows_of
        self._also = also
        self._entered = self._blind = False
        asking.stale.connect(self._stale)
        asking.answered.connect(self._show)
        asking.failed.connect(self._failed)
        popup.taken.connect(self._pressed)
        field.installEventFilter(self)

    @property
    def waiting(self) -> bool:
        """Did Enter come, and not yet its answer?"""
        return self._entered

    def write(self, words: str) -> None:
        """Words that nobody typed: nothing is asked of them."""
        self._field.setText(words)
        self.asking.rest()

    def propose(self, rows: Sequence[R], *, chosen: bool) -> None:
        """Rows before anything is typed; ``chosen``: an arrow asked for them, the first is meant.

        They stand for the empty field: a letter makes them stale.
        """
        self.asking.rest()
        first = rows[0] if chosen and rows else None
        self.popup.show_below(self._below, rows, self._width(), chosen=first)

    def enter(self) -> bool:
        """What Enter does here; False when the words alone are meant, or nothing is typed."""
        if not self.asking.words and not self.popup.isVisible():
            return False
        if self.asking.fresh:
            return self.popup.isVisible() and (self.popup.take() or True)
        self._entered = True
        self.asking.ask()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._key(event)
            if event.type() == QEvent.Type.ShortcutOverride and self._is_ours(event):
                event.accept()  # else what lies below would leave, or act on what it shows
                return True
        elif event.type() == QEvent.Type.FocusOut:
            self.popup.hide()
        return super().eventFilter(watched, event)

    def _is_ours(self, event: QKeyEvent) -> bool:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        return event.key() in ENTER or (event.key() == Qt.Key.Key_Escape and self.popup.isVisible())

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if key in STEPS and self.popup.isVisible():
            if self.asking.fresh:
                self.popup.step(STEPS[key])
            else:
                self._blind = True  # rows that go are not those that come: they are shown first
            return True
        if key in ENTER:
            return self.enter()
        if key == self._also:
            return self.asking.fresh and self.popup.isVisible() and self.popup.take()
        if key == Qt.Key.Key_Escape and self.popup.isVisible():
            self.popup.hide()
            self._entered = False
            return True
        return False

    def _stale(self) -> None:
        self._entered = self._blind = False
        self.popup.forget()

    def _show(self, answer: object) -> None:
        rows = self._rows_of(answer) if answer is not None else ()
        words, entered, blind = self.asking.words, self._entered, self._blind
        self._entered = self._blind = False
        if entered and not blind:
            row = self._unseen(words, rows)
            if row is not None:
                self._take(row)
                return
            if not rows or not self._field.hasFocus():
                self.popup.hide()
                self.unfound.emit(words)
                return
        kept = self.popup.current()
        shown = rows if self._field.hasFocus() else ()
        chosen = None if blind else self._default(words, rows)
        self.popup.show_below(self._below, shown, self._width(), chosen=kept or chosen)

    def _failed(self, error: Exception) -> None:
        """Nobody to answer is nothing found; anything else is not for this field to hide."""
        self._show(None)
        if not isinstance(error, UserFacingError):
            self.asking.tasks.failing(error, subject_of(self))

    def _pressed(self, row: R) -> None:
        if self.asking.fresh:
            self._take(row)

    def _take(self, row: R) -> None:
        self.popup.hide()
        self.popup.forget()
        self.taken.emit(row)
