"""Narrative blocks of others: every word and every shape that HL7 allows, and nothing active."""

import re
import unicodedata
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lgc.cda import parse
from lgc.cda.narrative import MAX_TABLE_ROWS, NarrativeWriter, text_of
from lgc.cda.values import words

CDA = (
    '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section>'
    "<text>{}</text>{}</section></component></structuredBody></component></ClinicalDocument>"
)


def shown(text, rest=""):
    return parse.parse(CDA.format(text, rest).encode()).sections[0].html


def test_spans_of_columns_and_rows_are_kept():
    html = shown(
        '<table><thead><tr><th colspan="2">A</th><th rowspan="2" align="RIGHT">B</th></tr>'
        "<tr><th>a</th><th>b</th></tr></thead><tfoot><tr><td>f</td></tr></tfoot>"
        '<tbody><tr><td rowspan="x">1</td><td colspan="999999">2</td></tr></tbody></table>'
    )

    assert '<th colspan="2">A</th>' in html
    assert '<th rowspan="2" align="right">B</th>' in html
    assert "<td>1</td>" in html and '<td colspan="100">2</td>' in html
    assert "<tfoot><tr><td>f</td></tr></tfoot>" in html


@pytest.mark.parametrize(
    ("style", "mark"),
    [("Bold", "b"), ("Italics", "i"), ("Underline", "u"), ("Emphasis", "em"), ("xStrike", "s")],
)
def test_each_style_is_a_mark_of_ours(style, mark):
    assert shown(f'<content styleCode="{style}">mot</content>') == f"<{mark}>mot</{mark}>"


def test_styles_add_up_and_unknown_ones_are_plain_words():
    html = shown('<content styleCode="Bold Italics xBlink">mot</content>')

    assert html == "<i><b>mot</b></i>"


def test_lists_of_both_kinds_nest_under_their_captions():
    html = shown(
        "<list><caption>Titre</caption><item>un"
        '<list listType="ordered"><item>a</item></list></item></list>'
    )

    assert html == "<p><b>Titre</b></p><ul><li>un<ol><li>a</li></ol></li></ul>"


def test_words_deleted_in_a_revision_are_not_shown_and_inserted_ones_are():
    html = shown('<content revised="delete">non</content><content revised="insert">oui</content>')

    assert html == "oui"


def test_footnotes_stand_under_the_text_with_their_marks():
    html = shown(
        'Un<footnote ID="n1">première <content styleCode="Bold">note</content></footnote>'
        ' et<footnote ID="n2">autre</footnote>, encore<footnoteRef IDREF="n1"/>'
        '<footnoteRef IDREF="perdu"/>.'
    )

    assert html == (
        "Un<sup>[1]</sup> et<sup>[2]</sup>, encore<sup>[1]</sup>."
        "<p>[1] première <b>note</b></p><p>[2] autre</p>"
    )


def test_an_image_and_a_link_to_it_come_from_the_document_itself():
    media = (
        '<entry><observationMedia ID="m1"><value mediaType="image/png" representation="B64">'
        "iVBORw0KGgo=</value></observationMedia></entry>"
    )
    html = shown(
        '<renderMultiMedia referencedObject="m1"><caption>Croquis</caption></renderMultiMedia>'
        '<linkHtml href="#m1">voir</linkHtml><linkHtml href="#ici">aller</linkHtml>'
        '<paragraph ID="ici">là</paragraph>',
        media,
    )

    assert '<img src="image:0"/><p><b>Croquis</b></p>' in html
    assert '<a href="image:0">voir</a><a href="#ici">aller</a>' in html
    assert '<p><a name="ici"></a>là</p>' in html


def test_indices_line_breaks_and_unknown_elements_keep_their_words():
    html = shown("H<sub>2</sub>O m<sup>2</sup><br/>a<inconnu>b</inconnu><!-- c --><?p d?>e")

    assert html == "H<sub>2</sub>O m<sup>2</sup><br/>abe"


def test_tables_without_end_become_lines_and_lose_no_word():
    rows = "".join(f"<tr><td>ligne {n}</td><td>{n}</td></tr>" for n in range(MAX_TABLE_ROWS))
    html = shown(
        f"<table><tbody>{rows}</tbody></table><table><tr><td>x</td><td>y</td></tr></table>"
    )

    assert html.count("<table") == 1
    assert html.endswith("<p>x · y</p>")
    assert text_of(html).count("ligne ") == MAX_TABLE_ROWS


