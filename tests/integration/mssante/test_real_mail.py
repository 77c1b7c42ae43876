"""Sending and reading over real SMTP and IMAP servers, the key of TLS on a soft card."""

import datetime as dt
from dataclasses import replace

import pkcs11
import pytest

from lgc import settings as declared
from lgc.card.reader import Pkcs11Reader
from lgc.domain.deliveries import AnswerLost, Postponed, Receipt, Refused
from lgc.domain.mailboxes import Known
from lgc.errors import UserFacingError
from lgc.mssante import open_mailbox
from lgc.mssante.client import DirectMssante
from lgc.mssante.message import parse
from lgc.mssante.white_list import WhiteList
from lgc.services.ports import OutgoingMail
from lgc.settings import Settings
from lgc_sandbox import card as sandbox_card
from lgc_sandbox import mail as sandbox_mail
from lgc_sandbox.authority import Authority
from lgc_sandbox.knobs import Knobs

pytestmark = pytest.mark.xdist_group("softhsm")

NOTHING = Known()
ME = "paul.medecin5729@medecin.mssante.example"
COLLEAGUE = "robert.specialiste5737@medecin.mssante.example"
OTHER = "anne.dermato5612@medecin.mssante.example"


class France:
    """A card, its authority and the mail servers, for one module."""

    def __init__(self, folder):
        self.authority = Authority(folder / "authority")
        self.card = sandbox_card.SoftCard(folder / "card")
        self.card.make(self.authority, sandbox_card.DOCTOR)
        self.knobs = Knobs()
        owners = {sandbox_card.DOCTOR.person.national_id: ME}
        self.mail = sandbox_mail.start(
            folder / "mail", self.authority, self.knobs, [COLLEAGUE, OTHER], owners
        )

    def received(self, address=COLLEAGUE):
        return self.mail.messages(address)


@pytest.fixture(scope="module")
def france(tmp_path_factory):
    try:
        sandbox_card.module()
    except RuntimeError:
        pytest.skip("SoftHSM2 is not installed")
    made = France(tmp_path_factory.mktemp("france"))
    yield made
    made.mail.stop()


@pytest.fixture
def session(france, monkeypatch):
    monkeypatch.setenv("SOFTHSM2_CONF", str(france.card.conf))
    reader = Pkcs11Reader(sandbox_card.module(), france.authority.trust)
    pkcs11.lib(str(sandbox_card.module())).reinitialize()  # another card than the last test's
    yield reader.open(sandbox_card.PIN)
    reader.close()
    france.knobs.forget()


@pytest.fixture
def client(france, session, clock):
    settings = Settings()
    for setting, value in (
        (declared.mail_smtp_host, "localhost"),
        (declared.mail_smtp_port, france.mail.smtp_port),
        (declared.mail_imap_host, "localhost"),
        (declared.mail_imap_port, france.mail.imap_port),
        (declared.mail_timeout, 10),
        (declared.lps_oid, "2.25.42"),
    ):
        settings[setting] = value
    return DirectMssante.connect(settings, session.client_context(), ME, clock)


@pytest.fixture
def mail(make, submission_request, request):
    return OutgoingMail(
        rfc_message_id=f"<{request.node.name}@medecin.mssante.example>",
        sender=submission_request.author,
        recipients=(make.correspondent(address=COLLEAGUE),),
        subject="Synthèse",
        body="Bonjour",
        submission=submission_request,
        pdf=b"%PDF-1.7",
        written_at=dt.datetime(2026, 11, 23, 9, 14, tzinfo=dt.UTC),
    )


def copies(france, mail, address=COLLEAGUE):
    return sum(mail.rfc_message_id.encode() in content for content in france.received(address))


def test_a_message_arrives_once_and_its_receipt_names_who_has_it(france, client, mail):
    outcome = client.send(mail)

    assert isinstance(outcome, Receipt)
    assert outcome.lines == ("Pris en charge : SPECIALISTE5737",)
    assert copies(france, mail) == 1


