"""« aucun » is no doctor, and the DMP's answer replaces no typed one in silence."""

from dataclasses import replace

import pytest

from lgc.domain.patients import DmpStatus, same_person

ME = "Dr Paul MEDECIN5729"


@pytest.mark.parametrize(
    "typed",
    ["aucun", "Aucun", "AUCUN.", "néant", "non déclaré", "Pas de médecin traitant", "-", "?", "N/A",
     " ", "0", "sans", "Non renseigné", "inconnu"],
)  # fmt: skip
def test_words_that_say_nobody_name_no_doctor(make, typed):
    assert replace(make.patient(), attending_doctor=typed).named_doctor == ""


@pytest.mark.parametrize("typed", ["Dr Anne ROBERT", "Aucunier", "M. Sans", "Dr Pas", "NEANT Jean"])
def test_a_name_is_a_name(make, typed):
    assert replace(make.patient(), attending_doctor=typed).named_doctor == typed


def test_the_order_of_the_words_of_a_name_and_its_title_tell_nobody_apart():
    assert same_person("MEDECIN5729 Paul", ME)
    assert not same_person("Dr Anne ROBERT", ME)
    assert not same_person("", "")


@pytest.mark.parametrize(
    ("typed", "declared", "told"),
    [
        ("Dr Anne ROBERT", True, True),
        ("aucun", True, True),
        ("Dr Anne ROBERT", False, False),
        (ME, True, False),
        ("Paul MEDECIN5729", True, False),
        ("", True, False),
    ],
)
def test_what_the_dmp_says_otherwise_is_told(make, typed, declared, told):
    patient = replace(
        make.patient(), attending_doctor=typed, dmp=DmpStatus(attending_doctor=declared)
    )

    assert bool(patient.doctor_doubt(ME)) is told
