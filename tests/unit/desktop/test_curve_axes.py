"""A cycle of one day is read by its hours, a week by its days, the rest by its months."""

import datetime as dt

from lgc.desktop.components.curve_axes import near_marks, near_words, spaced

DAY = float(dt.date(2026, 11, 2).toordinal())


def said(low, high):
    return [near_words(mark) for mark in near_marks(low, high)]


def test_a_day_is_told_by_its_hours():
    assert said(DAY, DAY + 1) == [
        "02/11", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "03/11",
    ]  # fmt: skip


def test_a_week_is_told_by_its_days():
    assert said(DAY, DAY + 3.5) == ["02/11", "03/11", "04/11", "05/11"]


def test_months_are_told_as_on_the_life_line():
    assert near_marks(DAY, DAY + 90) == []


def test_figures_of_a_low_panel_do_not_stand_over_each_other():
    assert spaced([104.0, 104.5, 105.0, 105.5, 106.0], 34) == [104.0, 105.5]
    assert spaced([2.0, 4.0, 6.0], 100) == [2.0, 4.0, 6.0]
    assert spaced([2.0, 4.0], 3) == [2.0] and spaced([], 34) == []
