"""Bytes that mean harm, or nothing, end in one sentence: quickly, and never in a crash."""

import base64
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.cda import check, media, parse, pdf, showable, source, vsm
from lgc.domain.readable import Attachment
from lgc.errors import UnreadableInput
from lgc.reading import rtf

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


def nested(text):
    return CDA.format(f"<component><nonXMLBody>{text}</nonXMLBody></component>").encode()


def test_a_heavy_piece_is_read_whole():
    body = "QUJD" * 2_600_000
    text = f'<text mediaType="text/plain" representation="B64">{body}</text>'

    assert parse.parse(nested(text)).body.content == b"ABC" * 2_600_000


def test_all_pieces_together_are_bounded(monkeypatch):
    monkeypatch.setattr(media, "MAX_MEDIA", 3_000_000)
    bomb = base64.b64encode(zlib.compress(bytes(1_000_000))).decode()
    value = f'<value mediaType="image/png" representation="B64" compression="ZL">{bomb}</value>'
    pieces = "".join(
        f'<entry><observationMedia ID="m{n}">{value}</observationMedia></entry>' for n in range(9)
    )
    document = parse.parse(section("mot").replace(b"</section>", f"{pieces}</section>".encode()))

    assert len(document.images) == 3
    assert any("volumineuses" in fault for fault in document.faults)


@pytest.mark.parametrize("encoding", ["utf-7", "utf-32", "cp037", "utf-16-le", "iso-8859-1"])
def test_no_encoding_hides_a_declaration(encoding):
    hidden = (
        f'<?xml version="1.0" encoding="{encoding}"?>' + BOMB + CDA.format("<title>&i;</title>")
    )

    with pytest.raises(UnreadableInput):
        parse.parse(hidden.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_usual_encodings_are_read(encoding):
    written = f'<?xml version="1.0" encoding="{encoding}"?>' + CDA.format("<title>été</title>")

    assert parse.parse(written.encode(encoding)).header.title == "été"


def test_an_encoding_that_lies_is_read_and_said():
    written = '<?xml version="1.0" encoding="utf-8"?>' + CDA.format("<title>été</title>")
    document = parse.parse(written.encode("latin-1"))

    assert document.header.title == "été"
    assert parse.GUESSED in document.faults


def test_a_pdf_that_holds_a_program_is_shown_and_told():
    body = base64.b64encode(b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(x)>>>>").decode()
    text = f'<text mediaType="application/pdf" representation="B64">{body}</text>'
    document = parse.parse(nested(text))

    assert document.body.media_type == "application/pdf"
    assert "Ce PDF contient un programme\u00a0: il n’est pas exécuté." in document.faults


RTF_BOMBS = [
    b"{\\rtf1{\\fonttbl" + b"\\f1 " * 200_000 + b"}",
    b"{\\rtf1" + b"{\\field{\\*\\fldinst{HYPERLINK " * 30_000 + b"}",
    b"{\\rtf1" + b"{" * 500_000,
    b"{\\rtf1\\u99999999999 \\ansicpg99999 x\\'e9}",
    b"{\\rtf1 " + b"0123456789abcdef" * 400_000 + b" fin}",
]


@pytest.mark.parametrize("content", RTF_BOMBS, ids=["fonts", "fields", "groups", "codes", "image"])
def test_a_twisted_rtf_ends_in_words_quickly(content):
    started = time.perf_counter()

    assert isinstance(rtf.plain_text(content), str)
    assert time.perf_counter() - started < 3


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_noise_after_the_mark_of_rtf_or_tiff_ends_in_something_shown(noise):
    for kind, mark in (("text/rtf", b"{\\rtf1"), ("image/tiff", b"II*\x00")):
        shown = showable.showable(Attachment("x", kind, mark + noise))

        if shown.media_type == "text/plain":
            shown.content.decode("utf-8")
        else:
            assert shown.content.startswith(b"%PDF-")
