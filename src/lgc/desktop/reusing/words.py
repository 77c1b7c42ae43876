"""What a proposed entry says of itself on one line. Pure."""

from __future__ import annotations

from lgc.desktop import text
from lgc.domain.allergies import SEVERITIES, kind_and_agent
from lgc.domain.medical_data import Family, MedicalEntry
from lgc.services.sameness import Change
from lgc.terminology import code_systems, ucum
from lgc.terminology.value_sets import value_set

GLYPHS: dict[Family, str] = {
    Family.CHRONIC: "ri.heart-pulse-line",
    Family.MEDICAL_HISTORY: "ri.history-line",
    Family.SURGICAL_HISTORY: "ri.scissors-line",
    Family.FAMILY_HISTORY: "ri.parent-line",
    Family.ALLERGY: "ri.alert-line",
    Family.LONG_TERM_TREATMENT: "ri.medicine-bottle-line",
    Family.CURRENT_TREATMENT: "ri.capsule-line",
    Family.VIGILANCE: "ri.flag-line",
    Family.VACCINATION: "ri.syringe-line",
    Family.RISK_FACTOR: "ri.pulse-line",
    Family.OCCUPATIONAL: "ri.hammer-line",
    Family.TOXIC: "ri.alarm-warning-line",
    Family.MEASUREMENT: "ri.ruler-line",
}


LASTING = frozenset(Family) - {
    Family.MEASUREMENT,
    Family.VACCINATION,
    Family.SURGICAL_HISTORY,
    Family.MEDICAL_HISTORY,
}
"""Families whose date is a beginning as long as the line goes on."""


def detail(entry: MedicalEntry) -> str:
    """Value, posology, dates, reaction, kinship: what tells two entries apart."""
    return text.join(
        _value(entry),
        _posology(entry),
        value_set("kinship").label(entry.kinship) if entry.kinship else "",
        kind_and_agent(entry.allergy).lower(),
        f"réaction : {entry.reaction}" if entry.reaction else "",
        f"gravité : {severity}" if (severity := SEVERITIES[entry.allergy.severity]) else "",
        _dates(entry),
        "" if entry.active else "terminé",
        entry.note,
    )


def change(told: Change) -> str:
    """« posologie : 5 mg → 10 mg »: what the line says, what it would say."""
    return f"{told.what} : {told.before or 'non renseigné'} → {told.after}"


def _value(entry: MedicalEntry) -> str:
    if entry.value is None:
        return ""
    return f"{text.number(entry.value)} {ucum.french(entry.unit)}".strip()


def _posology(entry: MedicalEntry) -> str:
    """The words, and beside them what the codes of the same document say otherwise."""
    told = entry.posology
    if told is None:
        return ""
    return text.join(told.sentence, f"codée autrement : {told.coded}" if told.coded else "")


def _dates(entry: MedicalEntry) -> str:
    if entry.start and entry.end and entry.start != entry.end:
        return text.period(entry.start, entry.end)
    if entry.start is None:
        return text.until(entry.end) if entry.end else ""
    return (
        text.since(entry.start)
        if entry.active and entry.family in LASTING
        else (entry.start.french)
    )


def code(entry: MedicalEntry) -> str:
    """``CIM10 I10``; nothing for free text."""
    if entry.code is None:
        return ""
    return f"{code_systems.name_of(entry.code.system)} {entry.code.code}".strip()


def one_line(label: str) -> str:
    return " ".join(label.split())
