"""The care pathway below the life line: planned acts of the protocols, done, late or to come.

What was done is told by ``evidence``. An act done long before its plan is an occurrence of its own,
not the plan done early; a date keeps its precision, and so does what is planned from it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lgc.domain.biology import LabResult
from lgc.domain.days import practice_day, practice_time
from lgc.domain.documents import Document, Origin
from lgc.domain.medical_data import MedicalRecord, PartialDate, Standing
from lgc.domain.patients import Patient
from lgc.services.evidence import (
    Done,
    Spoken,
    day_of,
    done_of,
    latest,
    on,
    reason_against,
    spoken_of,
    stood,
)
from lgc.services.protocols import Followed, PlannedAct, days_of, followed_by, protocols
from lgc.services.views import Lane, Mark, MarkState, ProtocolChoice

EARLY = 0.25  # of the period: done earlier than that, it was not the planned one
GRACE = 0.25  # of the period, for an act nobody has seen yet
WEEKS_OF_TERM = 41
MOST_GRACE = dt.timedelta(days=90)
NEVER = "Pas encore vu dans ce dossier"
AHEAD = "date à venir : à vérifier"


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
    today = now.date()
    wall = [(key, replace(r, taken_at=practice_time(r.taken_at))) for key, r in results]
    known_since = _known_since(documents, record, today)
    followed = followed_by(patient, record, today, known_since)
    acts = _acts(followed, patient, record, today)
    lanes = []
    for act, plan in acts:
        done = done_of(act, documents, wall, record)
        spoken = spoken_of(act, documents, record)
        marks = marks_of(act, _come(done, today), plan, today, spoken, reason_against(act, record))
        marks = _beside(marks, [one for one in done if one not in _come(done, today)])
        lanes.append(Lane(act.name, act.every, marks, bool(act.loinc), act.told))
    chosen = {one.protocol.key for one in followed}
    return Lanes(tuple(one.protocol.title for one in followed), tuple(lanes), _offered(chosen))


def _come(done: Iterable[Done], today: dt.date) -> list[Done]:
    """What a date after today tells is not done, whoever wrote it: a clock was wrong."""
    return [one for one in done if one.date.first_day <= today]


def _beside(marks: tuple[Mark, ...], ahead: Sequence[Done]) -> tuple[Mark, ...]:
    """What is dated after today counts for nothing, and is said beside what is due."""
    if not ahead or not marks:
        return marks
    words = f"{AHEAD} ({on(ahead[0].date)})"
    last = marks[-1]
    told = f"{last.told} · {words}" if last.told else words
    return (*marks[:-1], replace(last, told=told))


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
    followed: Iterable[Followed], patient: Patient, record: MedicalRecord, today: dt.date
) -> list[tuple[PlannedAct, Plan]]:
    born = patient.identity.traits.birth_date
    found: dict[str, tuple[PlannedAct, Plan]] = {}
    for one in followed:
        for act in one.protocol.acts:
            if not act.is_for(patient, record, today):
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


def _known_since(documents: Iterable[Document], record: MedicalRecord, today: dt.date) -> dt.date:
    """The oldest trace the practice left itself: what was fetched later tells nothing of it."""
    days = [day_of(d) for d in documents if d.origin is Origin.PRACTICE]
    days += [practice_day(e.recorded_at) for e in record.entries if e.recorded_at]
    return min(days, default=today)


def marks_of(
    act: PlannedAct,
    done: Sequence[Done],
    plan: Plan,
    today: dt.date,
    spoken: Sequence[Spoken] = (),
    against: str = "",
) -> tuple[Mark, ...]:
    """What was done against what its predecessor planned, then the next one due.

    ``spoken`` is what was ordered, offered or refused; ``against`` why no next one is proposed.
    """
    if act.week:
        return _at_term(act, done, plan, today, against)
    marks = [
        _mark(one, before, act.months_after(times, before.months) if before else 0)
        for times, (one, before) in enumerate(zip(done, (None, *done), strict=False))
    ]
    if against:
        return (*marks, Mark(MarkState.NOT_PROPOSED, today, None, 0, detail=against))
    return (*marks, *_next(act, done, plan, today, latest(spoken, done[-1].date if done else None)))


def _mark(one: Done, before: Done | None, months: float) -> Mark:
    """Done, and how far from its plan where both dates are known to the day."""
    exact = one.date.day and before is not None and before.date.day
    days = days_of(months)
    planned = before.date.last_day + dt.timedelta(days) if exact and before else None
    day = place_of(one.date)
    if planned is None or not days or (planned - day).days > days * EARLY:
        planned = None
    gap = (day - planned).days if planned is not None else 0
    said = "" if one.date.day else one.date.french
    return Mark(MarkState.DONE, planned, day, gap, one.document_id, one.detail, said=said)


def place_of(date: PartialDate) -> dt.date:
    """Where a date stands on a line: the middle of what it may mean."""
    return dt.date(date.year, date.month or 7, date.day or (15 if date.month else 1))


def _next(
    act: PlannedAct, done: Sequence[Done], plan: Plan, today: dt.date, last: Spoken | None
) -> list[Mark]:
    dues = [_due(one.date, months) for one, months in _asked_next(act, done)]
    if done and not dues:
        return []
    if done:
        due, words = max(dues, key=lambda one: one.last_day), _last_words(done[-1])
    else:
        grace = dt.timedelta(act.days * GRACE) if act.days else MOST_GRACE
        day = plan.start + min(grace, MOST_GRACE)
        due, words = PartialDate(day.year, day.month, day.day), NEVER
    day = due.last_day
    if plan.stop is not None and day > plan.stop:
        return []
    told = stood(last.standing, last.date) if last is not None else ""
    if last is not None and _stands(act, last, today):
        return [Mark(MarkState.REFUSED, today, None, 0, detail=words, told=told)]
    state = MarkState.LATE if day < today else MarkState.TO_COME
    return [
        Mark(
            state,
            day,
            None,
            (today - day).days,
            detail=words,
            never=not done,
            said="" if due.day else due.french,
            told=told,
        )
    ]


def _asked_next(act: PlannedAct, done: Sequence[Done]) -> list[tuple[Done, float]]:
    """The last one and its period; an older one whose own interval may not be over yet."""
    if not done:
        return []
    asked = [(one, one.months) for one in done[:-1] if one.months]
    months = act.months_after(len(done), done[-1].months)
    return [*asked, (done[-1], months)] if months else asked


def _due(last: PartialDate, months: float) -> PartialDate:
    """So many months after, no more precise than what was done: 2026 and two years are 2028."""
    if last.day:
        day = last.last_day + dt.timedelta(days_of(months))
        return PartialDate(day.year, day.month, day.day)
    if last.month is None and not months % 12:
        return PartialDate(last.year + int(months // 12))
    after = (last.last_day.month - 1) + math.ceil(months)
    return PartialDate(last.year + after // 12, after % 12 + 1)


def _stands(act: PlannedAct, last: Spoken, today: dt.date) -> bool:
    """A refusal holds for one period: then the act is proposed again."""
    refused = last.standing is Standing.REFUSED
    over = last.date.last_day + dt.timedelta(act.days) < today if act.days else False
    return refused and not over


def _last_words(last: Done) -> str:
    told = f"Dernière : {last.detail}" if last.detail else "Dernière"
    return f"{told}, {on(last.date)}"


def _at_term(
    act: PlannedAct, done: Sequence[Done], plan: Plan, today: dt.date, against: str
) -> tuple[Mark, ...]:
    """At a week of the term: what was done inside its window is it; then again, if it is so."""
    term = plan.term or plan.start
    planned = term + dt.timedelta(weeks=act.week)
    window = dt.timedelta(weeks=act.window)
    inside = [
        (place_of(one.date), one)
        for one in done
        # A year alone does not tell that it was in these weeks.
        if one.date.month and planned - window <= place_of(one.date) and one.date.last_day >= term
    ]
    if inside and act.months:
        during = [one for one in done if one.date.month and one.date.last_day >= term]
        monthly = replace(act, week=0)
        stop = term + dt.timedelta(weeks=WEEKS_OF_TERM)
        return marks_of(monthly, during, replace(plan, stop=stop), today, against=against)
    if inside:
        day, one = min(inside, key=lambda d: abs(d[0] - planned))
        gap = (day - planned).days if one.date.day else 0
        said = "" if one.date.day else one.date.french
        mark = Mark(MarkState.DONE, planned, day, gap, one.document_id, one.detail, said=said)
        return (mark,)
    if against:
        return (Mark(MarkState.NOT_PROPOSED, today, None, 0, detail=against),)
    state = MarkState.LATE if planned + window < today else MarkState.TO_COME
    never = bool(act.only_if)
    words = f"Prévu à {act.week} SA, à {act.window} semaines près"
    return (Mark(state, planned, None, (today - planned).days, detail=words, never=never),)
