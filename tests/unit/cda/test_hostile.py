"""Bytes that mean harm, or nothing, end in one sentence: quickly, and never in a crash."""

import base64
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.cda import check, parse, pdf, source, vsm
from lgc.errors import UnreadableInput

CDA = '<ClinicalDocument xmlns="urn:hl7-org:v3">{}</ClinicalDocument>'
BOMB = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
EXTERNAL = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "data",
    [
        BOMB + CDA.format("<title>&i;</title>"),
        EXTERNAL + CDA.format("<title>&x;</title>"),
        "<!-- a --><?p q?>\n<!doctype d>" + CDA.format(""),
        "<!DOCTYPE d SYSTEM 'http://example.org/d.dtd'>" + CDA.format(""),
    ],
    ids=["expansion", "external", "hidden", "remote"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused_before_anything_is_read(data, encoding):
    started = time.perf_counter()

    with pytest.raises(UnreadableInput, match=r"DOCTYPE|mal formé"):
        parse.parse(data.encode(encoding))

    assert time.perf_counter() - started < 1


def test_an_endless_prologue_costs_no_time():
    data = b"<!--x-->" * 200_000 + b"<a/>"
    started = time.perf_counter()

    with pytest.raises(UnreadableInput):
        parse.parse(data)

    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("depth", [190, 201, 5_000])
def test_nesting_is_bounded(depth):
    inner = "<text>" + "<content>" * depth + "mot" + "</content>" * depth + "</text>"
    body = f"<component><structuredBody><component><section>{inner}</section></component>"
    data = CDA.format(body + "</structuredBody></component>").encode()

    if depth < source.MAX_DEPTH:
        assert "mot" in parse.parse(data).sections[0].html
    else:
        with pytest.raises(UnreadableInput):
            parse.parse(data)


def test_the_deepest_nesting_still_becomes_a_pdf():
    style = 'styleCode="bold italics underline emphasis strike"'
    inner = f"<content {style}>" * 190 + "mot" + "</content>" * 190
    document = parse.parse(section(inner))

    assert "mot" in parse.plain_text(document)
    assert pdf.render(document).startswith(b"%PDF-")


def test_too_many_bytes_are_refused():
    with pytest.raises(UnreadableInput, match="50"):
        parse.parse(b" " * (source.MAX_BYTES + 1))


def test_too_many_elements_are_refused(monkeypatch):
    monkeypatch.setattr(source, "MAX_ELEMENTS", 1_000)

    with pytest.raises(UnreadableInput, match="vaste"):
        parse.parse(CDA.format("<title/>" * 1_001).encode())


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_noise_is_refused_in_one_sentence(noise):
    with pytest.raises(UnreadableInput) as caught:
        parse.parse(noise)

    assert caught.value.sentence.endswith(".")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_document_is_read_or_refused(makers, data):
    whole = vsm.render(makers.context(makers.full_record()))
    start = data.draw(st.integers(0, len(whole) - 1))
    patch = data.draw(st.binary(max_size=8))
    damaged = whole[:start] + patch + whole[start + len(patch) :]
    if data.draw(st.booleans()):
        damaged = damaged[: data.draw(st.integers(0, len(whole)))]

    try:
        parse.plain_text(parse.parse(damaged))
    except UnreadableInput as refusal:
        assert refusal.sentence

    assert isinstance(check.check(damaged), tuple)


def section(text):
    body = f"<component><structuredBody><component><section><text>{text}</text></section>"
    return CDA.format(body + "</component></structuredBody></component>").encode()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
        "<content onclick='alert(1)'>x</content>",
        "<linkHtml href='javascript:alert(1)'>x</linkHtml>",
        "<linkHtml href='http://evil.example/'>x</linkHtml>",
        "<linkHtml href='file:///etc/passwd'>x</linkHtml>",
        "<renderMultiMedia referencedObject='http://evil.example/a.png'/>",
        "<td colspan='1\" onload=\"alert(1)'>x</td>",
        "<content ID='a\"&gt;&lt;script&gt;alert(1)'>x</content>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<img src='http://evil.example/a.png'/><iframe src='x'>y</iframe>",
        "<style>p {background: url(http://evil.example)}</style>",
    ],
)
def test_nothing_that_acts_or_calls_out_survives(text):
    html = parse.parse(section(text)).sections[0].html

    assert "<script" not in html
    assert "<iframe" not in html
    assert "<img" not in html
    assert "href=" not in html
    assert "onclick" not in html
    assert ' onload="' not in html
    assert "evil.example" not in html


def test_a_compression_bomb_is_not_inflated():
    bomb = base64.b64encode(zlib.compress(bytes(60 * 1024 * 1024))).decode()
    text = f'<text mediaType="text/plain" representation="B64" compression="ZL">{bomb}</text>'
    data = CDA.format(f"<component><nonXMLBody>{text}</nonXMLBody></component>").encode()

    document = parse.parse(data)

    assert document.body is None
    assert any("décompressée" in fault for fault in document.faults)


def test_a_piece_beyond_what_the_reader_takes_is_said_so():
    body = "QUJD" * 2_600_000
    text = f'<text mediaType="application/pdf" representation="B64">{body}</text>'
    data = CDA.format(f"<component><nonXMLBody>{text}</nonXMLBody></component>").encode()

    with pytest.raises(UnreadableInput, match="volumineuse"):
        parse.parse(data)
