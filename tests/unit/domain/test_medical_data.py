"""Dates known to the year, the month or the day."""

import pytest

from lgc.domain.medical_data import PartialDate


@pytest.mark.parametrize(
    ("text", "hl7", "french"),
    [
        ("2014", "2014", "2014"),
        ("2014-07", "201407", "07/2014"),
        ("2014-07-08", "20140708", "08/07/2014"),
    ],
)
def test_a_partial_date_keeps_what_is_known(text, hl7, french):
    date = PartialDate.parse(text)

    assert (date.iso, date.hl7, date.french) == (text, hl7, french)


@pytest.mark.parametrize("text", ["", "juin", "2014-13", "2014-02-30", "2014-01-01-01"])
def test_an_impossible_date_is_refused(text):
    with pytest.raises(ValueError):
        PartialDate.parse(text)
