"""Dates known to the year, the month or the day, and what is over by a day."""

import datetime as dt

import pytest

from lgc.domain.medical_data import Family, MedicalEntry, PartialDate


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


@pytest.mark.parametrize(
    ("active", "end", "over"),
    [
        (True, None, False),
        (False, None, True),
        (True, "2019", True),
        (True, "2026", False),  # the year is not over
        (True, "2026-10", True),
        (True, "2026-11", False),
        (True, "2026-11-29", True),
        (True, "2026-11-30", False),  # its last day is today
        (True, "2027", False),
        (False, "2027", True),
        (True, "9999", False),
    ],
)
def test_a_past_end_is_an_end_whatever_is_ticked(active, end, over):
    today = dt.date(2026, 11, 30)
    entry = MedicalEntry(
        "e", Family.VIGILANCE, "x", end=PartialDate.parse(end) if end else None, active=active
    )

    assert entry.over_by(today) is over
    assert entry.settled(today).active is not over


def test_the_end_of_a_measurement_does_not_take_it_back():
    entry = MedicalEntry("e", Family.MEASUREMENT, "Holter", end=PartialDate(2019))

    assert not entry.over_by(dt.date(2026, 11, 30))
