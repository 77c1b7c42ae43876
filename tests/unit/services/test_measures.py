"""Measurements added, corrected and taken back; a blood pressure is one measurement."""

import datetime as dt
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain import measures
from lgc.domain.measure_line import parse
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate
from lgc.errors import UserFacingError
from lgc.services.measures import Measures

ONE = "patient-1"


class MemoryRecords:
    def __init__(self):
        self.entries = {}

    def of_patient(self, patient_id):
        return MedicalRecord(tuple(self.entries.values()))

    def add(self, patient_id, entry):
        self.entries[entry.entry_id] = entry

    def update(self, entry):
        self.entries[entry.entry_id] = entry

    def remove(self, entry_id):
        del self.entries[entry_id]


@pytest.fixture
def records():
    return MemoryRecords()


@pytest.fixture
def own(records, clock, ids, make):
    uow = SimpleNamespace(
        medical=records,
        patients=SimpleNamespace(get=lambda patient_id: make.patient()),
        audit=lambda *line: None,
        commit=lambda: None,
    )

    @contextmanager
    def unit():
        yield uow

    return Measures(unit, clock, ids, lambda event: None)


def in_force(records):
    return [e.value for e in records.entries.values() if e.active]


def of_kind(records, kind):
    return next(e for e in records.entries.values() if e.active and e.label == kind.label)


@pytest.mark.parametrize("typed", ["T 38,5", "P 58", "PA 135/80 T 38,5", "PA 98"])
def test_a_letter_with_two_meanings_adds_nothing(own, records, typed):
    with pytest.raises(UserFacingError) as refused:
        own.add(ONE, typed)

    assert "deux sens" in str(refused.value)
    assert records.entries == {}


@pytest.mark.parametrize("half", [measures.SYSTOLIC, measures.DIASTOLIC])
def test_cancelling_a_pressure_takes_both_of_its_values(own, records, half):
    own.add(ONE, "PA 170/100 pouls 72")

    undo = own.change(ONE, [(of_kind(records, half), None)])

    assert in_force(records) == [72]
    own.undo(undo)
    assert sorted(in_force(records)) == [72, 100, 170]


def test_correcting_half_of_a_pressure_writes_both_anew(own, records):
    own.add(ONE, "PA 170/100 pouls 72")
    high = of_kind(records, measures.SYSTOLIC)

    undo = own.change(ONE, [(high, 150.0)])

    assert sorted(in_force(records)) == [72, 100, 150]
    old = [e for e in records.entries.values() if not e.active]
    assert sorted(e.value for e in old) == [100, 170]
    assert all("corrigé le" in e.note for e in old)
    (row,) = own.view(ONE).taken
    assert [one.value for one in row.values] == [150, 100, 72]
    own.undo(undo)
    assert sorted(in_force(records)) == [72, 100, 170]
    assert len(records.entries) == 3


def test_half_of_a_pressure_is_not_emptied_beside_the_other(own, records):
    own.add(ONE, "PA 170/100")
    high, low = (of_kind(records, kind) for kind in (measures.SYSTOLIC, measures.DIASTOLIC))

    with pytest.raises(UserFacingError, match="une seule mesure"):
        own.change(ONE, [(high, 150.0), (low, None)])

    assert sorted(in_force(records)) == [100, 170]


def test_what_was_corrected_since_is_not_taken_back(own, records):
    added = own.add(ONE, "poids 725")
    own.change(ONE, [(of_kind(records, measures.WEIGHT), 72.5)])

    with pytest.raises(UserFacingError):
        own.undo(added)

    assert in_force(records) == [72.5]


def test_what_was_set_aside_elsewhere_is_not_corrected_again(own, records):
    own.add(ONE, "poids 725")
    stale = of_kind(records, measures.WEIGHT)
    own.change(ONE, [(stale, 72.5)])

    with pytest.raises(UserFacingError, match="changé") as told:
        own.change(ONE, [(stale, 73.0)])

    assert told.value.advice == (
        "Vous voyiez : Poids 725 kg. Maintenant : Poids 72,5 kg. Rien n’a été fait."
    )
    assert in_force(records) == [72.5]


