"""Measurements of a record: added in one line, corrected without losing what was there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lgc.domain import measures
from lgc.domain.measures import Kind
from lgc.domain.medical_data import Family, MedicalEntry, PartialDate
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.terminology.value_sets import value_set

CORRECTED, CANCELLED = "corrigé", "annulé"


@dataclass(frozen=True, slots=True)
class Measured:
    """One value in the unit of its kind. ``entry`` is None when it is ``computed``."""

    kind: Kind
    value: float
    entry: MedicalEntry | None = None

    @property
    def computed(self) -> bool:
        return self.entry is None

    @property
    def warning(self) -> str:
        return measures.warning_of(self.kind, self.value)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was measured together. ``on`` may be a month; ``day`` places it on a curve.

    ``past`` are the values that were corrected or cancelled, ``others`` what has no known kind.
    """

    key: str
    on: PartialDate
    day: dt.date
    values: tuple[Measured, ...]
    others: tuple[MedicalEntry, ...] = ()
    past: tuple[MedicalEntry, ...] = ()

    def of(self, kind: Kind) -> Measured | None:
        return next((one for one in self.values if one.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Undo:
    """Enough to take a gesture back: entries it made, and those it set aside as they were."""

    patient_id: str
    made: tuple[MedicalEntry, ...] = ()
    before: tuple[MedicalEntry, ...] = ()


class Measures:
    """Runs in workers. Every change is audited and announced; none logs a value."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, ids: Ids, announce: Announce) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._announce = announce

    def view(self, patient_id: str) -> tuple[Taken, ...]:
        """Newest first, the body mass index computed where weight and height allow it."""
        with self._open() as uow:
            born = uow.patients.get(patient_id).identity.traits.birth_date
            entries = uow.medical.of_patient(patient_id).of(Family.MEASUREMENT)
        return taken_of(entries, born)

    def add(self, patient_id: str, typed: str) -> Undo:
        """Raises UserFacingError naming what was not understood: nothing is added then."""
        now = self._clock.now()
        line = measures.parse(typed, now.date())
        if line.left or not line.values:
            raise UserFacingError(
                f"«\u00a0{line.left or typed}\u00a0» n’est pas une mesure comprise.",
                advice="Écrivez par exemple «\u00a0PA 135/80, pouls 72, poids 72,5\u00a0».",
            )
        on = line.on or PartialDate(now.year, now.month, now.day)
        made = tuple(self._entry(one.kind, one.value, on, now) for one in line.values)

        def work(uow: UnitOfWork) -> None:
            for entry in made:
                uow.medical.add(patient_id, entry)
                uow.audit("measurement added", entry.entry_id, patient_id)

        self._write(patient_id, work)
        return Undo(patient_id, made=made)

    def correct(self, patient_id: str, entry: MedicalEntry, value: float) -> Undo:
        """The new value beside the old one, which stays, marked as corrected."""
        known = measures.of_entry(entry)
        if known is None:
            raise UserFacingError("Cette mesure vient d’ailleurs et se lit seulement.")
        now = self._clock.now()
        on = entry.start or PartialDate(now.year, now.month, now.day)
        # The moment of the first entry keeps values taken together on one line.
        made = replace(
            self._entry(known[0], value, on, entry.recorded_at or now), source=entry.source
        )
        old = self._set_aside(entry, CORRECTED, now)

        def work(uow: UnitOfWork) -> None:
            uow.medical.update(old)
            uow.medical.add(patient_id, made)
            uow.audit("measurement corrected", entry.entry_id, made.entry_id)

        self._write(patient_id, work)
        return Undo(patient_id, (made,), (entry,))

    def cancel(self, patient_id: str, entry: MedicalEntry) -> Undo:
        """A mistake: it no longer counts, and can still be read."""
        old = self._set_aside(entry, CANCELLED, self._clock.now())

        def work(uow: UnitOfWork) -> None:
            uow.medical.update(old)
            uow.audit("measurement cancelled", entry.entry_id, patient_id)

        self._write(patient_id, work)
        return Undo(patient_id, before=(entry,))

    def undo(self, undo: Undo) -> None:
        """Back to what was before."""

        def work(uow: UnitOfWork) -> None:
            for entry in undo.made:
                uow.medical.remove(entry.entry_id)
                uow.audit("measurement taken back", entry.entry_id, undo.patient_id)
            for entry in undo.before:
                uow.medical.update(entry)
                uow.audit("measurement restored", entry.entry_id, undo.patient_id)

        self._write(undo.patient_id, work)

    def _entry(self, kind: Kind, value: float, on: PartialDate, now: dt.datetime) -> MedicalEntry:
        known = value_set("vital_sign").get(kind.code) if kind.code else None
        code = Coded(known.code, known.system, known.label) if known is not None else None
        return MedicalEntry(
            entry_id=self._ids.uuid(),
            family=Family.MEASUREMENT,
            label=kind.label,
            code=code,
            start=on,
            value=value,
            unit=kind.unit,
            recorded_at=now,
        )

    def _set_aside(self, entry: MedicalEntry, how: str, now: dt.datetime) -> MedicalEntry:
        said = f"{how} le {now:%d/%m/%Y}"
        return replace(entry, active=False, note=f"{entry.note} · {said}" if entry.note else said)

    def _write(self, patient_id: str, work: Callable[[UnitOfWork], None]) -> None:
        """Save, then announce."""
        with self._open() as uow:
            work(uow)
            uow.commit()
        self._announce(RecordChanged(patient_id))


def taken_of(entries: Iterable[MedicalEntry], born: dt.date) -> tuple[Taken, ...]:
    """Entries of the same day written in the same minute were measured together."""
    groups: dict[tuple[str, str], list[MedicalEntry]] = defaultdict(list)
    for entry in entries:
        if entry.start is not None:
            minute = f"{entry.recorded_at:%Y%m%d%H%M}" if entry.recorded_at else ""
            groups[(entry.start.iso, minute)].append(entry)
    heights = _heights(groups.values())
    taken = [
        _taken(f"{iso}/{minute}", PartialDate.parse(iso), group, heights, born)
        for (iso, minute), group in groups.items()
    ]
    return tuple(sorted(taken, key=lambda one: (one.day, one.key), reverse=True))


def _taken(
    key: str,
    on: PartialDate,
    group: list[MedicalEntry],
    heights: list[tuple[dt.date, float]],
    born: dt.date,
) -> Taken:
    values: list[Measured] = []
    others = []
    for entry in group:
        known = measures.of_entry(entry) if entry.active else None
        if known is not None and not any(one.kind is known[0] for one in values):
            values.append(Measured(known[0], known[1], entry))
        elif entry.active:
            others.append(entry)
    day = _day_of(on)
    values += _index(values, day, heights, born)
    values.sort(key=lambda one: measures.KINDS.index(one.kind))
    past = tuple(entry for entry in group if not entry.active)
    return Taken(key, on, day, tuple(values), tuple(others), past)


def _index(
    values: list[Measured], day: dt.date, heights: list[tuple[dt.date, float]], born: dt.date
) -> list[Measured]:
    weight = next((one for one in values if one.kind is measures.WEIGHT), None)
    if weight is None or any(one.kind is measures.BMI for one in values):
        return []
    height = measures.height_for(day, heights, born)
    if height is None or not measures.HEIGHT.low <= height <= measures.HEIGHT.high:
        return []
    return [Measured(measures.BMI, measures.body_mass_index(weight.value, height))]


def _heights(groups: Iterable[list[MedicalEntry]]) -> list[tuple[dt.date, float]]:
    found = []
    for group in groups:
        for entry in group:
            known = measures.of_entry(entry) if entry.active and entry.start else None
            if known is not None and known[0] is measures.HEIGHT and entry.start is not None:
                found.append((_day_of(entry.start), known[1]))
    return found


def _day_of(on: PartialDate) -> dt.date:
    """The middle of a month or of a year that is known no better."""
    return dt.date(on.year, on.month or 7, on.day or (15 if on.month else 1))
