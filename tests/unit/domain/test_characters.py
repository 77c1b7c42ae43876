"""Half characters are taken out where text comes in, and nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.characters import is_whole, whole

ANYTHING = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("Élise", "Élise"),
        ("a\ud800b", "a\ufffdb"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\U0001f600", "\U0001f600"),
        ("\udce9", "\ufffd"),
    ],
)
def test_half_a_character_becomes_the_sign_for_what_is_unknown(text, kept):
    assert whole(text) == kept
    assert is_whole(kept)


@given(ANYTHING)
def test_whatever_the_text_it_can_be_written(text):
    whole(text).encode("utf-8")


@given(st.text())
def test_whole_text_stays_itself(text):
    assert whole(text) is text
