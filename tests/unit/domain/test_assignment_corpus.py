"""A seeded corpus of difficult messages: none goes to a wrong record (bench.py judges 50,000)."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "assignment_corpus.py"


@pytest.fixture(scope="module")
def corpus():
    spec = importlib.util.spec_from_file_location("assignment_corpus", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_five_thousand_messages_and_none_in_a_wrong_record(corpus):
    tally = corpus.run(5_000)

    assert tally.wrong == 0
    assert tally.abstention == 0


def test_every_difficult_kind_is_there_and_left_to_the_doctor(corpus):
    kinds = {case.kind: case for case in corpus.corpus(len(corpus.KINDS), 1)}

    assert set(kinds) == set(corpus.KINDS)
    assert [k for k, case in kinds.items() if case.owner] == list(corpus.BELONGS)


def test_the_corpus_tells_a_wrong_assignment(corpus, monkeypatch):
    verdict = type("Verdict", (), {"patient_id": "somebody else"})
    monkeypatch.setattr(corpus, "judge", lambda *arguments: verdict)

    assert corpus.run(100).wrong == 100
