"""Waits are counted in instants, on every minute of both nights when the hour changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from lgc.domain.instants import after, come, since

PARIS = ZoneInfo("Europe/Paris")
NIGHTS = {
    "spring": dt.datetime(2026, 3, 29, 0, 0, tzinfo=dt.UTC),
    "autumn": dt.datetime(2026, 10, 25, 0, 0, tzinfo=dt.UTC),
}
MINUTES = [start + dt.timedelta(minutes=n) for start in NIGHTS.values() for n in range(150)]


@pytest.mark.parametrize("wait", [1, 5, 30, 120, 600, 1800, 7200])
def test_a_wait_lasts_as_long_as_it_says(wait):
    seconds = dt.timedelta(seconds=wait)
    for instant in MINUTES:
        wall = instant.astimezone(PARIS)
        then = after(wall, seconds)
        assert then == instant + seconds
        assert since(wall, then.astimezone(PARIS)) == seconds
        assert not come(then.astimezone(PARIS), wall)
        assert come(then.astimezone(PARIS), then.astimezone(PARIS))


def test_the_walls_of_the_second_hour_are_not_those_of_the_first():
    first, second = (NIGHTS["autumn"] + dt.timedelta(minutes=n) for n in (10, 70))
    walls = first.astimezone(PARIS), second.astimezone(PARIS)
    assert walls[0].replace(fold=0) == walls[1].replace(fold=0)
    assert since(*walls) == dt.timedelta(hours=1)
