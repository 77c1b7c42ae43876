"""The day changed: one announcement that every view hears, whatever made it change.

A timer to midnight stands still while the machine sleeps and hears nothing of a clock that was put
right: it never waits longer than ``LONGEST``; whoever unlocks or wakes asks ``look`` at once.
"""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from lgc.domain.instants import since
from lgc.services.ports import Clock

LONGEST = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


class NewDay(QObject):
    """``changed`` carries the day that was and the one that is (dates of the practice's clock)."""

    changed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock: Clock | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self.look)

    def follow(self, clock: Clock) -> None:
        """A session begins: its day is the one that ``clock`` says now."""
        self._clock = clock
        self._day = clock.now().date()
        self._wait()

    def rest(self) -> None:
        """The session ended: nobody listens any more."""
        self._clock = None
        self._timer.stop()

    def look(self) -> None:
        """Announce another day than the last one seen, forward or back."""
        if self._clock is None:
            return
        before, self._day = self._day, self._clock.now().date()
        self._wait()
        if self._day != before:
            self.changed.emit(before, self._day)

    def _wait(self) -> None:
        if self._clock is not None:
            self._timer.start(round(until_look(self._clock.now()).total_seconds() * 1000))


def until_look(now: dt.datetime) -> dt.timedelta:
    """How long to wait from ``now`` (aware): to the midnight of its zone, a minute at most."""
    midnight = dt.datetime.combine(now.date() + DAY, dt.time(), now.tzinfo)
    # Half a second over: the wall has turned for certain when the timer rings.
    return min(LONGEST, since(now, midnight) + dt.timedelta(milliseconds=500))
