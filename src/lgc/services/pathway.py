"""The care pathway below the life line: planned acts of the protocols, done, late or to come.

What was done is recognised by LOINC code of a result, kind of document, act of the record, or
words. An act done long before its plan is an occurrence of its own, not the plan done early.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lgc.domain.biology import LabResult
from lgc.domain.documents import Document, Origin
from lgc.domain.medical_data import MedicalEntry, MedicalRecord
from lgc.domain.patients import Patient
from lgc.services.protocols import Followed, PlannedAct, followed_by, protocols
from lgc.services.views import Lane, Mark, MarkState, ProtocolChoice
from lgc.terminology import ucum

EARLY = 0.25  # of the period: done earlier than that, it was not the planned one
GRACE = 0.25  # of the period, for an act nobody has seen yet
MOST_GRACE = dt.timedelta(days=90)
_BETWEEN = re.compile(r"[^\w’]+")
NEVER = "Pas encore vu dans ce dossier"


@dataclass(frozen=True, slots=True)
class Lanes:
    protocols: tuple[str, ...]
    lanes: tuple[Lane, ...]
    offered: tuple[ProtocolChoice, ...] = ()


def lanes_of(
    patient: Patient,
    documents: Sequence[Document],
    results: Sequence[tuple[str, LabResult]],
    record: MedicalRecord,
    now: dt.datetime,
) -> Lanes:
    """One lane per planned act; one that several protocols ask for follows the most frequent."""
    zone, today = now.tzinfo, now.date()
    wall = [(key, replace(r, taken_at=r.taken_at.astimezone(zone))) for key, r in results]
    known_since = _known_since(documents, record, today, zone)
    followed = followed_by(patient, record, today, known_since)
    acts = _acts(followed, patient, today)
    lanes = tuple(
        Lane(
            act.name,
            act.every,
            marks_of(act, done_of(act, documents, wall, record, zone), plan, today),
        )
        for act, plan in acts
    )
    chosen = {one.protocol.key for one in followed}
    return Lanes(tuple(one.protocol.title for one in followed), lanes, _offered(chosen))


def _offered(followed: set[str]) -> tuple[ProtocolChoice, ...]:
    """Every protocol by its title; one that hangs on a term opens with it and not by hand."""
    known = sorted(protocols().values(), key=lambda one: one.title)
    return tuple(
        ProtocolChoice(one.key, one.title, one.key in followed)
        for one in known
        if not one.weeks or one.key in followed
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """From when an act counts for this patient, and until when (None: for ever)."""

    start: dt.date
    stop: dt.date | None = None
    term: dt.date | None = None


def _acts(
    followed: Iterable[Followed], patient: Patient, today: dt.date
) -> list[tuple[PlannedAct, Plan]]:
    born = patient.identity.traits.birth_date
    found: dict[str, tuple[PlannedAct, Plan]] = {}
    for one in followed:
        for act in one.protocol.acts:
            if not act.is_for(patient, today):
                continue
            start = max(one.start, _birthday(born, act.from_age)) if act.from_age else one.start
            stop = _birthday(born, act.to_age) if act.to_age < 200 else None
            plan = Plan(start, stop, one.start if one.protocol.weeks else None)
            held = found.get(act.name)
            if held is None or (act.days and act.days < (held[0].days or act.days + 1)):
                found[act.name] = (act, plan)
    return list(found.values())


def _birthday(born: dt.date, age: int) -> dt.date:
    year = min(born.year + age, dt.MAXYEAR)
    day = min(born.day, 28) if born.month == 2 else born.day
    return dt.date(year, born.month, day)


def _known_since(
    documents: Iterable[Document], record: MedicalRecord, today: dt.date, zone: dt.tzinfo | None
) -> dt.date:
    """The oldest trace the practice left itself: what was fetched later tells nothing of it."""
    days = [_day_of(d, zone) for d in documents if d.origin is Origin.PRACTICE]
    days += [e.recorded_at.astimezone(zone).date() for e in record.entries if e.recorded_at]
    return min(days, default=today)


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done: the document that tells it, and what it said."""

    day: dt.date
    document_id: str | None
    detail: str = ""


