"""A line that names nothing but a medicine, typed among conditions: taken, or not tolerated?

Nobody but the doctor knows, so it is asked; what the first word names never comes here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from lgc.domain import entry_line
from lgc.domain.entry_line import EntryLine, Question, Readings
from lgc.domain.medical_data import Family, Standing
from lgc.terminology import named_medicines

AMONG = frozenset(
    (
        Family.CHRONIC,
        Family.MEDICAL_HISTORY,
        Family.SURGICAL_HISTORY,
        Family.RISK_FACTOR,
        Family.OCCUPATIONAL,
        Family.TOXIC,
    )
)
"""Families that hold no medicine."""
MEANT = (Family.ALLERGY, Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)


def placed(found: Readings, family: Family, typed: str, today: dt.date) -> Readings:
    """``found``, or the families that its words may belong to, the one in view last."""
    first = found.options[0]
    if found.question is not None or family not in AMONG or not _a_medicine(first):
        return found
    elsewhere = (replace(entry_line.parse(typed, other, today), family=other) for other in MEANT)
    return Readings((*elsewhere, replace(first, family=family)), Question.FAMILY)


def _a_medicine(line: EntryLine) -> bool:
    if line.family is not None or line.absence is not None or line.standing is not Standing.FACT:
        return False
    named = named_medicines.of_words(line.words)
    return bool(named) and not named.left
