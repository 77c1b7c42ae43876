"""Planned acts against what was done: done with its gap, late, or to come."""

import datetime as dt

import pytest

from lgc.domain.biology import LabResult
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate
from lgc.domain.professionals import Coded
from lgc.services.pathway import lanes_of, protocols
from lgc.services.views import MarkState

TODAY = dt.date(2026, 11, 6)
LOINC = "2.16.840.1.113883.6.1"


def result(code, day, **fields):
    taken = dt.datetime.combine(day, dt.time(8), tzinfo=dt.UTC)
    return ("report", LabResult(Coded(code, LOINC), "HbA1c", taken, **fields))


def lane(name, lanes):
    return next(one for one in lanes.lanes if one.name == name)


def test_an_act_done_after_its_plan_carries_the_gap():
    results = [
        result("4548-4", dt.date(2026, 5, 20), value=7.5, unit="%"),
        result("4548-4", dt.date(2026, 9, 2), value=7.9, unit="%"),
    ]

    marks = lane("HbA1c", lanes_of(["diabetes-type-2"], [], results, MedicalRecord(), TODAY)).marks

    assert [(m.state, m.gap_days) for m in marks[:2]] == [(MarkState.DONE, 0), (MarkState.DONE, 14)]
    assert marks[2].state is MarkState.TO_COME
    assert marks[2].detail == "Dernière : 7,9 %, le 02/09/2026"


def test_an_act_not_done_in_time_is_late_by_days(make):
    record = MedicalRecord(
        (make.entry(family=Family.VACCINATION, label="Grippe", start=PartialDate(2025, 10, 13)),)
    )

    marks = lane("Vaccin grippe", lanes_of(["diabetes-type-2"], [], [], record, TODAY)).marks

    assert marks[-1].state is MarkState.LATE
    assert marks[-1].gap_days == 24


def test_a_result_quoted_from_before_is_not_an_act():
    results = [result("4548-4", dt.date(2026, 9, 2), value=7.9, unit="%", previous=True)]

    lanes = lanes_of(["diabetes-type-2"], [], results, MedicalRecord(), TODAY)

    assert lane("HbA1c", lanes).marks == ()


@pytest.mark.parametrize("key", sorted(protocols()))
def test_every_shipped_protocol_can_recognise_each_of_its_acts(key):
    for act in protocols()[key].acts:
        assert act.months > 0
        assert act.loinc or act.kinds or act.words, act.name
