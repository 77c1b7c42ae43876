"""Whatever a message raises, it is kept whole, told as unreadable, and read again later."""

import datetime as dt
import email
import hashlib
from dataclasses import dataclass, replace

import pytest

from lgc.domain import media_types
from lgc.domain.mailboxes import ServerFolder
from lgc.domain.messages import Folder
from lgc.domain.unreadable import Fault
from lgc.errors import Cancelled, UserFacingError
from lgc.mssante import message as parsing
from lgc.mssante.receipts import answer
from lgc.services.events import MessageArrived
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.mail import Mail
from lgc.services.understanding import Understanding
from lgc.services.views import KeptWhole
from lgc.services.writing import Writing
from lgc.settings import Settings

RAW = (
    b"Message-ID: <n@x.example>\r\nFrom: =?utf-8?Q?H=C3=A9l=C3=A8ne?= <h@x.example>\r\n"
    b"To: me@x.example\r\nSubject: Courrier\r\nDate: Fri, 6 Nov 2026 08:02:00 +0100\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
    b"Bonjour\r\n--b\r\nContent-Type: application/pdf\r\n"
    b'Content-Disposition: attachment; filename="a.pdf"\r\n\r\n%PDF-1.4\r\n--b--\r\n'
)
ARRIVED = dt.datetime(2026, 11, 6, 8, 3, tzinfo=dt.UTC)
RAISED = [
    ValueError("x"), KeyError("x"), AssertionError(), RecursionError(), MemoryError(),
    OverflowError(), UnicodeEncodeError("utf-8", "\ud800", 0, 1, "x"), StopIteration(),
    UserFacingError("x"), type("Unforeseen", (Exception,), {})(),
]  # fmt: skip


@dataclass
class Incoming:
    raw: bytes = RAW
    uid: int = 1
    mailbox: str = "INBOX"
    uid_validity: int = 7
    seen: bool = False
    arrived_at: dt.datetime | None = ARRIVED
    cut_from: int = 0


class Parser:
    """The real one, which raises ``error`` while there is one."""

    def __init__(self, error=None):
        self.error = error

    def __call__(self, raw):
        if self.error is not None:
            raise self.error
        return parsing.parse(raw)


@pytest.fixture
def parser():
    return Parser(ValueError("x"))


@pytest.fixture
def made(desk, parser):
    """The filing service of a version of lgc."""

    def make(version="1.0", salvage=parsing.salvage):
        return FilingIncoming(
            desk.store.unit,
            desk.clock,
            desk.ids,
            desk.connection,
            Understanding(parser, salvage),
            desk.events.append,
            version,
        )

    return make


def kept(desk, message_id):
    with desk.store.unit() as uow:
        return uow.messages.get(message_id), uow.messages.raw(message_id)


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_what_the_parser_raises_keeps_the_message_with_what_can_be_read(desk, made, parser, error):
    parser.error = error

    message, raw = kept(desk, made().receive(Incoming()).message_id)

    assert raw == RAW
    assert (message.sender_name, message.subject, message.text) == (
        "Hélène", "Courrier", "Bonjour",
    )  # fmt: skip
    assert [one.name for one in message.attachments] == ["a.pdf"]
    assert message.unreadable.flaw.fault is Fault.CONTENT
    assert message.unreadable.version == "1.0"
    assert type(error).__name__ in message.unreadable.flaw.details
    assert message.unread
    with desk.store.unit() as uow:
        assert uow.mailboxes.known("INBOX").uid_next == 2
        assert uow.messages.unreadable() == [message]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_what_judging_it_raises_keeps_it_too(desk, made, parser, error, monkeypatch):
    parser.error, filing = None, made()

    def judge(*_):
        raise error

    monkeypatch.setattr(filing._judging, "judge", judge)

    message, raw = kept(desk, filing.receive(Incoming()).message_id)

    assert raw == RAW
    assert message.text == "Bonjour"
    assert message.unreadable is not None


