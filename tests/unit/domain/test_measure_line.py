"""A line of measurements is understood whole, or asked, or left as it is."""

import datetime as dt

import pytest

from lgc.domain.measure_line import SEVERAL, UNITS, parse
from lgc.domain.measures import BY_WORD, KINDS

TODAY = dt.date(2026, 11, 23)
BORN = dt.date(1948, 8, 18)


def read(typed):
    line = parse(typed, TODAY, BORN)
    assert not line.left, line.left
    assert line.asked is None
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


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("T 38,5", ["temperature", "height"]),
        ("t:38.5", ["temperature", "height"]),
        ("T 172", ["height", "temperature"]),
        ("PA 135/80, T 38,5, poids 72", ["temperature", "height"]),
        ("P 58", ["weight", "pulse"]),
        ("p58", ["weight", "pulse"]),
        ("PA 98", ["systolic", "waist"]),
    ],
)
def test_one_letter_with_two_meanings_is_asked(typed, meant):
    line = parse(typed, TODAY, BORN)

    assert line.asked is not None
    assert [one.value.kind.key for one in line.asked.readings] == meant
    assert not line.understood
    assert not {one.kind.key for one in line.values} & set(meant)


def test_no_short_name_of_several_is_also_the_name_of_one():
    assert not SEVERAL.keys() & BY_WORD.keys()
    assert UNITS.keys() == {kind.key for kind in KINDS}


@pytest.mark.parametrize("typed", ["T 38,5", "P 58 le 03/11/2026", "PA 98", "poids 72 T37 P 60"])
def test_a_chosen_reading_is_the_line_with_its_whole_word(typed):
    before = parse(typed, TODAY, BORN)
    for reading in before.asked.readings:
        after = parse(reading.line, TODAY, BORN)
        first = next(v for v in after.values if v not in before.values)

        assert (first.kind, first.value) == (reading.value.kind, reading.value.value)
        assert after.asked != before.asked
        assert after.on == before.on


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("T 38,5 °C", {"temperature": 38.5}),
        ("T 172 cm", {"height": 172}),
        ("T 1m72", {"height": 172}),
        ("T 1,72 m", {"height": 172}),
        ("P 58 kg", {"weight": 58}),
        ("P 3450 g", {"weight": 3.45}),
        ("P 58 bpm", {"pulse": 58}),
        ("P 58 /min", {"pulse": 58}),
        ("PA 98 cm", {"waist": 98}),
        ("imc 24,5 kg/m²", {"bmi": 24.5}),
        ("PA 13/8 cmHg", {"systolic": 130, "diastolic": 80}),
    ],
)
def test_a_unit_settles_what_is_meant(typed, values):
    assert read(typed) == pytest.approx(values)


@pytest.mark.parametrize(
    "typed",
    ["poids 72 cm", "taille 38 °C", "pouls 72 %", "T 38 kg", "P 58 °C", "PA 135/80 kg", "sat 95 kg",
     "poids 72 poids 73", "T 12/8", "poids 72 le 03/11/1947", "poids 72,5,3"],
)  # fmt: skip
def test_what_contradicts_itself_is_not_understood(typed):
    assert parse(typed, TODAY, BORN).left


def test_two_pressures_of_one_visit_are_two():
    line = parse("PA 150/90 PA 135/80", TODAY, BORN)
    assert [v.value for v in line.values] == [150, 90, 135, 80]
    assert line.understood


def test_bounds_know_the_age_on_the_day_of_the_measure():
    week_old = dt.date(2026, 11, 16)
    assert parse("poids 3,4 taille 50 pouls 150 PA 70/40", TODAY, week_old).warnings == ()
    assert "7" in parse("poids 12", TODAY, week_old).warnings[0]
    assert parse("poids 3,4", TODAY, BORN).warnings[0].startswith("Poids 3,4")
    assert "78" in parse("poids 3,4", TODAY, BORN).warnings[0]
    assert parse("taille 50", TODAY, BORN).warnings
    assert parse("taille 50 le 20/08/1948", TODAY, BORN).warnings == ()
