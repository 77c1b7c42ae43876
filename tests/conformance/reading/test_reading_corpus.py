"""The corpus command over the cases and the official samples: what is lost is known, and why."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
SCRIPT = ROOT / "scripts" / "reading_corpus.py"
MINE = ("cases/documents", "cases/cda", "conformance/cda/samples")
OTHERS = ("cases/xdm", "cases/mail", "cases/rtf", "cases/calendar", "cases/bdpm",
          "conformance/xdm")  # fmt: skip
SECONDS = 120.0
NOT_FOUND = ("lab-aborted-value.xml", "lab-cancelled.xml", "lab-null-status.xml",
             "lab-obsolete-status.xml")  # fmt: skip
# Words that no screen shows, and why that is right.
KNOWN = {
    # A result that was not made, or was taken back, is never shown as found: its name is told.
    **{name: {"5"} for name in NOT_FOUND},
    # « Aucune allergie connue » is no entry; a narrative says it.
    "allergy-none.xml": {"allergie", "aucun", "connue", "known"},
    "LDL-SES_2022.01.xml": {"connue", "pas"},
    # A status that is over is shown as an end; that there is a propensity is what an allergy is.
    "allergy-status.xml": {"inactif"},
    "VSM_1.4_2022.01.xml": {"inactif"},
    "ent-allergy-assertion.xml": {"adverse", "drug", "propensity", "reaction"},
    # « forme » of a unit that its figure is shown with.
    "IPS-FR_2024.01.xml": {"forme"},
}  # fmt: skip


@pytest.fixture(scope="module")
def corpus():
    spec = importlib.util.spec_from_file_location("reading_corpus", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    before = list(sys.path)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before
    del sys.modules[spec.name]


def folder(name):
    found = SHARED / name
    if not found.is_dir():
        pytest.skip(f"no ../shared/{name} here")
    return found


@pytest.mark.parametrize("name", MINE)
def test_no_word_of_a_document_is_lost_but_those_that_are_known(corpus, name):
    verdicts = list(corpus.read(folder(name), corpus.MOST_BYTES, SECONDS))

    assert verdicts and not [one for one in verdicts if isinstance(one, Path)]
    # How packed and encoded bodies are undone is tried by their own readers.
    read = [one for one in verdicts if not one.name.startswith("n1-")]
    lost = {one.name: set(one.lost) - KNOWN.get(one.name, set()) for one in read}
    assert {file: words for file, words in lost.items() if words} == {}


@pytest.mark.parametrize("name", OTHERS)
def test_every_file_of_a_stranger_has_its_verdict(corpus, name):
    verdicts = list(corpus.read(folder(name), corpus.MOST_BYTES, SECONDS))

    assert verdicts and all(isinstance(one, corpus.Verdict) for one in verdicts)


def test_the_command_says_what_is_lost_and_ends_with_it(corpus, tmp_path, capsys):
    section = "<section><text>Potassium <b{}>6,9</b></text></section>"
    for name, more in (("whole", ""), ("cut", ' xmlns="urn:other"')):
        body = f"<structuredBody><component>{section.format(more)}</component></structuredBody>"
        place = tmp_path / name
        place.mkdir()
        (place / "a.xml").write_text(
            f'<ClinicalDocument xmlns="urn:hl7-org:v3"><component>{body}</component>'
            "</ClinicalDocument>"
        )
    (tmp_path / "cut" / "a.xml").write_text(
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section>'
        "<text>x</text><entry><observation><text>Jamais dit</text></observation></entry></section>"
        "</component></structuredBody></component></ClinicalDocument>"
    )

    assert corpus.main([str(tmp_path / "whole")]) == corpus.WHOLE
    assert corpus.main([str(tmp_path / "cut")]) == corpus.LOST
    assert "perdu (2)\u00a0: dit jamais" in capsys.readouterr().out


def test_what_time_or_size_leaves_unread_is_said(corpus, tmp_path, capsys):
    (tmp_path / "a.txt").write_text("bonjour")

    assert corpus.main([str(tmp_path), "--bytes", "3"]) == corpus.UNFINISHED
    assert corpus.main([str(tmp_path), "--seconds", "-1"]) == corpus.UNFINISHED
    assert corpus.main([str(tmp_path / "none")]) == corpus.UNFINISHED
    assert corpus.main([str(tmp_path)]) == corpus.WHOLE
    assert "Non lus, faute de temps ou de place\u00a0: a.txt" in capsys.readouterr().out


def test_a_file_that_is_refused_says_so_and_loses_nothing_in_silence(corpus, tmp_path, capsys):
    (tmp_path / "a.xml").write_bytes(b"<ClinicalDocument")

    assert corpus.main([str(tmp_path)]) == corpus.WHOLE
    assert "refusé" in capsys.readouterr().out
