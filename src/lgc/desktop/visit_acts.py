"""What the screens do to visits: in the order of the keys, said, and taken back by Ctrl+Z."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from lgc.desktop import text
from lgc.desktop.acts import Acts, subject_of
from lgc.desktop.messages import Messages
from lgc.domain.agenda import Presence
from lgc.domain.attendance import Mark
from lgc.domain.waiting import may_follow, state_before, times_after
from lgc.services.planning import Undo
from lgc.services.views import VisitLine


class PresenceDoor(Protocol):
    """services.planning.Planning as every screen of the day needs it."""

    def set_presence(self, seen: VisitLine, presence: Presence) -> Undo: ...
    def take_back(self, undo: Undo) -> None: ...


def led_to(line: VisitLine, presence: Presence, now: dt.datetime) -> Presence | None:
    """Where the key of a state leads: to it, from it back to what the times tell; None when it
    leads nowhere.
    """
    follow = may_follow(line, now)
    if line.presence is not presence:
        return presence if presence in follow else None
    back = (state_before(line), Presence.EXPECTED)
    return next((one for one in back if one in follow), None)


def as_it_will_be(line: VisitLine, presence: Presence, now: dt.datetime) -> VisitLine:
    """As the act on its way will leave it: the next key acts on that."""
    times = times_after(line, presence, Mark(now))
    return replace(line, presence=presence, since=now, times=times)


class VisitActs:
    """The acts of one screen, in the one queue of the window."""

    def __init__(
        self,
        acts: Acts,
        messages: Messages,
        planning: PresenceDoor,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._acts, self._messages = acts, messages
        self._planning, self._now = planning, now

    @property
    def running(self) -> bool:
        """Is an act on its way? An answer from before it would show what is no longer so."""
        return self._acts.running

    def set_presence(self, seen: VisitLine, presence: Presence, words: str = "") -> VisitLine:
        """Note a state; returns the visit as it will be."""
        state = text.presence(presence, seen.patient.sex).lower()
        said = words or f"{seen.patient.name} : {state}"
        work = partial(self._planning.set_presence, seen, presence)
        self.do(work, said, about=seen)
        return as_it_will_be(seen, presence, self._now())

    def do(
        self,
        work: Callable[[], Undo],
        words: str,
        saved: Callable[[], None] = lambda: None,
        about: VisitLine | str = "",
    ) -> None:
        """``saved`` once it is: until then what was typed is kept. ``about`` is what it changes:
        the visit as it was seen, else the closure_id.
        """

        def done(undo: Undo) -> None:
            saved()
            self._said(words, undo)

        if isinstance(about, VisitLine):
            self._acts.add(work, done, {about.visit_id}, subject_of(about))
        else:
            self._acts.add(work, done, {about} if about else ())

    def push(self, seen: VisitLine, work: Callable[[VisitLine], Undo], words: str) -> None:
        """A push of a visit, joined with one of the same that still waits."""
        self._acts.push(seen, work, partial(self._said, words))

    def _said(self, words: str, undo: Undo) -> None:
        back = partial(self._take_back, undo)
        self._messages.toast(text.french(words), back, lasting=True)

    def _take_back(self, undo: Undo) -> None:
        self._acts.add(partial(self._planning.take_back, undo), lambda nothing: None)
