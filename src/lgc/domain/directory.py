"""What the practice holds of the national directory. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeldDirectory:
    """``count`` addresses of ``file``, brought in at an aware moment.

    ``left_out`` damaged lines are told once, when it comes in: they are not kept.
    """

    count: int
    file: str
    imported_at: dt.datetime
    left_out: int = 0
