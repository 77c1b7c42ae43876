"""Sending through a real Postfix: whole, once, and told by its fate."""

import datetime as dt
import email
import email.policy
import io
import ssl
import zipfile
from dataclasses import replace

import pytest

from lgc.domain.deliveries import Partial, Postponed, Receipt, Refused
from lgc.domain.receipts import Fate
from lgc.mssante.client import DirectMssante
from lgc.mssante.mailbox import Mailbox
from lgc.mssante.message import parse
from lgc.mssante.submission import Product
from lgc.services.ports import OutgoingMail
from lgc.transport.errors import NothingSent
from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin, TokenLogin
from lgc.transport.mail_smtp import MailRefused, SmtpServer
from lgc.xds.xdm_reading import read as read_archive

DOMAIN = "cabinet.mssante.example"
ME, HIM, HER = (f"{who}@{DOMAIN}" for who in ("paul", "robert", "anne"))
GONE, BUSY = f"gone@{DOMAIN}", f"busy@{DOMAIN}"
SHORT = b"From: <%s>\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\nBonjour\r\n" % ME.encode()


@pytest.fixture(scope="module")
def postfix(script):
    module = script("postfix")
    if why := module.impossible():
        pytest.skip(why)
    aliases = {GONE: f"nobody.here@{DOMAIN}"}
    access = {BUSY: "450 4.2.0 Revenez plus tard"}
    with module.running(DOMAIN, [ME, HIM, HER, BUSY], aliases, access) as made:
        yield made


@pytest.fixture
def server(postfix):
    context = ssl.create_default_context(cafile=str(postfix.authority.trust))
    context.load_cert_chain(postfix.certified)
    return SmtpServer("localhost", postfix.port, context, CardLogin(), 10)


@pytest.fixture
def client(server, clock):
    nowhere = Mailbox(ImapServer("localhost", 1, server.context, CardLogin(), 1), ME)
    product = Product("2.25.42", "lgc 0.1", "DEV000001", 10 * 1024 * 1024)
    return DirectMssante(server, nowhere, ME, product, clock)


@pytest.fixture
def mail(make, submission_request, request):
    def to(*addresses, pdf=b"%PDF-1.7"):
        return OutgoingMail(
            rfc_message_id=f"<{request.node.name}@{DOMAIN}>",
            sender=make.practitioner(mssante_address=ME),
            recipients=tuple(make.correspondent(address=one) for one in addresses),
            subject="Synthèse",
            body="Cœur et « Œdème »",
            submission=submission_request,
            pdf=pdf,
            written_at=dt.datetime(2026, 11, 23, 9, 14, tzinfo=dt.UTC),
        )

    return to


def waited(postfix, address, chosen):
    """What ``chosen`` keeps of each message of a mailbox, once it keeps something of one."""
    count, found = 0, []
    while True:
        raws = postfix.received(address, count + 1)
        found = [kept for raw in raws if (kept := chosen(raw)) is not None]
        if found or len(raws) <= count:
            return found
        count = len(raws)


def received(postfix, address, mail):
    """The messages of that id in a mailbox, without what is told of them."""

    def itself(raw):
        identity = email.message_from_bytes(raw)["Message-ID"].strip()
        return raw if identity == mail.rfc_message_id else None

    return waited(postfix, address, itself)


def told(postfix, mail, fate):
    """What the server says of a delivery, once it says that."""

    def about(raw):
        notice = parse(raw).notice
        mine = notice is not None and mail.rfc_message_id in notice.originals
        return notice if mine and notice.fate is fate else None

    return waited(postfix, ME, about)


def test_a_message_arrives_whole_at_everybody_and_at_home(postfix, client, mail):
    sent = mail(HIM, HER)

    outcome = client.send(sent)

    assert isinstance(outcome, Receipt)
    for address in (ME, HIM, HER):
        (raw,) = received(postfix, address, sent)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert message["X-MSS-INS"] == "O"
        assert message["X-MSS-CODECDA"] == "SYNTH"
        assert "Cœur et « Œdème »" in message.get_body().get_content()
        archive = next(one for one in parse(raw).attachments if one.name == "IHE_XDM.zip")
        assert zipfile.ZipFile(io.BytesIO(archive.content)).testzip() is None
        read = read_archive(archive.content)
        assert [entry.hash_verdict for entry in read.entries] == ["ok"]


def test_the_server_saw_the_certificate_of_the_doctor(postfix, client, mail):
    sent = mail(HIM)
    client.send(sent)

    (raw,) = received(postfix, HIM, sent)

    assert b'(Client CN "899700057294"' in raw
    assert b"TLSv1.3" in raw


