"""Times of a recurrence rule (RFC 5545 §3.3.10). Only the reading process may come.

The library looks for the next time until the year 9999: a rule that never falls takes it seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from dateutil.rrule import rrulestr

from lgc.errors import UnreadableInput
from lgc.reading import limits
from lgc.reading.jobs import Answer


def times(blobs: Sequence[bytes], asked: Mapping[str, Any]) -> Answer:
    """``times`` between ``first`` and ``last`` on the wall clock of ``start`` (ISO 8601).

    Raises UnreadableInput when there are more of them, since the start, than a calendar holds.
    """
    start, first, last = (dt.datetime.fromisoformat(asked[n]) for n in ("start", "first", "last"))
    found: list[str] = []
    for number, begins in enumerate(rrulestr(asked["rule"], dtstart=start)):
        if begins > last or len(found) >= int(asked["most"]):
            break
        if number > limits.RULE_TIMES:
            raise UnreadableInput("Cette règle de calendrier a trop de dates.")
        if begins >= first:
            found.append(begins.isoformat())
    return Answer({"times": found})
