"""Received messages: read leniently, attachments told by content, nothing hostile gets through."""

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.cda.showable import Shown, showable
from lgc.domain.media_types import of_bytes
from lgc.domain.readable import Attachment
from lgc.domain.unreadable import Fault
from lgc.errors import UnreadableInput
from lgc.mssante import mime
from lgc.mssante.message import parse, salvage, shown_subject
from lgc.services.searchable import words_in

PDF = b"%PDF-1.7\n%fin"


def raw(body="Bonjour", **headers):
    lines = {
        "From": "Dr Jacques MULLER <jacques.muller@chmc.mssante.example>",
        "To": "paul@medecin.mssante.example",
        "Subject": "Objet",
        "Date": "Mon, 23 Nov 2026 08:47:00 +0100",
        "Message-ID": "<1@x>",
        **headers,
    }
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items() if value is not None)
    return (head + "\r\n\r\n").encode() + (body if isinstance(body, bytes) else body.encode())


def multipart(*parts):
    body = b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + b"--B--\r\n"
    return raw(body, **{"Content-Type": 'multipart/mixed; boundary="B"'})


@pytest.mark.parametrize(
    ("charset", "content", "told"),
    [
        ("iso-8859-15", "10 €, œdème".encode("iso-8859-15"), True),
        ("iso-8859-1", "10 mg, fièvre".encode("latin-1"), False),
        ("windows-1252", "10 €, œdème".encode("cp1252"), False),
        ("utf-8", "10 €, œdème".encode(), False),
        ("", "10 €, œdème".encode("iso-8859-15"), False),
    ],
)
def test_letters_of_a_file_that_are_read_otherwise_than_announced_are_said(charset, content, told):
    said = f"; charset={charset}" if charset else ""
    head = f'Content-Type: text/plain{said}; name="suite.txt"\r\n'
    head += 'Content-Disposition: attachment; filename="suite.txt"\r\n\r\n'

    faults = parse(b"From: a@x\r\n" + head.encode() + content).faults

    assert any("suite.txt : annoncé en" in one for one in faults) is told


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_line_of_the_wire_is_one_line_of_the_message(end):
    body = end.join(("Bonjour,", "", "Merci.", "Dr A"))
    parsed = parse(b"From: a@x\r\nContent-Type: text/plain\r\n\r\n" + body.encode())

    assert parsed.text == "Bonjour,\n\nMerci.\nDr A"


def test_an_ordinary_message(make):
    read = parse(raw())

    assert (read.sender_name, read.sender_address) == (
        "Dr Jacques MULLER",
        "jacques.muller@chmc.mssante.example",
    )
    assert read.sent_at == dt.datetime(
        2026, 11, 23, 8, 47, tzinfo=dt.timezone(dt.timedelta(hours=1))
    )
    assert read.text == "Bonjour"
    assert read.faults == ()


@pytest.mark.requirement("MSS/va1.02", "SC.MSS/UX.28")
@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("XDM/1.0/DDM+Lettre de liaison VIAL Paul", "Lettre de liaison VIAL Paul"),
        ("xdm/1.0/ddm+CR CORSE FIGATELLIX", "CR CORSE FIGATELLIX"),
        ("[Annule et remplace] XDM/1.0/DDM+CR X", "CR X"),
        ("XDM/1.0/DDM+[Annule et remplace] CR X", "CR X"),
        ("Bonjour", "Bonjour"),
        ("", "(sans objet)"),
    ],
)
def test_the_prefix_of_the_archive_is_hidden(subject, shown):
    assert shown_subject(subject) == shown


def test_an_attachment_is_what_its_bytes_are_not_what_its_name_says():
    part = (
        b'Content-Type: image/jpeg; name="photo.jpg"\r\n'
        b'Content-Disposition: attachment; filename="photo.jpg"\r\n\r\n' + PDF
    )

    (attachment,) = parse(multipart(part)).attachments

    assert (attachment.name, attachment.media_type) == ("photo.jpg", "application/pdf")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04", "application/zip"),
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"<?xml version='1.0'?><a/>", "text/xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "text/xml"),
        (b"bonjour", "text/plain"),
        (b"\x00\x01", "application/octet-stream"),
    ],
)
def test_the_kind_of_some_bytes(content, kind):
    assert of_bytes(content) == kind


def test_a_name_with_a_path_keeps_no_path():
    part = b'Content-Disposition: attachment; filename="../../etc/passwd"\r\n\r\nx'

    (attachment,) = parse(multipart(part)).attachments

    assert "/" not in attachment.name


