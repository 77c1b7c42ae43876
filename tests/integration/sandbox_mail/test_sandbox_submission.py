"""SMTP: who may send what to whom, and what is kept."""

import smtplib
import ssl
from email import message_from_bytes, policy

import pytest


def read(servers, address, folder="INBOX"):
    return [
        message_from_bytes(one, policy=policy.SMTP) for one in servers.messages(address, folder)
    ]


def test_a_message_reaches_everybody_and_the_sender_s_own_copy(smtp, servers, letter, addresses):
    with smtp() as link:
        link.send_message(letter(), addresses["paul"], [addresses["robert"], addresses["paul"]])

    for who in ("robert", "paul"):
        (received,) = read(servers, addresses[who])
        assert received["Subject"] == "Courrier n° 1"
        assert received["Return-Path"] == f"<{addresses['paul']}>"
        assert received.get_content() == "Bonjour,\r\n.\r\nfin\r\n"


def test_the_same_recipient_twice_is_one_copy(smtp, servers, letter, addresses):
    with smtp() as link:
        link.send_message(
            letter(), addresses["paul"], [addresses["robert"], addresses["robert"].upper()]
        )

    assert len(read(servers, addresses["robert"])) == 1


def test_nothing_may_be_sent_before_encryption(servers, addresses):
    with smtplib.SMTP("localhost", servers.smtp_port, timeout=10) as link:
        link.ehlo()
        code, _ = link.mail(addresses["paul"])

        assert link.has_extn("starttls") and not link.has_extn("auth")
        assert code == 530


def test_nothing_may_be_sent_before_login(servers, certificates, addresses):
    with smtplib.SMTP("localhost", servers.smtp_port, timeout=10) as link:
        link.starttls(context=certificates.context())
        link.ehlo()
        code, _ = link.mail(addresses["paul"])

        assert link.esmtp_features["auth"].split() == ["EXTERNAL"]
        assert code == 530


def test_a_client_without_certificate_is_not_listened_to(servers, certificates):
    with (
        pytest.raises((ssl.SSLError, OSError, smtplib.SMTPException)),
        smtplib.SMTP("localhost", servers.smtp_port, timeout=10) as link,
    ):
        link.starttls(context=certificates.presenting(None))
        link.ehlo()


@pytest.mark.parametrize("who", ["stranger", "signature", "revoked"])
def test_a_certificate_that_opens_no_mailbox_cannot_log_in(smtp, certificates, people, who):
    contexts = {
        "stranger": lambda: certificates.context(people["stranger"]),
        "signature": lambda: certificates.context(kind="signature"),
        "revoked": certificates.revoked,
    }

    with pytest.raises((smtplib.SMTPException, ssl.SSLError)), smtp(contexts[who]()):
        pass


def test_nobody_sends_in_somebody_else_s_name(smtp, servers, letter, addresses):
    with smtp() as link, pytest.raises(smtplib.SMTPSenderRefused) as refusal:
        link.send_message(letter(), addresses["anne"], [addresses["robert"]])

    assert refusal.value.smtp_code == 553
    assert read(servers, addresses["robert"]) == []


def test_an_unknown_address_is_refused_by_name(smtp, servers, letter, addresses):
    with smtp() as link:
        refused = link.send_message(
            letter(), addresses["paul"], ["personne@medecin.mssante.example", addresses["robert"]]
        )

    assert {address: code for address, (code, _) in refused.items()} == {
        "personne@medecin.mssante.example": 550
    }
    assert len(read(servers, addresses["robert"])) == 1


def test_a_message_that_is_too_large_is_refused_before_it_is_sent(smtp, servers, addresses):
    with smtp() as link:
        limit = int(link.esmtp_features["size"])
        code, _ = link.mail(addresses["paul"], [f"SIZE={limit + 1}"])

    assert code == 552
    assert read(servers, addresses["robert"]) == []


def test_what_was_accepted_is_there_after_a_restart(smtp, servers, start, letter, addresses):
    with smtp() as link:
        link.send_message(letter(), addresses["paul"], [addresses["robert"]])
    servers.stop()

    assert [m["Subject"] for m in read(start(), addresses["robert"])] == ["Courrier n° 1"]