def done_of(
    act: PlannedAct,
    documents: Iterable[Document],
    results: Iterable[tuple[str, LabResult]],
    record: MedicalRecord,
    zone: dt.tzinfo | None = None,
) -> list[Done]:
    """Every day it was done, oldest first; a result tells more than a title."""
    found: dict[dt.date, Done] = {}
    for document in documents:
        titled = not act.families and _named(act, document.title)
        if document.kind in act.kinds or titled:
            day = _day_of(document, zone)
            found[day] = Done(day, document.document_id)
    for entry in record.entries:
        if entry.start and (_coded(act, entry) or _told(act, entry)):
            day = dt.date(entry.start.year, entry.start.month or 1, entry.start.day or 1)
            found.setdefault(day, Done(day, None))
    for document_id, result in results:
        by_code = result.code is not None and result.code.code in act.loinc
        if not result.previous and (by_code or (not act.families and _named(act, result.label))):
            day = result.taken_at.date()
            found[day] = Done(day, document_id, _value(result))
    return [found[day] for day in sorted(found)]


def _named(act: PlannedAct, words: str) -> bool:
    return _says(act.words, words) if act.words else False


@lru_cache(maxsize=16_384)
def _says(names: tuple[str, ...], words: str) -> bool:
    """A record names few things many times: each is looked at once."""
    folded = _spaced(words)
    return any(_spaced(name).rstrip() in folded for name in names)


def _spaced(words: str) -> str:
    """Words apart, each after a space: a name is looked for from the start of a word."""
    return f" {_BETWEEN.sub(' ', words.casefold().replace(chr(39), '’')).strip()} "


def _coded(act: PlannedAct, entry: MedicalEntry) -> bool:
    return entry.code is not None and entry.code.code in act.codes


def _told(act: PlannedAct, entry: MedicalEntry) -> bool:
    return (not act.families or entry.family in act.families) and _named(act, entry.label)


def _day_of(document: Document, zone: dt.tzinfo | None) -> dt.date:
    return (document.service_start or document.created_at).astimezone(zone).date()


def _value(result: LabResult) -> str:
    if result.value is None:
        return result.text
    number = f"{result.value:g}".replace(".", ",")
    return f"{result.operator} {number} {ucum.french(result.unit)}".strip()


def marks_of(act: PlannedAct, done: Sequence[Done], plan: Plan, today: dt.date) -> tuple[Mark, ...]:
    """What was done against what its predecessor planned, then the next one due."""
    if act.week:
        return _at_term(act, done, plan, today)
    marks: list[Mark] = []
    for number, one in enumerate(done):
        planned = done[number - 1].day + dt.timedelta(act.days) if number and act.days else None
        if planned is not None and (planned - one.day).days > act.days * EARLY:
            planned = None
        gap = (one.day - planned).days if planned is not None else 0
        marks.append(Mark(MarkState.DONE, planned, one.day, gap, one.document_id, one.detail))
    return (*marks, *_next(act, done, plan, today))


def _next(act: PlannedAct, done: Sequence[Done], plan: Plan, today: dt.date) -> list[Mark]:
    if done and not act.days:
        return []
    if done:
        due, words = done[-1].day + dt.timedelta(act.days), _last_words(done[-1])
    else:
        grace = dt.timedelta(act.days * GRACE) if act.days else MOST_GRACE
        due, words = plan.start + min(grace, MOST_GRACE), NEVER
    if plan.stop is not None and due > plan.stop:
        return []
    state = MarkState.LATE if due < today else MarkState.TO_COME
    return [Mark(state, due, None, (today - due).days, detail=words, never=not done)]


def _last_words(last: Done) -> str:
    told = f"Dernière : {last.detail}" if last.detail else "Dernière"
    return f"{told}, le {last.day:%d/%m/%Y}"


def _at_term(act: PlannedAct, done: Sequence[Done], plan: Plan, today: dt.date) -> tuple[Mark, ...]:
    """Once, at a week of the term: what was done inside its window is it."""
    term = plan.term or plan.start
    planned = term + dt.timedelta(weeks=act.week)
    window = dt.timedelta(weeks=act.window)
    inside = [one for one in done if planned - window <= one.day and one.day >= term]
    if inside:
        one = min(inside, key=lambda d: abs(d.day - planned))
        gap = (one.day - planned).days
        return (Mark(MarkState.DONE, planned, one.day, gap, one.document_id, one.detail),)
    state = MarkState.LATE if planned + window < today else MarkState.TO_COME
    words = f"Prévu à {act.week} SA, à {act.window} semaines près"
    return (Mark(state, planned, None, (today - planned).days, detail=words),)
