"""7 days, 4 weeks, 12 months: which copies a rule keeps, and what it may never remove."""

import datetime as dt
from pathlib import Path

import pytest

from lgc.domain.copies import Copy, CopyState, no_longer_kept

NOW = dt.datetime(2026, 11, 6, 20, 0, tzinfo=dt.UTC)


def copy(days, state=CopyState.VERIFIED, hours=0):
    at = NOW - dt.timedelta(days=days, hours=hours)
    return Copy(Path(f"{at:%Y-%m-%d-%H}-{state.name}"), at, state)


def kept_days(copies):
    gone = {one.place for one in no_longer_kept(copies)}
    return sorted((NOW - one.at).days for one in copies if one.place not in gone)


def test_one_copy_a_day_for_three_years_leaves_the_rule():
    kept = kept_days([copy(day) for day in range(3 * 365)])

    assert kept[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert len(kept) <= 7 + 4 + 12
    assert 300 < kept[-1] < 366


def test_the_rule_counts_what_is_there_not_the_calendar():
    assert kept_days([copy(400), copy(800)]) == [400, 800]


def test_the_newest_of_a_day_stays():
    assert [c.at.hour for c in no_longer_kept([copy(0), copy(0, hours=5)])] == [15]


@pytest.mark.parametrize("state", [CopyState.TO_VERIFY, CopyState.REFUSED])
def test_only_what_was_verified_is_ever_removed(state):
    copies = [copy(0)] + [copy(day, state) for day in range(100)]

    assert no_longer_kept(copies) == []


def test_nothing_is_kept_of_nothing():
    assert no_longer_kept([]) == []
