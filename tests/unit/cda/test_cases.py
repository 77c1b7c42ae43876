"""What strangers' entries and results say, as ``../shared/cases`` tells what is right."""

from pathlib import Path

import pytest

from lgc.cda import parse
from lgc.domain.biology import INTERPRETATIONS, SAID, ReferenceRange
from lgc.domain.medical_data import PartialDate

CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "documents"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")


def read(name):
    return parse.parse((CASES / f"{name}.xml").read_bytes())


def labels(name):
    return [(one.label, one.active) for one in read(name).entries]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "allergy-status",
            [True, True, True, True, True, True, False],
        ),
        ("problem-status", [True, True]),
        ("ent-problem-high-unk", [True]),
        ("ent-problem-obs-direct", [True]),
        ("ent-med-aborted", [False]),
        ("allergy-none", []),
        ("ent-med-nullified", []),
        ("ent-habit-negated", []),
    ],
)
def test_what_goes_on_and_what_says_that_there_is_none(name, expected):
    assert [one.active for one in read(name).entries] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ent-allergy-two-agents", [("Amoxicilline", True), ("Ibuprofène", True)]),
        ("ent-allergy-participant-not-csm", [("Amoxicilline", True)]),
        ("ent-allergy-assertion", [("Pénicilline", True)]),
        ("ent-family-null-translation", [("Cancer du côlon", True)]),
        ("ent-problem-null-translation", [("Diabète de type 2", True)]),
        ("ent-problem-null-original", [("Diabète", True)]),
        ("ent-problem-null-flavor-only", [("Illisible, voir le document", True)]),
        ("habit-ivl", [("Alcool\u00a0: 2 à 4 verres par jour", True)]),
        ("habit-st", [("Tabac\u00a0: Sevré depuis 2010", True)]),
        ("habit-pq", [("Tabac", True)]),
    ],
)
def test_every_name_is_kept(name, expected):
    assert labels(name) == expected


def test_an_assertion_is_no_code_of_an_agent():
    assert [one.code for one in read("ent-allergy-assertion").entries] == [None]


def test_every_reaction_is_kept():
    (entry,) = read("ent-allergy-two-reactions").entries

    assert entry.reaction == "Urticaire, Choc anaphylactique"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("ent-med-dose-range", "1 à 2\u00a0comprimés, toutes les 8\u00a0h"),
        ("ent-med-dose-range-maxonly", "2\u00a0comprimés, toutes les 8\u00a0h"),
        ("ent-med-period-range", "1\u00a0comprimé, toutes les 4 à 6\u00a0h"),
        ("ent-med-eivl", "1\u00a0comprimé, au coucher"),
        ("ent-med-sxcm", "1\u00a0comprimé, toutes les 12\u00a0h"),
        ("ent-med-order", "1\u00a0comprimé, toutes les 8\u00a0h"),
        (
            "ent-med-maxdose",
            "1\u00a0comprimé, toutes les 8\u00a0h, sans dépasser 3\u00a0comprimés par jour",
        ),
    ],
)
def test_a_dose_keeps_its_ends_its_rhythm_and_its_moment(name, sentence):
    (entry,) = read(name).entries

    assert entry.posology.sentence == sentence


def test_the_dates_of_a_treatment_may_stand_after_its_rhythm():
    (entry,) = read("ent-med-order").entries

    assert (entry.start, entry.end) == (PartialDate(2026, 1, 1), PartialDate(2026, 1, 10))


@pytest.mark.parametrize(
    ("name", "value", "unit", "text"),
    [
        ("lab-aborted-value", None, "", "Examen non réalisé"),
        ("lab-cancelled", None, "", "Examen annulé"),
        ("lab-negated", None, "", "Nié par le laboratoire\u00a0: Salmonella"),
        ("lab-number", None, "", "12* g/L"),
        ("lab-pq-translation", 38.0, "UI/L", ""),
        ("lab-cd-null-translation", None, "", "Absence de germe"),
        ("lab-cd-qualifier", None, "", "Positif, deux croix"),
        ("lab-prefixed-bare-type", 5.0, "g/L", ""),
        ("lab-rto-pq", None, "", "30 mg / 1 mmol"),
        ("lab-several-values", None, "", "Hématies, Leucocytes"),
        ("lab-ivl-width", None, "g/L", "1 à 3 g/L"),
        ("lab-ivl-inf", 0.5, "mg/L", ""),
        ("lab-ivl-highonly-noninc-default", 0.5, "mg/L", ""),
        ("lab-st-lt", None, "", "< 0,5 mg/L"),
        ("lab-ts-2024", None, "", "2024"),
        ("lab-ts-202403", None, "", "03/2024"),
        ("lab-ts-20240312", None, "", "12/03/2024"),
    ],
)
def test_a_value_is_read_as_it_was_written(name, value, unit, text):
    (result,) = read(name).results

    assert (result.value, result.unit, result.text) == (value, unit, text)


@pytest.mark.parametrize("name", ["lab-null-status", "lab-obsolete-status"])
def test_what_a_laboratory_took_back_is_said_and_never_shown(name):
    document = read(name)

    assert document.results == ()
    assert any("annulés ou remplacés" in fault for fault in document.faults)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lab-two-ranges-critical", ReferenceRange(3.5, 5.1)),
        ("lab-two-ranges-sex", None),
        ("lab-range-lowercase-l", ReferenceRange(4.0, 8.0)),
        ("lab-range-same-scale", ReferenceRange(4.0, 8.0)),
        ("lab-range-text", None),
    ],
)
def test_one_range_of_normal_values_judges_or_none(name, expected):
    (result,) = read(name).results

    assert result.reference == expected


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("lab-interp-*.xml")))
def test_a_word_of_the_laboratory_is_kept(name):
    (result,) = read(name).results
    written = name.removeprefix("lab-interp-")
    code = {"Hgt": "HU", "gt": ">", "lt": "<"}.get(written, written)

    assert result.letter == code
    assert SAID[code]


def test_the_whole_official_set_is_known():
    file = CASES.parents[1] / "conformance/cda/jeuxDeValeurs"
    text = (file / "jdv-hl7-v3-ObservationInterpretation-cisis.xml").read_text("utf-8")

    for code in INTERPRETATIONS:
        assert f'code="{code.replace("<", "&lt;").replace(">", "&gt;")}"' in text
    assert len(set(INTERPRETATIONS)) == text.count("<Concept ") == 39
