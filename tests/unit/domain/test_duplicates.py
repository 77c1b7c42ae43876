"""Near duplicates: the same person under another spelling, never two different ones."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.domain.duplicates import Nearness, nearness
from lgc.domain.identity import Identity, IdentityStatus, Ins, Sex, Traits

BORN = dt.date(1948, 8, 3)
THIBAUT = Identity(
    Traits("THIBAUT", ("PHILIPPE", "LOUIS"), Sex.MALE, BORN), IdentityStatus.PROVISIONAL
)
INS = Ins("279035121518989", "1.2.250.1.213.1.4.10")


def other(**traits):
    return replace(THIBAUT, traits=replace(THIBAUT.traits, **traits))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (THIBAUT, Nearness.SAME_TRAITS),
        (other(birth_given_names=("PHILIPPE",)), Nearness.SAME_TRAITS),
        (other(birth_name="TIBAUT"), Nearness.LOOKS_ALIKE),
        (other(birth_name="THIBEAUT"), Nearness.LOOKS_ALIKE),
        (other(birth_given_names=("FILIPPE",)), Nearness.LOOKS_ALIKE),
        (other(sex=Sex.FEMALE), Nearness.LOOKS_ALIKE),
        (other(birth_date=dt.date(1948, 3, 8)), Nearness.LOOKS_ALIKE),
        (other(birth_date=dt.date(1949, 8, 3)), Nearness.LOOKS_ALIKE),
        (replace(other(birth_name="ROY"), used_name="THIBAUT"), Nearness.LOOKS_ALIKE),
        (other(birth_given_names=("MARIE",)), Nearness.FAR),
        (other(birth_name="MARTIN"), Nearness.FAR),
        (other(birth_date=dt.date(1971, 1, 30)), Nearness.FAR),
    ],
)
def test_nearness_is_told_by_what_differs(known, expected):
    assert nearness(THIBAUT, known) is expected


def test_a_former_ins_is_the_same_person_whatever_the_names():
    known = replace(other(birth_name="MARTIN"), former_ins=(INS,))

    assert nearness(replace(THIBAUT, ins=INS), known) is Nearness.SAME_INS
