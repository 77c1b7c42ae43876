import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.store import words
from lgc.store.words import birth_tokens, distance, fold, name_tokens, near, read_query

HENRI = dt.date(1948, 8, 18)


def finds(text, born=HENRI, matricule="148089299999966"):
    """Would this query find somebody born then, with this matricule, as far as numbers go?"""
    tokens = birth_tokens(born).split()

    def there(token):
        return matricule.startswith(token.text) if token.column == "ins" else token.text in tokens

    query = read_query(text)
    return bool(query.numbers) and all(
        any(all(map(there, alternative)) for alternative in group) for group in query.numbers
    )


@pytest.mark.parametrize(
    "typed",
    [
        "18/08/1948", "18/8/1948", "18-08-1948", "18.08.48", "18 08 1948", "18 08 48", "1948-08-18",
        "18081948", "19480818", "180848", "081948", "18 août 1948", "18 aout", "août 1948",
        "08/1948", "18/08", "1948", "48", "né le 18/08/1948", "148089299999966",
        "1 48 08 92 999 999 66", "1 48 08", "14808",
    ],
)  # fmt: skip
def test_a_birth_date_or_a_matricule_is_understood_in_every_french_form(typed):
    assert finds(typed)
    assert read_query(typed).names in ((), ("le",))


@pytest.mark.parametrize(
    "typed", ["19/08/1948", "18/07/1948", "1949", "49", "248", "18 août 1949", "08/1949"]
)
def test_another_date_finds_somebody_else(typed):
    assert not finds(typed)


def test_a_date_that_does_not_exist_is_not_a_date():
    assert read_query("31/02/1948").numbers != read_query("28/02/1948").numbers
    assert not finds("31/02/1948")


def test_a_corsican_matricule_is_one_word_of_digits_and_a_letter():
    assert finds("1 48 08 2A 999 999 66", matricule="148082a99999966")
    assert finds("148082A", matricule="148082a99999966")


def test_names_and_numbers_are_told_apart():
    query = read_query("Marie-Josée d’Été 12/03/1950")

    assert query.names == ("marie", "josee", "d", "ete")
    assert len(query.numbers) == 1


def test_a_month_that_is_a_name_stays_a_name():
    assert read_query("mars sylvie").names == ("mars", "sylvie")


def test_folding_forgets_accents_ligatures_and_capitals():
    assert fold("Bœuf ÉLOÏSE Ægir ça") == "boeuf eloise aegir ca"


def test_a_compound_name_is_filed_in_parts_and_in_one_word():
    assert name_tokens(["DA SILVA", "Marie-José"]) == "da silva dasilva marie jose mariejose"


@pytest.mark.parametrize(
    ("typed", "meant", "slips"),
    [("legrnad", "legrand", 1), ("chemun", "chemin", 1), ("vandeir", "vandier", 1),
     ("devile", "deville", 1), ("sauvvuer", "sauveur", 2), ("anne", "anne", 0)],
)  # fmt: skip
def test_slips_of_the_finger_are_counted(typed, meant, slips):
    assert distance(typed, meant, 2) == slips
    assert near(typed, [meant, "zzzzzz"]) == {meant: slips}


def test_short_words_are_taken_literally():
    assert near("ann", ["anne", "ana"]) == {}


@given(st.text(max_size=12), st.text(max_size=12))
def test_distance_is_symmetric_and_bounded(a, b):
    assert distance(a, b, 2) == distance(b, a, 2) <= 3
    assert (distance(a, b, 2) == 0) == (a == b)


@given(st.text("abcdefgh", min_size=7, max_size=9), st.integers(0, 6), st.sampled_from("abcxyz"))
def test_a_word_with_one_wrong_letter_is_always_near(word, place, letter):
    wrong = word[:place] + letter + word[place + 1 :]

    assert word in near(wrong, [word])


@given(st.text(max_size=300))
def test_no_query_is_too_strange_to_read(text):
    query = read_query(text)

    assert all(name for name in query.names)
    assert all(token.text for group in query.numbers for tokens in group for token in tokens)


def test_the_last_word_of_a_text_search_may_be_unfinished():
    groups = words.text_groups("Diabète typ")

    assert [(t.text, t.prefix) for ((t,),) in groups] == [("diabete", False), ("typ", True)]


@pytest.mark.parametrize(
    "typed", ["Mme Legrand", "M. LEGRAND", "Dr legrand", "mademoiselle Legrand"]
)
def test_civilities_are_not_names(typed):
    assert read_query(typed).names == words.read_names(typed).names == ("legrand",)


def test_an_initial_and_names_that_begin_like_a_civility_are_names():
    assert read_query("m legrand drouet").names == ("m", "legrand", "drouet")


def test_a_slip_among_a_thousand_neighbours_keeps_the_nearest():
    crowd = [f"legran{a}{b}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijkl"]

    kept = near("legrnad", [*crowd, "legrand"])

    assert kept["legrand"] == 1
    assert len(kept) <= words.MOST_NEIGHBOURS
