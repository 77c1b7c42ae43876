"""What could not be saved: it stays in its fields, is tried again, and is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import shiboken6
from PySide6.QtWidgets import QWidget

from lgc.desktop.subject import subject_of
from lgc.desktop.tasks import Tasks
from lgc.services.drafting import Draft

PAUSE_MS = 700
AGAIN_MS = 10_000
NOT_SAVED = "Pas encore enregistré"
TYPED_SINCE = "Ce que vous avez tapé depuis n’est pas dans le document"


class DraftSaver:
    """Saves the drafts of one panel. Its answers outlive the panel, for a save that fails after
    the doctor has left it must not take the words along."""

    def __init__(self, panel: QWidget, tasks: Tasks, keep: Callable[[Draft], dt.datetime]) -> None:
        self._panel, self._tasks, self._keep = panel, tasks, keep
        self._told, self._about = False, ""

    def save(
        self, draft: Draft, done: Callable[[dt.datetime], None], failed: Callable[[], None]
    ) -> None:
        """``done`` and ``failed`` are called while the panel is there."""
        if shiboken6.isValid(self._panel):
            self._about = subject_of(self._panel)
        self._tasks.run(
            partial(self._keep, draft),
            owner=self._tasks,
            done=partial(self._saved, done),
            failed=partial(self._not_saved, draft, done, failed),
            saves=True,
        )

    def _saved(self, done: Callable[[dt.datetime], None], when: dt.datetime) -> None:
        self._told = False
        if shiboken6.isValid(self._panel):
            done(when)

    def _not_saved(
        self,
        draft: Draft,
        done: Callable[[dt.datetime], None],
        failed: Callable[[], None],
        error: Exception,
    ) -> None:
        there = shiboken6.isValid(self._panel)
        if there:
            failed()
        if not self._told or not there:
            self._told = True
            # The panel tries again by itself; without it, these words are here alone.
            again = None if there else partial(self.save, draft, done, failed)
            self._tasks.failing(error, self._about, again)
