"""Receipts of every make, the malformed ones too, and our own read back."""

import datetime as dt
from email import _header_value_parser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgc.domain.receipts import CODES, Fate
from lgc.mssante import receipts
from lgc.mssante.message import parse

NOW = dt.datetime(2026, 11, 23, 9, 15, tzinfo=dt.UTC)
ME = "paul@medecin.mssante.example"
ASKING = (
    b"Return-Path: <labo@x.example>\r\nFrom: labo@x.example\r\nTo: " + ME.encode() + b"\r\n"
    b"Disposition-Notification-To: labo@x.example\r\nMessage-ID: <one@x.example>\r\n"
    b"Subject: XDM/1.0/DDM+CR d'examens VIAL Paul 26/11/1978\r\n\r\nBonjour\r\n"
)


def report(kind, machine, subject="Lu", more=""):
    return (
        f"From: Dr A <a@x.example>\r\nSubject: {subject}\r\nMessage-ID: <r@x.example>\r\n{more}"
        f'Content-Type: multipart/report; report-type={kind}; boundary="B"\r\n\r\n'
        f"--B\r\nContent-Type: text/plain\r\n\r\nVoir\r\n{machine}--B--\r\n"
    ).encode()


def mdn(disposition, *, field="Original-Message-ID: <one@x.example>\r\n"):
    return (
        "--B\r\nContent-Type: message/disposition-notification\r\n\r\n"
        f"Final-Recipient: rfc822;A@X.example\r\n{field}Disposition: {disposition}\r\n\r\n"
    )


def dsn(*actions):
    groups = "".join(
        f"Final-Recipient: rfc822;{n}@x.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n"
        for n, action in enumerate(actions)
    )
    return (
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;x\r\n\r\n"
        f"{groups}--B\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        "Message-ID: <one@x.example>\r\nSubject: Avis\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("disposition", "words"),
    [
        ("manual-action/MDN-sent-manually; displayed", "lu"),
        ("automatic-action/MDN-sent-automatically; processed", "intégré"),
        ("automatic-action/MDN-sent-automatically;processed", "intégré"),
        ("a/b; processed/Error: 902^Patient inconnu", "refusé : patient inconnu (902)"),
        ("a/b; deleted/error: 904", "refusé : INS différente de celle du dossier (904)"),
        ("a/b; processed/failure", "refusé"),
        ("manual-action/MDN-sent-manually; deleted", "supprimé sans être lu"),
        ("a/b; dispatched", "distribué"),
    ],
)
def test_a_disposition_is_told_in_a_word(disposition, words):
    notice = parse(report("disposition-notification", mdn(disposition))).notice

    assert notice.words == words
    assert notice.originals[0] == "<one@x.example>"
    assert notice.recipient == "a@x.example"


@pytest.mark.parametrize(
    ("actions", "fate"),
    [
        (("delivered",), Fate.DELIVERED),
        (("relayed",), Fate.DELIVERED),
        (("delayed",), Fate.DELAYED),
        (("failed",), Fate.NOT_DELIVERED),
        (("delivered", "FAILED"), Fate.NOT_DELIVERED),
        (("unheard-of",), Fate.NOT_DELIVERED),
    ],
)
def test_a_delivery_status_tells_the_worst_of_its_recipients(actions, fate):
    notice = parse(report("delivery-status", dsn(*actions))).notice

    assert notice.fate is fate
    assert notice.originals == ("<one@x.example>",)


def test_without_the_field_the_answered_message_is_meant():
    machine = mdn("a/b; displayed", field="")
    more = "In-Reply-To: <one@x.example>\r\n"

    notice = parse(report("disposition-notification", machine, more=more)).notice

    assert notice.originals == ("<one@x.example>",)


def test_a_report_that_lost_its_machine_part_is_understood_by_its_head():
    more = "References: <zero@x.example> <one@x.example>\r\n"

    notice = parse(report("delivery-status", "", more=more)).notice

    assert (notice.fate, notice.originals[0]) == (Fate.NOT_DELIVERED, "<one@x.example>")


@pytest.mark.parametrize("mark", ["KO Intégration système !", "Erreur d’intégration !"])
def test_both_editions_of_the_prefix_are_a_refusal(mark):
    subject = f"[{mark}][905] XDM/1.0/DDM+CR"
    raw = f"From: a@x.example\r\nSubject: {subject}\r\nIn-Reply-To: <one@x.example>\r\n\r\nNon\r\n"

    assert parse(raw.encode()).notice.code == "905"


def test_an_ordinary_answer_is_no_receipt():
    raw = b"From: a@x.example\r\nSubject: Re: Avis\r\nIn-Reply-To: <one@x.example>\r\n\r\nOui\r\n"

    assert parse(raw).notice is None


