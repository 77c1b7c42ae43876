"""Curves against their references: no value is lost, none reads as what it is not."""

import datetime as dt

import pytest

from lgc.desktop.components.curve_shapes import (
    Curve,
    CurvePoint,
    axis_words,
    day_of,
    heights_of,
    last_words,
    only_references_compare,
    panels_of,
    relative_to_reference,
)


def point(value, low=None, high=None, day=1, letter=""):
    at = dt.datetime(2026, 11, day, 8, tzinfo=dt.UTC)
    return CurvePoint(at, value, f"{value:g}".replace(".", ","), low, high, letter=letter)


def curve(*points, key="k", unit="mmol/L", axis=""):
    return Curve(key, key, unit, points, axis=axis)


@pytest.mark.parametrize(
    ("value", "low", "high", "inside"),
    [(128, 60, None, True), (0.95, 0.4, None, True), (60, 60, None, True), (45, 60, None, False),
     (4.2, 3.5, 5.0, True), (6.9, 3.5, 5.0, False), (3, None, 5, True), (9, None, 5, False)],
)  # fmt: skip
def test_a_value_stands_in_the_band_where_its_reference_holds_it(value, low, high, inside):
    height = relative_to_reference(point(value, low, high))

    assert (0 <= height <= 1) is inside


def test_what_has_no_reference_of_its_own_stands_against_the_nearest_one():
    held = heights_of(curve(point(4.2, 3.5, 5.0), point(6.9, day=2, letter="HH")))

    assert len(held) == 2 and held[1] > 1


def test_an_alarm_is_never_drawn_inside_a_borrowed_reference():
    held = heights_of(curve(point(4.2, 3.5, 5.0), point(4.9, day=2, letter="HH")))

    assert held[1] > 1


def test_two_analyses_of_one_unit_are_not_read_against_one_band():
    sodium, potassium = curve(point(140, 136, 145)), curve(point(4.2, 3.5, 5.0))

    assert only_references_compare([sodium, potassium])
    assert not only_references_compare([sodium, curve(point(139, 136, 145))])
    assert not only_references_compare([curve(point(120), axis="PA"), curve(point(80), axis="PA")])


def test_what_cannot_be_compared_keeps_a_panel_of_its_own():
    held, bare = curve(point(140, 136, 145)), curve(point(1.2), unit="g/L", key="bare")

    assert panels_of([held, bare], overlaid=True) == [[held], [bare]]
    assert panels_of([held, bare], overlaid=False) == [[held], [bare]]
    assert panels_of([], overlaid=True) == []


def test_an_empty_period_says_the_last_value_before_it():
    old = curve(point(8.0), point(9.1, day=10, letter="H"))
    until = day_of(dt.datetime(2026, 11, 20, tzinfo=dt.UTC))

    assert last_words(old, until, several=False) == "Dernière valeur\u00a0: 9,1 H le 10/11/2026"
    assert last_words(old, until - 30, several=False).startswith("Première valeur")


def test_an_axis_is_named_whole_or_by_its_unit_alone(qapp):
    names = ("Hémoglobine A1c, %", "%")

    assert axis_words(names, 500) == "Hémoglobine A1c, %"
    assert axis_words(names, 40) == "%"
