"""Reading receipts over a real store and a real MDN: sent once, declined, never by mistake."""

from types import SimpleNamespace

import pytest

from lgc.domain.receipts import Fate, ReadingReceipt
from lgc.errors import UserFacingError
from lgc.mssante import receipts
from lgc.mssante.message import parse
from lgc.services.mail import Mail
from lgc.services.reading_receipts import ReadingReceipts
from lgc.settings import Settings, mail_read_receipts

ME, LISE, ELSE = "paul@x.example", "lise@y.example", "autre@z.example"


class Incoming:
    mailbox, uid_validity, uid, arrived_at, cut_from = "INBOX", 7, 1, None, 0

    def __init__(self, to, path=LISE, seen=False):
        asked = f"Disposition-Notification-To: {to}\r\n" if to else ""
        self.seen = seen
        self.raw = (
            f"Return-Path: <{path}>\r\nFrom: Lise <{LISE}>\r\nTo: {ME}\r\nMessage-ID: <a@y>\r\n"
            f"{asked}Subject: =?utf-8?q?R=C3=A9sultats?=\r\n\r\nBonjour\r\n"
        ).encode()


class Server:
    """Makes the real receipt and keeps it; ``away`` refuses."""

    def __init__(self, clock):
        self.sent, self.away, self._clock = [], False, clock

    def tell_read(self, raw, *, by_hand):
        if self.away:
            raise UserFacingError("Le serveur ne répond pas.")
        made = receipts.reading(raw, ME, self._clock.now(), by_hand=by_hand)
        if made is not None:
            self.sent.append(made)
        return made is not None


@pytest.fixture
def server(desk):
    made = Server(desk.clock)
    desk.connection.plug(desk.connection.practitioner, SimpleNamespace(mssante=made))
    return made


@pytest.fixture
def settings():
    return Settings()


@pytest.fixture
def mail(desk, settings):
    return Mail(desk.store.unit, desk.clock, parse, settings)


@pytest.fixture
def answering(desk, server):
    return ReadingReceipts(desk.store.unit, desk.connection)


@pytest.mark.requirement("ECO.3.1.6")
def test_the_receipt_says_who_read_what_and_is_sent_once(desk, mail, answering, server):
    message_id = desk.filing.receive(Incoming(LISE)).message_id
    assert mail.view(message_id).receipt.to == LISE

    answering.send(message_id)
    answering.send(message_id)

    [(to, content)] = server.sent
    read = parse(content)
    assert (to, read.raw_subject) == (LISE, "Lu : Résultats")
    assert read.notice.fate is Fate.READ
    assert (read.notice.originals, read.notice.recipient) == (("<a@y>",), ME)
    assert b"manual-action/MDN-sent-manually; displayed" in content
    assert mail.view(message_id).receipt is None


def test_a_server_away_leaves_the_question(desk, mail, answering, server):
    message_id = desk.filing.receive(Incoming(LISE)).message_id
    server.away = True

    with pytest.raises(UserFacingError):
        answering.send(message_id)
    answering.send_by_itself(message_id)

    assert mail.view(message_id).receipt is not None


def test_a_question_declined_comes_back_with_the_undo_only(desk, mail, answering, server):
    message_id = desk.filing.receive(Incoming(LISE)).message_id

    answering.decline(message_id)
    assert mail.view(message_id).receipt is None
    answering.reopen(message_id)

    assert mail.view(message_id).receipt is not None
    assert server.sent == []


def test_another_address_needs_the_hand_of_the_doctor(desk, mail, answering, server, settings):
    settings[mail_read_receipts] = "toujours"
    message_id = desk.filing.receive(Incoming(ELSE)).message_id
    asked = mail.view(message_id).receipt
    assert (asked.to, asked.elsewhere, asked.by_itself) == (ELSE, True, False)

    answering.send_by_itself(message_id)
    assert server.sent == []
    answering.send(message_id)

    assert [to for to, _ in server.sent] == [ELSE]


@pytest.mark.parametrize(("wish", "by_itself"), [("toujours", True), ("demander", False)])
def test_the_settings_say_whether_it_leaves_by_itself(desk, mail, settings, wish, by_itself):
    settings[mail_read_receipts] = wish
    message_id = desk.filing.receive(Incoming(LISE)).message_id

    assert mail.view(message_id).receipt.by_itself is by_itself


def test_the_settings_may_say_never(desk, mail, settings):
    settings[mail_read_receipts] = "jamais"
    message_id = desk.filing.receive(Incoming(LISE)).message_id

    assert mail.view(message_id).receipt is None


@pytest.mark.parametrize(
    "incoming", [Incoming(""), Incoming(f"{LISE}, {ELSE}"), Incoming(LISE, seen=True)]
)
def test_nobody_is_told_who_did_not_ask_clearly_or_was_read_elsewhere(desk, incoming):
    assert desk.filing.receive(incoming).receipt is ReadingReceipt.NONE


def test_what_integrated_itself_is_answered_already(desk, mail, answering):
    message_id = desk.filing.receive(Incoming(LISE)).message_id

    answering.integrated(message_id)

    assert mail.view(message_id).receipt is None
