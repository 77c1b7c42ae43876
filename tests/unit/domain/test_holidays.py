"""Public holidays: fixed, moving with Easter, and those of a region."""

import datetime as dt

import pytest

from lgc.domain.holidays import ALSACE_MOSELLE, METROPOLE, REGIONS, easter, holiday
from lgc.settings import agenda_holidays

D = dt.date


@pytest.mark.parametrize(
    "day",
    [D(2024, 3, 31), D(2025, 4, 20), D(2026, 4, 5), D(2027, 3, 28), D(2038, 4, 25), D(2008, 3, 23)],
)
def test_easter_is_the_sunday_that_the_calendars_print(day):
    assert easter(day.year) == day


def test_a_year_has_eleven_of_them_everywhere():
    days = [D(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    found = {day: holiday(day) for day in days if holiday(day)}

    assert len(found) == 11
    assert [found[D(2026, *one)] for one in ((4, 6), (5, 14), (5, 25))] == [
        "Lundi de Pâques", "Ascension", "Lundi de Pentecôte",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("region", "day"),
    [
        (ALSACE_MOSELLE, D(2026, 4, 3)), (ALSACE_MOSELLE, D(2026, 12, 26)),
        ("Guadeloupe", D(2026, 5, 27)), ("Martinique", D(2026, 5, 22)),
        ("Guyane", D(2026, 6, 10)), ("La Réunion", D(2026, 12, 20)), ("Mayotte", D(2026, 4, 27)),
    ],
)  # fmt: skip
def test_a_region_has_its_own_and_no_other_has_them(region, day):
    assert holiday(day, region)
    assert not holiday(day, METROPOLE)
    assert holiday(D(2026, 7, 14), region) == "Fête nationale"


def test_an_unknown_region_has_those_of_everywhere():
    assert holiday(D(2026, 12, 25), "Ailleurs") == "Noël"


def test_the_setting_offers_every_region():
    assert agenda_holidays.choices == REGIONS
    assert agenda_holidays.default == METROPOLE
