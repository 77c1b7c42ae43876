"""Bounds by age, changes, thresholds: said, and nothing refused."""

import datetime as dt

import pytest

from lgc.domain import measures, plausible
from lgc.domain.measures import DIASTOLIC, HEIGHT, KINDS, SYSTOLIC, WEIGHT
from lgc.domain.medical_data import PartialDate

BORN = dt.date(1948, 8, 18)
DAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.key)
def test_every_age_has_its_bounds_and_nobody_more_than_everybody(kind):
    rows = plausible.BOUNDS[kind.key]
    assert [until for until, _, _ in rows] == sorted({until for until, _, _ in rows})
    assert rows[-1][0] == plausible.EVER
    assert min(low for _, low, _ in rows) == kind.low
    assert max(high for _, _, high in rows) == kind.high
    assert all(low < high for _, low, high in rows)


@pytest.mark.parametrize(
    ("kind", "value", "days", "said"),
    [
        (WEIGHT, 3.4, 2, False),
        (WEIGHT, 12, 2, True),
        (WEIGHT, 12, 800, False),
        (WEIGHT, 3.4, 30_000, True),
        (HEIGHT, 38.5, 30_000, True),
        (HEIGHT, 50, 2, False),
        (measures.PULSE, 150, 10, False),
        (measures.PULSE, 40, 10, True),
        (measures.PULSE, 40, 20_000, False),
        (measures.BREATHING, 45, 10, False),
        (SYSTOLIC, 200, 10, True),
        (SYSTOLIC, 200, 20_000, False),
    ],
)
def test_a_newborn_is_no_adult(kind, value, days, said):
    warning = plausible.warning_of(kind, value, (days, days))
    assert bool(warning) is said
    assert not said or "bornes de l’application" in warning


def test_a_day_known_to_the_year_leaves_every_age_it_may_have_been():
    ages = plausible.ages_on(PartialDate(1949), BORN)
    assert ages == (136, 500)
    assert plausible.warning_of(WEIGHT, 3, ages) == ""
    assert plausible.warning_of(WEIGHT, 25, ages) == ""


def told(kind, value, last, days=365, born=BORN):
    return plausible.change_of(kind, value, DAY, [(DAY - dt.timedelta(days), last)], born)


def test_a_height_of_174_then_172_is_said():
    said = told(HEIGHT, 172, 174)
    assert "2 cm de moins" in said and "(174 cm)" in said and "23/11/2025" in said
    assert told(HEIGHT, 173.5, 174) == ""
    assert "2 cm de plus" in told(HEIGHT, 174, 172)
    assert told(HEIGHT, 173, 172) == ""
    assert "10 cm de plus" in told(HEIGHT, 184, 174)


def test_a_child_grows_and_does_not_shrink():
    born = dt.date(2020, 1, 1)
    assert told(HEIGHT, 120, 112, born=born) == ""
    assert told(HEIGHT, 110, 112, born=born)
    assert told(WEIGHT, 22, 19, born=born) == ""
    assert told(WEIGHT, 18, 19, born=born)


def test_a_large_change_of_weight_is_said():
    assert "13 kg de moins (18\u00a0%)" in told(WEIGHT, 59, 72)
    assert "kg de plus" in told(WEIGHT, 82, 72)
    assert told(WEIGHT, 69, 72) == ""
    assert told(WEIGHT, 68, 72, days=20)
    newborn = DAY - dt.timedelta(4)
    assert told(WEIGHT, 3.3, 3.5, days=4, born=newborn) == ""
    assert told(WEIGHT, 3.0, 3.5, days=4, born=newborn)


def test_what_came_later_is_not_what_was_before():
    assert plausible.change_of(HEIGHT, 172, DAY, [(DAY + dt.timedelta(1), 174.0)], BORN) == ""
    assert plausible.change_of(HEIGHT, 172, DAY, [], BORN) == ""
    assert plausible.change_of(WEIGHT, 72, DAY, [(DAY, 0.0)], BORN) == ""


def test_the_thresholds_of_a_pressure_are_those_of_adults():
    adult, child = (20_000, 20_000), (2000, 2000)
    assert plausible.above_threshold(SYSTOLIC, 140, adult)
    assert not plausible.above_threshold(SYSTOLIC, 139, adult)
    assert plausible.above_threshold(DIASTOLIC, 90, adult)
    assert not plausible.above_threshold(DIASTOLIC, 90, child)
    assert not plausible.above_threshold(WEIGHT, 200, adult)
