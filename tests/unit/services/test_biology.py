"""Results become series: one per analyte and unit, nothing told twice, nothing lost."""

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.domain.biology import Bound, LabResult, ReferenceRange
from lgc.domain.professionals import Coded
from lgc.services.columns import group, reports_of
from lgc.services.result_words import last_reference
from lgc.services.series import series_of

LOINC = "2.16.840.1.113883.6.1"
DAY = dt.datetime(2026, 9, 2, 8, tzinfo=dt.UTC)
GLUCOSE = "Glucose à jeun [Moles/Volume] Sérum/Plasma ; Numérique"
GLUCOSE_MASS = "Glucose à jeun [Masse/Volume] Sérum/Plasma ; Numérique"


def result(value=5.3, unit="mmol/L", code="40193-5", label=GLUCOSE, at=DAY, **fields):
    coded = Coded(code, LOINC) if code else None
    return LabResult(coded, label, at, value=value, unit=unit, **fields)


def later(days):
    return DAY + dt.timedelta(days)


def values(one):
    return [point.value for point in one.points]


def test_one_code_and_unit_is_one_series_oldest_first():
    (one,) = series_of([("a", result(5.1)), ("b", result(5.9, at=later(30)))])

    assert (one.label, one.unit, one.code) == ("Glucose à jeun", "mmol/L", "40193-5")
    assert values(one) == [5.1, 5.9]


def test_a_unit_that_converts_exactly_joins_the_newest_one_and_says_so():
    old = result(0.104, "mmol/L", "14682-9", "Créatinine", reference=ReferenceRange(0.062, 0.106))
    (one,) = series_of([("a", old), ("b", result(98, "umol/L", "14682-9", at=later(30)))])

    assert one.unit == "umol/L"
    assert values(one) == [104.0, 98]
    assert [point.converted for point in one.points] == [True, False]
    assert one.points[0].reference == ReferenceRange(62.0, 106.0)
    assert one.points[0].result is old


def test_a_unit_without_exact_factor_is_a_series_of_its_own():
    found = series_of(
        [
            ("a", result(7.9, "%", "4548-4", "HbA1c")),
            ("b", result(63, "mmol/mol", "4548-4", "HbA1c", at=later(90))),
        ]
    )

    assert {(one.unit, len(one.points)) for one in found} == {("%", 1), ("mmol/mol", 1)}


def test_one_measurement_printed_in_two_units_is_drawn_once():
    mass = result(0.95, "g/L", "53049-3", GLUCOSE_MASS)
    found = series_of([("a", result()), ("a", mass), ("b", result(5.9, at=later(30)))])

    (one,) = found
    assert values(one) == [5.3, 5.9]
    assert one.points[0].also is mass


def test_the_second_unit_alone_in_its_report_is_not_lost():
    mass = result(0.95, "g/L", "53049-3", GLUCOSE_MASS, at=later(30))

    assert len(series_of([("a", result()), ("b", mass)])) == 2


def test_two_samples_of_one_day_are_not_two_units_of_one():
    urine = result(0.2, "g/L", "1-1", "Glucose à jeun [Masse/Volume] Urine ; Numérique")

    assert len(series_of([("a", result()), ("a", urine)])) == 2


def test_a_quoted_earlier_value_is_kept_apart_and_left_out_once_its_report_is_here():
    quoted = result(4.9, previous=True)
    now = result(5.3, at=later(30))

    (apart,) = series_of([("b", quoted), ("b", now)])
    (known,) = series_of([("a", result(4.9)), ("b", quoted), ("b", now)])

    assert [point.quoted for point in apart.points] == [True, False]
    assert [(p.document_id, p.quoted) for p in known.points] == [("a", False), ("b", False)]


def test_an_earlier_value_quoted_twice_is_told_once():
    quoted = result(4.9, previous=True)

    (one,) = series_of([("a", quoted), ("b", quoted)])

    assert values(one) == [4.9]


def test_the_same_value_in_two_reports_is_told_in_both_and_drawn_once():
    (one,) = series_of([("by mail", result()), ("from the DMP", result())])

    assert [point.document_id for point in one.points] == ["by mail", "from the DMP"]
    assert [point.document_id for point in one.drawn] == ["by mail"]


def test_a_bound_keeps_its_sign_and_words_are_no_point():
    found = series_of(
        [
            ("a", result(1.0, "mg/L", "1988-5", "CRP", bound=Bound.LESS)),
            ("b", result(None, "", "1988-5", "CRP", text="Absence", at=later(9))),
        ]
    )

    points = [point for one in found for point in one.points]
    assert [(p.result.operator, p.drawn) for p in points] == [("<", True), ("", False)]


def test_each_germ_is_a_chapter_with_its_antibiogram():
    drug = {"unit": "ug/mL", "code": "28-1", "label": "Ampicilline [Sensibilité] Isolat"}
    found = group(
        series_of(
            [
                ("a", result(8, isolate="Escherichia coli", interpretation="R",
                             chapter="BACTÉRIOLOGIE", **drug)),
                ("a", result(1, isolate="Proteus mirabilis", interpretation="S",
                             chapter="BACTÉRIOLOGIE", **drug)),
            ]
        )
    )  # fmt: skip

    assert [(g.title, g.analyses[0].points[0].result.letter) for g in found] == [
        ("Bactériologie · Escherichia coli", "R"),
        ("Bactériologie · Proteus mirabilis", "S"),
    ]


