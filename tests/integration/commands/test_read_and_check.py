"""``lgc read`` and ``lgc check`` on files of others: exit codes, JSON, no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lgc.commands import check, read

SHARED = Path(__file__).resolve().parents[4] / "shared" / "conformance"
FOLDERS = ("cda/samples", "xdm", "xds/samples")
FILES = sorted(file for folder in FOLDERS for file in (SHARED / folder).glob("*.*"))
FILES = [file for file in FILES if file.suffix != ".md"]

pytestmark = pytest.mark.skipif(not FILES, reason="the conformance pack is not on this machine")


@pytest.mark.parametrize("file", FILES or [Path("absent")], ids=lambda file: file.name)
def test_each_file_of_others_is_read_the_same_twice(file, capsys):
    assert read.run([file], as_json=True) == 0 or file.parent.parent.name == "xds"
    first = capsys.readouterr().out
    read.run([file], as_json=True)

    assert capsys.readouterr().out == first
    assert set(json.loads(first)) >= {"name", "kind", "document", "text", "faults", "inside"}


def test_a_report_gives_its_results_and_its_people_as_json(capsys):
    read.run([SHARED / "cda/samples/BIO-CR-BIO_2024.01_CRP_non_LOINC.xml"], as_json=True)
    document = json.loads(capsys.readouterr().out)["document"]

    result = document["results"][0]
    assert (result["bound"], result["value"], result["unit"]) == ("<", 1.0, "mg/L")
    assert document["header"]["patient"]["ins"][0]["matricule"]
    assert document["header"]["version"] >= 1


def test_the_exit_codes_of_check_say_right_wrong_and_unreadable(tmp_path, capsys):
    sample = SHARED / "cda/samples/VSM_1.4_2022.01.xml"
    wrong, noise = tmp_path / "wrong.xml", tmp_path / "noise.xml"
    wrong.write_bytes(sample.read_bytes().replace(b'code="fr-FR"', b'code="fr"'))
    noise.write_bytes(b"\x00\x01")

    assert check.run([sample]) == 0
    assert check.run([sample, wrong]) == 1
    said = capsys.readouterr().out
    assert "La langue doit s’écrire" in said
    assert "ClinicalDocument/languageCode, ligne" in said
    assert "Que faire" in said
    assert check.run([wrong, noise]) == 2
    assert check.run([tmp_path / "absent.xml"]) == 2


def test_the_documents_of_an_archive_are_checked_one_by_one(capsys):
    assert check.run([SHARED / "xdm/vendor-sage-two-subsets.zip"]) == 1

    assert capsys.readouterr().out.count("\u00a0› ") == 2


def test_the_command_line_answers_without_a_traceback(tmp_path):
    noise = tmp_path / "noise.bin"
    noise.write_bytes(os.urandom(2000) + b"\x00")
    ran = [
        subprocess.run(
            [sys.executable, "-m", "lgc", *words],
            capture_output=True,
            timeout=60,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )
        for words in (
            ["read", str(noise)],
            ["read", "--json", str(SHARED / "cda/samples/VAC_2023.01.xml")],
        )
    ]

    assert [one.returncode for one in ran] == [2, 0]
    assert b"Traceback" not in ran[0].stderr + ran[1].stderr
    assert json.loads(ran[1].stdout.decode("utf-8"))["kind"] == "cda"
