"""Dates as people type them: read whole or not at all, and asked where two are possible."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.typed_dates import birth, period, read_date, visit
from lgc.setting_values import hour_of

TODAY = dt.date(2026, 11, 30)  # a Monday
BORN = {
    # as the card, the telephone and the patient say it
    "18/08/1948": "1948-08-18",
    "18-08-1948": "1948-08-18",
    "18.08.1948": "1948-08-18",
    "18 08 1948": "1948-08-18",
    "18/8/1948": "1948-08-18",
    "18081948": "1948-08-18",
    "180848": "1948-08-18",
    "18/08/48": "1948-08-18",
    "18.8.48": "1948-08-18",
    "18 8 48": "1948-08-18",
    "18–08–1948": "1948-08-18",
    "18//08//1948": "1948-08-18",
    " 18/08/1948 ": "1948-08-18",
    "1948-08-18": "1948-08-18",
    "19480818": "1948-08-18",
    "18 août 1948": "1948-08-18",
    "18 aout 48": "1948-08-18",
    "18 AOÛT 1948": "1948-08-18",
    "mercredi 18 août 1948": "1948-08-18",
    "né le 18/08/1948": "",
    "le 18/08/1948": "1948-08-18",
    "1er mars 1950": "1950-03-01",
    "1er sept 1950": "1950-09-01",
    "7/5/39": "1939-05-07",
    "7/5/1939": "1939-05-07",
    "7051939": "1939-05-07",
    "01/12/26": "1926-12-01",  # 2026 is to come
    "29/02/1948": "1948-02-29",
    # unknown day, unknown month, both: RNIV
    "08/1948": "1948-08-01",
    "081948": "1948-08-01",
    "août 1948": "1948-08-01",
    "00/08/1948": "1948-08-01",
    "?/8/1948": "1948-08-01",
    "xx/08/1948": "1948-08-01",
    "18/00/1948": "1948-01-18",
    "00/00/1948": "1948-12-31",
    "1948": "1948-12-31",
    # no date, or none that could be
    "31/02/1948": "n’existe pas : ce mois a 29 jours",
    "31021948": "n’existe pas : ce mois a 29 jours",
    "29/02/1949": "n’existe pas : ce mois a 28 jours",
    "31/04/1948": "n’existe pas : ce mois a 30 jours",
    "18/13/1948": "pas de mois 13",
    "18/08/2027": "à venir",
    "01/12/2026": "à venir",
    "18/08/1848": "plus de 130 ans",
    "18/08/194": "deux ou en quatre chiffres",
    "18/08/19488": "deux ou en quatre chiffres",
    "mardi 18/08/1948": "est un mercredi",
    "18/08": "",
    "18": "",
    "18/": "",
    "bonjour": "",
    "18/08/1948x": "",
    "18/08/1948 12": "",
}
ASKED = {
    "010112": ("1912-01-01", "2012-01-01"),
    "1/1/12": ("1912-01-01", "2012-01-01"),
    "29/02/24": ("1924-02-29", "2024-02-29"),
    "30/11/26": ("1926-11-30", "2026-11-30"),
    "1111939": ("1939-01-11", "1939-11-01"),
    "29/02/00": ("2000-02-29",),  # 1900 had none
}
VISITS = {
    "15/01/2027": "2027-01-15",
    "150127": "2027-01-15",
    "15-1-27": "2027-01-15",
    "15/01": "2027-01-15",
    "15 janvier": "2027-01-15",
    "vendredi 15 janvier": "2027-01-15",
    "lundi 15 janvier": "est un vendredi",
    "30/11": "2026-11-30",
    "29/11": "2027-11-29",
    "01/2027": "",
    "00/01/2027": "doivent être connus",
    "15/01/2047": "trop lointaine",
}


def held(read):
    return read.day.isoformat() if read.day else ""


@pytest.mark.parametrize(("typed", "right"), [*BORN.items()], ids=lambda one: one.strip() or "-")
def test_a_birth_date_is_read_whole_or_says_why_not(typed, right):
    read = read_date(typed, birth(TODAY), TODAY)

    if right[:4].isdigit():
        assert (held(read), read.problem) == (right, "")
    else:
        assert read.day is None
        assert right in read.problem
        assert read.problem


@pytest.mark.parametrize(("typed", "days"), ASKED.items(), ids=lambda one: str(one))
def test_what_may_be_two_dates_is_asked(typed, days):
    read = read_date(typed, birth(TODAY), TODAY)

    if len(days) == 1:
        assert held(read) == days[0]
    else:
        assert read.day is None
        assert tuple(one.isoformat() for one in read.choices) == days


@pytest.mark.parametrize(("typed", "right"), VISITS.items(), ids=lambda one: one or "-")
def test_the_day_of_an_appointment(typed, right):
    read = read_date(typed, visit(TODAY), TODAY)

    if right[:4].isdigit():
        assert held(read) == right
    else:
        assert read.day is None
        assert right in read.problem


def test_what_the_rule_put_for_what_is_unknown_is_said():
    assert read_date("08/1948", birth(TODAY), TODAY).note == "jour inconnu"
    assert read_date("1948", birth(TODAY), TODAY).note == "jour et mois inconnus"
    assert read_date("18/08/1948", birth(TODAY), TODAY).note == ""


def test_nothing_typed_is_nothing_and_no_fault():
    for use in (birth, visit, period):
        read = read_date("  ", use(TODAY), TODAY)
        assert (read.day, read.choices, read.problem) == (None, (), "")


@given(
    st.dates(dt.date(1897, 1, 1), TODAY),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d %m %Y", "%d.%m.%Y", "%d%m%Y", "%Y-%m-%d"]),
)
def test_every_day_written_in_full_is_that_day(day, form):
    assert read_date(day.strftime(form), birth(TODAY), TODAY).day == day


@given(st.dates(dt.date(1911, 1, 1), TODAY))
def test_two_figures_of_a_year_never_choose_between_two_centuries(day):
    read = read_date(f"{day:%d/%m/%y}", birth(TODAY), TODAY)

    assert day == read.day or day in read.choices
    assert (len(read.choices) != 1) and (read.day is None or not read.choices)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_date_a_question_or_a_reason(typed):
    read = read_date(typed, birth(TODAY), TODAY)

    assert sum((read.day is not None, bool(read.choices), bool(read.problem))) <= 1


HOURS = {
    "9h15": "09:15", "915": "09:15", "9 15": "09:15", "9:15": "09:15", "9.15": "09:15",
    "0915": "09:15", "1715": "17:15", "17 h 15": "17:15", "9 heures 15": "09:15",
    "9h 15 min": "09:15", "9": "09:00", "9h": "09:00", "09H30": "09:30", "23h59": "23:59",
    "0h": "00:00", "24:00": "", "9h60": "", "9h5": "", "99": "", "neuf": "", "": "",
    "9 15 30": "", "12345": "",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "right"), HOURS.items(), ids=lambda one: one or "-")
def test_an_hour_as_it_is_typed(typed, right):
    read = hour_of(typed)

    assert (f"{read:%H:%M}" if read else "") == right
