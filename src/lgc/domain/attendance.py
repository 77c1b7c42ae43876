"""The three times of a visit: arrived, called, ended; every counter comes from them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """``at`` is aware; ``by`` is who noted it (PS_IdNat), empty when that is not known."""

    at: dt.datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """None is what nobody noted: it is unknown, not never."""

    arrived: Mark | None = None
    called: Mark | None = None
    ended: Mark | None = None


NO_TIMES = Times()
