"""What the day list says, decided without Qt: free slots, waiting times, the summary. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lgc.desktop import text
from lgc.domain.agenda import Block, Presence, taken
from lgc.domain.waiting import delay, in_room
from lgc.services.views import VisitLine

SLOT = dt.timedelta(minutes=15)
LONGEST_GAP = dt.timedelta(hours=1)
PAST = (Presence.DONE, Presence.ABSENT)


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A hole between two visits."""

    starts_at: dt.datetime


DayLine = VisitLine | FreeSlot


def with_free_slots(
    visits: Sequence[VisitLine],
    blocks: Sequence[Block] = (),
    now: dt.datetime | None = None,
) -> list[DayLine]:
    """The visits, with a line per free quarter of an hour between two times that are taken.

    A hole longer than an hour is lunch or an outing, not slots to offer; nor is what is over
    ``now``.
    """
    free: list[FreeSlot] = []
    ends: dt.datetime | None = None
    for start, stop in sorted(taken(visits, blocks)):
        if ends is not None and start - ends <= LONGEST_GAP:
            while ends + SLOT <= start:
                free.append(FreeSlot(ends))
                ends += SLOT
        ends = max(ends, stop) if ends is not None else stop
    free = [one for one in free if now is None or one.starts_at + SLOT > now]
    return sorted([*visits, *free], key=lambda one: (one.starts_at, isinstance(one, FreeSlot)))


def summary(visits: Sequence[VisitLine], now: dt.datetime) -> str:
    """``14 rendez-vous · 3 passés · 2 en salle d’attente · retard 4 min``."""
    past = sum(v.presence in PAST for v in visits)
    waiting = in_room(visits)
    late = delay(visits, now)
    return text.join(
        f"{len(visits)}{text.NB}rendez-vous",
        text.count(past, "passé") if past else "",
        f"{waiting}{text.NB}en salle d’attente" if waiting else "",
        f"retard {text.wait(late)}" if late else "",
    )


def now_line(visits: Sequence[VisitLine]) -> str | None:
    """The visit where the work starts: who waits, else who comes next."""
    for wanted in (Presence.ARRIVED, Presence.EXPECTED):
        for visit in visits:
            if visit.presence is wanted:
                return visit.visit_id
    return visits[0].visit_id if visits else None