CASES = Path(__file__).parents[3].parent / "shared" / "cases"
HOLDERS = {
    "paragraph": ("", "caption", "content", "list", "br"),
    "content": ("", "sub", "sup", "content", "linkHtml", "br"),
    "list": ("", "caption", "item", "list", "paragraph"),
    "item": ("", "caption", "content", "list", "table", "paragraph", "item"),
    "table": ("", "caption", "thead", "tbody", "tr", "td", "paragraph", "item"),
    "thead": ("", "tr", "th", "caption", "paragraph"),
    "tbody": ("", "tr", "td", "tbody"),
    "tr": ("", "td", "th", "tr", "paragraph", "table", "caption"),
    "td": ("", "caption", "content", "list", "table", "paragraph", "td"),
    "th": ("", "content"),
    "linkHtml": ("", "caption", "content"),
    "caption": ("", "content", "sub"),
    "text": ("", *("paragraph", "content", "list", "item", "table", "tr", "td", "linkHtml"),
             *("caption", "footnote", "renderMultiMedia", "p", "div", "ul", "li", "unknown")),
    "footnote": ("", "paragraph", "caption"),
    "renderMultiMedia": ("caption",),
    "ul": ("", "li"),
}  # fmt: skip


@st.composite
def sections(draw, name="text", depth=0):
    """A narrative of any shape, right or wrong; each place of a word says WORD."""
    kinds = HOLDERS.get(name, ("", "content"))
    inner = []
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=4 if depth < 4 else 0)):
        inner.append(draw(sections(kind, depth + 1)) if kind and kind != "br" else "")
        inner.append("<br/>" if kind == "br" else "")
        inner.append(" WORD " if name != "renderMultiMedia" else "")
    return f"<{name}>{''.join(inner)}</{name}>"


def numbered(section):
    rank = count(1)
    return re.sub("WORD", lambda _: f"mot{next(rank)}", section)


@settings(deadline=None, max_examples=300)
@given(sections(), st.booleans())
def test_every_word_of_every_section_comes_out_once(section, simplified):
    section = numbered(section)
    node = etree.fromstring(section.replace("<text>", '<text xmlns="urn:hl7-org:v3">', 1))
    writer = NarrativeWriter({})
    if simplified:
        writer._rows = MAX_TABLE_ROWS + 1

    html = writer.html(node)

    expected = Counter(re.findall(r"mot\d+", section))
    assert Counter(re.findall(r"mot\d+", text_of(html))) == expected
    assert Counter(re.findall(r"mot\d+", words(node))) == expected


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases here")
@pytest.mark.parametrize(
    "path",
    sorted([*CASES.glob("documents/narr-*.xml"), *CASES.glob("documents/caption.xml"),
            *(CASES / "cda" / f"{name}.xml" for name in ("nested", "stylecode", "linkhtml"))]),
    ids=lambda path: path.stem,
)  # fmt: skip
def test_every_word_of_a_stranger_comes_out_once(path):
    data = path.read_bytes()
    texts = etree.fromstring(data).iter("{urn:hl7-org:v3}text")
    told = Counter(" ".join(" ".join(text.itertext()) for text in texts).split())
    words = " ".join(text_of(section.html) for section in parse.parse(data).sections)
    # Raised, lowered and struck words are marked; they are words all the same.
    bare = re.sub(r"\[barré\s: ([^\]]*)\]", r"\1", unicodedata.normalize("NFKC", words))
    shown = Counter(bare.split())
    glued = {
        "a",
        "2",
        "3",
        "O",
        "[1][1]3",
        "[1]",
        "a23",
        "2O3",
        "gras",
        "rouge",
        "nb",
        "grasrougenb",
    }

    assert {word: n for word, n in told.items() if word not in glued} == {
        word: n for word, n in shown.items() if word not in glued
    }


def test_a_caption_stands_where_it_is():
    assert shown("<paragraph><caption>Conclusion</caption>Rien.</paragraph>") == (
        "<p><b>Conclusion</b><br/>Rien.</p>"
    )
    assert shown("<list><item><caption>ALLERGIE</caption>choc</item></list>") == (
        "<ul><li><b>ALLERGIE</b><br/>choc</li></ul>"
    )
    assert shown('<linkHtml href="http://x"><caption>Vu</caption>ici</linkHtml>') == "<b>Vu</b> ici"


def test_words_of_two_cells_are_no_one_word_and_deleted_ones_no_word():
    row = etree.fromstring(
        '<tr xmlns="urn:hl7-org:v3"><td>Potassium</td><td>35,2</td>'
        '<td><content revised="delete">10</content><content revised="insert">20</content></td></tr>'
    )

    assert words(row) == "Potassium 35,2 20"
