"""Official samples taken apart at random: read, checked and printed, or refused; no exception."""

import copy
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from lgc.cda import check, parse, pdf

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "cda" / "samples"
SMALL = sorted(f for f in FOLDER.glob("*.xml") if f.stat().st_size < 250_000)
pytestmark = pytest.mark.skipif(not SMALL, reason="the official samples are not on this machine")
VALUES = st.sampled_from(["", "x", "-1", "1e999", "NaN", "99999999", "#", "\u202e", "é" * 300])


@cache
def tree(file):
    return etree.parse(file)


def damage(draw, root):
    nodes = [n for n in root.iter(etree.Element) if n.getparent() is not None]
    node = nodes[draw(st.integers(0, len(nodes) - 1))]
    act = draw(st.sampled_from(["remove", "repeat", "move", "rename", "word", "attribute", "bare"]))
    if act == "remove":
        node.getparent().remove(node)
    elif act == "repeat":
        node.addnext(copy.deepcopy(node))
    elif act == "move":
        nodes[draw(st.integers(0, len(nodes) - 1))].getparent().insert(0, copy.deepcopy(node))
    elif act == "rename":
        node.tag = nodes[draw(st.integers(0, len(nodes) - 1))].tag
    elif act == "word":
        node.text = draw(VALUES)
    elif act == "bare":
        node.attrib.clear()
    elif node.attrib:
        name = draw(st.sampled_from(sorted(node.attrib)))
        node.set(name, draw(VALUES))


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_document_with_any_damage_is_still_shown_and_checked(data):
    root = copy.deepcopy(tree(data.draw(st.sampled_from(SMALL)))).getroot()
    for _ in range(data.draw(st.integers(1, 12))):
        damage(data.draw, root)
    content = etree.tostring(root)

    findings = check.check(content)
    read = parse.parse(content)

    assert all(finding.sentence and finding.advice and finding.where for finding in findings)
    assert isinstance(parse.plain_text(read), str)
    assert pdf.render(read).startswith(b"%PDF-")
