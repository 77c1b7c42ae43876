"""One name for one media type, at every door."""

import re
from pathlib import Path

import pytest

from lgc.domain import media_types

SOURCE = Path(media_types.__file__).parents[1]


@pytest.mark.parametrize(("announced", "name"), media_types.SYNONYMS.items())
def test_what_senders_write_has_one_name(announced, name):
    assert media_types.named(f" {announced.upper()} ; charset=x") == name
    assert media_types.named(name) == name


def test_no_other_module_knows_a_second_name():
    written = re.compile("|".join(f"[\"']{re.escape(one)}[\"']" for one in media_types.SYNONYMS))
    knowing = [
        file.name
        for file in SOURCE.rglob("*.py")
        if file.name != "media_types.py" and written.search(file.read_text("utf-8"))
    ]

    assert knowing == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"{\\rtf1 x}", media_types.RTF),
        (b"\xef\xbb\xbf {\\rtf1 x}", media_types.RTF),
        (b"bruit\n%PDF-1.4", media_types.PDF),
        ("été".encode("utf-16"), media_types.TEXT),
        (b"Potassium 6,9\r\n\x1a", media_types.TEXT),
        ("été".encode("cp1252") + b"\x1a", media_types.TEXT),
        (b"\x01\x02\xff", media_types.BYTES),
        ("<?xml version='1.0'?>".encode("utf-16"), media_types.XML),
    ],
)
def test_bytes_say_what_they_are(content, name):
    assert media_types.of_bytes(content) == name
