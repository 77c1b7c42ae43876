"""What strangers' entries and results say, as ``../shared/cases`` tells what is right."""

import re
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
        ("ent-problem-ref-null-id", [True]),
        ("ent-med-base", [True]),
        ("ent-med-int", [True]),
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
        ("ent-problem-ref-null-id", [("HTA", True)]),
        ("ent-problem-high-unk", [("HTA", True)]),
        ("ent-problem-obs-direct", [("HTA", True)]),
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


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("ent-vital-g", 68000.0, "g"),
        ("ent-vital-lb", 150.0, "[lb_av]"),
        ("habit-pq", 12.0, "{pack}/a"),
    ],
)
def test_a_measure_and_a_habit_keep_their_number_and_its_unit(name, value, unit):
    (entry,) = read(name).entries

    assert (entry.value, entry.unit) == (value, unit)


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
        ("ent-med-base", "1\u00a0comprimé, toutes les 8\u00a0h"),
        ("ent-med-int", "1\u00a0comprimé, toutes les 8\u00a0h"),
        ("ent-med-period-tobedefined", "1\u00a0comprimé, une fois par semaine"),
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
        ("lab-active-status", 5.0, "g/L", ""),
        ("lab-text-with-reference-and-own", None, "", "voir texte"),
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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "lab-two-ranges-critical",
            "très anormalement haut, alerte\u00a0: 2,5 à 6,5 mmol/L ; 3,5 à 5,1 mmol/L",
        ),
        ("lab-two-ranges-sex", "Homme\u00a0: 130 à 170 g/L ; Femme\u00a0: 115 à 150 g/L"),
        ("lab-range-text", "130 à 170"),
        ("lab-range-lowercase-l", ""),
        ("lab-range-same-scale", ""),
    ],
)
def test_every_range_stays_in_words_where_one_alone_does_not_say_it(name, expected):
    (result,) = read(name).results

    assert result.reference_text == expected


@pytest.mark.parametrize(
    ("sex", "expected"),
    [("M", ReferenceRange(130, 170)), ("F", ReferenceRange(115, 150)), ("UN", None)],
)
def test_of_two_ranges_the_one_of_the_patient_judges(sex, expected):
    text = (CASES / "lab-two-ranges-sex.xml").read_text("utf-8")
    patient = f'<recordTarget><patientRole><patient><administrativeGenderCode code="{sex}"/>'
    patient += "</patient></patientRole></recordTarget>"
    text = text.replace("<documentationOf>", f"{patient}<documentationOf>", 1)
    (result,) = parse.parse(text.encode()).results

    assert result.reference == expected
    assert result.reference_text.startswith("Homme")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lab-comment", "Sérum hémolysé : à recontrôler"),
        ("lab-active-status", "Résultat provisoire"),
        ("lab-number", ""),
    ],
)
def test_what_a_laboratory_adds_is_kept(name, expected):
    (result,) = read(name).results

    assert result.comment == expected


@pytest.mark.parametrize(
    ("name", "birth", "used", "given", "sex"),
    [
        ("hdr-cdata-entity", "D'ARC", "", ("JEAN", "PAUL"), "M"),
        ("hdr-multi-given-elements", "DUPONT", "", ("MARIE LOUISE", "ANNE"), "F"),
        ("hdr-prefix-in-family", "DE LA TOUR", "", ("JEAN",), "M"),
        ("hdr-two-family-br", "DUPONT MARTIN", "", ("JEAN", "PAUL"), "M"),
        ("hdr-two-names", "DUPONT", "DURAND", ("JEANNE",), "F"),
        ("hdr-two-names-br-first", "DUPONT", "DURAND", ("JEANNE",), "F"),
        ("hdr-sex-lower", "DUPONT", "", ("JEAN", "PAUL"), "M"),
        ("hdr-sex-UN", "DUPONT", "", ("JEAN", "PAUL"), "UN"),
        ("hdr-sex-null", "DUPONT", "", ("JEAN", "PAUL"), ""),
    ],
)
def test_a_person_is_named_whatever_the_form(name, birth, used, given, sex):
    patient = read(name).header.patient

    assert (patient.birth_name, patient.used_name) == (birth, used)
    assert (patient.given_names, patient.sex) == (given, sex)


TRIED = frozenset(
    re.findall(
        r'"((?:ent|lab|hdr|habit|allergy|problem)-[^"*]+)"', Path(__file__).read_text("utf-8")
    )
)


def test_every_case_of_these_kinds_is_tried_here():
    kinds = ("ent", "lab", "hdr", "habit", "allergy", "problem")
    given = {path.stem for path in CASES.glob("*.xml") if path.stem.split("-")[0] in kinds}
    # The dates of birth have a file of their own.
    apart = {name for name in given if name.startswith(("hdr-birth-", "lab-interp-"))}

    assert given - apart == TRIED & given


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
