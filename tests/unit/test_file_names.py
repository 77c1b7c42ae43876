"""A stranger's title becomes a name of a file and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgc.commands.console import _harmless
from lgc.desktop.record.biology.paper import no_formula
from lgc.file_names import LONGEST, ending_of, named, safe_name

PDF = b"%PDF-1.7\n"


@pytest.mark.parametrize(
    ("title", "content", "name"),
    [
        ("Compte rendu", PDF, "Compte rendu.pdf"),
        ("Compte rendu.pdf", PDF, "Compte rendu.pdf"),
        ("../../.config/autostart/x.desktop", PDF, "config autostart x.desktop.pdf"),
        ("/etc/passwd", b"root", "etc passwd.txt"),
        ("C:\\Windows\\x.exe", b"MZ\x90\x00\x03", "C Windows x.exe.bin"),
        ("CON", PDF, "document CON.pdf"),
        ("com1.txt", PDF, "document com1.txt.pdf"),
        ("facture\u202efdp.exe", PDF, "facture fdp.exe.pdf"),
        ("a\x00b\nc", PDF, "a b c.pdf"),
        (" . . ", PDF, "document.pdf"),
        ("", b"\x89PNG\r\n\x1a\n", "document.png"),
        ("L’œdème 11/2026", PDF, "L’œdème 11 2026.pdf"),
        ("Résultats", b'\xef\xbb\xbf<?xml version="1.0"?>', "Résultats.xml"),
        ("Note", "é".encode() * 3000, "Note.txt"),
        ("demi \ud800", PDF, "demi.pdf"),
    ],
)
def test_a_title_gives_a_harmless_name_with_the_ending_of_its_bytes(title, content, name):
    assert safe_name(title, content) == name


@pytest.mark.parametrize("title", ["lpt1." + "é" * 300, "🩺" * 300, "nul ." + "a" * 400])
def test_a_long_name_fits_its_disk_device_or_not(title, tmp_path):
    name = safe_name(title, PDF)

    assert len(name) <= LONGEST
    (tmp_path / name).write_bytes(PDF)
    assert name.endswith(".pdf")


@given(st.text(max_size=500), st.binary(max_size=40))
def test_no_title_leaves_its_folder(title, content):
    name = safe_name(title, content)

    assert 1 <= len(name) <= LONGEST
    assert not set(name) & set('/\\:*?"<>|%')
    assert name.isprintable()
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert name.encode("utf-8")
    assert named(name, ending_of(content)) == name


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("+HYPERLINK", "'+HYPERLINK"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("-3,5", "-3,5"),
        ("+ 1 200 mmol", "+ 1 200 mmol"),
        ("4,2 H", "4,2 H"),
        ("", ""),
        ("Sodium\t=cmd|' /C calc'!A0", "Sodium =cmd|' /C calc'!A0"),
        ("\n=1+1", "' =1+1"),
    ],
)
def test_a_pasted_cell_is_never_a_formula(cell, kept):
    assert no_formula(cell) == kept


def test_the_terminal_is_given_no_order():
    assert _harmless("\x1b]0;pirate\x07\u202etxt") == "\ufffd]0;pirate\ufffd\ufffdtxt"
