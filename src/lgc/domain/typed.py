"""What was typed for one thing and neither saved nor thrown away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Typed:
    """Words by field, and what the fields held before; ``at`` is aware, of the last letter.

    ``before`` tells whether the thing itself changed since: then the words are offered, and
    never put over it.
    """

    words: Mapping[str, str]
    before: Mapping[str, str]
    at: dt.datetime
