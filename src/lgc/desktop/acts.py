"""The acts of a session on the agenda, one after the other: keys are faster than the store.

An act of a key is of what the one before it leaves, on whatever screen that was. So the next
begins when the last is stored, pushes of one visit that still wait are joined into one, and when
an act fails those on the same thing, which counted on it, are dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from lgc.desktop import text
from lgc.desktop.tasks import Failing, Tasks
from lgc.services.views import VisitLine

AGENDA = "Agenda"


def subject_of(seen: VisitLine) -> str:
    """« CHEMIN Henri, 10 h »: whose act it was, where it fails."""
    return f"{seen.patient.name}, {text.time_in_words(seen.starts_at)}"


@dataclass(slots=True)
class Act:
    """``work`` runs in a worker, ``about`` names what it changes, ``subject`` says it in words;
    ``pushes`` is the visit that it pushes. Without a work it is only a turn: ``done`` is called
    when it comes.
    """

    work: Callable[[], Any] | None
    done: Callable[[Any], object]
    about: frozenset[str] = field(default_factory=frozenset)
    subject: str = AGENDA
    pushes: VisitLine | None = None


class Acts(QObject):
    """One for the window. ``settled`` comes when nothing waits any more; ``failed`` is told what
    stopped an act.
    """

    settled = Signal()

    def __init__(self, tasks: Tasks, failed: Failing, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._failed = tasks, failed
        self._waiting: deque[Act] = deque()
        self._first: list[Act] | None = None
        self.running = False

    def add(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        about: Iterable[str] = (),
        subject: str = AGENDA,
    ) -> None:
        """After those that wait."""
        self._add(Act(work, done, frozenset(about), subject))

    def push(
        self, seen: VisitLine, work: Callable[[VisitLine], Any], done: Callable[[Any], None]
    ) -> None:
        """``work`` is given the visit as it stands before; a push that waits is replaced by it."""
        last = self._waiting[-1].pushes if self._waiting else None
        if last is not None and last.visit_id == seen.visit_id:
            self._waiting.pop()
            seen = last
        about = frozenset({seen.visit_id})
        self._add(Act(partial(work, seen), done, about, subject_of(seen), seen))

    def in_turn(self, call: Callable[[], object]) -> None:
        """Call once what waits now is stored: at once when nothing does. The acts that it asks for
        come before those asked for meanwhile.
        """
        if self.running:
            self._waiting.append(Act(None, lambda nothing: call()))
        else:
            call()

    def _add(self, act: Act) -> None:
        if self._first is not None:
            self._first.append(act)
            return
        self._waiting.append(act)
        if not self.running:
            self._next()

    def _next(self) -> None:
        self.running = True
        while self._waiting:
            act = self._waiting.popleft()
            if act.work is not None:
                self._tasks.run(
                    act.work, owner=self, done=partial(self._end, act),
                    failed=partial(self._stop, act),
                )  # fmt: skip
                return
            asked: list[Act] = []
            self._first = asked
            try:
                act.done(None)
            finally:
                self._first = None
            self._waiting.extendleft(reversed(asked))
        self.running = False
        self.settled.emit()

    def _end(self, act: Act, answer: Any) -> None:
        act.done(answer)
        self._next()

    def _stop(self, act: Act, error: Exception) -> None:
        self._waiting = deque(one for one in self._waiting if not one.about & act.about)
        self._failed(error, act.subject)
        self._next()
