"""Visits of the day and their states."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    EXPECTED = "expected"
    ARRIVED = "arrived"
    IN_CONSULTATION = "in_consultation"
    DONE = "done"
    ABSENT = "absent"


PRESENCE_NEXT: dict[Presence, tuple[Presence, ...]] = {
    Presence.EXPECTED: (Presence.ARRIVED, Presence.IN_CONSULTATION, Presence.ABSENT),
    Presence.ARRIVED: (Presence.IN_CONSULTATION, Presence.EXPECTED, Presence.ABSENT),
    Presence.IN_CONSULTATION: (Presence.DONE, Presence.ARRIVED),
    Presence.DONE: (Presence.IN_CONSULTATION,),
    Presence.ABSENT: (Presence.EXPECTED, Presence.ARRIVED),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment. Times are aware; ``since`` is when the presence last changed."""

    visit_id: str
    patient_id: str
    starts_at: dt.datetime
    minutes: int
    kind: str
    presence: Presence = Presence.EXPECTED
    since: dt.datetime | None = None