@pytest.mark.requirement("MSS/va1.11")
def test_html_becomes_words_without_script_style_or_address():
    page = "<style>p{}</style><p>Bonjour&nbsp;!</p><script>x()</script><img src='http://x/y'>"

    read = parse(raw(page, **{"Content-Type": "text/html; charset=utf-8"}))

    assert "Bonjour" in read.text
    assert "x()" not in read.text
    assert "http" not in read.text


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "inconnu", "cp1252"])
def test_a_wrong_charset_still_gives_words(charset):
    body = "élève".encode("latin-1")

    assert parse(raw(body, **{"Content-Type": f"text/plain; charset={charset}"})).text


@pytest.mark.parametrize("missing", ["From", "To", "Subject", "Date", "Message-ID"])
def test_a_missing_header_is_not_fatal(missing):
    assert parse(raw(**{missing: None})).text == "Bonjour"


@pytest.mark.parametrize("date", ["hier", "Mon, 99 Nov 2026 99:99:99 +9999", ""])
def test_an_impossible_date_is_no_date(date):
    assert parse(raw(Date=date)).sent_at is None


def test_thousands_of_parts_are_cut_and_told():
    parts = [b"Content-Type: application/octet-stream\r\n\r\n\x00x"] * 1000

    read = parse(multipart(*parts))

    assert len(read.attachments) <= 200
    assert any("trop de parties" in fault for fault in read.faults)


def test_a_message_nested_without_end_stops():
    body = b"fin"
    for depth in range(60):
        mark = f"B{depth}".encode()
        head = b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n'
        body = head + b"--" + mark + b"\r\n" + body + b"\r\n--" + mark + b"--\r\n"

    assert parse(b"From: a@x\r\n" + body).attachments == ()


def test_a_message_larger_than_any_message_is_refused():
    with pytest.raises(UnreadableInput, match="volumineux"):
        parse(b"x" * (61 * 1024 * 1024))


@settings(max_examples=300)
@given(st.binary(max_size=4000))
def test_any_bytes_are_a_message(data):
    read = parse(data)

    assert isinstance(read.text, str)


def test_the_official_notifications_are_read(shared):
    for name in ("ans-notification-ko-2025.eml", "ans-notification-ko-v1.1.3.eml"):
        read = parse((shared / "xdm" / name).read_bytes())

        assert "902" in read.raw_subject


def test_a_receipt_that_begins_with_a_bom_is_read(shared):
    read = parse((shared / "xdm" / "direct-mdn-processed.eml").read_bytes())

    assert "processed" in read.disposition


HOSTILE = {
    "comments without end": b"From: " + b"(" * 100_000 + b"\r\n\r\nx",
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\nx",
    "quotes": b"To: " + b'"' * 100_000 + b"\r\n\r\nx",
    "parameters": b"Content-Type: text/plain; "
    + b"".join(b'name*%d="b";' % number for number in range(5000))
    + b"\r\n\r\nx",
    "a slow codec": b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-b9" * 100_000,
    "a codec with a zero": b'Content-Type: text/plain; charset="a\0b"\r\n\r\n\xe9',
    "tags never closed": b"Content-Type: text/html\r\n\r\n" + b"<script " * 100_000,
    "angles": b"Content-Type: text/html\r\n\r\n" + b"<" * 200_000,
    "deep markup": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
    "messages in messages": b"Content-Type: message/rfc822\r\n\r\n" * 3000 + b"x",
    "a million parts": b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    + b"--a\n\n" * 1_000_000,
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_what_is_made_to_exhaust_a_reader_is_read_at_once(attack):
    started = time.monotonic()

    parse(HOSTILE[attack])

    assert time.monotonic() - started < 5


def test_a_message_nested_beyond_reason_is_told_and_keeps_its_headers():
    body = b"fin"
    for depth in range(3000):
        mark = b"B%d" % depth
        head = b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n\r\n'
        body = head + b"--" + mark + b"\r\n" + body + b"\r\n--" + mark + b"--\r\n"

    read = parse(b"From: a@x.example\r\nSubject: Objet\r\n" + body)

    assert (read.sender_address, read.subject) == ("a@x.example", "Objet")
    assert any("enchevêtré" in fault for fault in read.faults)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"=?utf-8?q?R=C3=A9sultats?= de M. X", "Résultats de M. X"),
        (b"=?utf-8?b?UsOp?= =?utf-8?b?c3VsdGF0cw==?=", "Résultats"),
        (b"=?iso-8859-1?q?R=E9sultats?=", "Résultats"),
        (b"=?inconnu?q?R=E9sultats?=", "Résultats"),
        ("Résultats bruts".encode(), "Résultats bruts"),
        ("Résultats bruts".encode("latin-1"), "Résultats bruts"),
        (b"sur deux\r\n lignes", "sur deux lignes"),
    ],
)
def test_a_subject_is_words_whatever_its_coding(value, shown):
    assert parse(b"Subject: " + value + b"\r\n\r\nx").subject == shown


