"""Whether a line of a received document is one that the record holds, and in what it differs.

The same words or code are not enough: a second hip, a second infarct, a second dose are other
lines. The same thing said otherwise (date, state, dose, reaction, value) is a **change**, for the
doctor to accept, never a duplicate. What the document does not say differs from nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lgc.cda.moods import AT_ADMISSION
from lgc.domain.allergies import SEVERITIES, UNTOLD, Severity, kind_and_agent
from lgc.domain.assignment import fold
from lgc.domain.figures import exact
from lgc.domain.medical_data import Family, MedicalEntry, PartialDate
from lgc.terminology import ucum

SAME_CODE = "déjà dans le dossier, même code"
SAME_WORDS = "déjà dans le dossier, mêmes mots"
SAME_VALUE = "déjà dans le dossier, même mesure le même jour"
TREATMENTS = (Family.LONG_TERM_TREATMENT, Family.CURRENT_TREATMENT)
CONDITIONS = (Family.CHRONIC, Family.MEDICAL_HISTORY)
ALIKE = {**dict.fromkeys(TREATMENTS, "treatment"), **dict.fromkeys(CONDITIONS, "condition")}
"""Families that hold the same things at different times: a line of one may be one of both."""
EVENTS = (Family.SURGICAL_HISTORY, Family.VACCINATION, Family.MEDICAL_HISTORY)
"""What may happen again: another date is another line."""
STATELESS = (Family.SURGICAL_HISTORY, Family.VACCINATION, Family.FAMILY_HISTORY)
_LOT = re.compile(r"\bLot (\S+)")
_RIGHT, _LEFT = re.compile(r"\bdroite?s?\b"), re.compile(r"\bgauches?\b")


@dataclass(frozen=True, slots=True)
class Change:
    """What a line would say after, and says now: « dose », « 5 mg », « 10 mg »."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """The line ``held`` is the one meant: ``why`` it is so, and ``changes`` if it says less."""

    held: MedicalEntry
    why: str
    changes: tuple[Change, ...] = ()


def likeness(entry: MedicalEntry, held: MedicalEntry) -> Likeness | None:
    """None when they are two things."""
    why = _same_thing(entry, held)
    if not why:
        return None
    told = ((one, one.says(entry)) for one in ASPECTS if one.told(entry, held))
    return Likeness(
        held, why, tuple(Change(one.what, one.says(held), after) for one, after in told)
    )


def changed(held: MedicalEntry, entry: MedicalEntry, source: str) -> MedicalEntry:
    """The held line as the document says it, its source beside its own."""
    new = held
    for one in ASPECTS:
        if one.told(entry, held):
            new = one.take(new, entry)
    after = f"modifié d’après {source}"
    return replace(new, source=f"{held.source} · {after}" if held.source else after)


def _same_thing(entry: MedicalEntry, held: MedicalEntry) -> str:
    if ALIKE.get(entry.family, entry.family) != ALIKE.get(held.family, held.family):
        return ""
    if (entry.kinship, entry.standing) != (held.kinship, held.standing):
        return ""
    if entry.family is Family.MEASUREMENT:
        return SAME_VALUE if _same_measure(entry, held) else ""
    again = entry.family in EVENTS and held.family in EVENTS
    if again and not _may_be_one_day(entry.start, held.start):
        return ""
    if entry.family is Family.VACCINATION and _other_dose(entry, held):
        return ""
    if not _same_side(entry.label, held.label):
        return ""
    return _same_name(entry, held)


def _same_name(entry: MedicalEntry, held: MedicalEntry) -> str:
    if entry.code is not None and held.code is not None:
        same = (entry.code.system, entry.code.code) == (held.code.system, held.code.code)
        if same:
            return SAME_CODE
    return SAME_WORDS if fold(entry.label) in (fold(held.label), fold(held.typed)) else ""


def _same_measure(entry: MedicalEntry, held: MedicalEntry) -> bool:
    named = fold(entry.label) == fold(held.label) or (
        entry.code is not None and held.code is not None and entry.code.code == held.code.code
    )
    return named and (entry.value, entry.unit, entry.start) == (held.value, held.unit, held.start)


def _may_be_one_day(one: PartialDate | None, other: PartialDate | None) -> bool:
    """2019 and 12/03/2019 may; a date and none may."""
    if one is None or other is None:
        return True
    return one.iso.startswith(other.iso) or other.iso.startswith(one.iso)


def _other_dose(entry: MedicalEntry, held: MedicalEntry) -> bool:
    """A dated dose and an undated one, or two batches, are two."""
    lots = [set(_LOT.findall(one.note)) for one in (entry, held)]
    return (entry.start is None) != (held.start is None) or (
        all(lots) and lots[0].isdisjoint(lots[1])
    )


def _same_side(one: str, other: str) -> bool:
    """A right hip is no left one."""
    sides = [
        (bool(_RIGHT.search(words)), bool(_LEFT.search(words))) for words in map(fold, (one, other))
    ]
    return sides[0] == sides[1] or (False, False) in sides


# --- what is compared ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that a line says: in words, whether the document tells it anew, how it is taken."""

    what: str
    says: Callable[[MedicalEntry], str]
    told: Callable[[MedicalEntry, MedicalEntry], bool]
    take: Callable[[MedicalEntry, MedicalEntry], MedicalEntry]


