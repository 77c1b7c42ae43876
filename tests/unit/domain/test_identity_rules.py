"""Every cell of the identity's table, forbidden ones included, and what a form may hold."""

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest

from lgc.domain.identity import Identity, IdentityStatus, Ins, Sex, Traits
from lgc.domain.identity_rules import (
    BARRED,
    IdentityEvent,
    corrected,
    faults,
    moved,
    plain_capitals,
    starts_the_list,
    with_answer,
)
from lgc.errors import UserFacingError

TODAY = dt.date(2026, 11, 23)
TRAITS = Traits("CHEMIN", ("HENRI", "PAUL"), Sex.MALE, dt.date(1948, 8, 18), "75056")
INS = Ins("279035121518989", "1.2.250.1.213.1.4.8")
PROV, RECUP, VALI, QUAL = "PROV", "RECUP", "VALI", "QUAL"
E = IdentityEvent
# Written again by hand from RNIV: rows are statuses, None is forbidden.
EXPECTED = {
    E.INSI_ANSWERED: (RECUP, RECUP, QUAL, QUAL),
    E.DOCUMENT_SEEN: (VALI, QUAL, VALI, QUAL),
    E.TRAIT_CHANGED: (PROV, PROV, PROV, PROV),
    E.DOUBT_RAISED: (PROV, PROV, PROV, PROV),
    E.DOUBT_LIFTED: (None, None, None, None),
    E.MADE_FICTITIOUS: (PROV, None, None, None),
}
CELLS = [
    (status, event, EXPECTED[event][row])
    for row, status in enumerate((PROV, RECUP, VALI, QUAL))
    for event in IdentityEvent
]


def identity(status, **more):
    ins = INS if status in (RECUP, QUAL) else None
    return replace(Identity(TRAITS, IdentityStatus(status), ins), **more)


@pytest.mark.parametrize(("status", "event", "expected"), CELLS)
def test_every_cell_of_the_table_moves_or_refuses(status, event, expected):
    known = identity(status)
    if expected is None:
        with pytest.raises(UserFacingError):
            moved(known, event)
    else:
        assert moved(known, event).status == expected


@pytest.mark.parametrize(
    ("attribute", "event"), list(product(("doubtful", "fictitious"), sorted(BARRED)))
)
def test_a_doubtful_or_fictitious_identity_rises_by_nothing(attribute, event):
    with pytest.raises(UserFacingError):
        moved(identity(PROV, **{attribute: True}), event)


@pytest.mark.parametrize("attribute", ["doubtful", "homonym"])
def test_nobody_doubtful_or_homonym_becomes_fictitious(attribute):
    with pytest.raises(UserFacingError):
        moved(identity(PROV, **{attribute: True}), E.MADE_FICTITIOUS)


def test_a_fictitious_identity_is_not_doubted():
    with pytest.raises(UserFacingError):
        moved(identity(PROV, fictitious=True), E.DOUBT_RAISED)


def test_a_doubt_takes_the_ins_away_and_lifting_it_does_not_bring_it_back():
    doubted = moved(identity(QUAL, homonym=True), E.DOUBT_RAISED)

    lifted = moved(doubted, E.DOUBT_LIFTED)

    assert doubted.doubtful and doubted.homonym and doubted.ins is None
    assert not lifted.doubtful and lifted.ins is None and lifted.former_ins == (INS,)


def test_a_changed_strict_trait_lowers_the_status_and_keeps_the_ins_in_the_history():
    made = corrected(identity(QUAL), replace(TRAITS, birth_place_code="75115"))

    assert (made.status, made.ins, made.former_ins) == (PROV, None, (INS,))


def test_the_same_traits_change_nothing():
    assert corrected(identity(QUAL), TRAITS) == identity(QUAL)


def test_an_answer_of_insi_with_a_wrong_key_is_refused():
    with pytest.raises(UserFacingError):
        with_answer(identity(VALI), Ins("279035121518988", INS.oid), TRAITS)


def test_another_ins_from_insi_sends_the_former_one_to_the_history():
    other = Ins("109076322083489", INS.oid)

    made = with_answer(identity(QUAL), other, TRAITS)

    assert (made.status, made.ins, made.former_ins) == (QUAL, other, (INS,))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"birth_name": "M4RTIN"}, "birth_name"),
        ({"birth_name": "-MARTIN"}, "birth_name"),
        ({"birth_given_names": ()}, "given_names"),
        ({"birth_given_names": ("ANNE-",)}, "given_names"),
        ({"birth_date": TODAY + dt.timedelta(1)}, "birth_date"),
        ({"birth_place_code": "2C001"}, "birth_place"),
    ],
)
def test_each_wrong_trait_is_said_beside_its_field(change, field):
    assert set(faults(replace(TRAITS, **change), TODAY)) == {field}


@pytest.mark.parametrize("place", ["", "75056", "2A004", "2B033", "99100"])
def test_places_of_france_corsica_and_abroad_are_right(place):
    assert faults(replace(TRAITS, birth_place_code=place), TODAY) == {}


def test_names_become_what_insi_writes():
    assert plain_capitals(" Cœur  d’Élise ") == "COEUR D'ELISE"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Łukasz", "LUKASZ"), ("Sørensen", "SORENSEN"), ("Đorđe", "DORDE"), ("Groß", "GROSS"),
        ("Þór", "THOR"), ("Durand‑Martin", "DURAND-MARTIN"), ("Durand–Martin", "DURAND-MARTIN"),
        ("Durand−Martin", "DURAND-MARTIN"), ("N‘Guyen", "N'GUYEN"), ("D´Arc", "D'ARC"),
        ("d′Arc", "D'ARC"), ("Du\u00adrand", "DURAND"), ("Le\u00a0Goff", "LE GOFF"),
    ],
)  # fmt: skip
def test_letters_of_europe_and_marks_of_word_processors_are_taken(typed, kept):
    assert plain_capitals(typed) == kept
    assert faults(replace(TRAITS, birth_name=plain_capitals(typed)), TODAY) == {}


@pytest.mark.parametrize("typed", ["Ivanov2", "Иванов", "Li_Na", "A/B", "李"])
def test_what_is_no_letter_of_ours_is_refused_not_dropped(typed):
    assert "birth_name" in faults(replace(TRAITS, birth_name=plain_capitals(typed)), TODAY)


def test_hyphen_apostrophe_and_space_are_one_in_the_first_given_name():
    assert starts_the_list("Marie-Josée", "MARIE JOSEE PAULE")
    assert not starts_the_list("Mari", "MARIE JOSEE")