def test_a_sender_s_encoded_name_may_hold_a_comma():
    read = parse(b"From: =?utf-8?q?Mull=C3=A9r=2C_Dr?= <J.Muller@X.example>\r\n\r\nx")

    assert (read.sender_name, read.sender_address) == ("Mullér, Dr", "j.muller@x.example")


def test_a_name_cannot_hide_its_extension_by_turning_the_writing_around():
    part = 'Content-Disposition: attachment; filename="compte\u202efdp.exe"\r\n\r\nx'.encode()

    (attachment,) = parse(multipart(part)).attachments

    assert "\u202e" not in attachment.name


def test_a_conversation_keeps_its_thread():
    headers = {"In-Reply-To": "<b@x>", "References": "<a@x>\r\n <b@x>", "X-MSS-INS": "O"}

    read = parse(raw(**headers))

    assert (read.in_reply_to, read.references) == ("<b@x>", ("<a@x>", "<b@x>"))
    assert read.x_mss == (("ins", "O"),)


@pytest.mark.parametrize(
    ("disposition", "failed"),
    [
        ("automatic-action/MDN-sent-automatically; processed", False),
        ("automatic-action/MDN-sent-automatically; processed/Error: 902^Patient inconnu", True),
        ("automatic-action/MDN-sent-automatically; deleted/failure", True),
        ("manual-action/MDN-sent-manually; displayed", False),
    ],
)
def test_a_receipt_tells_its_fate_by_its_words_not_by_its_type(disposition, failed):
    body = (
        b"--B\r\nContent-Type: text/plain\r\n\r\nLu\r\n--B\r\n"
        b"Content-Type: message/disposition-notification\r\n\r\n"
        b"Final-Recipient: rfc822; a@x.example\r\nOriginal-Message-ID: <sent@x>\r\n"
        b"Disposition: " + disposition.encode() + b"\r\n\r\n--B--\r\n"
    )
    kind = 'multipart/report; report-type=disposition-notification; boundary="B"'

    read = parse(raw(body, **{"Content-Type": kind}))

    assert read.notice.failed is failed
    assert read.original_message_id == "<sent@x>"


def test_a_document_that_a_colleague_could_not_take_is_told_with_its_code(shared):
    for name in ("ans-notification-ko-2025.eml", "ans-notification-ko-v1.1.3.eml"):
        notice = parse((shared / "xdm" / name).read_bytes()).notice
        assert notice.words == "refusé : patient inconnu (902)"
    # The older example holds no original at all: only the newer one says which message it means.
    assert notice.originals == ("<20240219230100.23456@chb.mssante.fr>",)
    assert parse(raw()).notice is None


# --- what nothing may be decided on -----------------------------------------------------------

HALF = "=?utf-7?Q?+2AA-?="


def flaws(read):
    return [(flaw.fault, flaw.part) for flaw in read.flaws]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Subject", HALF),
        ("From", f"{HALF} <a@x.example>"),
        ("Message-ID", f"<{HALF}@x.example>"),
    ],
)
def test_half_a_character_in_a_header_is_told_and_what_is_shown_is_whole(name, value):
    read = parse(raw(**{name: value}))

    assert flaws(read) == [(Fault.HEADER, name)]
    for shown in (read.subject, read.sender_name, read.sender_address, read.rfc_message_id):
        shown.encode("utf-8")
    assert read.text == "Bonjour"


def test_half_a_character_in_the_name_of_a_file_is_told():
    read = parse(
        multipart(
            b"Content-Type: text/plain\r\n\r\nBonjour",
            b"Content-Type: application/pdf\r\n"
            b"Content-Disposition: attachment; filename*=utf-7''%2B2AA-\r\n\r\n" + PDF,
        )
    )

    assert flaws(read) == [(Fault.HEADER, "\ufffd")]
    assert [one.name for one in read.attachments] == ["\ufffd"]


def test_a_receipt_that_says_half_a_character_says_nothing():
    report = (
        b"--B\r\nContent-Type: message/disposition-notification\r\n\r\nOriginal-Message-ID: <1@x>"
        b"\r\nDisposition: %b\r\n\r\n--B--\r\n"
    )
    kind = 'multipart/report; report-type=disposition-notification; boundary="B"'

    read = parse(raw(report % HALF.encode(), **{"Content-Type": kind}))

    assert flaws(read) == [(Fault.HEADER, "Disposition")]
    assert read.notice is None


