"""How old somebody is: as a doctor says it of a newborn, of a child and of everybody else. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

OLDEST = 115
"""Years beyond which a date of birth is more likely wrong than the age right."""


@dataclass(frozen=True, slots=True)
class Age:
    """Whole ``years``, remaining whole ``months``, and all the ``days`` since the birth.

    ``days`` is negative for a birth to come; ``years`` and ``months`` are 0 then.
    """

    years: int
    months: int
    days: int

    @property
    def doubtful(self) -> bool:
        """Is the date of birth to be verified?"""
        return self.days < 0 or self.years > OLDEST


def age_on(day: dt.date, born: dt.date) -> Age:
    """The age on ``day`` of who was born on ``born``."""
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    return Age(*divmod(max(months, 0), 12), (day - born).days)
