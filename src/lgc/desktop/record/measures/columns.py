"""What was measured together as a row: one column per kind, the pressure in one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lgc.desktop import text
from lgc.desktop.components.rows import Cell, Column
from lgc.domain import measures, plausible
from lgc.domain.measures import Kind
from lgc.domain.medical_data import MedicalEntry
from lgc.services.measures import Measured, Taken
from lgc.terminology import ucum

PRESSURE = "pressure"
SINGLE: tuple[tuple[Kind, int], ...] = (
    (measures.PULSE, 98), (measures.WEIGHT, 92), (measures.HEIGHT, 88), (measures.BMI, 92),
    (measures.WAIST, 134), (measures.TEMPERATURE, 92), (measures.SATURATION, 78),
    (measures.BREATHING, 84), (measures.PEAK_FLOW, 104), (measures.HEAD, 118),
)  # fmt: skip
UNUSUAL = "ri.error-warning-line"
HIGH = "ri.arrow-up-line"
HALVES = ((measures.SYSTOLIC, "Systolique"), (measures.DIASTOLIC, "Diastolique"))


def number(value: float) -> str:
    """As many decimals as were measured, three at most."""
    return text.number(round(value, 3))


def with_unit(one: Measured) -> str:
    unit = ucum.french(one.kind.unit)
    return f"{number(one.value)}{text.NB}{unit}"


def pressure(taken: Taken) -> str:
    """``135/80``; what is missing is a dash."""
    systolic, diastolic = taken.of(measures.SYSTOLIC), taken.of(measures.DIASTOLIC)
    if systolic is None and diastolic is None:
        return ""
    return "/".join(number(one.value) if one else "–" for one in (systolic, diastolic))


def threshold() -> str:
    """« Seuil : 140/90 mmHg », with its source."""
    high, low = (number(plausible.THRESHOLDS[kind.key]) for kind, _ in HALVES)
    return (
        f"Seuil d’une pression élevée, adulte : {high}/{low} mmHg ({plausible.THRESHOLDS_SOURCE})"
    )


def past(entry: MedicalEntry) -> str:
    """« Poids 725 kg, corrigé le 23/11/2026 »."""
    value = f"{number(entry.value or 0)} {ucum.french(entry.unit)}".strip()
    return text.french(f"{entry.label} {value}, {entry.note}")


def _cell(kind: Kind, taken: Taken) -> Cell:
    one = taken.of(kind)
    if one is None:
        return Cell("–", tone="text.faint", spoken="non mesuré")
    before = [past(old) for old in taken.past if _of(old, kind)]
    computed = "calculé du poids et de la taille" if one.computed else ""
    remark = one.warning or one.change
    told = [*([text.french(remark)] if remark else []), *([computed] if computed else []), *before]
    return Cell(
        number(one.value),
        glyph=UNUSUAL if remark else "",
        tone="warn" if remark else "text.muted" if one.computed else "text",
        medium=not one.computed,
        tooltip="\n".join(told),
        spoken=", ".join((with_unit(one), *told)),
    )


def _of(entry: MedicalEntry, kind: Kind) -> bool:
    known = measures.of_entry(entry)
    return known is not None and known[0] is kind


def _pressure_cell(taken: Taken) -> Cell:
    said = pressure(taken)
    if not said:
        return Cell("–", tone="text.faint", spoken="non mesurée")
    both = [(one, word) for kind, word in HALVES if (one := taken.of(kind)) is not None]
    warned = [text.french(one.warning) for one, _ in both if one.warning]
    high = [word.lower() for one, word in both if one.high]
    told = [f"{word} {with_unit(one)}" for one, word in both] + warned
    if high:
        told += [f"{text.capital(' et '.join(high))} : au seuil ou plus haut", threshold()]
    told += [past(old) for old in taken.past if any(_of(old, kind) for kind, _ in HALVES)]
    glyph = UNUSUAL if warned else HIGH if high else ""
    told = [text.french(one) for one in told]
    return Cell(
        said, glyph, "warn" if glyph else "text", medium=True, tooltip="\n".join(told),
        spoken=", ".join(told),
    )  # fmt: skip


def _date(taken: Taken) -> Cell:
    corrected = "ri.history-line" if taken.past else ""
    told = "\n".join(past(old) for old in taken.past)
    return Cell(taken.on.french, corrected, glyph_tone="text.muted", medium=True, tooltip=told)


def _others(taken: Taken) -> Cell:
    said = [
        f"{one.label} {number(one.value or 0)} {ucum.french(one.unit)}".strip()
        for one in taken.others
    ]
    sources = sorted({one.entry.source for one in taken.values if one.entry and one.entry.source})
    return Cell(text.french(" · ".join((*said, *sources))), tone="text.muted")


def _sorted(kind: Kind) -> Callable[[Taken], float]:
    def key(taken: Taken) -> float:
        one = taken.of(kind)
        return one.value if one is not None else -1.0

    return key


def _title(kind: Kind) -> str:
    if kind is measures.BMI:
        return "IMC calculé"
    unit = ucum.french(kind.unit)
    return f"{kind.short}, {unit}" if unit != "%" else f"{kind.short} %"


COLUMNS: tuple[Column[Taken], ...] = (
    Column("date", "Date", _date, 142, lambda taken: (taken.day, taken.key)),
    Column(
        PRESSURE, "Systolique/diastolique, mmHg", _pressure_cell, 204, _sorted(measures.SYSTOLIC)
    ),
    *(
        Column(kind.key, _title(kind), partial(_cell, kind), width, _sorted(kind))
        for kind, width in SINGLE
    ),
    Column("others", "Autres, origine", _others, None, least=110),
)