def test_without_a_certificate_nothing_is_taken(postfix):
    bare = ssl.create_default_context(cafile=str(postfix.authority.trust))
    server = SmtpServer("localhost", postfix.port, bare, CardLogin(), 10)

    with pytest.raises((MailRefused, NothingSent)):
        server.submit(ME, [HIM], SHORT)


def test_a_token_is_not_shown_to_a_server_that_asks_for_none(server):
    asked = []
    by_token = SmtpServer(
        server.host, server.port, server.context, TokenLogin(lambda: asked.append(1) or "t"), 10
    )

    with pytest.raises(NothingSent, match="not offered"):
        by_token.submit(ME, [HIM], SHORT)
    assert asked == []


def test_one_unknown_is_named_and_the_other_has_it(postfix, client, mail):
    sent = mail(f"unknown@{DOMAIN}", HIM)

    outcome = client.send(sent)

    assert isinstance(outcome, Receipt)
    assert any("Refusé" in line and "unknown" in line.lower() for line in outcome.lines)
    assert len(received(postfix, HIM, sent)) == 1


def test_when_nobody_is_known_it_is_refused_and_leaves_no_copy(postfix, client, mail):
    outcome = client.send(mail(f"unknown@{DOMAIN}"))

    assert isinstance(outcome, Refused)
    assert outcome.code == "550"


def test_a_server_that_says_later_is_a_reason_to_wait(client, mail):
    assert isinstance(client.send(mail(BUSY)), Postponed)


@pytest.fixture
def patient_server(postfix):
    """Lets the busy address in when told, and is as before afterwards."""
    yield lambda: postfix.admits({})
    postfix.admits({BUSY: "450 4.2.0 Revenez plus tard"})


def test_who_must_wait_is_tried_again_alone_and_nobody_gets_two(
    postfix, client, mail, patient_server
):
    sent = mail(HIM, f"unknown@{DOMAIN}", BUSY)

    first = client.send(sent)

    assert isinstance(first, Partial)
    assert "450 – 4.2.0" in first.rest.details
    told = " · ".join(first.receipt.lines)
    assert "Pris en charge" in told
    assert "(550 5.1.1" in told
    assert "(450 4.2.0" in told
    assert dict(first.receipt.fates) == {
        HIM: Fate.TAKEN,
        f"unknown@{DOMAIN}": Fate.NOT_DELIVERED,
    }
    patient_server()
    already = frozenset(address for address, _ in first.receipt.fates)
    second = client.send(replace(sent, already=already))

    assert isinstance(second, Receipt)
    assert second.fates == ((BUSY, Fate.TAKEN),)
    (late,) = received(postfix, BUSY, sent)
    assert email.message_from_bytes(late)["Message-ID"].strip() == sent.rfc_message_id
    for address in (HIM, ME):
        assert len(received(postfix, address, sent)) == 1


def test_who_is_refused_at_last_does_not_take_back_what_the_others_have(client, mail):
    sent = replace(mail(HIM, f"unknown@{DOMAIN}"), already=frozenset({HIM}))

    outcome = client.send(sent)

    assert isinstance(outcome, Receipt)
    assert outcome.fates == ((f"unknown@{DOMAIN}", Fate.NOT_DELIVERED),)


def test_a_message_over_the_limit_of_the_server_is_refused_for_good(client, mail):
    outcome = client.send(mail(HIM, pdf=b"%PDF-1.7" + b"0" * 1_200_000))

    assert isinstance(outcome, Refused)
    assert outcome.code == "552"


def test_a_bounce_says_who_did_not_get_it(postfix, client, mail):
    sent = mail(GONE)
    assert isinstance(client.send(sent), Receipt)

    (notice,) = told(postfix, sent, Fate.NOT_DELIVERED)

    assert notice.recipient == f"nobody.here@{DOMAIN}"


@pytest.mark.requirement("MSS/va1.15")
def test_a_delivery_is_told_where_a_receipt_was_asked(postfix, client, mail):
    """RFC 3461: of the colleague, not of our own copy."""
    sent = mail(HIM)
    assert isinstance(client.send(sent), Receipt)

    (notice,) = told(postfix, sent, Fate.DELIVERED)

    assert notice.recipient == HIM


def test_a_server_that_is_stopped_is_a_reason_to_wait(server, clock, mail, client):
    closed = SmtpServer("localhost", 1, server.context, CardLogin(), 2)
    away = DirectMssante(closed, client._mailbox, ME, client._product, clock)

    assert isinstance(away.send(mail(HIM)), Postponed)
