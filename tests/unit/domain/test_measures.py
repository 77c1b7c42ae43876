import datetime as dt
from dataclasses import replace

import pytest

from lgc.domain import measures
from lgc.domain.measures import body_mass_index, for_summary, height_for, parse
from lgc.domain.medical_data import Family, MedicalRecord, PartialDate
from lgc.terminology.value_sets import value_set

TODAY = dt.date(2026, 11, 23)
BORN = dt.date(1948, 8, 18)


def read(typed):
    line = parse(typed, TODAY)
    assert not line.left, line.left
    return {one.kind.key: one.value for one in line.values}


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("PA 135/80", {"systolic": 135, "diastolic": 80}),
        ("135/80", {"systolic": 135, "diastolic": 80}),
        ("ta 13/8", {"systolic": 130, "diastolic": 80}),
        ("tension 13,5/8", {"systolic": 135, "diastolic": 80}),
        ("poids 72,5", {"weight": 72.5}),
        ("72.5 kg", {"weight": 72.5}),
        ("poids 3450 g", {"weight": 3.45}),
        ("taille 172", {"height": 172}),
        ("taille 1,72", {"height": 172}),
        ("taille 1m72", {"height": 172}),
        ("T° 38,2", {"temperature": 38.2}),
        ("température : 38,2 °C", {"temperature": 38.2}),
        ("SpO2 95 %", {"saturation": 95}),
        ("sat 95", {"saturation": 95}),
        ("tour de taille 98 cm", {"waist": 98}),
        ("pc 42", {"head": 42}),
        ("périmètre crânien 42", {"head": 42}),
        ("débit de pointe 420", {"peak_flow": 420}),
        ("fr 16 /min", {"breathing": 16}),
        (
            "PA 135/80 pouls 72, poids 72,5 taille 172",
            {"systolic": 135, "diastolic": 80, "pulse": 72, "weight": 72.5, "height": 172},
        ),
        ("", {}),
    ],
)
def test_one_line_says_it_all(typed, values):
    assert read(typed) == pytest.approx(values)


def test_a_day_may_be_said_and_never_one_to_come():
    assert parse("poids 72 le 03/11/2026", TODAY).on.iso == "2026-11-03"
    assert parse("poids 72 03/2024", TODAY).on.iso == "2024-03"
    assert parse("poids 72 le 03/11/2027", TODAY).left == "03/11/2027"
    assert parse("poids 72 le 31/02/2026", TODAY).left == "31/02/2026"


@pytest.mark.parametrize("typed", ["poids", "bonjour", "glycémie 1,2", "poids 72 gros 3", "12 x"])
def test_what_is_not_understood_is_told_and_not_guessed(typed):
    assert parse(typed, TODAY).left


def test_what_nobody_has_is_warned_about_and_kept():
    (one,) = parse("poids 725", TODAY).values
    assert one.value == 725 and "inhabituelle" in one.warning
    assert "inversées" in parse("PA 70/120", TODAY).warnings[0]
    assert parse("PA 120/70", TODAY).warnings == ()


def test_codes_and_labels_are_those_of_the_value_set():
    for kind in measures.KINDS:
        if kind.code:
            assert value_set("vital_sign").get(kind.code).label == kind.label


def test_the_index_uses_the_height_of_the_same_time_of_life():
    assert body_mass_index(72.5, 172) == 24.5
    day = dt.date(2026, 11, 1)
    assert (
        height_for(day, [(dt.date(2001, 1, 1), 173.0), (dt.date(2020, 1, 1), 172.0)], BORN) == 172
    )
    assert height_for(day, [(dt.date(2026, 12, 1), 171.0)], BORN) == 171
    child = dt.date(2019, 1, 1)
    assert height_for(day, [(dt.date(2024, 1, 1), 100.0)], child) is None
    assert height_for(day, [(dt.date(2026, 10, 20), 121.0)], child) == 121


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
