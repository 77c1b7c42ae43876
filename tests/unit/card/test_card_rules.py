"""Tries left, and which library reads the card on which system."""

import pytest

from lgc.card import modules
from lgc.card.reader import COUNT_LOW, FINAL_TRY, LOCKED, tries_left
from lgc.domain.card import MalformedPin, WrongPin


@pytest.mark.parametrize(
    ("flags", "left"),
    [
        (0, 3),
        (COUNT_LOW, 2),
        (FINAL_TRY, 1),
        (COUNT_LOW | FINAL_TRY, 1),
        (LOCKED, 0),
        (COUNT_LOW | FINAL_TRY | LOCKED, 0),
        (0x42D, 3),
        (0x1042D, 2),
    ],
)
def test_tries_left_are_what_the_flags_of_the_token_say(flags, left):
    assert tries_left(flags) == left


def test_the_words_for_a_wrong_pin_count_in_french():
    assert WrongPin(2).sentence.endswith(" 2 essais.")
    assert WrongPin(1).sentence.endswith(" 1 essai.")
    assert WrongPin(0).sentence == "Carte bloquée."
    assert not WrongPin(0).may_retry
    assert "essai" in MalformedPin().advice


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_official_library_comes_first_and_the_soft_one_never(platform):
    found = modules.candidates(platform)

    assert found[0] in modules.OFFICIAL[platform]
    assert found[-1] in modules.OPENSC[platform]
    assert "cps3" in found[0].name
    assert not any("softhsm" in str(one).lower() for one in found)


def test_an_unknown_system_has_no_usual_path():
    assert modules.candidates("plan9") == ()


def test_a_library_chosen_by_the_doctor_is_never_replaced():
    assert modules.choose("no/such/module.so") is None
