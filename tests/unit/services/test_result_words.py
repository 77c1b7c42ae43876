"""Words of a result are short where that is sure, and whole elsewhere."""

import pytest

from lgc.services.result_words import short


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Négatif", "nég."),
        ("POSITIVE", "pos."),
        ("Absence", "abs."),
        ("Présence", "prés."),
        ("Résistant", "R"),
        ("Absence de germe", "Absence de germe"),
        ("Présence de nombreux leucocytes", "Présence de nombreux leucocytes"),
        ("Positif faible", "Positif faible"),
        ("1/80", "1/80"),
    ],
)
def test_only_a_word_that_is_the_whole_result_is_shortened(words, shown):
    assert short(words) == shown
