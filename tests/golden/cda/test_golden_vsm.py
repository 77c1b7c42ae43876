"""The VSM of a full record, word for word: a change here must be wanted."""

from pathlib import Path

from lxml import etree

from lgc.cda import vsm

GOLDEN = Path(__file__).with_name("vsm_full.xml")


def canonical(content):
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True)
    tree = etree.fromstring(content, parser)
    return etree.tostring(tree, method="c14n", pretty_print=False)


def test_a_full_record_gives_the_vsm_that_was_approved(makers):
    written = vsm.render(makers.context(makers.full_record()))

    assert canonical(written) == canonical(GOLDEN.read_bytes())