def test_what_cannot_be_stored_as_read_is_stored_as_bytes(desk, made, parser):
    parser.error = None
    impossible = dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    filing = made()
    filing._understanding = Understanding(lambda raw: Strange(parser(raw), impossible), None)

    message, raw = kept(desk, filing.receive(Incoming()).message_id)

    assert raw == RAW
    assert (message.subject, message.sender) == ("(objet illisible)", "(expéditeur illisible)")
    assert message.sent_at == ARRIVED


class Strange:
    """A message that says it was sent at a time which no base can hold."""

    def __init__(self, parsed, sent_at):
        self._parsed, self.sent_at = parsed, sent_at

    def __getattr__(self, name):
        return getattr(self._parsed, name)


def test_what_the_machine_suffers_is_not_laid_on_the_message(desk, made, parser, monkeypatch):
    parser.error, filing = None, made()

    def full(*_):
        raise UserFacingError("Le disque est plein.", may_retry=True)

    monkeypatch.setattr(filing._judging, "judge", full)
    with pytest.raises(UserFacingError, match="disque"):
        filing.receive(Incoming())
    parser.error = Cancelled()
    with pytest.raises(Cancelled):
        filing.receive(Incoming())

    with desk.store.unit() as uow:
        assert uow.messages.in_folder(Folder.INBOX) == []
        assert uow.mailboxes.known("INBOX").uid_next == 1


def test_an_update_reads_it_again_once_and_says_so(desk, made, parser):
    first = made("1.0").receive(Incoming())
    never = lambda: False  # noqa: E731
    assert made("1.0").read_again_after_update(never) == 0

    assert made("1.1").read_again_after_update(never) == 0
    assert made("1.1").read_again_after_update(never) == 0
    message, _ = kept(desk, first.message_id)
    assert (message.unreadable.version, message.unreadable.tries) == ("1.1", 2)

    parser.error = None
    desk.events.clear()
    assert made("1.2").read_again_after_update(never) == 1

    message, raw = kept(desk, first.message_id)
    assert message.unreadable is None
    assert raw == RAW
    assert message.unread
    assert [type(event) for event in desk.events] == [MessageArrived]
    with desk.store.unit() as uow:
        assert [place.uid for place in uow.mailboxes.of_message(first.message_id)] == [1]
        assert uow.messages.attachment(message.attachments[0].attachment_id).startswith(b"%PDF")


def test_reading_again_by_hand_tells_whether_it_could(desk, made, parser, patient):
    filing = made()
    message = filing.receive(Incoming())
    assert not filing.read_again(message.message_id)

    filing.assign(message.message_id, patient)
    parser.error = None

    assert filing.read_again(message.message_id)
    read, _ = kept(desk, message.message_id)
    assert (read.patient_id, read.unreadable, read.unread) == (patient, None, False)
    assert read.attachments[0].document_id is not None


def test_an_unreadable_message_is_assigned_and_taken_back_without_its_documents(
    desk, made, patient
):
    filing = made()
    message = filing.receive(Incoming())

    assert filing.assign(message.message_id, patient) == 0
    filing.undo(message.message_id)

    assert kept(desk, message.message_id)[0].patient_id is None
    assert filing.preview(message.message_id, message.attachments[0].attachment_id) == ()


def test_what_is_not_read_whole_is_never_marked_read_on_the_server(desk, made):
    message = made().receive(Incoming())
    with desk.store.unit() as uow:
        uow.messages.mark_read(message.message_id)
        uow.commit()

    with desk.store.unit() as uow:
        assert uow.mailboxes.read_here("INBOX") == []


def test_one_sent_elsewhere_or_thrown_away_there_asks_for_nothing(desk, made):
    trash = ServerFolder("Corbeille", Folder.DELETED)

    message = made().receive(Incoming(mailbox="Corbeille", seen=True), trash)

    assert not message.unread
    with desk.store.unit() as uow:
        assert uow.messages.unreadable() == []


