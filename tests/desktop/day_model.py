"""What a day at the desk should be, written anew: no rule here comes from the application.

Letters are states: e expected, a arrived, c in consultation, d done, x absent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

QUARTER = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Booked:
    """One appointment; times are aware, in the practice's zone."""

    key: str
    who: str
    start: dt.datetime
    minutes: int
    state: str = "e"
    arrived: dt.datetime | None = None
    called: dt.datetime | None = None
    ended: dt.datetime | None = None
    note: str = ""

    @property
    def stop(self):
        return self.start + dt.timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Shut:
    """One time of a closure."""

    title: str
    start: dt.datetime
    stop: dt.datetime


def pressed(one: Booked, letter: str, now: dt.datetime) -> Booked | None:
    """What a key makes of an appointment; None when it may do nothing."""
    day, today = one.start.date(), now.date()
    if day > today:
        return None
    if day < today:
        return _long_ago(one, letter)
    came = "a" if one.arrived else "e"
    if letter == "a":
        if one.state in "ex":
            return replace(one, state="a", arrived=one.arrived or now)
        if one.state == "a":
            return replace(one, state="e", arrived=None)
        if one.state == "c":
            return replace(one, state="a", arrived=one.arrived or one.called, called=None)
        only_arrived = one.state == "d" and one.called is None and one.arrived
        return replace(one, state="a", ended=None) if only_arrived else None
    if letter == "c":
        if one.state in "ea":
            return replace(one, state="c", called=now)
        if one.state == "d":
            return replace(one, state="c", ended=None)
        return replace(one, state=came, called=None) if one.state == "c" else None
    if letter == "d":
        if one.state == "d":
            return replace(one, state="c" if one.called else came, ended=None)
        begun = one.state in "ac" or (one.state == "e" and one.start <= now)
        return replace(one, state="d", ended=now) if begun else None
    if one.state == "x":
        return replace(one, state=came)
    return replace(one, state="x") if one.state in "ea" else None


def _long_ago(one: Booked, letter: str) -> Booked | None:
    """Of a day gone by: it took place or not, at a time that nobody noted."""
    if letter not in "dx":
        return None
    wanted = "e" if one.state == letter else letter
    return replace(one, state=wanted, arrived=None, called=None, ended=None)


@dataclass
class Agenda:
    """Appointments and closures, and what Ctrl+Z takes back, the last first."""

    booked: dict[str, Booked] = field(default_factory=dict)
    shut: frozenset[Shut] = frozenset()
    back: list[tuple[dict[str, Booked | None], frozenset[Shut] | None]] = field(
        default_factory=list
    )

    def put(self, *changed: Booked) -> None:
        """An act of the doctor."""
        self.back.append(({one.key: self.booked.get(one.key) for one in changed}, None))
        for one in changed:
            self.booked[one.key] = one

    def drop(self, key: str) -> None:
        self.back.append(({key: self.booked.pop(key)}, None))

    def reopen(self, one: Shut) -> None:
        self.back.append(({}, self.shut))
        self.shut -= {one}

    def undo(self) -> None:
        if not self.back:
            return
        before, shut = self.back.pop()
        for key, was in before.items():
            if was is None:
                self.booked.pop(key, None)
            else:
                self.booked[key] = was
        if shut is not None:
            self.shut = shut

    # --- what each place shows --------------------------------------------------------------------

    def on(self, *days: dt.date) -> list[Booked]:
        found = [one for one in self.booked.values() if one.start.date() in days]
        return sorted(found, key=lambda one: (one.start, one.key))

    def room(self, now: dt.datetime) -> list[str]:
        """With the doctor, then who waits, oldest first, then the next one, then who did not
        come.
        """
        today = self.on(now.date())
        inside = sorted(
            (one for one in today if one.state == "c"),
            key=lambda one: (one.called or one.start, one.start, one.key),
        )
        waiting = sorted(
            (one for one in today if one.state == "a"),
            key=lambda one: (one.arrived, one.start, one.key),
        )
        coming = [one for one in today if one.state == "e" and one.stop > now][:1]
        missed = [one for one in today if one.state == "x"]
        return [one.key for one in (*inside, *waiting, *coming, *missed)]

    def late(self, day: dt.date, now: dt.datetime) -> int:
        """Minutes."""
        seen, most = self.on(day), dt.timedelta()
        for one in seen:
            if one.state == "a":
                most = max(most, now - max(one.start, one.arrived))
            elif one.state == "c" and one.called is not None:
                if one.arrived is not None:
                    most = max(most, one.called - max(one.start, one.arrived))
                else:
                    ends = [x.ended for x in seen if x.ended and x.ended <= one.called]
                    most = max(most, max(ends, default=one.called) - one.start)
        return int(most.total_seconds() // 60)

    def rows(self, day: dt.date, now: dt.datetime) -> list[tuple[dt.datetime, str]]:
        """« Consultations du jour »: appointments by key, free quarters by an empty one."""
        visits = self.on(day)
        busy = [False] * (24 * 60)
        spans = [(one.start, one.stop) for one in visits if one.state != "x"]
        spans += [(one.start, one.stop) for one in self.shut if one.start.date() == day]
        for start, stop in spans:
            first = start.hour * 60 + start.minute
            busy[first : first + int((stop - start).total_seconds() // 60)] = [True] * int(
                (stop - start).total_seconds() // 60
            )
        found = [(one.start, one.key) for one in visits]
        midnight = dt.datetime.combine(day, dt.time(), now.tzinfo)
        free = []
        if True in busy:
            last = len(busy) - 1 - busy[::-1].index(True)
            minute = busy.index(True)
            while minute < last:
                if busy[minute]:
                    minute += 1
                    continue
                end = busy.index(True, minute)
                if end - minute <= 60:
                    quarters = range(minute, end - 14, 15)
                    free += [midnight + dt.timedelta(minutes=one) for one in quarters]
                minute = end
        found += [(one, "") for one in free if one + QUARTER > now]
        return sorted(found, key=lambda one: (one[0], one[1] == "", one[1]))

    def counts(self, day: dt.date) -> tuple[int, int, int]:
        """Appointments, passed ones, who waits."""
        seen = self.on(day)
        return (
            len(seen),
            sum(one.state in "dx" for one in seen),
            sum(one.state == "a" for one in seen),
        )

    def ends_with(self, who: str, now: dt.datetime) -> Booked | None:
        """The consultation that a record takes with it though nothing was written."""
        under_way = [one for one in self.on(now.date()) if one.who == who and one.state == "c"]
        return max(under_way, key=lambda one: one.start, default=None)
