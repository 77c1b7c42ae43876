"""The words of a message come out whole and once, whatever parts they were cut into."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.mssante import message

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "mail"
INR = "INR à 7, rappelez-moi."
RIGHT = {
    "03-text-pdf-text": ("Ci-joint le compte rendu.", f"ATTENTION : {INR}"),
    "03b-html-pdf-html": ("Ci-joint le compte rendu.", f"ATTENTION : {INR}"),
    "03c-plain-then-html-mixed": ("Bandeau du serveur.", "Le vrai message : INR à 7"),
    "04-named-body": (INR,),
    "04b-named-top": (INR,),
    "16c-no-boundary-param": ("Bonjour",),
}
WORDS = st.text(alphabet="abcdefgh", min_size=4, max_size=9)


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")
@pytest.mark.parametrize("name", RIGHT)
def test_words_under_a_file_or_in_a_part_with_a_name_are_the_message_s(name):
    read = message.parse((CASES / f"{name}.eml").read_bytes())

    assert tuple(read.text.split("\n\n")) == RIGHT[name]
    if read.formatted:
        assert all(one in read.formatted for one in RIGHT[name])


def part(kind, words, head=""):
    return f"--b\r\nContent-Type: {kind}\r\n{head}\r\n{words}\r\n"


def mixed(*parts, kind="multipart/mixed; boundary=b"):
    return f"Content-Type: {kind}\r\n\r\n{''.join(parts)}--b--\r\n".encode()


@given(st.lists(st.tuples(st.booleans(), WORDS), min_size=1, max_size=8))
def test_every_word_of_every_part_is_there_in_its_order(parts):
    """``words`` of each part are marked with its number, so that each is to be found once."""
    marked = [(is_html, f"{words}x{number}z") for number, (is_html, words) in enumerate(parts)]
    made = (
        part("text/html", f"<p>{words}") if is_html else part("text/plain", words)
        for is_html, words in marked
    )

    read = message.parse(mixed(*made))

    assert read.text.split() == [words for _, words in marked]
    shown = read.formatted or read.text
    assert all(shown.count(words) == 1 for _, words in marked)


def test_an_alternative_is_said_once_by_its_html():
    read = message.parse(
        mixed(part("text/plain", "K 6,9"), part("text/html", "<p>K <b>6,9</b></p>"),
              kind="multipart/alternative; boundary=b")
    )  # fmt: skip

    assert read.text == "K 6,9" and "<b>" in read.formatted


def test_a_text_and_its_html_one_after_the_other_are_said_once():
    read = message.parse(mixed(part("text/plain", "K 6,9"), part("text/html", "<p>K <b>6,9</b>")))

    assert read.text == "K 6,9"


def test_signs_make_another_text():
    read = message.parse(mixed(part("text/plain", "CRP > 5"), part("text/html", "<p>CRP &lt; 5")))

    assert read.text == "CRP > 5\n\nCRP < 5"


def test_columns_of_plain_words_between_formatted_ones_stay():
    read = message.parse(mixed(part("text/html", "<p>Bonjour"), part("text/plain", "K    6,9 <N>")))

    assert "<pre>K    6,9 &lt;N&gt;</pre>" in read.formatted
    assert read.text.endswith("K    6,9 <N>")


def test_a_named_text_beside_words_stays_a_file():
    """An HPRIM result is a text with a name: it is filed, not read as the letter."""
    read = message.parse(
        mixed(part("text/plain", "Bonjour"), part("text/plain; name=bio.hpr", "****LAB**** K 6,9"))
    )

    assert (read.text, [one.name for one in read.attachments]) == ("Bonjour", ["bio.hpr"])


def test_a_line_that_only_looks_like_a_limit_is_no_limit():
    """Without a header under it, it is a rule that somebody drew."""
    read = message.parse(mixed(kind="multipart/mixed").replace(
        b"--b--", b"Bonjour\r\n--trait\r\nK 6,9\r\n--trait--"))  # fmt: skip

    assert b"Bonjour" in read.attachments[0].content and read.faults
