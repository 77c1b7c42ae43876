"""Exact numbers in French: every figure that was given, never in powers of ten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.figures import MINUS, THIN, exact, scientific


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1250000.0, "1\u202f250\u202f000"), (7.2, "7,2"), (7.0, "7"), (0.0, "0"), (-0.4, "−0,4"),
        (0.00001, "0,00001"), (10400.0, "10\u202f400"), (1234.5, "1234,5"),
        (1234567.89, "1\u202f234\u202f567,89"), (1e12, "1\u202f000\u202f000\u202f000\u202f000"),
        (0.1 + 0.2, "0,3"),
    ],
)  # fmt: skip
def test_numbers_are_exact(value, said):
    assert exact(value) == said


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False))
def test_what_was_given_is_read_back(value):
    said = exact(float(value)).replace(THIN, "").replace(MINUS, "-").replace(",", ".")

    assert float(said) == float(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (4.5e-8, "4,5 × 10⁻⁸"), (-1e-9, "−1 × 10⁻⁹"), (0.00001, "0,00001"), (0.0, "0"),
        (1234567, "1\u202f234\u202f567"), (0.000012, "0,000012"),
    ],
)  # fmt: skip
def test_what_is_too_small_to_be_read_is_written_in_powers(value, said):
    assert scientific(value) == said
