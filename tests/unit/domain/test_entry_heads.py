"""The first word of a line names its family, whatever family the entry stands on."""

import datetime as dt

import pytest

from lgc.domain.allergies import Kind
from lgc.domain.entry_line import Question, parse, readings
from lgc.domain.medical_data import Family, PartialDate, Standing

TODAY = dt.date(2026, 11, 30)
ALLERGIES = [
    ("allergie penicilline", Kind.ALLERGY, "penicilline", ""),
    ("Allergie à la pénicilline (urticaire)", Kind.ALLERGY, "pénicilline", "urticaire"),
    ("allergie : latex", Kind.ALLERGY, "latex", ""),
    ("allergique aux AINS", Kind.ALLERGY, "AINS", ""),
    ("allergies à l’arachide (choc)", Kind.ALLERGY, "arachide", "choc"),
    ("intolérance au lactose", Kind.INTOLERANCE, "lactose", ""),
    ("intolérant aux statines (myalgies)", Kind.INTOLERANCE, "statines", "myalgies"),
    ("hypersensibilité non allergique aux AINS", Kind.NOT_ALLERGIC, "AINS", ""),
    ("hypersensibilité aux statines", Kind.UNKNOWN, "statines", ""),
    ("idiosyncrasie au paracétamol", Kind.IDIOSYNCRASY, "paracétamol", ""),
    # No agent follows: the words stay whole.
    ("allergie saisonnière", Kind.ALLERGY, "allergie saisonnière", ""),
    ("allergie de contact au nickel", Kind.ALLERGY, "allergie de contact au nickel", ""),
    ("allergie ou intolérance au lait", Kind.UNKNOWN, "allergie ou intolérance au lait", ""),
    # A doubt keeps its words and is of no kind.
    ("allergie penicilline ?", Kind.UNKNOWN, "allergie penicilline ?", ""),
]


@pytest.mark.parametrize("family", [Family.CHRONIC, Family.ALLERGY, Family.CURRENT_TREATMENT])
@pytest.mark.parametrize(("typed", "kind", "words", "reaction"), ALLERGIES)
def test_an_allergy_is_one_on_whatever_family_the_entry_stands(
    family, typed, kind, words, reaction
):
    line = parse(typed, family, TODAY)

    assert (line.family or family) is Family.ALLERGY
    assert (line.allergy.kind, line.words, line.reaction) == (kind, words, reaction)


def test_the_words_as_they_are_stay_one_key_away():
    found = readings("allergie penicilline", Family.CHRONIC, TODAY)

    assert found.options[-1].words == "allergie penicilline"
    assert found.options[-1].family is None
    assert found.question is None


@pytest.mark.parametrize("typed", ["allergies : aucune", "allergie : néant"])
def test_an_absence_is_asked_in_its_own_family_and_is_never_an_entry_of_it(typed):
    found = readings(typed, Family.CHRONIC, TODAY)

    assert found.question is Question.DENIAL
    assert [one.absence for one in found.options] == [Family.ALLERGY, None]
    assert found.options[-1].words == typed


@pytest.mark.parametrize(
    ("typed", "words", "date"),
    [("vaccin grippe 10/2025", "vaccin grippe", PartialDate(2025, 10)),
     ("vacciné contre le tétanos 2020", "vacciné contre le tétanos", PartialDate(2020))],
)  # fmt: skip
def test_a_vaccine_is_one_and_keeps_its_words(typed, words, date):
    line = parse(typed, Family.CHRONIC, TODAY)

    assert (line.family, line.words, line.start) == (Family.VACCINATION, words, date)


def test_what_was_refused_is_no_vaccine_given():
    line = parse("vaccin grippe refusé", Family.CHRONIC, TODAY)

    assert (line.family, line.standing) == (Family.VACCINATION, Standing.REFUSED)


@pytest.mark.parametrize("typed", ["allergie", "rhinite allergique", "vaccin", "hta 2011"])
def test_other_words_name_no_family(typed):
    assert parse(typed, Family.CHRONIC, TODAY).family is None
