"""Readings: what was measured once. The two values of a blood pressure are one reading.

A systolic pressure is never read with a diastolic one of another moment: they belong together
when they were entered together (``MedicalEntry.together``) or, in what older versions and
colleagues wrote, when nothing else of that day and moment could be meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lgc.domain import measures
from lgc.domain.measures import DIASTOLIC, SYSTOLIC, fold
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, Standing

GROWTH = 6
PRESSURE = "pressure"
HALVES = (SYSTOLIC, DIASTOLIC)
ORDER = (PRESSURE, *(kind.key for kind in measures.KINDS if kind not in HALVES))


@dataclass(frozen=True, slots=True)
class Reading:
    """One entry, or the systolic and the diastolic of one pressure. ``name`` is of its kind."""

    name: str
    entries: tuple[MedicalEntry, ...]

    @property
    def moment(self) -> tuple[str, str]:
        """Sorts readings in time: the day, then the moment it was entered."""
        first = self.entries[0]
        entered = f"{first.recorded_at.timestamp():020.6f}" if first.recorded_at else ""
        return (first.start.iso if first.start else "", entered)


def readings(entries: Iterable[MedicalEntry]) -> tuple[Reading, ...]:
    """The measurements in force, oldest first; those of one moment as they were entered."""
    single: list[Reading] = []
    halves: dict[tuple[str, ...], list[list[MedicalEntry]]] = defaultdict(lambda: [[], []])
    corrected: set[tuple[str, ...]] = set()
    for entry in entries:
        if entry.family is not Family.MEASUREMENT or entry.standing is not Standing.FACT:
            continue
        known = measures.of_entry(entry)
        half = known is not None and known[0] in HALVES
        if half and not entry.active:
            corrected.add(_moment(entry))
        elif half and known is not None:
            halves[_moment(entry)][HALVES.index(known[0])].append(entry)
        elif entry.active:
            single.append(Reading(known[0].key if known else fold(entry.label), (entry,)))
    paired = [
        one
        for moment, both in halves.items()
        for one in _pressures(*both, in_order=moment not in corrected)
    ]
    return tuple(sorted((*single, *paired), key=lambda one: one.moment))


def reading_of(entry: MedicalEntry, entries: Iterable[MedicalEntry]) -> Reading:
    """The reading that an entry in force is of: alone, or with the other half of its pressure."""
    for one in readings(entries):
        if any(half.entry_id == entry.entry_id for half in one.entries):
            return one
    return Reading(fold(entry.label), (entry,))


def for_summary(record: MedicalRecord, *, child: bool) -> MedicalRecord:
    """The record with the last reading of each measurement, the last few of a child who grows.

    Last by day, then by the moment it was entered. What was corrected or cancelled is left out;
    both values of a pressure stay side by side.
    """
    most = GROWTH if child else 1
    by_name: dict[str, list[Reading]] = defaultdict(list)
    for one in readings(record.entries):
        by_name[one.name].append(one)
    names = sorted(by_name, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    kept = [e for name in names for one in by_name[name][-most:] for e in one.entries]
    others = (entry for entry in record.entries if entry.family is not Family.MEASUREMENT)
    return replace(record, entries=(*others, *kept))


def _moment(entry: MedicalEntry) -> tuple[str, ...]:
    if entry.together:
        return (entry.together,)
    recorded = entry.recorded_at.isoformat() if entry.recorded_at else ""
    return (entry.start.iso if entry.start else "", recorded, entry.source)


def _pressures(
    systolic: list[MedicalEntry], diastolic: list[MedicalEntry], *, in_order: bool
) -> list[Reading]:
    """One of each is a pressure; several of one moment, as older versions kept them, go together
    as they were entered. Once one was corrected, or lacks, nobody knows which belongs to which:
    they stay one reading."""
    if in_order and len(systolic) == len(diastolic):
        return [Reading(PRESSURE, both) for both in zip(systolic, diastolic, strict=True)]
    if systolic and diastolic:
        return [Reading(PRESSURE, (*systolic, *diastolic))]
    return [Reading(PRESSURE, (one,)) for one in (*systolic, *diastolic)]
