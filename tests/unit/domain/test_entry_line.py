"""One typed line, taken apart as a doctor meant it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.entry_line import EntryLine, parse, readings
from lgc.domain.entry_words import tidy
from lgc.domain.kinships import KINSHIPS
from lgc.domain.medical_data import Family, PartialDate
from lgc.terminology.value_sets import value_set

TODAY = dt.date(2026, 11, 23)
CASES = [
    ("hta 2011", Family.CHRONIC, EntryLine("hta", PartialDate(2011))),
    ("hta depuis 07/2014", Family.CHRONIC, EntryLine("hta", PartialDate(2014, 7))),
    ("appendicectomie le 12/6/2004", Family.SURGICAL_HISTORY,
     EntryLine("appendicectomie", PartialDate(2004, 6, 12))),
    ("dépression 2013-2014", Family.MEDICAL_HISTORY,
     EntryLine("dépression", PartialDate(2013), PartialDate(2014), active=False)),
    ("père : infarctus à 58 ans", Family.FAMILY_HISTORY,
     EntryLine("infarctus", kinship="FTH", age_at_onset=58)),
    ("grand-mère diabète", Family.FAMILY_HISTORY, EntryLine("diabète", kinship="GRMTH")),
    ("pénicilline (urticaire) 2003", Family.ALLERGY,
     EntryLine("pénicilline", PartialDate(2003), reaction="urticaire")),
    ("metformine 1000 : 1 matin et soir", Family.LONG_TERM_TREATMENT,
     EntryLine("metformine 1000", posology="1 matin et soir")),
    ("ramipril 5 1-0-0", Family.LONG_TERM_TREATMENT, EntryLine("ramipril 5", posology="1-0-0")),
    # Not dates: an impossible day, a year to come, a number that belongs to the words.
    ("chute 31/02/2020", Family.MEDICAL_HISTORY, EntryLine("chute 31/02/2020", sought="chute")),
    ("hta 2041", Family.CHRONIC, EntryLine("hta 2041")),
    ("facteur 1000", Family.CHRONIC, EntryLine("facteur 1000")),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "family", "meant"), CASES)
def test_a_line_is_understood(typed, family, meant):
    assert parse(typed, family, TODAY) == meant


def test_every_relative_of_the_official_set_is_here_under_its_own_label():
    official = {one.code: one.label for one in value_set("kinship").concepts.values()}

    assert {code: label for code, (label, _) in KINSHIPS.items()} == official


@pytest.mark.parametrize("code", [code for code, (_, spelled) in KINSHIPS.items() if spelled])
def test_each_spelling_of_a_relative_is_that_relative_before_and_after_the_disease(code):
    for spelled in KINSHIPS[code][1]:
        for typed in (f"{spelled} : diabète à 60 ans", f"diabète à 60 ans chez {spelled}",
                      f"{spelled.upper()} diabète 60 ans"):  # fmt: skip
            line = parse(typed, Family.FAMILY_HISTORY, TODAY)
            assert (line.words, line.kinship, line.age_at_onset) == ("diabète", code, 60), typed


@given(st.text(max_size=60), st.sampled_from(Family))
def test_nothing_typed_makes_it_fail_and_no_letter_is_lost(typed, family):
    for line in readings(typed, family, TODAY).options:
        kept = (line.words, line.kinship, line.reaction, line.posology, line.start, line.end)
        assert any(kept) or not tidy(typed).strip(" ,:;")


@given(st.text("aé1/?: (dejsuq’arêt", max_size=40), st.sampled_from(Family))
def test_words_are_kept_whole_or_lose_only_what_is_said_beside_them(typed, family):
    for line in readings(typed, family, TODAY).options:
        said = (line.start, line.end, line.kinship, line.reaction, line.posology, line.standing)
        beside = any(said) or not line.active or line.age_at_onset is not None
        assert beside or line.words == tidy(typed).strip(" ,:;") or line.words == tidy(typed)
