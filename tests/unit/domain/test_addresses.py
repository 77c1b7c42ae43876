"""An address within the lines that are allowed: nothing of it is lost."""

import pytest

from lgc.domain.professionals import Address


@pytest.mark.parametrize(
    ("count", "town", "expected"),
    [
        (2, True, ("1", "2", "92100 Boulogne")),
        (6, True, ("1", "2", "3", "4", "5", "6", "92100 Boulogne")),
        (8, True, ("1", "2", "3", "4", "5", "6, 7, 8", "92100 Boulogne")),
        (7, False, ("1", "2", "3", "4", "5", "6", "7")),
        (9, False, ("1", "2", "3", "4", "5", "6", "7, 8, 9")),
        (0, True, ("92100 Boulogne",)),
        (0, False, ()),
    ],
)
def test_what_is_over_joins_the_last_line(count, town, expected):
    lines = tuple(str(number) for number in range(1, count + 1))
    address = Address(lines, "92100", "Boulogne") if town else Address(lines)

    assert address.within(7) == expected
