"""Reading: bodies, narrative, types named by any prefix, and words for what is wrong."""

import base64
import datetime as dt

import pytest

from lgc.cda import media, n1, parse, values, vsm
from lgc.cda.kinds import type_of
from lgc.domain.documents import DocumentKind
from lgc.errors import UnreadableInput

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def document(body, head=""):
    return (
        '<ClinicalDocument xmlns="urn:hl7-org:v3" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{head}{body}</ClinicalDocument>"
    ).encode()


def structured(text, entries=""):
    return document(
        "<component><structuredBody><component><section><title>Titre</title>"
        f"<text>{text}</text>{entries}</section></component></structuredBody></component>"
    )


def html(text, entries=""):
    return parse.parse(structured(text, entries)).sections[0].html


def test_a_self_presenting_document_is_found_in_its_style_sheet(makers):
    inner = vsm.render(makers.context(makers.full_record())).split(b"?>", 1)[1]
    sheet = (
        b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        b'<xsl:template match="/"><p>x</p></xsl:template>' + inner + b"</xsl:stylesheet>"
    )

    assert parse.parse(sheet).header.title == "Synthèse médicale"


def test_something_else_in_xml_is_no_cda():
    with pytest.raises(UnreadableInput, match="CDA"):
        parse.parse(b"<html/>")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4 x", "application/pdf"),
        (b"{\\rtf1 x}", "text/rtf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"II*\x00abc", "image/tiff"),
        (PNG, "image/png"),
        ("Été".encode(), "text/plain"),
        ("Été".encode("cp1252"), "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
    ],
)
def test_a_body_is_what_its_bytes_are(content, media_type):
    assert media.media_type(content) == media_type


def test_a_body_that_is_not_what_it_says_is_noticed(makers):
    context = n1.N1Context(
        makers.patient(),
        makers.author(),
        "1.2.3",
        "1.2.4",
        1,
        makers.NOW,
        None,
        "Cabinet",
        type_of(DocumentKind.NOTE),
        "Note",
        PNG,
    )

    read = parse.parse(n1.render(context))

    assert read.body.media_type == "image/png"
    assert read.body.content == PNG
    assert any("en réalité" in fault for fault in read.faults)


def test_tables_lists_and_styles_become_plain_html():
    shown = html(
        '<table><caption>Bilan</caption><thead><tr><th colspan="2">A &amp; B</th></tr></thead>'
        '<tbody><tr><td rowspan="2" align="right">1<sub>2</sub></td><td><br/></td></tr></tbody>'
        '</table><list listType="ordered"><caption>L</caption><item>un</item></list>'
        '<paragraph><content styleCode="BoldItalics Underline">x</content></paragraph>'
    )

    assert shown.startswith("<p><b>Bilan</b></p><table ")
    assert '<th colspan="2">A &amp; B</th>' in shown
    assert '<td rowspan="2" align="right">1<sub>2</sub></td><td><br/></td>' in shown
    assert "<p><b>L</b></p><ol><li>un</li></ol>" in shown
    assert "<p><u><i><b>x</b></i></u></p>" in shown


def test_links_inside_the_document_work_and_others_are_words():
    shown = html(
        '<content ID="a">ici</content><linkHtml href="#a">là</linkHtml>'
        '<linkHtml href="https://example.org">dehors</linkHtml>'
    )

    assert shown == '<a name="a"></a>ici<a href="#a">là</a>dehors'


def test_an_image_of_the_document_is_shown_by_its_rank():
    data = base64.b64encode(PNG).decode()
    entry = (
        '<entry><observationMedia ID="m"><value mediaType="image/png" representation="B64">'
        f"{data}</value></observationMedia></entry>"
    )
    read = parse.parse(structured('<renderMultiMedia referencedObject="m"/>', entry))

    assert read.sections[0].html == '<img src="image:0"/>'
    assert read.images[0].content == PNG


@pytest.mark.parametrize("prefix", ["xsi", "x", "anything"])
@pytest.mark.parametrize("hl7", ["", "c:"])
def test_types_are_resolved_whatever_their_prefix(prefix, hl7):
    from lxml import etree

    node = etree.fromstring(
        f'<v xmlns="urn:hl7-org:v3" xmlns:c="urn:hl7-org:v3" xmlns:o="urn:other" '
        f'xmlns:{prefix}="http://www.w3.org/2001/XMLSchema-instance">'
        f'<value {prefix}:type="{hl7}PQ"/><value {prefix}:type="o:PQ"/></v>'
    )

    assert [values.xsi_type(child) for child in node] == ["PQ", ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20200312111700+0100", "2020-03-12T11:17:00+01:00"),
        ("202003121117", "2020-03-12T11:17:00+01:00"),
        ("20200712", "2020-07-12T00:00:00+02:00"),
        ("2020", "2020-01-01T00:00:00+01:00"),
        ("20200312111700.123-0500", "2020-03-12T11:17:00-05:00"),
        ("20201345", None),
        ("hier", None),
        ("", None),
    ],
)
def test_times_are_aware_and_naive_ones_are_of_paris(text, expected):
    found = values.moment(text)

    assert (found.isoformat() if found else None) == expected


def test_a_document_that_says_nothing_is_read_with_its_faults():
    read = parse.parse(document("<component/>"))

    assert read.header.unique_id == ""
    assert "Le document ne nomme pas de patient." in read.faults
    assert "Le document n’a pas de contenu." in read.faults
    assert "L’auteur du document n’est pas nommé." in read.faults


def test_a_wrong_key_and_a_dangling_link_are_noticed(makers):
    written = vsm.render(makers.context(makers.full_record()))
    number = makers.ins().matricule
    wrong = number[:13] + f"{(int(number[13:]) + 1) % 97:02d}"
    written = written.replace(number.encode(), wrong.encode())
    written = written.replace(b'"#chronic-1-label"', b'"#nowhere"')

    faults = parse.parse(written).faults

    assert "La clé de l’INS du document est fausse." in faults
    assert any(fault.startswith("2 renvois") for fault in faults)


def test_links_without_a_hash_are_followed(makers):
    written = vsm.render(makers.context(makers.full_record())).replace(b'value="#', b'value="')
    plain = vsm.render(makers.context(makers.full_record()))

    assert parse.parse(written).entries == parse.parse(plain).entries


def test_every_word_feeds_the_search(makers):
    words = parse.plain_text(parse.parse(vsm.render(makers.context(makers.full_record()))))

    for word in ("Synthèse médicale", "Appendicectomie", "œdème", "24 UI le soir", "MEDECIN5729"):
        assert word in words
    assert "<" not in words.replace("<urticaire>", "").replace("< 3 fois", "")


def test_a_bound_is_no_plain_value():
    result = (
        '<entry><observation><templateId root="1.3.6.1.4.1.19376.1.3.1.6"/>'
        '<code code="1988-5" codeSystem="2.16.840.1.113883.6.1" displayName="CRP"/>'
        '<effectiveTime value="20260101"/>'
        '<value xsi:type="IVL_PQ"><high value="1.0" unit="mg/L" inclusive="false"/></value>'
        "</observation></entry>"
    )
    read = parse.parse(structured("x", result)).results[0]

    assert (read.bound, read.value, read.unit) == ("<", 1.0, "mg/L")
    assert read.taken_at == dt.datetime(2026, 1, 1, tzinfo=read.taken_at.tzinfo)
