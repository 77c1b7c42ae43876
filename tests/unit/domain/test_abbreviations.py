"""Short forms unfold where a word ends, and nowhere else."""

import tomllib

import pytest

from lgc.domain.abbreviations import expansion
from lgc.paths import bundled

KNOWN = {"RAS": "rien à signaler", "hta": "hypertension artérielle", "irm": "IRM"}
DATA = tomllib.loads((bundled("resources") / "abbreviations.toml").read_text("utf-8"))
TWO_READINGS = ("fc", "ac", "dp", "fr", "sf", "bu", "tt", "cs", "ta", "mv")
FRENCH_WORDS = ("ras",)


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("hta", ("hta", "hypertension artérielle")),
        ("Examen : hta", ("hta", "hypertension artérielle")),
        ("(hta", ("hta", "hypertension artérielle")),
        ("d’hta", ("hta", "hypertension artérielle")),
        ("RAS", ("RAS", "Rien à signaler")),
        ("coupé à ras", None),
        ("Ras", None),
        ("embarras", None),
        ("hta ", None),
        ("", None),
        ("x-hta", None),
    ],
)
def test_a_short_form_is_a_whole_word(before, found):
    assert expansion(before, KNOWN) == found


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("HTA", "Hypertension artérielle"),
        ("  Hta", "Hypertension artérielle"),
        ("Va bien. HTA", "Hypertension artérielle"),
        ("Va bien ? HTA", "Hypertension artérielle"),
        ("- HTA", "Hypertension artérielle"),
        ("« HTA", "Hypertension artérielle"),
        ("diabète, HTA", "hypertension artérielle"),
        ("Suivi d’HTA", "hypertension artérielle"),
        ("Examen : RAS", "rien à signaler"),
        ("ATCD : HTA", "hypertension artérielle"),
        ("diabète ; HTA", "hypertension artérielle"),
        ("(vu ce jour) HTA", "hypertension artérielle"),
        ("12,5 HTA", "hypertension artérielle"),
        ("diabète, Hta", "hypertension artérielle"),
        ("diabète, IRM", "IRM"),
    ],
)
def test_a_capital_stands_where_a_sentence_starts_and_never_inside_one(before, words):
    assert expansion(before, KNOWN)[1] == words


@pytest.mark.parametrize("after", ["ble", "-like", "’", "2", "é"])
def test_a_word_that_goes_on_behind_the_cursor_is_none(after):
    assert expansion("hta", KNOWN, after) is None
    assert expansion("hta", KNOWN, f" {after}") is not None


def test_what_has_two_readings_is_not_shipped_and_says_which():
    shipped = {short.casefold() for short in DATA["unfolds"]}
    assert shipped.isdisjoint(TWO_READINGS)
    assert shipped.isdisjoint(DATA["two_readings"])
    assert set(TWO_READINGS) <= DATA["two_readings"].keys()
    assert all(len(set(readings)) > 1 for readings in DATA["two_readings"].values())


@pytest.mark.parametrize(
    "sentence",
    ["G3P1, 1 FC", "sous AC", "sous DP", "sans FR", "vue par la SF", "il a bu", "TA 13/8"],
)
def test_what_was_written_wrongly_into_notes_stays_as_it_is(sentence):
    words = sentence.split(" ")
    for end in range(1, len(words) + 1):
        assert expansion(" ".join(words[:end]), DATA["unfolds"]) is None


@pytest.mark.parametrize("word", FRENCH_WORDS)
def test_a_french_word_unfolds_in_capitals_alone(word):
    assert expansion(word, DATA["unfolds"]) is None
    assert expansion(word.capitalize(), DATA["unfolds"]) is None
    assert expansion(word.upper(), DATA["unfolds"]) is not None


def test_what_a_form_stands_for_is_no_short_form_itself():
    for words in DATA["unfolds"].values():
        assert words == "IRM" or expansion(words, DATA["unfolds"]) is None
