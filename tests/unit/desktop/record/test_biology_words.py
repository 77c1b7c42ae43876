"""Beside several values, a sentence names the analysis it speaks of."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.desktop.record.biology import words
from lgc.domain.biology import Bound, LabResult, ReferenceRange
from lgc.domain.medical_data import PartialDate
from lgc.services.series import Analysis, Point, series_of

AT = dt.datetime(2026, 9, 2, 8, tzinfo=dt.UTC)


def glucose(letter, bounds=None, **more):
    result = LabResult(
        None, "Glucose à jeun", AT, 7.2, unit="mmol/L", reference=bounds, interpretation=letter
    )
    point = Point("d", result, 7.2, bounds, **more)
    return Analysis(
        "g", "Glucose à jeun", "Glucose à jeun", "", "mmol/L", "", "", "", (point,)
    ), point


@pytest.mark.parametrize(
    ("letter", "bounds", "said"),
    [
        ("H", ReferenceRange(3.9, 6.1), "Glucose à jeun : plus haut que la référence (3,9 – 6,1)"),
        ("HH", None, "Glucose à jeun : beaucoup plus haut que la référence"),
        ("L", ReferenceRange(8.0, None), "Glucose à jeun : plus bas que la référence (> 8)"),
        ("LL", None, "Glucose à jeun : beaucoup plus bas que la référence"),
        ("N", ReferenceRange(3.9, 9.1), ""),
    ],
)
def test_a_value_against_its_reference(letter, bounds, said):
    told = words.against_reference(*glucose(letter, bounds))

    assert told.replace("\u00a0", " ").replace("\u202f", " ") == said


def at(value, days, bound=Bound.NONE, laboratory="Auteuil"):
    when = AT + dt.timedelta(days)
    result = LabResult(None, "CRP", when, value, bound, "mg/L", laboratory=laboratory)
    return "report", result


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([at(48, 0), at(60, 2)], "CRP : +12 depuis le 02/09/2026"),
        ([at(48, 0), at(1, 1, Bound.LESS), at(60, 2)], ""),
        ([at(48, 0), at(60, 2, Bound.GREATER)], ""),
        ([at(48, 0, laboratory="Tarro"), at(60, 2)], ""),
        ([at(60, 0), at(60, 2)], "CRP : inchangé depuis le 02/09/2026"),
        ([at(48, 0), at(60, 0.125)], "CRP : +12 depuis 10\u00a0h\u00a000"),
        ([at(48, 0), at(60, 0)], ""),
        ([at(1.0e-8, 0), at(4.5e-8, 2)], "CRP : +3,5 × 10⁻⁸ depuis le 02/09/2026"),
        ([at(1234567, 0), at(1234501, 2)], "CRP : −66 depuis le 02/09/2026"),
    ],
)
def test_a_change_is_told_between_two_numbers_of_one_laboratory_that_follow(results, said):
    (one,) = {one.label[:3]: one for one in series_of(results)}.values()

    assert words.change(one, one.points[-1]) == said


def test_what_is_noted_of_a_value_names_it_too():
    one, point = glucose("", converted=True)

    assert words.notes_of(one, point) == ["Glucose à jeun, converti de 7,2 mmol/L"]


RANGES = "Homme : 130 à 170 g/L ; Femme : 115 à 150 g/L"


@pytest.mark.parametrize(
    ("bounds", "row", "noted"),
    [
        (ReferenceRange(115, 150), "115\u00a0–\u00a0150", [f"Valeurs du compte rendu : {RANGES}"]),
        (None, RANGES, []),
    ],
)
def test_where_one_range_was_chosen_all_are_told_beside(bounds, row, noted):
    result = LabResult(
        None, "Hémoglobine", AT, 120, unit="g/L", reference=bounds, reference_text=RANGES
    )
    (one,) = series_of([("d", result)])
    (point,) = one.points

    assert words.last_reference(one) == row
    assert words.notes(point) == noted


def test_what_tells_only_its_year_has_no_place_on_a_curve_and_shows_its_year():
    known = LabResult(None, "Potassium", AT, 4.1, unit="mmol/L")
    old = replace(known, taken_at=AT.replace(2024, 1, 1), vague=PartialDate(2024), previous=True)
    (one,) = series_of([("d", known), ("d", old)])

    assert [point.drawn for point in one.points] == [False, True]
    assert words.moment(one.points[0]) == "2024"
