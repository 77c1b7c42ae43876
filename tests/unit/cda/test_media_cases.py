"""Pieces of documents in the transfer encodings that senders make: decoded whole, or said."""

from pathlib import Path

import pytest

from lgc.cda import media, parse

CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "documents"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")


def body(name):
    return parse.parse((CASES / f"{name}.xml").read_bytes())


@pytest.mark.parametrize(
    "name",
    ["n1-bom", "n1-cr-entity", "n1-datauri", "n1-double-b64", "n1-extra-pad", "n1-no-padding",
     "n1-no-representation", "n1-representation-txt", "n1-zwsp"],
)  # fmt: skip
def test_a_pdf_comes_out_whole(name):
    found = body(name)

    assert (found.body.media_type, found.body.content) == ("application/pdf", PDF)
    assert media.DAMAGED not in found.faults
    assert not any("en réalité" in fault for fault in found.faults)


@pytest.mark.parametrize(
    ("name", "content"),
    [("n1-concat", b"%PDF-1.4 abcdefg"), ("n1-urlsafe", b"%PDF-1.4\n\xfe\xff\xff>>>>???\x7f")],
)
def test_pieces_and_the_other_alphabet_are_read(name, content):
    found = body(name)

    assert found.body.media_type == "application/pdf"
    assert found.body.content.startswith(content[:8])
    assert media.DAMAGED not in found.faults
