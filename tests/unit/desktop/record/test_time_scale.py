"""The geometry of the life line, from one day to twenty years."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.desktop.record.time_scale import TimeScale, bands, month_ticks, stacks

YEAR = TimeScale.between(dt.date(2026, 1, 6), dt.date(2027, 4, 18), 880)


@given(st.floats(0.2, 5), st.floats(0, 880))
def test_the_day_under_the_pointer_stays_there_while_zooming(factor, x):
    under = YEAR.start + x / YEAR.pixels_per_day

    zoomed = YEAR.zoomed(factor, x)

    assert (under - zoomed.start) * zoomed.pixels_per_day == pytest.approx(x, abs=1e-6)


def test_dragging_to_the_right_brings_earlier_days():
    assert YEAR.moved(100).start < YEAR.start


@pytest.mark.parametrize("days", [1, 7, 40, 365, 5 * 365, 20 * 366])
def test_labels_never_run_into_each_other(days):
    scale = TimeScale(dt.date(2010, 3, 3).toordinal(), days, 900)

    places = [scale.x(tick.day) for tick in month_ticks(scale)]

    assert all(b - a > 14 for a, b in itertools.pairwise(places))


def test_one_day_is_marked_by_its_hours():
    scale = TimeScale(dt.date(2026, 9, 2).toordinal(), 1, 900)

    labels = [tick.label for tick in month_ticks(scale)]

    assert labels[:3] == ["02/09", "03 h", "06 h"]
    assert "03/09" in labels


def test_quarters_carry_the_year_at_its_first_one():
    names = [(band.name, band.year) for band in bands(YEAR)]

    assert names[:5] == [("T1", "2026"), ("T2", ""), ("T3", ""), ("T4", ""), ("T1", "2027")]


def test_twenty_years_are_banded_by_year():
    scale = TimeScale.between(dt.date(2006, 1, 1), dt.date(2026, 1, 1), 900)

    assert {band.name for band in bands(scale)} == {""}


@given(st.lists(st.floats(0, 900), max_size=60))
def test_no_tile_is_lost_and_none_overlaps_by_its_first(places):
    placed = [(x, index) for index, x in enumerate(places)]

    made = stacks(placed)

    assert sorted(i for s in made for i in (*s.shown, *s.hidden)) == list(range(len(places)))
    assert all(len(s.shown) <= 3 for s in made)