@pytest.mark.parametrize("code", ["", *CODES])
def test_our_own_receipt_is_understood_as_it_was_meant(code):
    sent = parse(receipts.integration(ASKING, ME, NOW, code))

    assert sent.notice.failed is bool(code)
    assert sent.notice.code == code
    assert sent.notice.originals[0] == "<one@x.example>"
    assert sent.recipients == ("labo@x.example",)
    assert sent.subject == parse(ASKING).subject or code in sent.raw_subject


def test_our_own_receipt_is_the_same_each_time():
    assert receipts.integration(ASKING, ME, NOW) == receipts.integration(ASKING, ME, NOW)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Return-Path: <labo@x.example>", b"Return-Path: <other@x.example>"),
        (b"Return-Path: <labo@x.example>\r\n", b""),
        (b"Notification-To: labo@x.example", b"Notification-To: a@x.example, labo@x.example"),
        (b"Message-ID: <one@x.example>\r\n", b""),
    ],
)
def test_no_receipt_leaves_by_itself_when_the_sender_is_in_doubt(old, new):
    assert receipts.integration(ASKING.replace(old, new), ME, NOW) is None


# --- refusals -----------------------------------------------------------------------------------

WITH_FILES = (
    b"From: Labo <labo@x.example>\r\nTo: " + ME.encode() + b"\r\nMessage-ID: <one@x.example>\r\n"
    b"Subject: XDM/1.0/DDM+CR VIAL Paul\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\n'
    b"Bonjour\r\n--B\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
    b'Content-Disposition: attachment; filename="IHE_XDM.zip"\r\n\r\nUEsDBA==\r\n--B--\r\n'
)
ASKED = (
    b"Return-Path: <labo@x.example>\r\nDisposition-Notification-To: labo@x.example\r\n" + WITH_FILES
)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_refusal_that_was_asked_for_brings_the_files_back(code):
    to, content = receipts.answer(ASKED, ME, NOW, code)

    sent = parse(content)
    assert to == "labo@x.example"
    assert sent.raw_subject == f"[KO Intégration système !][{code}] XDM/1.0/DDM+CR VIAL Paul"
    assert sent.disposition.startswith(
        f"automatic-action/MDN-sent-automatically; processed/Error: {code}^"
    )
    assert (sent.notice.fate, sent.notice.code) == (Fate.REFUSED, code)
    assert sent.notice.originals[0] == "<one@x.example>"
    assert [one.name for one in sent.attachments] == ["IHE_XDM.zip"]


def test_a_refusal_nobody_asked_for_is_an_ordinary_message_with_the_original_inside():
    to, content = receipts.answer(WITH_FILES, ME, NOW, "902")

    sent = parse(content)
    assert to == "labo@x.example"
    assert sent.disposition == ""
    assert "patient inconnu" in sent.text
    assert (sent.notice.fate, sent.notice.code) == (Fate.REFUSED, "902")
    assert b"Content-Type: message/rfc822" in content
    assert content.count(b"UEsDBA==") == 1


def test_nothing_but_a_refusal_leaves_unasked():
    assert receipts.answer(WITH_FILES, ME, NOW) is None
    assert (
        receipts.answer(WITH_FILES.replace(b"labo@x.example", ME.encode()), ME, NOW, "902") is None
    )
    assert receipts.answer(b"Subject: x\r\n\r\n", ME, NOW, "902") is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_noise_can_be_refused(noise):
    answer = receipts.answer(b"From: labo@x.example\r\n" + noise, ME, NOW, "906")

    assert answer is None or parse(answer[1]).sender_address == ME


NEVER_FOLDED = (
    b"From: labo@x.example\r\nSubject: Bonjour\r\nContent-Type: text/plain; "
    + b"a" * 90 + b"=" + b"b" * 90 + b"\r\n\r\nmot"
)  # fmt: skip


def test_a_parameter_named_longer_than_a_line_does_not_hold_the_refusal(monkeypatch):
    # The library folds such a header for ever: were it given the original again, this would end.
    fold = _header_value_parser._fold_mime_parameters

    def ours_alone(part, *rest):
        assert "aaaa" not in str(part)
        fold(part, *rest)

    monkeypatch.setattr(_header_value_parser, "_fold_mime_parameters", ours_alone)

    _, content = receipts.answer(NEVER_FOLDED, ME, NOW, "906")

    assert NEVER_FOLDED in content
    assert parse(content).notice.fate is Fate.REFUSED


def test_an_original_of_endless_lines_comes_back_as_a_file():
    raw = b"From: labo@x.example\r\nSubject: x\r\n\r\n" + b"a" * 5000

    _, content = receipts.answer(raw, ME, NOW, "906")

    assert max(map(len, content.split(b"\r\n"))) <= 998
    [file] = parse(content).attachments
    assert (file.name, file.content) == ("message.eml", raw)
