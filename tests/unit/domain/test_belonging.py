"""Is a document still that of its patient? Each trait that differs is told, and the INS."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.domain.belonging import belonging, contradictions
from lgc.domain.identity import Identity, IdentityStatus, Ins, Sex, Traits
from lgc.domain.readable import DocumentPatient

INS = Ins("279035121518989", "1.2.250.1.213.1.4.10")
OTHER = Ins("148089299999966", "1.2.250.1.213.1.4.10")
TRAITS = Traits("LE GOFF", ("MARIE-JOSE", "ANNE"), Sex.FEMALE, dt.date(1980, 2, 14), "75056")
SAME = DocumentPatient(
    ins=(INS,), birth_name="LE GOFF", given_names=("MARIE-JOSE", "ANNE"),
    birth_date=dt.date(1980, 2, 14), sex="F",
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({}, ()),
        ({"ins": ()}, ()),
        ({"birth_name": "Le-Goff", "given_names": ("Marie", "José")}, ()),
        ({"given_names": ("MARIE-JOSE",)}, ()),
        ({"ins": (OTHER,)}, ("INS",)),
        ({"birth_name": "GOFF"}, ("nom de naissance",)),
        ({"birth_name": ""}, ("nom de naissance",)),
        ({"given_names": ("MARIE",)}, ("prénom",)),
        ({"given_names": ("ANNE",)}, ("prénom",)),
        ({"given_names": ("MARIE-JOSE", "PAULE")}, ("prénom",)),
        ({"given_names": ()}, ("prénom",)),
        ({"birth_date": dt.date(1980, 2, 15)}, ("date de naissance",)),
        ({"birth_date": None}, ("date de naissance",)),
        ({"sex": "M"}, ("sexe",)),
        ({"sex": "UN"}, ("sexe",)),
        (
            {"ins": (), "birth_name": "PETIT", "birth_date": dt.date(1962, 1, 1), "sex": "M"},
            ("nom de naissance", "date de naissance", "sexe"),
        ),
    ],
)
def test_what_differs_is_told_with_or_without_an_ins(change, differs):
    assert belonging(replace(SAME, **change), TRAITS, INS).differs == differs


def test_a_document_with_an_ins_is_not_that_of_a_record_without():
    assert belonging(SAME, TRAITS, None).differs == ("INS",)


def test_an_unknown_sex_is_the_same_on_both_sides():
    unknown = replace(TRAITS, sex=Sex.UNKNOWN)

    assert belonging(replace(SAME, sex="UN"), unknown, INS).differs == ()


@pytest.mark.parametrize(("ins", "bears"), [((INS,), True), ((), False), ((OTHER, INS), True)])
def test_only_the_ins_of_the_record_counts_as_borne(ins, bears):
    assert belonging(replace(SAME, ins=ins), TRAITS, INS).bears_ins is bears


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({}, ()),
        ({"ins": (), "given_names": (), "birth_date": None, "sex": "UN"}, ()),
        ({"birth_name": "", "used_name": "DUPUIS"}, ()),
        ({"birth_name": "", "used_name": "LE GOFF"}, ()),
        ({"birth_name": "", "used_name": "PETIT"}, ("nom de naissance",)),
        ({"birth_name": "DUPUIS"}, ("nom de naissance",)),
        ({"ins": (OTHER,)}, ("INS",)),
        ({"ins": (OTHER, INS)}, ()),
        ({"given_names": ("ANNE",)}, ("prénom",)),
        ({"birth_date": dt.date(1980, 2, 15)}, ("date de naissance",)),
        ({"birth_date": None, "birth_said": "1980"}, ()),
        ({"birth_date": None, "birth_said": "02/1980"}, ()),
        ({"birth_date": None, "birth_said": "00/00/1980"}, ()),
        ({"birth_date": None, "birth_said": "1981"}, ("date de naissance",)),
        ({"birth_date": None, "birth_said": "03/1980"}, ("date de naissance",)),
        ({"birth_date": None, "birth_said": "31/02/1980"}, ("date de naissance",)),
        ({"birth_date": None, "birth_said": "inconnue"}, ("date de naissance",)),
        ({"sex": "M"}, ("sexe",)),
    ],
)
def test_only_what_is_said_and_known_contradicts_a_record(change, differs):
    identity = Identity(TRAITS, IdentityStatus.QUALIFIED, INS, used_name="DUPUIS")

    assert contradictions(replace(SAME, **change), identity) == differs


def test_a_record_without_ins_is_told_apart_by_its_traits():
    identity = Identity(TRAITS, IdentityStatus.PROVISIONAL)

    assert contradictions(SAME, identity) == ()
    assert contradictions(replace(SAME, sex="M"), identity) == ("sexe",)
