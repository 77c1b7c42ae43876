"""Analyses are found under the names that doctors give them, units under all their spellings."""

import tomllib

import pytest

from lgc.paths import bundled
from lgc.terminology import ucum
from lgc.terminology.analysis_names import found_by
from lgc.terminology.unit_spellings import canonical

LABELS = {
    "glycémie": "Glucose à jeun [Moles/Volume] Sérum/Plasma ; Numérique",
    "kaliémie": "Potassium [Moles/Volume] Sérum/Plasma ; Numérique",
    "natrémie": "Sodium",
    "créat": "Créatinine",
    "CRP": "C Réactive protéine [Masse/Volume] Sérum/Plasma ; Numérique",
    "TSH": "Thyréostimuline [Arbitraire/Volume] Sérum/Plasma ; Numérique",
    "HbA1c": "Hémoglobine A1c/Hémoglobine totale",
    "GB": "Leucocytes [Nombre/Volume] Sang ; Numérique ; Comptage automate",
    "ALAT": "Alanine aminotransférase",
    "NFS": "Polynucléaires neutrophiles/100 leucocytes [Fraction de nombres] Sang ; Numérique",
    "INR": "Temps de quick INR [Temps relatif] Plasma pauvre en plaquettes",
    "gamma GT": "Gamma glutamyltransférase",
    "plaq": "Plaquettes",
    "VGM": "Volume globulaire moyen",
    "vitamine d": "25-hydroxycalciférol",
    "DFG": "Débit de filtration glomérulaire",
}


@pytest.mark.parametrize(("typed", "label"), LABELS.items(), ids=LABELS)
def test_a_usual_name_finds_what_the_laboratory_prints(typed, label):
    assert found_by(typed, label)
    assert found_by(typed.upper(), label)
    assert not found_by(typed, "Aspect Urine")


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("glycémie", "Glucose Urine"),
        ("GB", "Leucocytes Urine"),
        ("CRP", "Procalcitonine"),
        ("K", "Créatine kinase"),
        ("Na", "Antigène prostatique"),
        ("NFS", "Hémoglobine A1c"),
        ("kaliémie urée", "Potassium"),
    ],
)
def test_what_it_does_not_name_is_not_found(typed, label):
    assert not found_by(typed, label)


@pytest.mark.parametrize(("typed", "label"), [("kalie", "Potassium"), ("", "Potassium"),
                                               ("potas", "Potassium"), ("crp", "CRP ultrasensible"),
                                               ("2823", "Potassium 2823-3")])  # fmt: skip
def test_the_beginning_of_a_name_the_words_and_the_code_find(typed, label):
    assert found_by(typed, label)


SAME = [
    ("{INR}", "", "{ratio}", "1"),
    ("G/L", "Giga/L", "10*9/L", "10^9/L"),
    ("mUI/L", "mU/L", "m[IU]/L", "u[IU]/mL"),
    ("{cells}/uL", "/uL", "/mm3"),
    ("ng/mL", "ug/L", "\u00b5g/L", "\u03bcg/L"),
]
APART = [("ng/mL{FEU}", "ng/mL{DDU}"), ("g/L", "G/L"), ("mmol/L", "umol/L"), ("U/L", "mU/L"),
         ("%", ""), ("meq/L", "mmol/L"), ("mg/L", "ug/L")]  # fmt: skip


@pytest.mark.parametrize("spellings", SAME)
def test_spellings_of_one_unit_are_one_unit(spellings):
    assert len({canonical(one) for one in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_units_that_only_look_alike_stay_two(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("ng/mL{FEU}", "ng/mL FEU"),
        ("mg/mmol{creat}", "mg/mmol créat."),
        ("{copies}/mL", "copies/mL"),
        ("mL/min/{1.73_m2}", "mL/min/1,73 m²"),
        ("m[IU]/L", "mUI/L"),
    ],
)
def test_a_unit_is_said_in_words_that_stand_apart(unit, said):
    assert ucum.french(unit) == said


FILE = bundled("resources") / "terminology" / "unit_spellings.toml"
SPELLINGS = tomllib.loads(FILE.read_text("utf-8"))["spelling"]


@pytest.mark.parametrize("held", SPELLINGS, ids=lambda held: held["ucum"])
def test_a_spelling_is_of_the_size_of_its_unit(held):
    """Nothing is converted by the table: where both can be read, the factor is one."""
    assert held["source"]
    for word in held["words"]:
        assert ucum.convert(1.0, word, held["ucum"]) in (None, 1.0), word


def test_no_spelling_is_of_two_units():
    told = [word for held in SPELLINGS for word in {*held["words"], held["ucum"]}]

    assert len(told) == len(set(told))
