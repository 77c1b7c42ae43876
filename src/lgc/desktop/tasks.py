"""Work off the interface thread: questions that may be dropped, with three fates for errors.

Cancelled → silence; ``UserFacingError`` → ``failed`` or the messages; anything else → the same
door, which opens the crash window. The answer of a question whose owner is gone is dropped.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from lgc.desktop.hands import Answering, Hands
from lgc.desktop.subject import subject_of
from lgc.errors import Cancelled

T = TypeVar("T")
SLOW_MS = 1000
WORKERS = 6


class Failing(Protocol):
    """Where an error ends that nobody takes: ``about`` whom or what; ``retry`` does it again."""

    def __call__(
        self, error: Exception, about: str, retry: Callable[[], object] | None = None, /
    ) -> None: ...


class Cancel:
    """A token that work may look at; safe from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        self._event.set()

    def check(self) -> None:
        """Raises Cancelled once the token was cancelled: to be called between two steps."""
        if self._event.is_set():
            raise Cancelled


class Task(QObject):
    """One question on its way. ``slow`` comes after a second, ``finished`` in every case."""

    slow = Signal()
    finished = Signal()

    def __init__(self, cancel: Cancel, parent: QObject) -> None:
        super().__init__(parent)
        self.token = cancel
        self.over = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.slow)
        self._timer.start(SLOW_MS)

    def cancel(self) -> None:
        """Drop the answer; the screen is free at once, the worker ends when it can."""
        self.token.cancel()
        self.end()

    def end(self) -> None:
        if self.over:
            return
        self.over = True
        self._timer.stop()
        self.finished.emit()
        self.deleteLater()


@dataclass(slots=True)
class _Question:
    """What one ``run`` was given, and what came of it."""

    task: Task
    token: Cancel
    owner: QObject
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None] | None
    hands: Hands
    about: str
    place: QObject | None
    saves: bool = False
    answer: Any = None
    error: Exception | None = None

    def dropped(self) -> bool:
        """Nobody is left to hear the answer."""
        heard = (self.owner, _receiver(self.done), _receiver(self.failed))
        gone = any(isinstance(one, QObject) and not shiboken6.isValid(one) for one in heard)
        return self.token.cancelled or gone


def _receiver(call: object) -> object:
    """Whose method it is."""
    while isinstance(call, partial):
        call = call.func
    return getattr(call, "__self__", None)


class Tasks(QObject):
    """The workers of the interface. ``failing`` shows an error nobody else takes.

    ``place`` is the page in view; while an answer lands, ``left`` is the one it was asked on when
    the doctor is no longer there, or writes there: nothing may open by itself then.
    """

    busy = Signal(int)
    _answered = Signal(int)

    def __init__(self, failing: Failing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._failing = failing
        self.place: Callable[[], QObject | None] = lambda: None
        self.left: QObject | None = None
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="question")
        self._running = 0
        self._closed = False
        self._door = threading.Lock()
        self._numbers = itertools.count()
        self._questions: dict[int, _Question] = {}
        self._answered.connect(self._land, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> int:
        """How many questions have not been answered yet."""
        return self._running

    @property
    def saving(self) -> bool:
        """Is something on its way that keeps what was typed?"""
        return any(one.saves for one in self._questions.values())

    def run(
        self,
        work: Callable[[], T],
        *,
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        cancel: Cancel | None = None,
        saves: bool = False,
        about: str = "",
    ) -> Task:
        """Run ``work`` in a worker, then ``done`` here, unless ``owner`` is gone or cancelled.

        ``saves``: it keeps what was typed; the window does not close before it is done. ``about``
        names its subject in the notice of an error: what ``owner`` speaks of when it is asked.
        """
        task = Task(cancel or Cancel(), self)
        self._count(+1)
        if self._closed:
            task.end()
            self._count(-1)
            return task
        number = next(self._numbers)
        self._questions[number] = _Question(
            task, task.token, owner, work, done, failed, Hands(), about or subject_of(owner),
            self.left or self.place(), saves,
        )  # fmt: skip
        self._pool.submit(self._work, number)
        return task

    def close(self) -> None:
        """No more answers; used when the application ends. Running work is left to finish."""
        with self._door:
            self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def failing(
        self, error: Exception, about: str, retry: Callable[[], object] | None = None
    ) -> None:
        """Show an error as one that nobody takes, with the way to try again."""
        if retry is None:
            self._failing(error, about)
        else:
            self._failing(error, about, retry)

    def _work(self, number: int) -> None:
        """In a worker: only a number is held here when the answer leaves.

        Were the question still in its hands, the worker might be the last to let go of a widget,
        and destroy it in the wrong thread.
        """
        question = self._questions[number]
        try:
            question.token.check()
            question.answer = question.work()
        except Exception as raised:
            question.error = raised
        del question
        # Once closed, no worker is in the middle of answering something that is being destroyed.
        with self._door:
            if not self._closed and shiboken6.isValid(self):
                self._answered.emit(number)

    @Slot(int)
    def _land(self, number: int) -> None:
        question = self._questions.pop(number)
        self._count(-1)
        task, error = question.task, question.error
        dropped = question.dropped()
        if shiboken6.isValid(task):
            task.end()
        if dropped or isinstance(error, Cancelled):
            return
        answering = Answering(question.hands)
        self.left = self._left(question)
        try:
            if error is None:
                question.done(question.answer)
            else:
                self._fail(question, error)
        finally:
            self.left = None
        answering.settle()

    def _left(self, question: _Question) -> QObject | None:
        place = question.place
        if place is None or not shiboken6.isValid(place):
            return None
        here = place is self.place() and question.hands.busy() is None
        return None if here else place

    def _fail(self, question: _Question, error: Exception) -> None:
        if question.failed is not None:
            question.failed(error)
        else:
            self.failing(error, question.about)

    def _count(self, by: int) -> None:
        self._running += by
        self.busy.emit(self._running)