@pytest.mark.requirement("BIO/va1.01")
@pytest.mark.parametrize(
    ("fields", "letter"),
    [
        ({"interpretation": "H"}, "H"),
        ({"interpretation": "LL"}, "LL"),
        ({"interpretation": "N", "value": 99}, ""),
        ({"value": 6.2}, "H"),
        ({"value": 3.8}, "L"),
        ({"value": 6.1}, ""),
        ({"value": 9.9, "bound": Bound.LESS}, ""),
        ({"value": 3.9, "bound": Bound.LESS}, "L"),
        ({"value": 6.1, "bound": Bound.GREATER}, "H"),
        ({"value": 1.0, "bound": Bound.GREATER}, ""),
        ({"value": 9.9, "reference": None}, ""),
    ],
)
def test_the_laboratory_judges_first_then_its_reference(fields, letter):
    told = {"reference": ReferenceRange(3.9, 6.1), **fields}

    assert result(**told).letter == letter


def test_a_report_is_a_column_and_the_newest_comes_first():
    found = group(series_of([("a", result()), ("b", result(5.9, at=later(30)))]))

    assert [report.document_id for report in reports_of(found, {})] == ["b", "a"]


def test_a_report_that_makes_up_its_units_costs_no_comparison():
    """Ten thousand units nobody uses: each is a series of its own, at once."""
    made_up = [
        ("a", result(1.0, f"{{u{n}}}g/L", "1-1", "Analyse", at=later(n % 30)))
        for n in range(10_000)
    ]
    started = time.perf_counter()

    found = series_of(made_up)

    assert len(found) == 10_000
    assert time.perf_counter() - started < 5


results = st.builds(
    result,
    value=st.none() | st.floats(0.1, 900, allow_nan=False),
    unit=st.sampled_from(["mmol/L", "umol/L", "g/L", "", "%"]),
    code=st.sampled_from(["1-1", "2-2", ""]),
    label=st.sampled_from([GLUCOSE, GLUCOSE_MASS, "Urée"]),
    at=st.integers(0, 5).map(later),
    previous=st.booleans(),
)


@settings(deadline=None)  # the units are loaded at the first comparison
@given(st.lists(st.tuples(st.sampled_from("abc"), results), max_size=12))
def test_no_new_result_is_ever_lost(sourced):
    points = [point for one in series_of(sourced) for point in one.points]
    told = [p.result for p in points] + [p.also for p in points if p.also is not None]
    said = {(r.taken_at, r.value, r.unit, r.text) for r in told}

    for _, one in sourced:
        if not one.previous:
            assert (one.taken_at, one.value, one.unit, one.text) in said
    keys = [one.key for one in series_of(sourced)]
    assert len(keys) == len(set(keys))


def ahead_of_today():
    """A potassium of today, one that a wrong clock dates in 2062 and one alone of its name."""
    to_come = dt.datetime(2062, 3, 12, 8, tzinfo=dt.UTC)
    potassium = {"unit": "mmol/L", "code": "2823-3", "label": "Potassium"}
    return series_of(
        [
            ("a", result(4.1, **potassium, at=later(-30), reference=ReferenceRange(3.5, 5.0))),
            ("b", result(4.4, **potassium, reference=ReferenceRange(3.4, 4.9))),
            ("z", result(6.8, **potassium, at=to_come, reference=ReferenceRange(1.0, 2.0))),
            ("z", result(140.0, code="2951-2", label="Sodium", at=to_come)),
        ],
        today=DAY.date(),
    )


def test_a_date_to_come_is_no_last_value_and_no_point_of_a_curve():
    potassium, sodium = sorted(ahead_of_today(), key=lambda one: one.label)

    assert values(potassium) == [4.1, 4.4, 6.8]
    assert [point.value for point in potassium.drawn] == [4.1, 4.4]
    assert last_reference(potassium) == "3,4\u00a0–\u00a04,9"
    assert values(sodium) == [140.0] and not sodium.drawn


def test_a_date_to_come_stands_apart_after_all_columns():
    columns = reports_of(group(ahead_of_today()), {})

    assert [(one.document_id, one.ahead) for one in columns] == [
        ("b", False), ("a", False), ("z", True),
    ]  # fmt: skip


def test_the_unit_of_a_date_to_come_is_not_that_of_the_row():
    found = series_of(
        [
            ("a", result(98, "umol/L", "14682-9", "Créatinine")),
            ("z", result(0.104, "mmol/L", "14682-9", "Créatinine", at=later(9_000))),
        ],
        today=DAY.date(),
    )

    assert [(one.unit, values(one)) for one in found] == [("umol/L", [98, 104.0])]


def test_today_is_not_to_come():
    (one,) = series_of([("a", result(5.1))], today=DAY.date())

    assert not one.points[0].ahead and one.drawn
