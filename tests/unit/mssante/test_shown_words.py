"""One text of a message: what the screen shows, for print, search, reply and the list."""

from pathlib import Path

import pytest

from lgc.mssante import message
from lgc.reading import markup

CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "mail"


def html(body):
    return message.parse(b"Subject: x\nContent-Type: text/html\n\n" + body.encode())


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("02-blank-plain", "Arrêtez la warfarine de Mme MARTIN"),
        ("02b-nbsp-plain", "Arrêtez la warfarine"),
        ("02z-html-only", "Arrêtez la warfarine de Mme MARTIN"),
        ("06-table", "Potassium · 6,9 · mmol/L\nINR · 7"),
        ("06b-pre", "Potassium  6,9\nSodium     140\nINR        7"),
        ("06c-dl-section", "INR\n7\n\nA\n\nB\n\nC\n\nD"),
        (
            "06d-table-range",
            "Analyse · Valeur · Valeur ant.\nPotassium · 3 · 5,2\nSodium · 140 · 135-145",
        ),
    ],
)
def test_a_message_says_what_is_right(name, text):
    assert message.parse((CASES / f"{name}.eml").read_bytes()).text == text
    assert message.salvage((CASES / f"{name}.eml").read_bytes()).text == text


@pytest.mark.parametrize("opened", ["<font face=Courier>", "<b>", "<div>", "<span>", "<p>", "<a>"])
@pytest.mark.parametrize("lines", [10, 300, 3_000])
def test_one_unclosed_tag_a_line_loses_no_word(opened, lines):
    body = "".join(f"{opened}ligne {rank}<br>\n" for rank in range(lines))

    read = html(f"{body}{opened}POTASSIUM 6,9<br>")

    assert read.text.split()[-2:] == ["POTASSIUM", "6,9"]
    assert f"ligne {lines - 1}" in read.text
    assert "POTASSIUM 6,9" in markup.words(read.formatted)


def test_the_text_is_that_of_the_screen_where_both_came():
    raw = (
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nVotre lecteur ne montre pas ce message.\n"
        b"--b\nContent-Type: text/html\n\n<p>Potassium <b>6,9</b></p>\n--b--\n"
    )

    assert message.parse(raw).text == "Potassium 6,9"


def test_an_html_without_words_hides_no_text():
    raw = (
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nPotassium 6,9\n"
        b"--b\nContent-Type: text/html\n\n<p>&nbsp;</p>\n--b--\n"
    )
    read = message.parse(raw)

    assert (read.text, read.formatted) == ("Potassium 6,9", "")
