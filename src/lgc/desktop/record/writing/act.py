"""When the act was, and what its author must have seen before a document is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lgc.desktop import text
from lgc.desktop.components.date_field import DateField
from lgc.desktop.components.labels import label
from lgc.desktop.components.notice import Notice
from lgc.desktop.tasks import Tasks
from lgc.domain.days import practice_day
from lgc.domain.typed_dates import DateUse, period
from lgc.services.drafting import Draft, Drafting

HEIGHT = 130
LOOK = "Avant de terminer :"
NO_DAY = "Écrivez la date de l’acte."
TO_COME = "La date de l’acte est après aujourd’hui."
READ = "Relisez ce qui change, puis terminez de nouveau."


class Act(QWidget):
    """``changed`` when its author says another day. ``always``: also for a first version."""

    changed = Signal()

    def __init__(
        self, caption: str, now: Callable[[], dt.datetime], *, always: bool = False
    ) -> None:
        super().__init__()
        self._now, self._always = now, always
        self._at = ""
        self._told: tuple[str, ...] = ()
        self.day = DateField(caption, act, lambda: practice_day(now()), _nothing)
        self._showing = False
        self._line = QWidget()
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label(caption, "medium"))
        row.addWidget(self.day)
        row.addStretch(1)
        self.notice = Notice("warn")
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("À relire avant de terminer")
        self._scroll.setWidget(self.notice)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setMaximumHeight(HEIGHT)
        self._scroll.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._line)
        column.addWidget(self._scroll)
        self.show_draft(Draft())
        self.day.changed.connect(self._said)

    def show_draft(self, draft: Draft) -> None:
        """The day of its act; nothing of another version is told any more."""
        now = self._now()
        self._at = draft.acted_at
        shown = dt.datetime.fromisoformat(draft.acted_at or draft.begun_at or now.isoformat())
        day = practice_day(shown)
        self._showing = True
        self.day.set_day(day)
        self._showing = False
        self._line.setVisible(self._always or bool(draft.replaces))
        self.tell(())

    def said(self, draft: Draft) -> Draft:
        """The draft with the day that its author chose, if any."""
        return replace(draft, acted_at=self._at)

    @property
    def told(self) -> tuple[str, ...]:
        return self._told

    def tell(self, lines: tuple[str, ...]) -> None:
        """What differs from the version before, one line each."""
        self._told = lines
        self._scroll.setVisible(bool(lines))
        if lines:
            self.notice.set("warn", LOOK, text.french("\n".join(lines)))
            self._scroll.setMinimumHeight(min(HEIGHT, 46 + 18 * len(lines)))

    def is_older(self, draft: Draft) -> bool:
        """A new version, or a draft begun before today."""
        now = self._now()
        begun = dt.datetime.fromisoformat(draft.begun_at) if draft.begun_at else now
        return bool(draft.replaces) or practice_day(begun) < practice_day(now)

    @property
    def problem(self) -> str:
        """Why what is typed is no day of an act; empty when it is one."""
        if self._line.isHidden():
            return ""
        return self.day.problem() or ("" if self.day.day() else NO_DAY)

    def _said(self) -> None:
        chosen = self.day.day()
        if self._showing or chosen is None:
            return
        now = self._now()
        before = dt.datetime.fromisoformat(self._at) if self._at else now
        hour = before.astimezone(now.tzinfo).timetz()
        self._at = dt.datetime.combine(chosen, hour).isoformat()
        self.changed.emit()


def act(today: dt.date) -> DateUse:
    """The day of an act: none is to come."""
    return replace(period(today), last=today, too_late=TO_COME)


def _nothing(day: dt.date) -> str:
    return ""


class Versions:
    """Asks what is to be seen first, and lets the document be finished once that was told."""

    def __init__(
        self, act: Act, kind: str, patient_id: str, drafting: Drafting, tasks: Tasks
    ) -> None:
        self._act, self._kind, self._patient_id = act, kind, patient_id
        self._drafting, self._tasks = drafting, tasks

    def compare(self, draft: Draft) -> None:
        """Tell what there is to see now; nothing is asked of what was begun today."""
        if self._act.is_older(draft):
            self._ask(draft, self._act.tell)
        else:
            self._act.tell(())

    def finish(
        self,
        draft: Draft,
        finish: Callable[[], object],
        wait: Callable[[str], object],
    ) -> None:
        """``finish`` now, or ``wait`` with a sentence when something had not been told yet, or
        when the day of the act is none."""
        if self._act.problem:
            wait(self._act.problem)
            self._act.day.setFocus()
            return
        if not self._act.is_older(draft):
            finish()
            return

        def compared(lines: tuple[str, ...]) -> None:
            if lines == self._act.told:
                finish()
                return
            self._act.tell(lines)
            wait(READ)

        self._ask(draft, compared)

    def _ask(self, draft: Draft, done: Callable[[tuple[str, ...]], None]) -> None:
        work = partial(self._drafting.to_be_seen, self._patient_id, self._kind, draft)
        self._tasks.run(work, owner=self._act, done=done)
