"""What a model wrote and its author struck out, line by line."""

import pytest

from lgc.services.joining import standing, without

WRITTEN = {"a": "– Asthme", "b": "– Asthme sévère", "c": "– Metformine : 1 cp"}


@pytest.mark.parametrize(
    ("text", "stand"),
    [
        ("– Asthme\n– Asthme sévère\n– Metformine : 1 cp", "abc"),
        ("– Asthme sévère", "b"),
        ("– Asthme", "a"),
        ("– Asthme depuis l’enfance", "a"),
        ("– Metformine : 1\u00a0cp", "c"),
        ("– Metformine", ""),
        ("Asthme", ""),
        ("", ""),
    ],
)
def test_a_line_of_the_text_stands_for_one_entry(text, stand):
    assert standing((text,), WRITTEN) == set(stand)


def test_two_entries_of_the_same_words_want_two_lines():
    assert len(standing(("– Asthme",), {"a": "– Asthme", "b": "– Asthme"})) == 1


def test_only_the_line_as_it_was_written_is_taken_out():
    assert without("x\n– Asthme\ny", "– Asthme") == "x\ny"
    assert without("x\n– 1 cp", "– 1\u00a0cp") == "x"
    assert without("x\n– Asthme ancien", "– Asthme") == "x\n– Asthme ancien"
