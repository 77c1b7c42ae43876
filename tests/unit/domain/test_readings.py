"""The last reading of each measurement; a blood pressure is one."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.measures import DIASTOLIC, KINDS, SYSTOLIC
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord, PartialDate
from lgc.domain.professionals import Coded
from lgc.domain.readings import for_summary, reading_of, readings

LOINC = "2.16.840.1.113883.6.1"


def at(day, hour):
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def one(kind, value, day=23, hour=9, **more):
    return MedicalEntry(
        entry_id=more.pop("entry_id", f"{kind.key}{value}{day}{hour}"),
        family=Family.MEASUREMENT,
        label=kind.label,
        code=Coded(kind.code, LOINC, kind.label),
        start=PartialDate(2026, 11, day),
        value=value,
        unit=kind.unit,
        recorded_at=at(more.pop("entered", day), hour),
        **more,
    )


def pressure(high, low, day=23, hour=9, **more):
    return one(SYSTOLIC, high, day, hour, **more), one(DIASTOLIC, low, day, hour, **more)


def summed_up(*entries, child=False):
    kept = for_summary(MedicalRecord(entries), child=child).of(Family.MEASUREMENT)
    return [entry.value for entry in kept]


@pytest.mark.parametrize("first", [True, False])
def test_the_last_pressure_of_a_day_is_the_one_of_the_afternoon(first):
    morning, afternoon = pressure(170, 100, hour=9), pressure(120, 70, hour=15)
    entries = (*morning, *afternoon) if first else (*afternoon, *morning)

    assert summed_up(*entries) == [120, 70]


def test_a_systolic_of_monday_is_never_beside_a_diastolic_of_tuesday():
    monday, tuesday = one(SYSTOLIC, 170, day=23), one(DIASTOLIC, 70, day=24)
    assert summed_up(monday, tuesday) == [70]
    assert summed_up(*pressure(170, 100, day=23), tuesday) == [70]
    assert [len(r.entries) for r in readings((monday, tuesday))] == [1, 1]


def test_a_half_that_was_cancelled_leaves_no_pair_with_another():
    high, low = pressure(170, 100, hour=9)
    later = one(SYSTOLIC, 120, hour=15)
    assert summed_up(high, replace(low, active=False), later) == [120]


def test_two_pressures_entered_at_once_are_told_apart_by_what_belongs_together():
    entries = (*pressure(150, 90, together="a"), *pressure(135, 80, together="b"))
    assert [[e.value for e in r.entries] for r in readings(entries)] == [[150, 90], [135, 80]]
    assert summed_up(*entries) == [135, 80]


def test_two_pressures_of_one_moment_go_together_as_they_were_entered():
    entries = (*pressure(150, 90), *pressure(135, 80))
    assert [[e.value for e in r.entries] for r in readings(entries)] == [[150, 90], [135, 80]]


def test_what_an_older_version_mixed_is_kept_whole_and_never_paired_by_guess():
    first, second = pressure(150, 90), pressure(135, 80)
    corrected = replace(first[0], active=False, entry_id="old")
    entries = (corrected, first[1], *second, replace(first[0], value=150))
    (whole,) = readings(entries)
    assert len(whole.entries) == 4
    assert sorted(summed_up(*entries)) == [80, 90, 135, 150]


def test_a_day_entered_later_is_still_the_day_it_was():
    today, old = pressure(120, 70, day=23), pressure(170, 100, day=3, entered=23, hour=18)
    assert summed_up(*today, *old) == [120, 70]


def test_the_other_half_of_a_pressure_is_found_from_either():
    high, low = pressure(170, 100)
    other = pressure(120, 70, hour=15)
    for half in (high, low):
        assert reading_of(half, (high, *other, low)).entries == (high, low)


def test_a_summary_tells_the_last_of_each_measure_and_the_growth_of_a_child(make):
    def taken(day, value, **more):
        return make.entry(
            entry_id=f"{day}{value}", family=Family.MEASUREMENT, label="Poids", code=None,
            value=value, unit="kg", start=PartialDate(2026, 1, day), active=True, **more,
        )  # fmt: skip

    wrong = replace(taken(9, 725.0), active=False)
    record = MedicalRecord((taken(1, 70.0), wrong, taken(5, 72.0), make.entry(entry_id="x")))

    assert [e.value for e in for_summary(record, child=False).of(Family.MEASUREMENT)] == [72.0]
    assert [e.value for e in for_summary(record, child=True).of(Family.MEASUREMENT)] == [70.0, 72.0]
    assert len(for_summary(record, child=False).entries) == 2


gestures = st.lists(
    st.tuples(
        st.integers(1, 28),
        st.integers(0, 23),
        st.lists(st.sampled_from([k for k in KINDS if k.code]), min_size=1, max_size=4),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one[:2],
)


@given(gestures, st.booleans(), st.randoms())
def test_whatever_was_measured_both_halves_of_a_pressure_are_of_one_moment(all_, child, chance):
    """And of each kind, in an adult, the last one stands: there is none later in the record."""
    entries = []
    for number, (day, hour, kinds, linked) in enumerate(all_):
        together = f"g{number}" if linked else ""
        entries += [
            one(kind, 100 + number, day, hour, together=together, entry_id=f"{number}{kind.key}")
            for kind in dict.fromkeys(kinds)
        ]
    chance.shuffle(entries)
    kept = for_summary(MedicalRecord(tuple(entries)), child=child).of(Family.MEASUREMENT)
    halves = [e for e in kept if e.code.code in (SYSTOLIC.code, DIASTOLIC.code)]
    if not child:
        assert len({e.recorded_at for e in halves}) <= 1
        for code in {e.code.code for e in entries} - {SYSTOLIC.code, DIASTOLIC.code}:
            (last,) = [e for e in kept if e.code.code == code]
            assert last.recorded_at == max(e.recorded_at for e in entries if e.code.code == code)
    for before, after in pairwise(halves):
        if (before.code.code, after.code.code) == (SYSTOLIC.code, DIASTOLIC.code):
            mates = [e for e in halves if e.recorded_at == before.recorded_at]
            assert after in mates or len(mates) == 1