def test_a_recipient_that_does_not_exist_is_named_and_the_other_has_it(france, client, mail, make):
    unknown = make.correspondent(address="nobody@nowhere.example", family_name="INCONNU")

    outcome = client.send(replace(mail, recipients=(*mail.recipients, unknown)))

    assert isinstance(outcome, Receipt)
    assert any("Refusé : INCONNU" in line for line in outcome.lines)
    assert copies(france, mail) == 1


def test_when_nobody_takes_it_it_is_refused_and_leaves_no_copy(france, client, mail, make):
    unknown = make.correspondent(address="nobody@nowhere.example")

    outcome = client.send(replace(mail, recipients=(unknown,)))

    assert isinstance(outcome, Refused)
    assert outcome.code == "550"
    assert client.was_sent(mail.rfc_message_id) is None
    assert copies(france, mail, ME) == 0


@pytest.mark.parametrize("address", ["", "abc", "a b@c", "a@b\r\nBcc: x@y.example", "é@x.fr"])
def test_an_address_that_is_none_is_refused_in_a_sentence(client, mail, make, address):
    outcome = client.send(replace(mail, recipients=(make.correspondent(address=address),)))

    assert isinstance(outcome, Refused)
    assert "n’est pas une adresse" in outcome.words


def test_a_lost_answer_is_asked_about_and_found(france, client, mail):
    france.knobs.arm("smtp", "drop_after_commit")

    assert isinstance(client.send(mail), AnswerLost)

    receipt = client.was_sent(mail.rfc_message_id)
    assert receipt is not None
    assert abs(receipt.received_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert copies(france, mail) == 1


def test_a_connection_cut_before_the_message_left_nothing_behind(france, client, mail):
    france.knobs.arm("smtp", "drop_before")

    assert isinstance(client.send(mail), Postponed)

    assert client.was_sent(mail.rfc_message_id) is None
    assert copies(france, mail) == 0


def test_a_server_that_is_away_is_a_reason_to_wait(session, clock, mail):
    settings = Settings()
    settings[declared.mail_smtp_host] = "localhost"
    settings[declared.mail_smtp_port] = 1
    client = DirectMssante.connect(settings, session.client_context(), ME, clock)

    assert isinstance(client.send(mail), Postponed)
    with pytest.raises(UserFacingError, match="ne répond pas"):
        client.was_sent(mail.rfc_message_id)


def inbox(client, known=NOTHING):
    """(what a look at the inbox tells, the new messages)."""
    with client.mailbox() as opened:
        look = opened.look("INBOX", known)
        return look, list(opened.fetch("INBOX", look.new))


def test_new_mail_resumes_where_it_stopped(france, client):
    for number in range(3):
        france.mail.deliver(ME, f"Subject: m{number}\r\n\r\nx".encode())
    look, first = inbox(client)
    seen = {one.uid: one.seen for one in look.new}
    france.mail.deliver(ME, b"Subject: later\r\n\r\nx")

    _, again = inbox(client, Known(look.uid_validity, first[-1].uid + 1, 0, seen))

    assert [one.raw for one in again] == [b"Subject: later\r\n\r\nx"]


def test_another_numbering_reads_everything_again(france, client):
    france.mail.deliver(ME, b"Subject: x\r\n\r\ny")
    look, known = inbox(client)

    again, mails = inbox(client, Known(look.uid_validity + 1, 10_000))

    assert again.fresh
    assert len(mails) == len(known)


def test_our_own_copy_goes_to_the_sent_messages_of_the_server(france, client, mail):
    client.send(mail)
    (own,) = [m for m in inbox(client)[1] if mail.rfc_message_id.encode() in m.raw]

    with client.mailbox() as opened:
        opened.move("INBOX", [own.uid], "Envoyés")

    sent = france.mail.messages(ME, "Envoyés")
    assert any(mail.rfc_message_id.encode() in content for content in sent)
    assert client.was_sent(mail.rfc_message_id) is not None


def test_a_pulled_card_sends_nothing(france, client, mail):
    france.card.pull()
    try:
        outcome = client.send(mail)
    finally:
        france.card.insert()

    assert isinstance(outcome, Postponed)
    assert copies(france, mail) == 0


def test_after_another_numbering_no_other_message_is_moved(france, client, mail):
    client.send(mail)
    before = len(france.mail.messages(ME))
    with client.mailbox() as opened:
        look = opened.look("INBOX", NOTHING)
        opened.look("Envoyés", NOTHING)
        opened._numbering["INBOX"] += 1  # as if the server had renumbered since

        with pytest.raises(UserFacingError, match="refusé un rangement"):
            opened.move("INBOX", [look.new[-1].uid], "Envoyés")

    assert len(france.mail.messages(ME)) == before


def test_a_message_too_large_to_be_held_is_fetched_in_part_and_told(france, client, monkeypatch):
    monkeypatch.setattr(open_mailbox, "MAX_BYTES", 100_000)
    large = b"Subject: gros\r\n\r\n" + b"x" * 76 + (b"y" * 74 + b"\r\n") * 2000
    france.mail.deliver(ME, large)

    taken = inbox(client)[1][-1]

    assert parse(taken.raw).subject == "gros"
    assert large.startswith(taken.raw.rstrip())
    assert taken.cut_from >= len(large)


def test_a_message_that_leaves_while_others_are_read_is_passed_over(france, client, monkeypatch):
    monkeypatch.setattr(open_mailbox, "BATCH", 1)
    for number in range(3):
        france.mail.deliver(ME, f"Subject: e{number}\r\n\r\nx".encode())
    with client.mailbox() as opened:
        mails = opened.fetch("INBOX", opened.look("INBOX", NOTHING).new)
        first = next(mails)
        with client._mailbox._server.open(ME) as other:
            other.select_folder("INBOX")
            other.delete_messages([first.uid + 1])
            other.expunge()
        uids = [first.uid, *(one.uid for one in mails)]

    assert first.uid + 1 not in uids
    assert len(uids) >= 2


def test_a_folder_of_ones_own_is_made_renamed_and_deleted(client):
    with client.mailbox() as opened:
        name = opened.rename(opened.create("Cœur"), "Poumon")
        assert name in [one.mailbox for one in opened.folders()]

        assert opened.delete(name)
        assert name not in [one.mailbox for one in opened.folders()]


ASKING = (
    "Return-Path: <{0}>\r\nFrom: {0}\r\nTo: {1}\r\nMessage-ID: <asks-{2}@x.example>\r\n"
    "Disposition-Notification-To: {0}\r\nSubject: Avis\r\n\r\nBonjour\r\n"
)


@pytest.mark.requirement("ECO.3.1.6")
def test_a_reading_receipt_arrives_at_who_asked(france, client):
    raw = ASKING.format(COLLEAGUE, ME, "one").encode()

    assert client.tell_read(raw, by_hand=False)

    assert [b"displayed" in one for one in france.received() if b"<asks-one@x" in one] == [True]
    assert not any(b"<asks-one@x" in one for one in france.received(ME))


def test_nothing_is_told_outside_the_white_list(france, client, tmp_path):
    listed = tmp_path / "list.xml"
    listed.write_text(
        '<r xmlns="https://listeblanche.mssante.fr/schema"><Domaine><Nom>ailleurs.fr</Nom>'
        "</Domaine></r>"
    )
    client._white_list = WhiteList(listed)
    raw = ASKING.format(COLLEAGUE, ME, "two").encode()

    assert not client.tell_read(raw, by_hand=True)
    assert not client.acknowledge(raw)
    assert not client.acknowledge(raw, "902")

    assert [one for one in france.received() if b"<asks-two@x" in one] == []
