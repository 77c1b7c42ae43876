"""The mailbox against a real Dovecot with client certificates."""

import ssl
import threading
import time

import pytest

from lgc.domain.mailboxes import Known, ServerFolder
from lgc.domain.messages import Folder
from lgc.mssante import open_mailbox
from lgc.mssante.mailbox import Mailbox
from lgc.mssante.message import parse
from lgc.transport.errors import TransportError
from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin

WAIT_SECONDS = 15


@pytest.fixture
def box(server):
    return Mailbox(server, "me")


def known_of(look):
    """Everything that a look showed, as it is known afterwards."""
    seen = {one.uid: one.seen for one in look.new}
    return Known(look.uid_validity, max(seen, default=0) + 1, look.modseq, seen)


def test_what_is_new_comes_once_and_in_order(box, put, letter):
    put(letter(1), letter(2))
    with box.open() as opened:
        first = opened.look("INBOX", Known())
        fetched = list(opened.fetch("INBOX", first.new))
    put(letter(3))
    with box.open() as opened:
        fresh = opened.look("INBOX", known_of(first))

    assert [parse(one.raw).subject for one in fetched] == ["N 1", "N 2"]
    assert [one.rfc_message_id for one in fresh.new] == ["<3@x.example>"]
    assert first.fresh
    assert not fresh.fresh


def test_a_message_expunged_in_the_middle_of_a_fetch_is_passed_over(
    box, server, put, letter, monkeypatch
):
    monkeypatch.setattr(open_mailbox, "BATCH", 1)
    put(letter(1), letter(2), letter(3))
    with box.open() as opened:
        reading = opened.fetch("INBOX", opened.look("INBOX", Known()).new)
        first = next(reading)
        with server.open("me") as other:
            other.select_folder("INBOX")
            other.delete_messages([first.uid + 1])
            other.expunge()
        rest = [parse(one.raw).subject for one in reading]

    assert rest[-1] == "N 3"
    assert len(rest) <= 2


def test_a_message_too_large_for_memory_is_told_by_its_beginning(box, put, letter, monkeypatch):
    monkeypatch.setattr(open_mailbox, "MAX_BYTES", 1024 * 1024)
    put(letter(1, size=2 * 1024 * 1024), letter(2))

    with box.open() as opened:
        large, small = opened.fetch("INBOX", opened.look("INBOX", Known()).new)

    assert len(large.raw) < 100 * 1024
    assert large.cut_from > 2_000_000
    assert parse(small.raw).faults == ()


@pytest.mark.parametrize("offered", ["QRESYNC", "CONDSTORE", ""])
def test_what_another_client_changed_is_told_whatever_the_server_offers(
    box, server, put, letter, monkeypatch, offered
):
    put(*(letter(number) for number in range(1, 6)))
    hidden = {"QRESYNC": (), "CONDSTORE": ("QRESYNC",), "": ("QRESYNC", "CONDSTORE")}[offered]
    offers = open_mailbox._offers
    monkeypatch.setattr(
        open_mailbox,
        "_offers",
        lambda client, *names: not set(names) & set(hidden) and offers(client, *names),
    )
    with box.open() as opened:
        first = opened.look("INBOX", Known())
    one, two, three, *_ = (heading.uid for heading in first.new)
    with server.open("me") as other:
        other.select_folder("INBOX")
        other.add_flags([one], [b"\\Seen"])
        other.add_flags([two], [b"\\Flagged"])
        other.delete_messages([three])
        other.expunge()

    with box.open() as opened:
        look = opened.look("INBOX", known_of(first))
        again = opened.look("INBOX", Known(look.uid_validity, one + 5, look.modseq, {
            uid: uid == one for uid in (one, two, one + 3, one + 4)
        }))  # fmt: skip

    assert look.changed == {one: True}
    assert look.gone == {three}
    assert (again.changed, again.gone, again.new) == ({}, frozenset(), ())
    assert bool(look.modseq) is bool(offered)


def test_the_folders_of_the_server_are_recognised(box, server):
    made = ("Brouillons", "Corbeille", "Cardiologie", "Cardiologie.2025", "Été", "Rejets", "Spam")
    with server.open("me") as client:
        for folder in made:
            client.create_folder(folder)

    with box.open() as opened:
        folders = opened.folders()

    assert folders == (
        ServerFolder("INBOX", Folder.INBOX),
        ServerFolder("Cardiologie", Folder.OWN, "Cardiologie"),
        ServerFolder("Cardiologie.2025", Folder.OWN, "Cardiologie/2025"),
        ServerFolder("Corbeille", Folder.DELETED),
        ServerFolder("Rejets", Folder.OWN, "Rejets", unwanted=True),
        ServerFolder("Sent", Folder.SENT),
        ServerFolder("Spam", Folder.OWN, "Spam", unwanted=True),
        ServerFolder("Été", Folder.OWN, "Été"),
    )


def test_a_folder_is_made_renamed_and_deleted_only_when_empty(box, put, letter):
    with box.open() as opened:
        made = opened.create("Œdèmes & co")
        renamed = opened.rename(made, "Cœur")
        put(letter(1), folder=renamed)
        assert not opened.delete(renamed)
        opened.remove(renamed, [one.uid for one in opened.look(renamed, Known()).new])
        assert opened.delete(renamed)

        assert renamed not in [one.mailbox for one in opened.folders()]


def test_only_the_message_thrown_away_is_expunged(box, server, put, letter):
    put(letter(1), letter(2))
    with box.open() as opened:
        one, two = (heading.uid for heading in opened.look("INBOX", Known()).new)
        with server.open("me") as other:
            other.select_folder("INBOX")
            other.delete_messages([two])  # marked by another client, not expunged by it
        opened.remove("INBOX", [one])

        assert [heading.uid for heading in opened.look("INBOX", Known()).new] == [two]


def test_our_own_copy_is_found_wherever_it_is(box, put, letter):
    put(letter(7), folder="Sent")

    assert box.was_sent("<7@x.example>") is not None
    assert box.was_sent("<8@x.example>") is None


def test_without_the_card_the_mailbox_stays_closed(running):
    bare = ssl.create_default_context(cafile=str(running.authority.trust))
    server = ImapServer("localhost", running.port, bare, CardLogin(), 10)

    with pytest.raises(TransportError), server.open("me"):
        pass


def test_new_mail_is_told_the_moment_it_comes(box, put, letter):
    said = []
    watching = threading.Thread(target=lambda: said.append(box.watch(lambda: False)))
    watching.start()
    time.sleep(0.5)
    assert watching.is_alive()
    put(letter(7))
    watching.join(WAIT_SECONDS)

    assert said == [True]


def test_a_watch_ends_when_it_is_told_to(box):
    over = threading.Event()
    said = []
    watching = threading.Thread(target=lambda: said.append(box.watch(over.is_set)))
    watching.start()
    over.set()
    watching.join(WAIT_SECONDS)

    assert said == [False]
