"""Kinds of measurements, the body mass index, what a summary keeps."""

import datetime as dt

from lgc.domain import measures
from lgc.domain.measures import body_mass_index, height_for
from lgc.terminology.value_sets import value_set

BORN = dt.date(1948, 8, 18)


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
