"""The acts on the agenda, one after the other: keys are faster than the store.

An act of a key is of what the one before it leaves. So the next begins when the last is stored,
pushes of one visit that still wait are joined into one, and when an act fails those that counted
on it are dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from lgc.desktop.tasks import Tasks
from lgc.services.views import VisitLine


@dataclass(slots=True)
class Act:
    """``work`` runs in a worker; ``seen`` is the visit that it pushes, None for another act."""

    work: Callable[[], Any]
    done: Callable[[Any], None]
    seen: VisitLine | None = None


class Acts:
    """``settled`` is called when nothing waits any more, ``failed`` with what stopped the rest."""

    def __init__(
        self,
        tasks: Tasks,
        owner: QObject,
        settled: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._tasks, self._owner = tasks, owner
        self._settled, self._failed = settled, failed
        self._waiting: deque[Act] = deque()
        self.running = False

    def add(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """After those that wait."""
        self._add(Act(work, done))

    def push(
        self, seen: VisitLine, work: Callable[[VisitLine], Any], done: Callable[[Any], None]
    ) -> None:
        """``work`` is given the visit as it stands before; a push that waits is replaced by it."""
        last = self._waiting[-1].seen if self._waiting else None
        if last is not None and last.visit_id == seen.visit_id:
            self._waiting.pop()
            seen = last
        self._add(Act(partial(work, seen), done, seen))

    def _add(self, act: Act) -> None:
        self._waiting.append(act)
        if not self.running:
            self._next()

    def _next(self) -> None:
        self.running = bool(self._waiting)
        if not self.running:
            self._settled()
            return
        act = self._waiting.popleft()
        self._tasks.run(
            act.work, owner=self._owner, done=lambda answer: self._end(act, answer),
            failed=self._stop,
        )  # fmt: skip

    def _end(self, act: Act, answer: Any) -> None:
        act.done(answer)
        self._next()

    def _stop(self, error: Exception) -> None:
        self._waiting.clear()
        self.running = False
        self._failed(error)
