"""Formatted words of strangers: what could act, fetch or deceive is gone, the words stay."""

import pytest

from lgc.mssante.message import parse
from lgc.reading.safe_html import MAX_MARKUP, clean


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src='http://x.example/a.png'>",
        "<img src='file:///etc/passwd'>",
        "<img src='//x.example/a.png' alt='x'>",
        "<img src='a.png'>",
        "<img src='data:image/png;base64,AAAA'>",
        "<img src=' CID :x' onerror='x()'>",
        "<a href='javascript:alert(1)'>",
        "<a href='https://x.example'>",
        "<form action='https://x.example'><input name='pin'></form>",
        "<p style='background:url(http://x.example)' onclick='x()'>",
        "<link rel='stylesheet' href='http://x.example/a.css'>",
        "<style>@import 'http://x.example/a.css'</style>",
        "<iframe src='http://x.example'></iframe>",
        "<meta http-equiv='refresh' content='0;url=http://x.example'>",
        "<svg><image href='http://x.example/a'/></svg>",
        "<table background='http://x.example/a.png'>",
        "<!-- http://x.example -->",
    ],
)
def test_nothing_acts_and_nothing_is_fetched(markup):
    shown = clean(f"<p>avant</p>{markup}<p>après</p>")

    for wrong in ("x.example", "script", "file:", "onclick", "style", "<img", "<form", "<input"):
        assert wrong not in shown
    assert "avant" in shown


def test_order_and_emphasis_stay():
    markup = "<table><tr><td colspan='2'><b>HbA1c</b></td></tr></table><ul><li>7,2 %</li></ul>"

    assert clean(markup) == (
        '<table><tbody><tr><td colspan="2"><b>HbA1c</b></td></tr></tbody></table>'
        "<ul><li>7,2 %</li></ul>"
    )


def test_what_is_too_long_is_shown_as_words_only():
    assert clean("<p>" + "a" * MAX_MARKUP) == ""


def test_a_formatted_message_keeps_both_forms():
    raw = (
        b"From: a@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<p>Bonjour <b>Paul</b></p><script>x()</script>"
    )

    read = parse(raw)

    assert read.text == "Bonjour Paul"
    assert read.formatted == "<p>Bonjour <b>Paul</b></p>"


def test_a_picture_that_came_inside_stays():
    assert clean('<p>Logo <img src="cid:a@x" alt="CH" width="9"></p>') == (
        '<p>Logo <img src="cid:a@x" alt="CH"></p>'
    )


def test_an_attachment_tells_how_the_words_name_it():
    raw = (
        b'Content-Type: multipart/related; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html'
        b'\r\n\r\n<img src="cid:a@x">\r\n--B\r\nContent-Type: image/gif\r\nContent-ID: <a@x>\r\n'
        b"\r\nGIF89a\r\n--B--\r\n"
    )

    read = parse(raw)

    assert read.formatted == '<img src="cid:a@x">'
    assert [(one.content_id, one.media_type) for one in read.attachments] == [("a@x", "image/gif")]
