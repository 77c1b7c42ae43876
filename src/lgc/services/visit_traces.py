"""What the journal says of an appointment: whose, from when, to when, in which state. Pure.

Identifiers and times only: names are in the record, the motif is in the agenda.
"""

from __future__ import annotations

import datetime as dt

from lgc.domain.agenda import Closure, Visit


def of_visit(before: Visit | None, after: Visit | None, zone: dt.tzinfo | None) -> str:
    """``patient p1, from 2026-11-06T10:00+01:00 15 min expected, to 2026-11-07T11:00+01:00…``."""
    whose = [one.patient_id for one in (before, after) if one is not None]
    patients = " > ".join(dict.fromkeys(whose))
    return f"patient {patients}, {_between(_visit(before, zone), _visit(after, zone))}"


def of_closure(before: Closure | None, after: Closure | None, zone: dt.tzinfo | None) -> str:
    """The same of a time without visits."""
    return _between(_closure(before, zone), _closure(after, zone))


def _between(before: str, after: str) -> str:
    return f"from {before or 'nothing'}, to {after or 'nothing'}"


def _visit(one: Visit | None, zone: dt.tzinfo | None) -> str:
    if one is None:
        return ""
    return f"{_at(one.starts_at, zone)} {one.minutes} min {one.presence.value}"


def _closure(one: Closure | None, zone: dt.tzinfo | None) -> str:
    if one is None:
        return ""
    every = " weekly" if one.weekly else ""
    until = f" until {one.until.isoformat()}" if one.until is not None else ""
    but = "".join(f" but {day.isoformat()}" for day in one.except_days)
    return f"{_at(one.starts_at, zone)} {one.minutes} min{every}{until}{but}"


def _at(moment: dt.datetime, zone: dt.tzinfo | None) -> str:
    return moment.astimezone(zone).isoformat(timespec="minutes")
