"""One question per state of a field: an answer counts for exactly what stands there.

An older answer is dropped, whatever the rhythm of the hands and of the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLineEdit

from lgc.desktop.subject import subject_of
from lgc.desktop.tasks import Task, Tasks
from lgc.errors import UserFacingError

Ask = Callable[..., Any]
"""What is asked in a worker: the words, then whatever stands ``beside`` them."""


class Asking(QObject):
    """``stale`` as soon as the field says something else; ``answered`` carries what was found for
    it, None when nothing was asked (too few letters), ``failed`` why there is no answer.

    ``further`` is slower and finds more: asked ``pause_ms`` after the last key, it lands after the
    first answer and takes its place. ``beside`` is whatever else the question hangs on, as it is
    when it is asked.
    """

    stale = Signal()
    answered = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        field: QLineEdit,
        tasks: Tasks,
        ask: Ask,
        *,
        typing_ms: int,
        least: int = 1,
        further: Ask | None = None,
        pause_ms: int = 500,
        least_further: int = 3,
        beside: Callable[[], tuple[Hashable, ...]] = tuple,
    ) -> None:
        super().__init__(field)
        self._field, self.tasks, self._ask_of, self._least = field, tasks, ask, least
        self._further, self._least_further, self._beside = further, least_further, beside
        self._stands: object = None
        self._asked: object = None
        self._task: Task | None = None
        self._soon = _timer(self, typing_ms, self.ask)
        self._later = _timer(self, pause_ms, self._ask_further)
        field.textChanged.connect(lambda text: self.again())

    @property
    def words(self) -> str:
        return self._field.text().strip()

    @property
    def fresh(self) -> bool:
        """Does the last answer speak of what stands in the field now?"""
        return self._stands == self._state()

    def again(self) -> None:
        """The question changed: what was found before no longer counts."""
        self._drop()
        self._stands = None
        self.stale.emit()
        self._soon.start()
        if self._further is not None:
            self._later.start()

    def rest(self) -> None:
        """What stands was not typed: nothing is asked of it."""
        self._drop()
        self._stands = self._state()
        self.answered.emit(None)

    def ask(self) -> None:
        """Now, without waiting for a pause of the hands; asked once only."""
        self._soon.stop()
        state = self._state()
        if self.fresh or self._asked == state:
            return
        self._drop_task()
        if len(self.words) < self._least:
            self._land(state, None)
            return
        self._asked = state
        self._task = self.tasks.run(
            partial(self._ask_of, self.words, *self._beside()),
            owner=self,
            done=partial(self._land, state),
            failed=partial(self._fail, state),
        )

    def _ask_further(self) -> None:
        if self._further is not None and len(self.words) >= self._least_further:
            state = self._state()
            self.tasks.run(
                partial(self._further, self.words, *self._beside()),
                owner=self,
                done=partial(self._land_further, state),
                failed=self._fail_further,
            )

    def _state(self) -> object:
        return self.words, *self._beside()

    def _land(self, state: object, answer: object) -> None:
        if state == self._state() and not (self.fresh and state == self._stands):
            self._asked, self._stands = None, state
            self.answered.emit(answer)

    def _land_further(self, state: object, answer: object) -> None:
        if state == self._state():
            self._drop_task()
            self._stands = state
            self.answered.emit(answer)

    def _fail(self, state: object, error: Exception) -> None:
        if state == self._state():
            self._asked, self._stands = None, state
            self.failed.emit(error)

    def _fail_further(self, error: Exception) -> None:
        """What was found first stands."""
        if not isinstance(error, UserFacingError):
            self.tasks.failing(error, subject_of(self))

    def _drop(self) -> None:
        self._soon.stop()
        self._later.stop()
        self._drop_task()

    def _drop_task(self) -> None:
        self._asked = None
        if self._task is not None and not self._task.over:
            self._task.cancel()
        self._task = None


def _timer(parent: QObject, wait_ms: int, call: Callable[[], None]) -> QTimer:
    made = QTimer(parent)
    made.setSingleShot(True)
    made.setInterval(wait_ms)
    made.timeout.connect(call)
    return made
