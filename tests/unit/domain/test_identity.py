"""INS keys, and the rule that an unqualified INS never leaves."""

import datetime as dt

import pytest

from lgc.domain.identity import Identity, IdentityStatus, Ins, Sex, Traits, ins_key
from lgc.errors import UserFacingError

TRAITS = Traits("CHEMIN", ("HENRI",), Sex.MALE, dt.date(1948, 8, 18), "75056")
INS = Ins("279035121518989", "1.2.250.1.213.1.4.10")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("2790351215189", "89"),
        ("1090763220834", "89"),
        ("2090763220834", "39"),
        ("2090663220123", "55"),
    ],
)
def test_the_key_of_a_matricule_is_the_published_one(body, key):
    assert ins_key(body) == key


def test_corsican_departments_are_folded_before_the_key():
    assert ins_key("180012A001001") == ins_key("1800119001001")
    assert ins_key("180012B001001") == ins_key("1800118001001")


@pytest.mark.parametrize("body", ["", "12345678901", "279035121518X", "27903512151890"])
def test_what_is_not_a_matricule_has_no_key(body):
    with pytest.raises(ValueError, match="13"):
        ins_key(body)


@pytest.mark.parametrize("status", [s for s in IdentityStatus if s != IdentityStatus.QUALIFIED])
def test_an_identity_that_is_not_qualified_never_leaves(status):
    with pytest.raises(UserFacingError):
        Identity(TRAITS, status, INS).qualified()


@pytest.mark.parametrize("flag", ["doubtful", "fictitious"])
def test_a_doubtful_or_fictitious_identity_never_leaves(flag):
    with pytest.raises(UserFacingError):
        Identity(TRAITS, IdentityStatus.QUALIFIED, INS, **{flag: True}).qualified()


def test_a_qualified_identity_gives_its_cx():
    qualified = Identity(TRAITS, IdentityStatus.QUALIFIED, INS).qualified()

    assert qualified.cx == "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
