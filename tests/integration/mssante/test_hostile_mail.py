"""Messages that nobody foresaw, between two good ones, through a real Dovecot."""

from pathlib import Path

import pytest

from lgc.domain.messages import Folder
from lgc.mssante.mailbox import Mailbox
from lgc.services.synchronising import Synchronising

HOSTILE = Path(__file__).resolve().parents[4] / "shared" / "cases" / "hostile"
STOPPED = sorted(HOSTILE.glob("mail-0*.eml")) + sorted(HOSTILE.glob("mail-1*.eml"))
OTHERS = sorted(HOSTILE.glob("mail-2*.eml"))

pytestmark = pytest.mark.skipif(
    not STOPPED, reason="../shared/cases/hostile is not beside the checkout"
)


@pytest.fixture
def synchronise(desk, server):
    """One pass; returns what the server refused."""
    box = Mailbox(server, "me")

    def once():
        sync = Synchronising(desk.store.unit, desk.filing, desk.events.append)
        with box.open() as opened:
            return sync.run(opened, lambda: False, lambda message, mail: None)

    return once


def inbox(desk):
    with desk.store.unit() as uow:
        found = uow.messages.in_folder(Folder.INBOX)
        return [(one, uow.messages.raw(one.message_id)) for one in found]


@pytest.mark.parametrize("path", STOPPED, ids=lambda path: path.stem)
def test_it_is_kept_whole_and_the_next_one_is_read(desk, synchronise, server, put, letter, path):
    put(letter(1), path.read_bytes(), letter(2))

    assert synchronise() == ""

    messages = inbox(desk)
    good = sorted(one.subject for one, _ in messages if one.unreadable is None)
    assert good == ["N 1", "N 2"]
    [(bad, raw)] = [pair for pair in messages if pair[0].unreadable is not None]
    assert raw == path.read_bytes()
    assert bad.unread
    assert bad.patient_id is None
    with server.open("me") as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search(["SEEN"]) == []


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_what_is_only_long_to_treat_is_kept_too(desk, synchronise, put, letter, path):
    put(letter(1), path.read_bytes(), letter(2))

    assert synchronise() == ""

    assert path.read_bytes() in [raw for _, raw in inbox(desk)]
    assert {"N 1", "N 2"} <= {one.subject for one, _ in inbox(desk)}


def test_what_an_older_version_skipped_is_picked_up_by_the_next_pass(
    desk, synchronise, put, letter
):
    put(letter(1), letter(2), letter(3))
    synchronise()
    with desk.store.unit() as uow:
        skipped = uow.messages.with_rfc_id("<2@x.example>")
        [place] = uow.mailboxes.of_message(skipped.message_id)
        uow.mailboxes.drop(place.mailbox, place.uid)
        uow.messages.remove(skipped.message_id)
        uow.commit()

    assert synchronise() == ""

    assert sorted(one.subject for one, _ in inbox(desk)) == ["N 1", "N 2", "N 3"]
