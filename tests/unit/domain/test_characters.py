"""Half characters are taken out where text comes in, and nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.domain.characters import MARK, is_whole, marked, whole

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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Élise « Lise » MÜLLER – 12\u00a0h", "Élise « Lise » MÜLLER – 12\u00a0h"),
        ("facture\u202efdp.exe", f"facture{MARK}fdp.exe"),
        ("mul\u200bler", f"mul{MARK}ler"),
        ("mul\u00adler", f"mul{MARK}ler"),
        ("a\u2066b\u2069", f"a{MARK}b{MARK}"),
        ("\u3164", MARK),
        ("a\tb\nc", f"a{MARK}b{MARK}c"),
        ("\U000e0041", MARK),
        ("👩\u200d⚕️ 🩺", "👩\u200d⚕️ 🩺"),
        ("a\u200d⚕", f"a{MARK}⚕"),
    ],
)
def test_what_hides_is_shown_as_a_mark(text, shown):
    assert marked(text) == shown


@given(st.text())
def test_a_marked_line_hides_nothing_more(text):
    assert marked(marked(text)) == marked(text)
    assert len(marked(text)) == len(text)
