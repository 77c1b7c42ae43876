"""A clock is believed while nothing from outside says otherwise."""

import datetime as dt

import pytest

from lgc.domain.clock_doubt import ServerTime, in_doubt

NOW = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("kept", "told", "doubt"),
    [
        (None, NOW, False),
        (NOW, NOW, False),
        (NOW - 90 * DAY, NOW - 23 * HOUR, False),
        (NOW, NOW - 25 * HOUR, True),
        (NOW + HOUR, NOW, True),
        (NOW + HOUR, NOW + HOUR, True),
        (NOW, None, True),
        (None, None, True),
        (None, NOW.replace(year=2014), True),
    ],
)
def test_a_clock_behind_what_came_or_ahead_of_every_server_is_in_doubt(kept, told, doubt):
    assert in_doubt(NOW, kept, told) is doubt


def test_the_latest_hour_of_a_server_is_kept_whatever_its_zone():
    time, zone = ServerTime(), dt.timezone(dt.timedelta(hours=4))
    for one in (NOW, (NOW - HOUR).astimezone(zone), NOW - DAY):
        time.hear(one)
    assert time.latest == NOW
