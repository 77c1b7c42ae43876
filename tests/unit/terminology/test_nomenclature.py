"""The starter nomenclatures: whole, coded once, found as doctors type."""

import re

import pytest

from lgc.domain.medical_data import Family
from lgc.terminology import nomenclature

SHAPES = {
    "cim10.tsv": r"[A-Z]\d\d(\.\d)?",
    "ccam.tsv": r"[A-Z]{4}\d{3}",
    "atc.tsv": r"[A-Z]\d\d[A-Z]([A-Z](\d\d)?)?",
    "allergens.tsv": r"[A-Z]\d\d[A-Z][A-Z]?",
    "vaccines.tsv": r"J07[A-Z]{2}\d\d",
}


@pytest.mark.parametrize("file", nomenclature.FILES)
def test_every_table_is_well_formed(file):
    terms = nomenclature.terms(file)
    codes = [term.code.code for term in terms]

    assert terms
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(SHAPES[file], code) for code in codes)
    assert all(term.code.label == term.code.label.strip() != "" for term in terms)


@pytest.mark.parametrize(
    ("typed", "family", "code"),
    [
        ("hta", Family.CHRONIC, "I10"),
        ("bpco", Family.CHRONIC, "J44.9"),
        ("diabete type 2", Family.CHRONIC, "E11.9"),
        ("Fibrillation", Family.CHRONIC, "I48.9"),
        ("coeur hypert", Family.CHRONIC, "I11.9"),
        ("appendicec", Family.SURGICAL_HISTORY, "HHFA001"),
        ("doliprane", Family.CURRENT_TREATMENT, "N02BE01"),
        ("AMOXI", Family.ALLERGY, "J01CA04"),
        ("grippe", Family.VACCINATION, "J07BB02"),
    ],
)
def test_what_a_doctor_types_comes_first(typed, family, code):
    assert nomenclature.find(typed, family)[0].code == code


def test_one_letter_or_nonsense_finds_nothing():
    assert nomenclature.find("h", Family.CHRONIC) == ()
    assert nomenclature.find("xyzzy", Family.CHRONIC) == ()
    assert nomenclature.find("hta", Family.TOXIC) == ()
