"""What a document shows on the screen holds every word of its sections once."""

import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest

from lgc.cda import parse
from lgc.desktop.documents.body import DocumentText

MADE = Path(__file__).parents[1] / "unit" / "cda" / "narratives.py"
WORD = re.compile(r"\bm\d+x\b")


@pytest.fixture(scope="module")
def made():
    spec = importlib.util.spec_from_file_location("cda_narratives", MADE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("wrong", [0.0, 0.25])
@pytest.mark.parametrize("seed", range(5))
def test_every_word_of_a_document_stands_on_the_screen_once(qtbot, theme, made, seed, wrong):
    texts, said = made.narratives(seed, 25, wrong)
    body = DocumentText()
    qtbot.addWidget(body)

    body.show_sections(parse.parse(made.document(texts)))

    assert Counter(WORD.findall(body.toPlainText())) == Counter(said)