def test_a_measure_that_was_cancelled_or_noted_elsewhere_is_left(own, records):
    own.add(ONE, "poids 72")
    stale = of_kind(records, measures.WEIGHT)
    records.entries[stale.entry_id] = replace(stale, note="au lever")
    with pytest.raises(UserFacingError, match="changé"):
        own.change(ONE, [(stale, None)])
    assert in_force(records) == [72]

    own.change(ONE, [(records.entries[stale.entry_id], None)])
    with pytest.raises(UserFacingError, match="changé") as told:
        own.change(ONE, [(stale, 73.0)])
    assert "Maintenant : il n’y est plus" in told.value.advice


def test_two_pressures_of_one_line_are_two_rows(own, records):
    own.add(ONE, "PA 150/90 PA 135/80")

    rows = own.view(ONE).taken
    assert sorted([one.value for one in row.values] for row in rows) == [[135, 80], [150, 90]]
    own.change(ONE, [(rows[0].values[0].entry, None)])
    assert len(in_force(records)) == 2


def test_a_lost_centimetre_is_said_beside_the_line_and_in_its_row(own, records, clock, make):
    records.entries["h"] = make.entry(
        entry_id="h", family=Family.MEASUREMENT, label="Taille", code=None, value=174.0, unit="cm",
        start=PartialDate(2020, 1, 1), active=True,
    )  # fmt: skip
    today = clock.now().date()
    view = own.view(ONE)
    (said,) = view.remarks(parse("taille 172", today, view.born), today)
    assert "2 cm de moins que le 01/01/2020" in said

    own.add(ONE, "taille 172")
    row = own.view(ONE).taken[0]
    assert row.of(measures.HEIGHT).change == said


def test_a_threshold_is_shown_for_an_adult(own):
    own.add(ONE, "PA 150/80")
    row = own.view(ONE).taken[0]
    assert row.of(measures.SYSTOLIC).high and not row.of(measures.DIASTOLIC).high


def test_rows_of_older_versions_are_still_those_of_one_minute(own, records, make):
    def old(kind, value, minute):
        return replace(
            make.entry(
                entry_id=f"{kind.key}{minute}", family=Family.MEASUREMENT, label=kind.label,
                code=None, value=value, unit=kind.unit, start=PartialDate(2020, 1, 1), active=True,
            ),
            recorded_at=dt.datetime(2020, 1, 1, 9, minute, tzinfo=dt.UTC),
        )  # fmt: skip

    for entry in (
        old(measures.SYSTOLIC, 170, 0), old(measures.DIASTOLIC, 100, 0),
        old(measures.SYSTOLIC, 120, 30), old(measures.DIASTOLIC, 70, 30),
    ):  # fmt: skip
        records.entries[entry.entry_id] = entry

    rows = own.view(ONE).taken
    assert [[one.value for one in row.values] for row in rows] == [[120, 70], [170, 100]]


def test_two_old_pressures_of_one_minute_are_two_rows_and_mixed_halves_no_pair(own, records, make):
    def old(name, kind, value, **more):
        return replace(
            make.entry(
                entry_id=name, family=Family.MEASUREMENT, label=kind.label, code=None,
                value=value, unit=kind.unit, start=PartialDate(2020, 1, 1), active=True,
            ),
            recorded_at=dt.datetime(2020, 1, 1, 9, tzinfo=dt.UTC), **more,
        )  # fmt: skip

    high, low = measures.SYSTOLIC, measures.DIASTOLIC
    for entry in (old("a", high, 150), old("b", low, 90), old("c", high, 135), old("d", low, 80)):
        records.entries[entry.entry_id] = entry
    rows = own.view(ONE).taken
    assert sorted([one.value for one in row.values] for row in rows) == [[135, 80], [150, 90]]

    records.entries["a"] = replace(records.entries["a"], active=False)
    records.entries["e"] = old("e", high, 155)
    (row,) = own.view(ONE).taken
    assert (row.values, len(row.others)) == ((), 4)
