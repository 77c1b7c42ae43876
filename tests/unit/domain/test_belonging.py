"""Is a document still that of its patient? Each trait that differs is told, and the INS."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.domain.belonging import belonging
from lgc.domain.identity import Ins, Sex, Traits
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