# --- what the screen asks for -----------------------------------------------------------------


@pytest.fixture
def mail(desk, parser):
    return Mail(desk.store.unit, desk.clock, parser, Settings())


def test_opening_it_tells_what_is_kept_and_leaves_it_unread(desk, made, mail):
    message = made().receive(Incoming())

    view = mail.open(message.message_id)

    assert view.message.unread
    assert view.kept == KeptWhole(len(RAW), hashlib.sha256(RAW).hexdigest(), True, False)
    assert mail.counts()["unreadable"] == 1
    assert [line.message.message_id for line in mail.unreadable()] == [message.message_id]


def test_the_original_leaves_as_it_came_and_that_is_an_act(desk, made, mail):
    message = made().receive(Incoming())
    with desk.store.unit() as uow:
        assert uow.messages.unassigned() != []

    assert mail.original(message.message_id) == RAW

    assert mail.counts()["unreadable"] == 0
    with desk.store.unit() as uow:
        assert uow.messages.unassigned() == []


def test_putting_it_away_is_an_act_too(desk, made, mail):
    message = made().receive(Incoming())

    mail.move(message.message_id, Folder.ARCHIVES)

    assert not kept(desk, message.message_id)[0].unread


@pytest.fixture
def writing(desk, parser):
    return Writing(
        desk.store.unit, desk.clock, desk.ids, desk.connection, None, Settings(), parser,
        media_types.of_bytes, desk.events.append, lambda: None,
    )  # fmt: skip


def test_a_new_sending_is_asked_of_who_wrote(desk, made, writing):
    message = made().receive(Incoming())

    draft = writing.ask_again(message.message_id).draft

    assert [one.address for one in draft.recipients] == ["h@x.example"]
    assert draft.subject == "Re: Courrier"
    assert "« Courrier », reçu le 06/11/2026 à 09:03" in draft.body
    assert "Bonjour\n" not in draft.body.partition("Bonjour,")[2]
    assert draft.in_reply_to == "<n@x.example>"
    assert not kept(desk, message.message_id)[0].unread
    assert writing.reply(message.message_id).draft.in_reply_to == "<n@x.example>"


def test_nobody_is_asked_where_nobody_is_named(desk, made, writing):
    message = made().receive(Incoming(RAW.replace(b"From:", b"Form:")))

    with pytest.raises(UserFacingError, match="expéditeur"):
        writing.ask_again(message.message_id)


@pytest.mark.parametrize("written", ["<\xe9@x>", "<a b@x>", "sans crochets", ""])
def test_an_answer_names_only_an_identifier_that_may_be_written(desk, made, parser, written):
    parser.error = None
    raw = RAW.replace(b"<n@x.example>", written.encode("latin-1"))

    message = made().receive(Incoming(raw))

    assert message.answerable_id == ""
    assert answer(raw, "me@y.example", ARRIVED, "906")[0] == "h@x.example"


def test_refusals_of_messages_without_identifier_are_told_apart():
    made = [
        answer(RAW.replace(b"<n@x.example>", name), "me@y.example", ARRIVED, "906")[1]
        for name in (b"\xe9", b"\xe8", b"")
    ]

    assert len({email.message_from_bytes(one)["Message-ID"] for one in made}) == 3


def test_what_is_read_again_keeps_its_arrival_beside_the_date_that_it_says(desk, made, parser):
    old = RAW.replace(b"Fri, 6 Nov 2026", b"Fri, 1 Jan 2010")

    def undated(raw):
        return replace(parsing.salvage(raw), sent_at=None)

    message, _ = kept(desk, made(salvage=undated).receive(Incoming(old)).message_id)
    assert message.came_at == message.sent_at == ARRIVED

    parser.error = None
    made("2.0").read_again_after_update(lambda: False)

    message, _ = kept(desk, message.message_id)
    assert message.unreadable is None
    assert (message.came_at, message.sent_at.year) == (ARRIVED, 2010)
