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


def person(name, given, born=dt.date(1980, 2, 14), sex=Sex.FEMALE, used="", called=""):
    traits = Traits(name, tuple(given.split()), sex, born)
    return Identity(traits, IdentityStatus.PROVISIONAL, used_name=used, used_given_name=called)


ONE_PERSON = (
    (person("PETIT", "ANNE MARIE"), person("PETIT", "ANNE-MARIE")),
    (person("PETIT", "MARIE"), person("PETIT", "MARIE-JOSE")),
    (person("DUPONT", "MARIE"), person("DUPONT-MARTIN", "MARIE")),
    (person("MARTIN", "MARIE"), person("DUPONT-MARTIN", "MARIE")),
    (person("MARTIN", "PAUL", sex=Sex.MALE), person("PAUL", "MARTIN", sex=Sex.MALE)),
    (person("DE LA TOUR", "MARIE"), person("LATOUR", "MARIE")),
    (person("DE LA TOUR", "MARIE"), person("DELATOUR", "MARIE")),
    (person("TOUR", "MARIE"), person("DE LA TOUR", "MARIE")),
    (person("D'ARC", "JEANNE"), person("DARC", "JEANNE")),
    (person("PETIT", "PIERRE", sex=Sex.MALE), person("PETIT", "JEAN PIERRE", sex=Sex.MALE)),
    (person("PETIT", "MARIE"), person("PETIT", "SUZANNE", called="Marie")),
    (person("DURAND", "MARIE"), person("MARTIN", "MARIE", used="DURAND")),
    (person("SAINT-ETIENNE", "MARIE"), person("ST ETIENNE", "MARIE")),
    (person("LE GOFF", "MARIE", dt.date(1980, 2, 15)), person("LEGOFF", "MARIE")),
    (person("PETIT", "ANNE MARIE", dt.date(1980, 2, 15)), person("PETIT", "ANNE-MARIE")),
    (person("MARTIN", "MARIE", dt.date(1981, 2, 14), used="DURAND"), person("DURAND", "MARIE")),
)


@pytest.mark.parametrize("pair", ONE_PERSON, ids=lambda pair: "/".join(map(str, _said(pair))))
def test_one_person_written_twice_is_told_both_ways(pair):
    one, other = pair
    assert nearness(one, other) >= Nearness.LOOKS_ALIKE
    assert nearness(other, one) >= Nearness.LOOKS_ALIKE


def _said(pair):
    return (f"{one.traits.birth_name} {one.traits.birth_given_names}" for one in pair)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("PETIT", "MARIE"), person("PETIT", "LEA")),
        (person("PETIT", "JEAN-PAUL"), person("PETIT", "JEAN-PIERRE")),
        (person("PETIT", "MARIE-ANNE"), person("PETIT", "MARIE-LOUISE")),
        (person("PETIT", "LOUIS", sex=Sex.MALE), person("PETIT", "LOUISE")),
        (person("DE LA TOUR", "MARIE"), person("DE LA RUE", "MARIE")),
        (person("PETIT", "MARIE"), person("PETIT", "MARIE", dt.date(1962, 9, 30))),
    ],
)
def test_twins_and_strangers_stay_apart(one, other):
    assert nearness(one, other) is Nearness.FAR
    assert nearness(other, one) is Nearness.FAR
