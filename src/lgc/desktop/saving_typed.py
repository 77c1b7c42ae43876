"""What is typed and not finished goes to the store as it is typed, one save at a time."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from lgc.desktop.components.typed import TypedWords
from lgc.desktop.tasks import Tasks
from lgc.domain.typed import Typed

PAUSE_MS, AGAIN_MS = 700, 10_000
Changes = dict[str, Typed | None]


class Store(Protocol):
    """``services.keeping_typed.KeepingTyped``."""

    def all(self) -> dict[str, Typed]: ...
    def keep(self, changes: Changes, /) -> None: ...


class TypedSaver(QObject):
    """Brings what an earlier session left, then keeps every change of ``words``."""

    def __init__(self, words: TypedWords, store: Store, tasks: Tasks) -> None:
        super().__init__(words)
        self._words, self._store, self._tasks = words, store, tasks
        self._changed: set[str] = set()
        self._under_way = self._told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        words.changed.connect(self._note)
        tasks.run(store.all, owner=self, done=words.load)

    @property
    def pending(self) -> bool:
        """Is there something that the store does not hold yet?"""
        return bool(self._changed) or self._under_way

    def flush(self) -> None:
        """Save now; what is typed meanwhile is the next save."""
        self._timer.stop()
        if self._under_way or not self._changed:
            return
        kept = self._words.kept()
        changes: Changes = {thing: kept.get(thing) for thing in self._changed}
        self._changed = set()
        self._under_way = True
        self._tasks.run(
            partial(self._store.keep, changes),
            owner=self._tasks,
            done=self._saved,
            failed=partial(self._not_saved, changes),
            saves=True,
        )

    def _note(self, thing: str) -> None:
        self._changed.add(thing)
        if not self._timer.isActive():
            self._timer.start(PAUSE_MS)

    def _saved(self, nothing: None) -> None:
        self._under_way = self._told = False
        if self._changed:
            self.flush()

    def _not_saved(self, changes: Changes, error: Exception) -> None:
        self._under_way = False
        self._changed |= set(changes)
        self._timer.start(AGAIN_MS)
        if not self._told:
            self._told = True
            self._tasks.failing(error, "Ce qui vient d’être tapé")
