"""Measurements of a record: added in one line, corrected without losing what was there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lgc.domain import measure_line, measures, plausible, readings
from lgc.domain.measures import Kind
from lgc.domain.medical_data import (
    CodeOrigin,
    Family,
    MedicalEntry,
    MedicalRecord,
    PartialDate,
)
from lgc.domain.professionals import Coded
from lgc.errors import UserFacingError
from lgc.services.events import Announce, RecordChanged
from lgc.services.ports import Clock, Ids, OpenUnit, UnitOfWork
from lgc.services.seen import must_still_be
from lgc.terminology import ucum
from lgc.terminology.value_sets import value_set

Moment = tuple[str, str]
CORRECTED, CANCELLED = "corrigé", "annulé"


@dataclass(frozen=True, slots=True)
class Measured:
    """One value in the unit of its kind. ``entry`` is None when it is ``computed``.

    ``warning`` says what nobody of that age has, ``change`` what differs from the last one.
    """

    kind: Kind
    value: float
    entry: MedicalEntry | None = None
    warning: str = ""
    change: str = ""
    high: bool = False

    @property
    def computed(self) -> bool:
        return self.entry is None


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
class MeasuresView:
    """What was measured, newest first, of somebody ``born`` that day."""

    born: dt.date
    taken: tuple[Taken, ...] = ()

    def values(self, kind: Kind) -> list[tuple[dt.date, float]]:
        """The values of a kind with their day, newest first."""
        found = ((taken.day, taken.of(kind)) for taken in self.taken)
        return [(day, one.value) for day, one in found if one is not None]

    def remarks(self, line: measure_line.Line, today: dt.date) -> tuple[str, ...]:
        """What is said of a typed line beside what is known; nothing of it is refused."""
        at = line.on or PartialDate.of(today)
        changes = (
            plausible.change_of(one.kind, one.value, _day_of(at), self.values(one.kind), self.born)
            for one in line.values
            if not one.warning
        )
        return (*line.warnings, *filter(None, changes))


Change = tuple[MedicalEntry, float | None]
"""An entry and its new value; None when it is cancelled."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Enough to take a gesture back: entries it made, those it set aside as they were
    (``before``) and as it left them."""

    patient_id: str
    made: tuple[MedicalEntry, ...] = ()
    before: tuple[MedicalEntry, ...] = ()
    aside: tuple[MedicalEntry, ...] = ()


class Measures:
    """Runs in workers. Every change is audited and announced; none logs a value."""

    def __init__(self, open_unit: OpenUnit, clock: Clock, ids: Ids, announce: Announce) -> None:
        self._open, self._clock, self._ids = open_unit, clock, ids
        self._announce = announce

    def view(self, patient_id: str) -> MeasuresView:
        """Newest first, the body mass index computed where weight and height allow it."""
        with self._open() as uow:
            born = uow.patients.get(patient_id).identity.traits.birth_date
            entries = uow.medical.of_patient(patient_id).of(Family.MEASUREMENT)
        return MeasuresView(born, taken_of(entries, born))

    def add(self, patient_id: str, typed: str) -> Undo:
        """Raises UserFacingError naming what was not understood, or may mean two things:
        nothing is added then."""
        now = self._clock.now()
        with self._open() as uow:
            born = uow.patients.get(patient_id).identity.traits.birth_date
        line = measure_line.parse(typed, now.date(), born)
        _check(line, typed)
        on = line.on or PartialDate.of(now.date())
        made: list[MedicalEntry] = []
        together = self._ids.uuid()
        for one in line.values:
            if any(e.together == together and e.label == one.kind.label for e in made):
                together = self._ids.uuid()  # a second pressure is another reading
            made.append(self._entry(one.kind, one.value, on, now, together))

        def work(uow: UnitOfWork) -> None:
            for entry in made:
                uow.medical.add(patient_id, entry)
                uow.audit("measurement added", entry.entry_id, patient_id)

        self._write(patient_id, work)
        return Undo(patient_id, made=tuple(made))

    def change(self, patient_id: str, changes: Sequence[Change]) -> Undo:
        """The new values beside the old ones, which stay, marked corrected or cancelled.

        One commit. A blood pressure is one measurement: both of its values are corrected, or
        cancelled, whichever is named. Raises UserFacingError for half of one.
        """
        now = self._clock.now()
        with self._open() as uow:
            record = uow.medical.of_patient(patient_id)
        old: list[MedicalEntry] = []
        made: list[MedicalEntry] = []
        for reading in _readings_of(changes, record):
            new = self._corrected(reading.entries, changes, now)
            how = CORRECTED if new else CANCELLED
            old += [self._set_aside(entry, how, now) for entry in reading.entries]
            made += new

        def work(uow: UnitOfWork) -> None:
            for entry in old:
                uow.medical.update(entry)
                uow.audit("measurement set aside", entry.entry_id, patient_id)
            for entry in made:
                uow.medical.add(patient_id, entry)
                uow.audit("measurement corrected", entry.entry_id, patient_id)

        self._write(patient_id, work)
        ids = {entry.entry_id for entry in old}
        before = tuple(entry for entry in record.entries if entry.entry_id in ids)
        return Undo(patient_id, tuple(made), before, tuple(old))

    def undo(self, undo: Undo) -> None:
        """Back to what was before. Raises UserFacingError when it was changed again since."""

        def work(uow: UnitOfWork) -> None:
            held = {e.entry_id: e for e in uow.medical.of_patient(undo.patient_id).entries}
            if any(held.get(one.entry_id) != one for one in (*undo.made, *undo.aside)):
                raise UserFacingError(
                    "Ces mesures ont changé depuis : rien n’est repris.",
                    advice="Corrigez-les dans le tableau (F2).",
                )
            for entry in undo.made:
                uow.medical.remove(entry.entry_id)
                uow.audit("measurement taken back", entry.entry_id, undo.patient_id)
            for entry in undo.before:
                uow.medical.update(entry)
                uow.audit("measurement restored", entry.entry_id, undo.patient_id)

        self._write(undo.patient_id, work)

    def _corrected(
        self, entries: Sequence[MedicalEntry], changes: Sequence[Change], now: dt.datetime
    ) -> list[MedicalEntry]:
        """The entries that take the place of a reading; none when it is cancelled."""
        asked = {entry.entry_id: value for entry, value in changes}
        values = [asked.get(one.entry_id, one.value) for one in entries]
        named = [asked[one.entry_id] for one in entries if one.entry_id in asked]
        if all(value is None for value in named):
            return []
        if any(value is None for value in named):
            raise UserFacingError(
                "Une pression artérielle est une seule mesure.",
                advice="Corrigez ses deux valeurs, ou videz les deux pour l’annuler.",
            )
        return [self._again(*one, now) for one in zip(entries, values, strict=True)]

    def _again(self, entry: MedicalEntry, value: float | None, now: dt.datetime) -> MedicalEntry:
        """The entry anew. Its moment stays: what was measured together stays together."""
        known = measures.of_entry(entry)
        if known is None or value is None:
            raise UserFacingError(
                "Cette mesure vient d’un document reçu : elle se lit, mais ne se corrige pas ici."
            )
        on = entry.start or PartialDate.of(now.date())
        made = self._entry(known[0], value, on, entry.recorded_at or now, entry.together)
        return replace(made, source=entry.source)

    def _entry(
        self, kind: Kind, value: float, on: PartialDate, now: dt.datetime, together: str
    ) -> MedicalEntry:
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
            together=together,
            origin=_origin(code, now),
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
    """One row for what was measured together: entries that say so or, of older versions, those
    of the same day written in the same minute."""
    written: dict[Moment, list[MedicalEntry]] = defaultdict(list)
    for entry in entries:
        if entry.start is not None:
            minute = f"{entry.recorded_at:%Y%m%d%H%M}" if entry.recorded_at else ""
            written[(entry.start.iso, f"{minute}/{entry.together}")].append(entry)
    groups = _apart(written)
    heights = _heights(groups.values())
    taken = [
        _taken(f"{iso}/{moment}", PartialDate.parse(iso), group, heights, born)
        for (iso, moment), group in groups.items()
    ]
    ordered = sorted(taken, key=lambda one: (one.day, one.key))
    return tuple(reversed(_with_changes(ordered, born)))


def _taken(
    key: str,
    on: PartialDate,
    group: list[MedicalEntry],
    heights: list[tuple[dt.date, float]],
    born: dt.date,
) -> Taken:
    values: list[Measured] = []
    others = []
    ages = plausible.ages_on(on, born)
    mixed = _mixed(group)
    for entry in group:
        known = measures.of_entry(entry) if entry.active else None
        told = any(known is not None and one.kind is known[0] for one in values)
        if known is not None and not told and entry.entry_id not in mixed:
            values.append(_measured(*known, entry, ages))
        elif entry.active:
            others.append(entry)
    day = _day_of(on)
    values += _index(values, day, heights, born)
    values.sort(key=lambda one: measures.KINDS.index(one.kind))
    past = tuple(entry for entry in group if not entry.active)
    return Taken(key, on, day, tuple(values), tuple(others), past)


def _apart(groups: dict[Moment, list[MedicalEntry]]) -> dict[Moment, list[MedicalEntry]]:
    """A second pressure of one moment, as older versions kept it, is a row of its own."""
    rows: dict[Moment, list[MedicalEntry]] = {}
    for (iso, moment), group in groups.items():
        pairs = [one for one in readings.readings(group) if len(one.entries) == 2]
        away = {e.entry_id: number for number, one in enumerate(pairs) for e in one.entries}
        for entry in group:
            number = away.get(entry.entry_id, 0)
            key = (iso, f"{moment}/{number}" if number else moment)
            rows.setdefault(key, []).append(entry)
    return rows


def _mixed(group: Iterable[MedicalEntry]) -> set[str]:
    """Halves of which nobody knows the other one: they stand alone, with their names."""
    return {
        entry.entry_id
        for one in readings.readings(group)
        if len(one.entries) > 2
        for entry in one.entries
    }


def _measured(
    kind: Kind, value: float, entry: MedicalEntry | None, ages: plausible.Ages
) -> Measured:
    warning = plausible.warning_of(kind, value, ages)
    return Measured(kind, value, entry, warning, high=plausible.above_threshold(kind, value, ages))


def _with_changes(taken: list[Taken], born: dt.date) -> list[Taken]:
    """Oldest first: each value beside the last one of its kind."""
    before: dict[str, list[tuple[dt.date, float]]] = defaultdict(list)
    said = []
    for one in taken:
        values = []
        for value in one.values:
            kind = value.kind
            change = plausible.change_of(kind, value.value, one.day, before[kind.key][-1:], born)
            values.append(replace(value, change=change))
            before[kind.key].append((one.day, value.value))
        said.append(replace(one, values=tuple(values)))
    return said


def _index(
    values: list[Measured], day: dt.date, heights: list[tuple[dt.date, float]], born: dt.date
) -> list[Measured]:
    weight = next((one for one in values if one.kind is measures.WEIGHT), None)
    if weight is None or any(one.kind is measures.BMI for one in values):
        return []
    height = measures.height_for(day, heights, born)
    if height is None or not measures.HEIGHT.low <= height <= measures.HEIGHT.high:
        return []
    ages = ((day - born).days,) * 2
    return [_measured(measures.BMI, measures.body_mass_index(weight.value, height), None, ages)]


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


def _check(line: measure_line.Line, typed: str) -> None:
    """Raises UserFacingError when the line is not understood, whole and in one way."""
    if line.left or (not line.values and line.asked is None):
        raise UserFacingError(
            f"«\u00a0{line.left or typed}\u00a0» n’est pas une mesure comprise.",
            advice="Écrivez par exemple «\u00a0PA 135/80, pouls 72, poids 72,5\u00a0».",
        )
    if line.asked is not None:
        meant = " ou ".join(one.value.kind.label.lower() for one in line.asked.readings)
        raise UserFacingError(
            f"«\u00a0{line.asked.words}\u00a0» a deux sens\u00a0: {meant}.",
            advice="Choisissez sous la ligne, ou écrivez le mot entier.",
        )


def _readings_of(changes: Sequence[Change], record: MedicalRecord) -> list[readings.Reading]:
    """Each reading that a change is of, once."""
    found: dict[str, readings.Reading] = {}
    held = {one.entry_id: one for one in record.entries}
    for entry, _ in changes:
        now = held.get(entry.entry_id)
        if now is None or not now.active:
            now = _in_its_place(entry, record)
        must_still_be(now, entry, "Cette mesure", _said)
        one = readings.reading_of(entry, record.entries)
        found[one.entries[0].entry_id] = one
    return list(found.values())


def _in_its_place(entry: MedicalEntry, record: MedicalRecord) -> MedicalEntry | None:
    """What was written for a measure that no longer counts: of its moment, under its name."""
    moment = (entry.label, entry.start, entry.together)
    same = (e for e in record.of(Family.MEASUREMENT) if (e.label, e.start, e.together) == moment)
    return next((e for e in same if e.active), None)


def _said(entry: MedicalEntry) -> str:
    known = measures.of_entry(entry)
    if known is None:
        return entry.label
    value = f"{known[1]:g}".replace(".", ",")
    return f"{entry.label} {value} {ucum.french(known[0].unit)}".rstrip()


def _origin(code: Coded | None, now: dt.datetime) -> CodeOrigin | None:
    """The value set that gives the vital signs their codes."""
    if code is None:
        return None
    table = value_set("vital_sign")
    return CodeOrigin("LOINC", f"{table.name}, {table.version[:10]}", now)