def _date(date: PartialDate | None) -> str:
    return date.french if date is not None else ""


def _other_date(after: PartialDate | None, before: PartialDate | None) -> bool:
    """A date that the held one, as precise or more, does not hold."""
    return after is not None and (before is None or not before.iso.startswith(after.iso))


def _state(entry: MedicalEntry) -> str:
    return "en cours" if entry.active else "terminé"


def _other_state(entry: MedicalEntry, held: MedicalEntry) -> bool:
    silent = entry.family in STATELESS or AT_ADMISSION in entry.note
    return not silent and entry.active is not held.active


def _dose(entry: MedicalEntry) -> str:
    return entry.posology.sentence if entry.posology is not None else ""


def _strength(entry: MedicalEntry) -> str:
    return entry.label if entry.family in TREATMENTS else ""


def _quantity(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{exact(value)} {ucum.french(unit)}".strip()


def _value(entry: MedicalEntry) -> str:
    return _quantity(entry.value, entry.unit)


def _age(entry: MedicalEntry) -> str:
    return "" if entry.age_at_onset is None else f"{entry.age_at_onset}\u00a0ans"


def _kind(entry: MedicalEntry) -> str:
    told = entry.allergy != UNTOLD
    return kind_and_agent(entry.allergy).lower() if told else ""


def _severity(entry: MedicalEntry) -> str:
    return SEVERITIES[entry.allergy.severity]


def _more_severe(entry: MedicalEntry, held: MedicalEntry) -> bool:
    severity = entry.allergy.severity
    return severity is not Severity.UNKNOWN and severity is not held.allergy.severity


def _differs(says: Callable[[MedicalEntry], str]) -> Callable[[MedicalEntry, MedicalEntry], bool]:
    return lambda entry, held: bool(says(entry)) and fold(says(entry)) != fold(says(held))


def _other_kind(entry: MedicalEntry, held: MedicalEntry) -> bool:
    told, known = entry.allergy, held.allergy
    none = UNTOLD
    kind = told.kind is not none.kind and told.kind is not known.kind
    return kind or (told.agent is not none.agent and told.agent is not known.agent)


def _take_kind(held: MedicalEntry, entry: MedicalEntry) -> MedicalEntry:
    told, none = entry.allergy, UNTOLD
    kind = told.kind if told.kind is not none.kind else held.allergy.kind
    agent = told.agent if told.agent is not none.agent else held.allergy.agent
    return replace(held, allergy=replace(held.allergy, kind=kind, agent=agent))


ASPECTS = (
    Aspect("médicament", _strength, _differs(_strength),
           lambda held, entry: replace(held, label=entry.label, code=entry.code or held.code)),
    Aspect("date", lambda one: _date(one.start),
           lambda entry, held: _other_date(entry.start, held.start),
           lambda held, entry: replace(held, start=entry.start)),
    Aspect("fin", lambda one: _date(one.end),
           lambda entry, held: _other_date(entry.end, held.end),
           lambda held, entry: replace(held, end=entry.end)),
    Aspect("état", _state, _other_state,
           lambda held, entry: replace(held, active=entry.active)),
    Aspect("posologie", _dose, _differs(_dose),
           lambda held, entry: replace(held, posology=entry.posology)),
    Aspect("réaction", lambda one: one.reaction, _differs(lambda one: one.reaction),
           lambda held, entry: replace(held, reaction=entry.reaction)),
    Aspect("type", _kind, _other_kind, _take_kind),
    Aspect("gravité", _severity, _more_severe, lambda held, entry: replace(
        held, allergy=replace(held.allergy, severity=entry.allergy.severity))),
    Aspect("valeur", _value, _differs(_value),
           lambda held, entry: replace(held, value=entry.value, unit=entry.unit)),
    Aspect("âge de survenue", _age, _differs(_age),
           lambda held, entry: replace(held, age_at_onset=entry.age_at_onset)),
)  # fmt: skip
