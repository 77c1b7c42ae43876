"""One document of each structured kind, word for word: a change here must be wanted."""

from pathlib import Path

import pytest
from lxml import etree

from lgc.cda import documents

HERE = Path(__file__).parent
CASES = {
    "consultation": "full",
    "letter": "short",
    "certificate": "short",
    "reply": "linked",
    "admission_letter": "absences",
    "prescription": "full",
    "vaccination_note": "full",
    "rcp": "short",
}


def canonical(content):
    """The document without what libraries may write otherwise: white space, the PDF inside."""
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True)
    tree = etree.fromstring(content, parser)
    for piece in tree.iterfind(".//{*}value[@representation='B64']"):
        piece.text = "…"
    return etree.tostring(tree, method="c14n")


@pytest.mark.parametrize("kind", CASES)
def test_it_is_the_document_that_was_approved(makers, kind):
    written = documents.render(kind, makers.contents()[kind][CASES[kind]])

    assert canonical(written) == canonical((HERE / f"{kind}.xml").read_bytes())
