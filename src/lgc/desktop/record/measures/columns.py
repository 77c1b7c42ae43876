"""What was measured together as a row: one column per kind, the pressure in one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lgc.desktop import text
from lgc.desktop.components.rows import Cell, Column
from lgc.domain import measures
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


def past(entry: MedicalEntry) -> str:
    """« Poids 725 kg, corrigé le 23/11/2026 »."""
    value = f"{number(entry.value or 0)} {ucum.french(entry.unit)}".strip()
    return text.french(f"{entry.label} {value}, {entry.note}")


def _double(kind: Kind) -> bool:
    return kind in (measures.SYSTOLIC, measures.DIASTOLIC)


def _cell(kind: Kind, taken: Taken) -> Cell:
    one = taken.of(kind)
    if one is None:
        return Cell("–", tone="text.faint", spoken="non mesuré")
    before = [past(old) for old in taken.past if _of(old, kind)]
    computed = "calculé du poids et de la taille" if one.computed else ""
    told = [*([one.warning] if one.warning else []), *([computed] if computed else []), *before]
    return Cell(
        number(one.value),
        glyph=UNUSUAL if one.warning else "",
        tone="warn" if one.warning else "text.muted" if one.computed else "text",
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
    both = [one for one in taken.values if _double(one.kind)]
    told = [one.warning for one in both if one.warning]
    glyph = UNUSUAL if told else ""
    told += [past(old) for old in taken.past if any(_of(old, one.kind) for one in both)]
    return Cell(
        said, glyph, "warn" if glyph else "text", medium=True, tooltip="\n".join(told),
        spoken=", ".join((f"{said} mmHg", *told)),
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
    Column(PRESSURE, "PA, mmHg", _pressure_cell, 96, _sorted(measures.SYSTOLIC)),
    *(
        Column(kind.key, _title(kind), partial(_cell, kind), width, _sorted(kind))
        for kind, width in SINGLE
    ),
    Column("others", "Autres, origine", _others, None, least=110),
)
