"""What a keyboard scanner types: the published vector, any order of blocks, hostile text."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.domain.identity import Ins, Sex, Traits, ins_key
from lgc.domain.ins_c import ins_c
from lgc.domain.ins_datamatrix import GS, HEADER, differences, parse
from lgc.errors import UnreadableInput

TEST_OID = "1.2.250.1.213.1.4.10"
BLOCKS = {
    "S1": "279035121518989",
    "S2": TEST_OID,
    "S3": f"ADA ROSE{GS}",
    "S4": f"D'ARC{GS}",
    "S5": "F",
    "S6": "10-12-1979",
    "S7": "99100",
}


def typed(**changes):
    blocks = {**BLOCKS, **changes}
    return HEADER + "".join(key + value for key, value in blocks.items() if value is not None)


TRAITS = Traits("D'ARC", ("ADA", "ROSE"), Sex.FEMALE, dt.date(1979, 12, 10), "99100")


def test_the_square_gives_traits_and_matricule():
    scanned = parse(typed() + "\r")

    assert scanned.traits == TRAITS
    assert scanned.ins == Ins("279035121518989", TEST_OID)


def test_the_short_real_oid_ends_with_its_separator_as_in_the_published_vector():
    body = "2850575123456"
    text = typed(S1=body + ins_key(body), S2=f"1.2.250.1.213.1.4.8{GS}")

    assert parse(text).ins.oid == "1.2.250.1.213.1.4.8"


def test_blocks_come_in_any_order_and_the_place_may_miss():
    order = ("S7", "S1", "S2", "S5", "S6", "S3", "S4")
    turned = HEADER + "".join(key + BLOCKS[key] for key in order).removesuffix(GS)

    assert parse(turned).traits == TRAITS
    assert parse(typed(S7=None)).traits.birth_place_code == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "IS",
        HEADER,
        typed(S1="279035121518988", S2=f"1.2.250.1.213.1.4.8{GS}"),
        typed(S5="I"),
        typed(S6="31-02-1979"),
        typed(S6="1979-12-10"),
        typed(S7="9910X"),
        typed(S3=GS),
        typed() + "S5F",
        typed() + "ZZ",
        typed(S4="É" + GS),
        typed() + "0" * 500,
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(UnreadableInput):
        parse(text)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=f"S1234567{GS}-ABZ.é", max_size=450))
def test_hostile_text_is_refused_and_never_breaks(text):
    for candidate in (text, HEADER + text, typed() + text):
        try:
            parse(candidate)
        except UnreadableInput:
            continue


def test_differences_are_said_trait_by_trait():
    here = Traits("D'ARC", ("ADA",), Sex.FEMALE, dt.date(1979, 12, 1), "")

    assert [d.field for d in differences(here, TRAITS)] == ["given_names", "birth_date"]
    assert differences(TRAITS, TRAITS) == ()


def test_ins_c_is_computed_as_the_description_says():
    assert ins_c("Marie", "800101", "2800175001001") == "0106898820265058212127"


@pytest.mark.parametrize("bad", [("MARIE", "80", "2800175001001"), ("MARIE", "", "28001A5001001")])
def test_ins_c_of_a_malformed_seed_is_refused(bad):
    with pytest.raises(ValueError, match="INS-C"):
        ins_c(*bad)
