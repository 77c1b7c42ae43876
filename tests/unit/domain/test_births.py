"""A birth date is told as far as it was written: no day is invented, none is guessed."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.cda import parse
from lgc.domain import births
from lgc.domain.assignment import same_traits
from lgc.domain.births import Birth
from lgc.domain.identity import Ins

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases"
DAY = dt.date(1948, 8, 14)
TOLD = [
    ("19480814", DAY, "14/08/1948"),
    (" 19480814 ", DAY, "14/08/1948"),
    ("19480814153000", DAY, "14/08/1948"),
    ("19480814000000-0400", DAY, "14/08/1948"),
    ("19480813230000+0000", None, "19480813230000+0000"),
    ("1977", None, "1977"),
    ("197707", None, "07/1977"),
    ("197712", None, "12/1977"),
    ("19770000", None, "1977"),
    ("197700", None, "1977"),
    ("19770700", None, "07/1977"),
    ("19771331", None, "1977 (écrit 19771331)"),
    ("19500231", None, "19500231"),
    ("195002300000", None, "195002300000"),
    ("00000000", None, "00000000"),
    ("1948-08-14", None, "1948-08-14"),
    ("19480814T000000", None, "19480814T000000"),
    ("1977071", None, "1977071"),
    ("vers 1950", None, "vers 1950"),
    ("", None, ""),
]


@pytest.mark.parametrize(("text", "day", "said"), TOLD)
def test_it_is_told_as_far_as_it_was_written(text, day, said):
    assert births.read(text) == Birth(day, said)


@given(st.text(max_size=60) | st.from_regex(r"\A\d{0,14}([+-]\d{4})?\Z"))
def test_no_text_gains_a_day(text):
    found = births.read(text)

    if found.day is not None:
        assert text.strip().startswith(found.day.isoformat().replace("-", ""))
    assert bool(found.said) == bool(text.strip())


CDA = {
    "documents/hdr-birth-00000000": "00000000",
    "documents/hdr-birth-1948-08-14": "1948-08-14",
    "documents/hdr-birth-19480813230000+0000": "19480813230000+0000",
    "documents/hdr-birth-19480814000000-0400": "14/08/1948",
    "documents/hdr-birth-19480814T000000": "19480814T000000",
    "documents/hdr-birth-1950": "1950",
    "documents/hdr-birth-19500000": "1950",
    "documents/hdr-birth-195002300000": "195002300000",
    "documents/hdr-birth-19500231": "19500231",
    "documents/hdr-birth-195003": "03/1950",
    "cda/year": "1977",
    "cda/month": "07/1977",
    "cda/lunar": "1977",
    "cda/lunar31": "1977 (écrit 19771331)",
    "cda/corsica": "14/07/1977",
}


@pytest.mark.parametrize(("name", "said"), CDA.items())
def test_each_case_shows_what_is_told_and_matches_nobody_by_less_than_a_day(name, said, make):
    path = CASES / f"{name}.xml"
    if not path.is_file():
        pytest.skip("../shared/cases is not there")
    patient = parse.header(path.read_bytes()).patient

    assert patient.born == said
    whole = len(said) == 10 and said[2] == "/"
    assert (patient.birth_date is not None, patient.traits is not None) == (whole, whole)
    for day in (dt.date(1977, 1, 1), dt.date(1977, 7, 1), dt.date(1950, 1, 1), dt.date(1950, 3, 1)):
        person = make.identity(
            birth_name=patient.birth_name, given_names=patient.given_names, birth_date=day
        )
        assert not same_traits(patient, person.traits)


def test_a_document_of_a_year_or_a_day_gains_neither_day_nor_hour():
    if not (CASES / "cda").is_dir():
        pytest.skip("../shared/cases is not there")
    said = {
        name: parse.header((CASES / "cda" / f"{name}.xml").read_bytes()).created_said
        for name in ("year", "month", "lunar")
    }

    assert said == {"year": "2026", "month": "15/01/2026", "lunar": ""}


def test_corsica_written_small_is_the_same_person():
    assert Ins("185022a00401276", "1.2.3") == Ins("185022A00401276", "1.2.3")
