"""Every result of the official reports reaches the table, once, with all that was said of it."""

from pathlib import Path

import pytest

from lgc.cda import parse
from lgc.domain.biology import LabResult
from lgc.services.columns import group
from lgc.services.series import series_of

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "cda" / "samples"
NAMES = sorted(file.stem for file in FOLDER.glob("BIO*.xml")) or ["absent"]
LETTERS = {"", "H", "HH", "L", "LL", "S", "I", "R"}


def read(samples, *names):
    return [
        (name, result)
        for name in names
        for result in parse.parse((samples / f"BIO-CR-BIO_{name}.xml").read_bytes()).results
    ]


def told(analyses) -> list[LabResult]:
    points = [point for one in analyses for point in one.points]
    return [p.result for p in points] + [p.also for p in points if p.also is not None]


@pytest.mark.parametrize("name", NAMES)
def test_no_result_of_a_report_is_lost_on_the_way_to_the_table(samples, name):
    results = parse.parse((samples / f"{name}.xml").read_bytes()).results
    analyses = series_of([("report", result) for result in results])

    shown = told(analyses)
    for result in results:
        assert result in shown or result.previous
    assert len({one.key for one in analyses}) == len(analyses)
    for one in analyses:
        assert one.label and "[" not in one.label
        assert {point.result.letter for point in one.points} <= LETTERS


def test_the_values_a_report_quotes_stand_before_its_own(samples):
    analyses = series_of(read(samples, "2021.01_Electrophorese"))
    urea = next(one for one in analyses if one.label == "Urée")

    assert [(p.value, p.quoted, p.result.letter) for p in urea.points] == [
        (7.9, True, ""),
        (8.5, True, ""),
        (10.02, False, "H"),
    ]


def test_one_sample_reported_by_two_documents_is_one_point(samples):
    analyses = series_of(read(samples, "2024.01_TSH_1", "2024.01_TSH_2"))
    thyroxine = next(one for one in analyses if one.code == "3024-7")

    assert [(p.value, p.result.letter) for p in thyroxine.drawn] == [(7.67, "L")]


def test_two_units_of_glucose_on_two_days_are_two_series(samples):
    analyses = series_of(
        read(samples, "2024.01_Glycemie_mmol_par_Litre_1", "2024.01_Glycemie_g_par_Litre_2")
    )

    assert {(one.label, one.unit) for one in analyses} == {
        ("Glucose à jeun", "mmol/L"),
        ("Glucose à jeun", "g/L"),
    }


def test_each_germ_of_a_culture_has_its_antibiogram(samples):
    groups = group(series_of(read(samples, "2024.01_Microbiologie_V1")))
    germs = {g.analyses[0].isolate: g for g in groups if g.analyses[0].isolate}

    assert set(germs) == {"Escherichia coli (organism)", "Genus Streptococcus (organism)"}
    coli = germs["Escherichia coli (organism)"]
    assert coli.title.endswith("Escherichia coli (organism) · Urine")
    letters = {one.label: one.points[0].result.letter for one in coli.analyses}
    assert letters["Ampicilline"] == "I"
    assert letters["Gentamicine"] == "S"
    amoxicillin = next(one for one in coli.analyses if one.label == "Amoxicilline+clavulanate")
    assert amoxicillin.points[0].result.operator == "≥"
