"""Bytes that travelled as letters: decoded whole, or said."""

import base64
import binascii
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.reading import transfer
from lgc.reading.transfer import Harm, of_base64, undone

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LINES = base64.encodebytes(PDF)


@pytest.mark.parametrize(
    "header",
    ["base64", " BASE64  ", "base64;", "base64; x=y", "base64 (pdf)", "(auto) base64", '"base64"',
     "base-64", "x-base64"],
)  # fmt: skip
def test_the_name_of_the_encoding_may_have_anything_around_it(header):
    assert undone(header, LINES) == transfer.Undone(PDF)


@pytest.mark.parametrize("header", ["", "7-bit", "8bit", "utf-8", "binary", "7bit (ascii)"])
def test_what_is_not_encoded_stays_as_it_is(header):
    assert undone(header, "été".encode()) == transfer.Undone("été".encode())


def test_an_encoding_that_nobody_knows_is_said():
    assert undone("base91", b"abc") == transfer.Undone(b"abc", (Harm.UNKNOWN,))


@pytest.mark.parametrize(
    ("letters", "content"),
    [
        (b"SU5SIGEgNw==\r\nLCByYXBwZWxlei1tb2k=", b"INR a 7, rappelez-moi"),
        (b"JVBERi0xLjQgYQ==YmNkZWZn", b"%PDF-1.4 abcdefg"),
        (base64.b64encode(PDF).rstrip(b"="), PDF),
        (base64.b64encode(PDF) + b"==", PDF),
        (base64.urlsafe_b64encode(b"\xfb\xff\xfe>>>???" * 5), b"\xfb\xff\xfe>>>???" * 5),
        (b"data:application/pdf;base64," + base64.b64encode(PDF), PDF),
        ("\ufeff".encode() + base64.b64encode(PDF), PDF),
        (LINES.replace(b"MSAw", "M\u200bSAw".encode()), PDF),
        (LINES.replace(b"\n", b" \r\n\r\n"), PDF),
        (b"\n    " + LINES.replace(b"\n", b"\n    "), PDF),
    ],
)
def test_base64_of_every_sender_is_decoded_whole(letters, content):
    assert of_base64(letters) == transfer.Undone(content)


def test_words_below_the_last_line_are_words():
    found = of_base64(LINES + b"\r\n-- \r\nMessage controle par antivirus\r\n")

    assert found == transfer.Undone(PDF, (), b"-- \nMessage controle par antivirus")


def test_what_is_missing_or_foreign_is_said():
    assert of_base64(b"JVBERi0xL").harms == (Harm.CUT,)
    odd = LINES[:20] + b"!?" + LINES[20:]
    assert of_base64(odd) == transfer.Undone(PDF, (Harm.JUNK,))
    words = "Potassium : 6,9 à contrôler".encode()
    assert of_base64(words) == transfer.Undone(words, (Harm.UNKNOWN,))


@given(st.binary(max_size=400), st.binary(max_size=400), st.integers(1, 80))
def test_any_pieces_come_back_in_order(first, second, width):
    letters = base64.b64encode(first) + base64.b64encode(second)
    lines = re.sub(b"(.{%d})" % width, rb"\1\r\n", letters)

    if len(letters) >= 12:
        found = of_base64(lines)
        assert found.content.startswith(first) or found.harms
        assert first + second in (found.content, b"") or found.harms or len(first) % 3 == 0


@pytest.mark.parametrize("content", [b"", b"a", PDF, bytes(range(256))])
def test_uuencode_is_undone_and_its_missing_end_is_said(content):
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    whole = b"begin 644 cr.pdf\n" + b"".join(lines) + b"`\nend\n"

    assert undone("x-uuencode", whole) == transfer.Undone(content)
    assert undone("x-uuencode", whole[:-4]).harms == (Harm.CUT,)
