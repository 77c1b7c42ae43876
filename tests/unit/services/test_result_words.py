"""Words of a result are short where that is sure, and whole elsewhere."""

import datetime as dt

import pytest

from lgc.domain.biology import LabResult
from lgc.domain.professionals import Coded
from lgc.services.result_words import short, titled
from lgc.services.series import series_of


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Négatif", "nég."),
        ("POSITIVE", "pos."),
        ("Absence", "abs."),
        ("Présence", "prés."),
        ("Résistant", "R"),
        ("Absence de germe", "Absence de germe"),
        ("Présence de nombreux leucocytes", "Présence de nombreux leucocytes"),
        ("Positif faible", "Positif faible"),
        ("1/80", "1/80"),
    ],
)
def test_only_a_word_that_is_the_whole_result_is_shortened(words, shown):
    assert short(words) == shown


LOINC = "2.16.840.1.113883.6.1"


def on_screen(label, specimen="", code="", isolate=""):
    at = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
    coded = Coded(code, LOINC, label) if code else None
    result = LabResult(coded, label, at, 1.0, specimen=specimen, isolate=isolate)
    (one,) = series_of([("a", result)])
    return titled(one)


@pytest.mark.parametrize(
    ("label", "specimen", "shown"),
    [
        ("Créatinine", "Sang total", "Créatinine"),
        ("Créatinine", "Sérum", "Créatinine"),
        ("Créatinine", "", "Créatinine"),
        ("Créatinine", "Urine", "Créatinine · urine"),
        ("Créatinine urinaire (urine)", "Urine", "Créatinine urinaire (urine)"),
        ("Protéines", "LCR", "Protéines · LCR"),
        ("Zinc", "Plasma séminal", "Zinc · plasma séminal"),
        ("Glucose [Moles/Volume] Urine ; Numérique", "", "Glucose · urine"),
        ("Glucose [Moles/Volume] Sérum/Plasma ; Numérique", "Sang", "Glucose"),
        ("Culture [Présence] XXX ; Ordinal", "Urine", "Culture · Urine"),
    ],
)
def test_on_screen_a_specimen_is_named_where_it_is_not_blood(label, specimen, shown):
    assert on_screen(label, specimen, "1-1" if "[" in label else "") == shown


def test_a_germ_is_named_without_its_specimen_that_its_chapter_has():
    assert on_screen("Amoxicilline", "Urine", isolate="E. coli") == "Amoxicilline (E. coli)"
