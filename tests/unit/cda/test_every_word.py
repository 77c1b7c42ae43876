"""Every word of a section comes out, once: where it is shown, found and printed."""

import importlib.util
import io
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pypdf
import pytest
from lxml import etree

from lgc.cda import parse, pdf
from lgc.cda.narrative import text_of
from lgc.cda.values import words

SCHEMA = Path(__file__).parents[3].parent / "shared" / "conformance" / "cda" / "infrastructure"
BLOCK = SCHEMA / "cda" / "general" / "NarrativeBlock.xsd"
WORD = re.compile(r"\bm\d+x\b")
SHAPES = [0.0, 0.25]


def load():
    file = Path(__file__).with_name("narratives.py")
    spec = importlib.util.spec_from_file_location("cda_narratives", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = load()


@pytest.mark.skipif(not BLOCK.is_file(), reason="no ../shared/conformance here")
def test_every_element_of_the_schema_is_made():
    named = etree.parse(BLOCK).iter("{*}element")

    assert set(made.SCHEMA) - {"text"} == {one.get("name") for one in named}


def test_made_narratives_hold_every_element_and_are_the_same_each_time():
    texts, said = made.narratives(1, 200)

    assert made.narratives(1, 200) == (texts, said)
    assert {name for name in made.SCHEMA if f"<{name}" in "".join(texts)} == set(made.SCHEMA)


@pytest.mark.parametrize("wrong", SHAPES)
@pytest.mark.parametrize("seed", range(20))
def test_what_is_shown_and_found_holds_every_word_once(seed, wrong):
    texts, said = made.narratives(seed, 40, wrong)
    document = parse.parse(made.document(texts))
    shown = "\n".join(text_of(section.html) for section in document.sections)

    assert Counter(WORD.findall(shown)) == Counter(said)
    assert Counter(WORD.findall(parse.plain_text(document))) == Counter(said)


@pytest.mark.parametrize("wrong", SHAPES)
@pytest.mark.parametrize("seed", range(20))
def test_what_an_entry_points_to_holds_every_word_once(seed, wrong):
    texts, said = made.narratives(seed, 40, wrong)

    told = " ".join(words(etree.fromstring(text)) for text in texts)

    assert Counter(WORD.findall(told)) == Counter(said)


@pytest.mark.parametrize("wrong", SHAPES)
@pytest.mark.parametrize("seed", range(3))
def test_paper_holds_every_word_once(seed, wrong):
    texts, said = made.narratives(seed, 12, wrong)
    pages = pypdf.PdfReader(io.BytesIO(pdf.render(parse.parse(made.document(texts))))).pages
    # A word that is wider than its column goes on under itself.
    printed = "".join("".join(page.extract_text().split()) for page in pages)

    found = Counter(re.findall(r"m\d+x", printed))
    assert set(found) == set(said)
    # The head of a table stands again on each page.
    heads = re.findall(r"m\d+x", " ".join(re.findall(r"<th\b.*?</th>", "".join(texts))))
    assert {word for word, times in found.items() if times > 1} <= set(heads)


CASES = Path(__file__).parents[3].parent / "shared" / "cases"
HL7 = "{urn:hl7-org:v3}"
STRANGERS = sorted(
    [*CASES.glob("documents/narr-*.xml"), *CASES.glob("documents/caption.xml"),
     *(CASES / "cda" / f"{name}.xml" for name in
       ("nested", "stylecode", "linkhtml", "revised", "cdata"))]
)  # fmt: skip


def told(node):
    """Each run of letters or digits under a node, what a revision deleted left out."""
    if not isinstance(node.tag, str) or node.get("revised") == "delete":
        return []
    inner = [word for child in node for word in (*told(child), *runs(child.tail))]
    return [*runs(node.text), *inner]


def runs(text):
    return re.findall(r"[^\W_]+", text or "")


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")
@pytest.mark.parametrize("path", STRANGERS, ids=lambda path: path.stem)
def test_every_word_of_a_stranger_is_shown_found_and_printed(path):
    data = path.read_bytes()
    document = parse.parse(data)
    texts = etree.fromstring(data).iter(f"{HL7}text")
    said = [
        word for text in texts if text.getparent().tag == f"{HL7}section" for word in told(text)
    ]
    shown = "\n".join(text_of(section.html) for section in document.sections)
    pages = pypdf.PdfReader(io.BytesIO(pdf.render(document))).pages
    printed = "".join("".join(page.extract_text().split()) for page in pages)

    assert said
    # Raised and lowered figures are figures.
    places = (unicodedata.normalize("NFKC", one) for one in (shown, parse.plain_text(document)))
    for place in (*places, printed):
        lost = Counter(said) - Counter(runs(place))
        assert not [word for word in lost if word not in place]


def test_the_words_beside_a_copy_are_printed_and_a_bare_copy_is_not():
    section = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section>'
        '<code code="55108-5"/><title>Copie</title><text>{}</text></section></component>'
        "</structuredBody></component></ClinicalDocument>"
    )
    for words_, printed in (("Attention au dosage", True), ("", False)):
        document = parse.parse(section.format(words_).encode())
        page = pypdf.PdfReader(io.BytesIO(pdf.render(document))).pages[0].extract_text()

        assert ("Copie" in page) is printed
        assert words_ in page