def test_raw_letters_of_any_encoding_are_no_fault():
    for word in ("Élise", "R\ufffdsultats"):
        read = parse(raw(Subject=word, From=f"{word} <é@x.example>"))
        assert read.subject == word
        assert read.flaws == ()
    assert parse(raw().replace(b"Objet", b"caf\xe9")).flaws == ()


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 1 Jan 2024 00:00:00 +99999999999999",
        "Fri, 1 Jan 99999999999999999999 00:00:00 +0000",
        "Fri, 31 Dec 9999 23:59:59 -2300",
    ],
)
def test_a_date_that_no_calendar_holds_is_told(date):
    read = parse(raw(Date=date))

    assert flaws(read) == [(Fault.DATE, "Date")]
    assert read.sent_at is None


@pytest.mark.parametrize("date", ["hier", "Mon, 31 Feb 2026 10:00:00 +0100", "2026-11-23"])
def test_a_date_badly_written_leaves_the_message_readable(date):
    read = parse(raw(Date=date))

    assert read.sent_at is None
    assert read.flaws == ()
    assert any("Date mal écrite" in fault for fault in read.faults)


def test_without_a_date_nothing_is_told():
    assert parse(raw(Date=None)).faults == ()


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_whatever_the_bytes_something_is_salvaged(content):
    for made in (content, raw(content), multipart(content)):
        kept = salvage(made)
        f"{kept.subject}{kept.sender_name}{kept.text}{kept.recipients}".encode()


def test_what_is_salvaged_is_the_head_the_words_and_the_files():
    kept = salvage(
        multipart(
            b"Content-Type: text/plain\r\n\r\nBonjour",
            b'Content-Type: application/pdf; name="a.pdf"\r\n\r\n' + PDF,
        )
    )

    assert (kept.subject, kept.sender_address) == ("Objet", "jacques.muller@chmc.mssante.example")
    assert kept.text == "Bonjour"
    assert [(one.name, one.media_type) for one in kept.attachments] == [
        ("a.pdf", "application/pdf")
    ]


def test_salvaging_survives_what_raises_everywhere(monkeypatch):
    def never(*_, **__):
        raise MemoryError

    for name in ("header", "addresses", "text", "content", "date", "leaves", "read"):
        with monkeypatch.context() as at:
            at.setattr(mime, name, never)
            assert salvage(raw()).faults == ()


def test_what_hides_in_a_strangers_subject_name_or_file_is_shown_as_a_mark():
    read = parse(
        b"From: =?utf-8?q?Dr_Mul=E2=80=8Bler?= <a@x.example>\r\n"
        b"Subject: =?utf-8?q?R=E2=80=AEsultat?=\r\n"
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; "
        b"filename*=utf-8''a%E2%80%AEfdp.exe\r\n\r\n%PDF-1.7"
    )

    assert read.sender_name == "Dr Mul▯ler"
    assert read.subject == "R▯sultat"
    assert read.attachments[0].name == "a▯fdp.exe"


def test_an_rtf_is_one_type_whatever_it_was_called_and_its_words_are_found():
    rtf = rb"{\rtf1\ansi{\fonttbl{\f1\fcharset2 Symbol;}}L\'e9vothyrox 25 {\f1 m}g}"
    for announced in (b"application/rtf", b"text/rtf", b"application/octet-stream"):
        raw = b"Subject: x\nContent-Type: " + announced + b'; name="a.rtf"\n\n' + rtf
        (file,) = parse(raw).attachments

        assert file.media_type == "text/rtf"
        for name in (file.media_type, "application/rtf"):
            kept = Attachment(file.name, name, file.content)
            assert words_in(kept, None) == "Lévothyrox 25 µg"
            assert showable(kept).content.decode() == "Lévothyrox 25 µg"


def test_what_an_rtf_does_not_say_is_told_on_screen_and_paper():
    kept = Attachment("a.rtf", "text/rtf", rb"{\rtf1 Doser {\deleted 10 mg }5 mg}")
    told = "Texte simplifié, voir l’original (non montrés\u00a0: passages supprimés)."

    shown, fault = Shown().of(kept)

    assert (shown.content.decode(), fault) == ("Doser 5 mg", told)
    assert showable(kept).content.decode() == f"{told}\n\nDoser 5 mg"
    assert words_in(kept, None) == "Doser 5 mg"


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        (rb"=?utf-8?q?R=C3=A9sultat?= C:\users\x", r"Résultat C:\users\x"),
        (rb"=?utf-8?q?R=C3=A9sultat?= \u00b5g", r"Résultat \u00b5g"),
        (b"=?utf-8?q?R=C3=A9sultat?= de Mme D\x92ARCY", "Résultat de Mme D’ARCY"),
        ("=?utf-8?q?R=C3=A9sultat?= d’été".encode(), "Résultat d’été"),
    ],
)
def test_what_stands_beside_an_encoded_word_stays_as_it_is(subject, read):
    assert parse(b"Subject: " + subject + b"\n\nx").subject == read
