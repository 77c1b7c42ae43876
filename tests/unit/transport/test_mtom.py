"""MTOM both ways, and every way a multipart may be broken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lgc.transport import mtom
from lgc.transport.errors import MalformedAnswer

ROOT = b"<a/>"


def packed(content):
    envelope = etree.Element("a")
    part = etree.SubElement(envelope, "b")
    return mtom.pack(envelope, [(part, content)], "urn:x")


@given(st.binary(max_size=3000))
@settings(max_examples=60, deadline=None)
def test_any_bytes_come_back_as_they_left(content):
    root, parts = mtom.unpack(*packed(content))

    element = etree.fromstring(root).find("b")
    assert mtom.content_of(element, parts) == content


@given(st.integers(min_value=0, max_value=900))
@settings(max_examples=80, deadline=None)
def test_a_multipart_cut_anywhere_is_malformed(cut):
    content_type, body = packed(b"x" * 100)
    closing = body.rindex(b"--\r\n")

    if cut < closing:
        with pytest.raises(MalformedAnswer):
            mtom.unpack(content_type, body[:cut])


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_noise_is_malformed_or_read_never_worse(noise):
    try:
        mtom.unpack("multipart/related; boundary=b", noise)
        mtom.unpack("multipart/related; boundary=b", b"--b\r\n" + noise + b"\r\n--b--")
    except MalformedAnswer:
        pass


@pytest.mark.parametrize(
    "content_type",
    ["multipart/related", 'multipart/related; boundary=""', "multipart/related; boundary"],
)
def test_a_multipart_without_boundary_is_malformed(content_type):
    with pytest.raises(MalformedAnswer):
        mtom.unpack(content_type, b"--b\r\n\r\n\r\n--b--")


def one_part(headers, content):
    return b"--b\r\n" + headers + b"\r\n\r\n" + content + b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    ("encoding", "written", "expected"),
    [
        (b"base64", b"PGEv\r\nPg==", ROOT),
        (b"quoted-printable", b"<a=2F>", ROOT),
        (b"8bit", ROOT, ROOT),
        (b"BINARY", ROOT, ROOT),
    ],
)
def test_every_transfer_encoding_is_undone(encoding, written, expected):
    body = one_part(b"content-transfer-encoding: " + encoding, written)

    assert mtom.unpack("multipart/related; boundary=b", body)[0] == expected


def test_too_many_parts_are_refused():
    piece = b"--b\r\nContent-Type: a/b\r\n\r\n\r\n"
    body = piece * (mtom.MAX_PARTS + 1) + b"--b--"

    with pytest.raises(MalformedAnswer, match="too many"):
        mtom.unpack("multipart/related; boundary=b", body)


def test_a_part_with_endless_headers_is_refused():
    body = one_part(b"X: " + b"y" * (mtom.MAX_PART_HEADERS + 1), ROOT)

    with pytest.raises(MalformedAnswer):
        mtom.unpack("multipart/related; boundary=b", body)


def test_a_reference_to_a_missing_part_is_malformed():
    element = etree.fromstring(f'<b><i:Include xmlns:i="{mtom.XOP}" href="cid:missing@x"/></b>')

    with pytest.raises(MalformedAnswer):
        mtom.content_of(element, {})


@pytest.mark.parametrize(("text", "expected"), [("AA\n ==", b"\0"), ("", b"")])
def test_inline_base64_is_read_too(text, expected):
    element = etree.Element("b")
    element.text = text

    assert mtom.content_of(element, {}) == expected


def test_inline_text_that_is_not_base64_is_malformed():
    element = etree.Element("b")
    element.text = "pas du base64 !"

    with pytest.raises(MalformedAnswer):
        mtom.content_of(element, {})
