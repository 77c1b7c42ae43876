import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.errors import UserFacingError
from lgc.store import recovery_code

RANDOM = st.binary(min_size=recovery_code.RANDOM_SIZE, max_size=recovery_code.RANDOM_SIZE)


@given(RANDOM)
def test_a_code_is_eight_groups_of_four_that_read_back_however_they_are_typed(random):
    code = recovery_code.write(random)

    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){7}", code)
    typed = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert recovery_code.read(typed) == recovery_code.read(code)


@given(RANDOM, RANDOM)
def test_two_draws_give_two_codes(one, other):
    same = one[:18] == other[:18] and one[18] >> 2 == other[18] >> 2

    assert (recovery_code.write(one) == recovery_code.write(other)) == same


@pytest.mark.parametrize("typed", ["", "7H3K", "A" * 33])
def test_an_incomplete_code_is_counted_for_the_doctor(typed):
    with pytest.raises(UserFacingError, match="32 caractères"):
        recovery_code.read(typed)


def test_a_slip_of_the_finger_is_told_from_a_wrong_code():
    code = recovery_code.write(bytes(range(19)))
    wrong = ("Z" if code[0] != "Z" else "Y") + code[1:]

    with pytest.raises(UserFacingError, match="faute de frappe"):
        recovery_code.read(wrong)


def test_a_letter_outside_the_alphabet_is_a_slip():
    with pytest.raises(UserFacingError, match="faute de frappe"):
        recovery_code.read("U" * 32)
