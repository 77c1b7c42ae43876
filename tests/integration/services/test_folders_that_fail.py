"""A folder that fails stops no other, a message that is not given is asked for again."""

from dataclasses import dataclass

import pytest

from lgc.domain.mailboxes import Carried, Heading, Known, Look, ServerFolder
from lgc.domain.messages import Folder
from lgc.errors import UserFacingError
from lgc.services.synchronising import Synchronising

BROKEN = UserFacingError("Le dossier « Suivi » n’a pas pu être lu.", may_retry=True)


@dataclass
class Incoming:
    mailbox: str
    uid: int
    raw: bytes
    uid_validity: int = 1
    seen: bool = False
    arrived_at: None = None
    cut_from: int = 0


class Remote:
    """A server in memory; ``failing`` folders cannot be read, ``silent`` messages not fetched."""

    def __init__(self):
        self.mails = {"INBOX": {}, "Suivi": {}, "Archives": {}}
        self.failing, self.silent, self.moved = set(), set(), []

    def put(self, mailbox, number):
        self.mails[mailbox][number] = (
            b"From: a@x\r\nMessage-ID: <%d@x>\r\nSubject: N %d\r\n\r\nBonjour\r\n"
            % (number, number)
        )

    def folders(self):
        return (
            ServerFolder("INBOX", Folder.INBOX),
            ServerFolder("Suivi", Folder.OWN, "Suivi"),
            ServerFolder("Archives", Folder.ARCHIVES),
        )

    def look(self, mailbox, known: Known):
        if mailbox in self.failing:
            raise BROKEN
        held = self.mails[mailbox]
        new = [
            Heading(uid, len(held[uid]), False, f"<{uid}@x>")
            for uid in sorted(held)
            if uid >= known.uid_next or uid in known.missed
        ]
        gone = frozenset(known.seen.keys() - held.keys())
        return Look(1, 0, known.uid_validity != 1, tuple(new), {}, gone)

    def fetch(self, mailbox, headings):
        for one in headings:
            if one.uid not in self.silent:
                yield Incoming(mailbox, one.uid, self.mails[mailbox][one.uid])

    def mark(self, mailbox, uids, seen):
        pass

    def move(self, mailbox, uids, target):
        self.moved += [(uid, target) for uid in uids]
        return Carried()


@pytest.fixture
def remote():
    return Remote()


@pytest.fixture
def synchronise(desk, remote):
    def once(over=lambda: False):
        sync = Synchronising(desk.store.unit, desk.filing, desk.events.append)
        return sync.run(remote, over, lambda message, mail: None)

    return once


def subjects(desk, folder=Folder.INBOX, own=""):
    with desk.store.unit() as uow:
        return sorted(one.subject for one in uow.messages.in_folder(folder, own))


def test_a_folder_that_cannot_be_read_stops_no_other(desk, remote, synchronise):
    remote.put("Suivi", 1)
    remote.put("Archives", 2)
    remote.failing = {"Suivi"}

    assert synchronise() == BROKEN.sentence
    assert subjects(desk, Folder.ARCHIVES) == ["N 2"]

    remote.failing = set()
    assert synchronise() == ""
    assert subjects(desk, Folder.OWN, "Suivi") == ["N 1"]


def test_what_may_have_moved_into_the_folder_that_failed_is_not_taken_for_deleted(
    desk, remote, synchronise
):
    remote.put("INBOX", 1)
    synchronise()
    del remote.mails["INBOX"][1]
    remote.put("Suivi", 1)
    remote.failing = {"Suivi"}
    synchronise()
    assert subjects(desk) == ["N 1"]

    remote.failing = set()
    synchronise()

    assert subjects(desk, Folder.OWN, "Suivi") == ["N 1"]
    assert remote.moved == []


def test_a_message_that_the_server_does_not_give_is_asked_for_again(desk, remote, synchronise):
    for number in (1, 2, 3):
        remote.put("INBOX", number)
    remote.silent = {2}
    assert synchronise() == ""
    assert subjects(desk) == ["N 1", "N 3"]
    assert "Un message n’a pas pu être relevé" in synchronise()

    remote.silent = set()

    assert synchronise() == ""
    assert subjects(desk) == ["N 1", "N 2", "N 3"]
    with desk.store.unit() as uow:
        assert uow.mailboxes.known("INBOX").missed == frozenset()


def test_one_that_left_before_it_was_fetched_is_forgotten(desk, remote, synchronise):
    remote.put("INBOX", 1)
    remote.silent = {1}
    synchronise()
    del remote.mails["INBOX"][1]

    assert synchronise() == ""


def test_a_pass_that_is_ended_forgets_none_before(desk, remote, synchronise):
    for number in (1, 2, 3):
        remote.put("INBOX", number)
    remote.silent = {1}
    count = iter(range(10))

    synchronise(over=lambda: next(count) >= 1)
    remote.silent = set()
    synchronise()

    assert subjects(desk) == ["N 1", "N 2", "N 3"]


def test_one_of_which_not_even_the_bytes_can_be_kept_stops_nobody(
    desk, remote, synchronise, monkeypatch
):
    for number in (1, 2):
        remote.put("INBOX", number)
    real = desk.filing._received

    def received(mail, *rest, **how):
        if mail.uid == 1:
            raise ValueError("never")
        return real(mail, *rest, **how)

    monkeypatch.setattr(desk.filing, "_received", received)
    synchronise()
    assert subjects(desk) == ["N 2"]

    monkeypatch.undo()
    synchronise()
    assert subjects(desk) == ["N 1", "N 2"]
