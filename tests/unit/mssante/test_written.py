"""What we write in a header reads back equal, and opens no header of its own."""

import datetime as dt
import email
from email.header import decode_header, make_header
from email.utils import getaddresses
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.mssante import mime, receipts, written

ATTACK = "=?utf-8?q?=0D=0AReply-To:_pirate=40evil.example=0D=0A=0D=0ANe_donnez_plus?="
NASTY = [
    ATTACK,
    "a\r\nBcc: x@y.example",
    "=?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?= suite",
    "“œuvre” – 100 € é",
    'MARTIN, Jean "dit" \\ <x@y.example>',
    "(commentaire) ; x=1",
    "a" * 2000,
    "é" * 300,
    "\u202e gnp.exe",
    "🩺 rendez-vous",
    "  deux  blancs ",
    "<>",
    '"0"',
    "'a'",
]
# What people write, with the marks that headers give a meaning to.
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=200),
    st.text(alphabet='=?utf-8QqBb_<>@,;:"\\()\r\n éœ0D0A', max_size=120),
)


def built(**headers):
    made = written.new()
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("bonjour\n", cte="quoted-printable")
    return bytes(made.as_bytes())


def names_of(raw):
    head = raw.partition(b"\r\n\r\n")[0]
    return [line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_a_subject_reads_back_equal_everywhere(text):
    raw = built(Subject=written.words(text), To="a@b.example")

    assert names_of(raw)[:2] == ["Subject", "To"]
    assert not {"Bcc", "Reply-To"} & set(names_of(raw))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    ours, _ = mime.read(raw)
    assert mime.header(ours, "Subject") == written.line(text)
    theirs = email.message_from_bytes(raw)["Subject"]
    unfolded = theirs.replace("\r\n", "").replace("\n", "")
    assert str(make_header(decode_header(unfolded))) == written.line(text)


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_a_name_reads_back_equal_beside_its_address(name):
    raw = built(To=written.mailboxes([(name, "jean@mssante.fr"), ("", "b@mssante.fr")]))

    [to] = [v for n, v in email.message_from_bytes(raw).items() if n == "To"]
    found = getaddresses([to.replace("\r\n", "").replace("\n", "")])
    assert [address for _, address in found] == ["jean@mssante.fr", "b@mssante.fr"]
    assert str(make_header(decode_header(found[0][0]))) == written.line(name)


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_a_file_name_reads_back_equal(name):
    made = written.new()
    made.set_content("bonjour\n")
    made.add_attachment(
        b"x", maintype="application", subtype="pdf", filename=written.file_name(name)
    )
    raw = bytes(made.as_bytes())

    said = written.line(name) or "fichier"
    [part] = [one for one in email.message_from_bytes(raw).walk() if one.get_filename()]
    assert part.get_filename() == said or len(quote(said, safe="")) > written.LONGEST_NAME
    ours, _ = mime.read(raw)
    [read] = [mime.file_name(one) for one in mime.leaves(ours) if mime.is_attached(one)]
    assert read == part.get_filename()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("stem", ["é" * 300, "a" * 1200, "🩺" * 200, "a." * 600])
def test_a_name_that_no_line_holds_is_shortened_and_keeps_its_ending(stem):
    made = written.new()
    made.set_content("bonjour\n")
    made.add_attachment(
        b"x", maintype="application", subtype="pdf", filename=written.file_name(f"{stem}.pdf")
    )
    raw = bytes(made.as_bytes())

    [part] = [one for one in email.message_from_bytes(raw).walk() if one.get_filename()]
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert part.get_filename().endswith(".pdf")
    assert part.get_filename().startswith(stem[:50])


def test_a_line_end_never_gets_into_a_header():
    with pytest.raises(ValueError, match="Subject"):
        written.new()["Subject"] = "a\r\nBcc: b@c.example"


@pytest.mark.parametrize("kind", ["integrated", "refused", "read"])
@given(subject=TEXT, name=TEXT)
@settings(max_examples=60, deadline=None)
def test_a_receipt_carries_no_header_of_a_stranger(kind, subject, name):
    """The receipt leaves by itself: its headers are ours alone."""
    received = built(
        Message_ID="<1@labo.example>",
        From=written.mailbox(name, "labo@mssante.fr"),
        Return_Path="<labo@mssante.fr>",
        Disposition_Notification_To="labo@mssante.fr",
        Subject=written.words(subject),
    )
    when = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
    if kind == "read":
        _, raw = receipts.reading(received, "moi@mssante.fr", when, by_hand=False)
    else:
        code = "906" if kind == "refused" else ""
        raw = receipts.integration(received, "moi@mssante.fr", when, code)

    assert not {"Bcc", "Reply-To"} & set(names_of(raw))
    ours, _ = mime.read(raw)
    assert mime.header(ours, "Subject").endswith(written.line(subject))
