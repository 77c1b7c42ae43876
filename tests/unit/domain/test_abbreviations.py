"""Short forms unfold where a word ends, and nowhere else."""

import pytest

from lgc.domain.abbreviations import expansion

KNOWN = {"ras": "rien à signaler", "hta": "hypertension artérielle"}


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("ras", ("ras", "rien à signaler")),
        ("Examen : ras", ("ras", "rien à signaler")),
        ("(hta", ("hta", "hypertension artérielle")),
        ("Ras", ("Ras", "Rien à signaler")),
        ("d’hta", ("hta", "hypertension artérielle")),
        ("embarras", None),
        ("ras ", None),
        ("", None),
        ("x-ras", None),
    ],
)
def test_a_short_form_is_a_whole_word(before, found):
    assert expansion(before, KNOWN) == found
