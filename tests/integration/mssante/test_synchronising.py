"""The store and a real Dovecot kept in step, whatever each side did meanwhile."""

import datetime as dt
from email.utils import format_datetime

import pytest
from imapclient import IMAPClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from lgc.domain.clock_doubt import ServerTime
from lgc.domain.fingerprints import Fingerprint
from lgc.domain.mailboxes import OwnFolder
from lgc.domain.messages import AssignedBy, Folder
from lgc.errors import UserFacingError
from lgc.mssante import open_mailbox
from lgc.mssante.mailbox import Mailbox
from lgc.services.archiving_by_age import ArchivingByAge
from lgc.services.events import MailboxChanged, MessageArrived
from lgc.services.synchronising import Synchronising
from lgc.transport import mail_imap
from lgc.transport.errors import NothingSent
from lgc.transport.mail_imap import MailboxRefused


class Practice:
    """What this side shows and does."""

    def __init__(self, desk, server):
        self.desk, self.box, self.refused, self.arrived = desk, Mailbox(server, "me"), "", []
        self.told = ServerTime()
        self.sync = Synchronising(desk.store.unit, desk.filing, desk.events.append, self.told.hear)

    def __call__(self, over=lambda: False):
        with self.box.open() as opened:
            self.refused = self.sync.run(
                opened, over, lambda message, mail: self.arrived.append(message.subject)
            )

    def messages(self, folder=Folder.INBOX, own=""):
        with self.desk.store.unit() as uow:
            return uow.messages.in_folder(folder, own)

    def subjects(self, folder=Folder.INBOX, own=""):
        return sorted(message.subject for message in self.messages(folder, own))

    def one(self, subject="N 1"):
        with self.desk.store.unit() as uow:
            return uow.messages.with_rfc_id(f"<{subject.split()[-1]}@x.example>")

    def move(self, subject, folder, own=""):
        with self.desk.store.unit() as uow:
            uow.messages.move(self.one(subject).message_id, folder, own)
            uow.commit()

    def read(self, subject, read=True):
        with self.desk.store.unit() as uow:
            uow.messages.mark_read(self.one(subject).message_id, read)
            uow.commit()

    def own(self, *folders):
        with self.desk.store.unit() as uow:
            for one in folders:
                uow.mailboxes.put_own(one)
            uow.commit()

    def owned(self):
        with self.desk.store.unit() as uow:
            return uow.mailboxes.own_folders()


class Server:
    """Another client of the same mailbox."""

    def __init__(self, server):
        self._server = server

    def __getattr__(self, name):
        def asked(*words):
            with self._server.open("me") as client:
                return getattr(client, name)(*words)

        return asked

    def subjects(self, folder="INBOX"):
        return sorted(subject for subject, _ in self.told(folder))

    def told(self, folder="INBOX"):
        """(subject, read?) of each message."""
        with self._server.open("me") as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["ENVELOPE", "FLAGS"]) if client.search() else {}
        return sorted(
            (one[b"ENVELOPE"].subject.decode(), b"\\Seen" in one[b"FLAGS"])
            for one in found.values()
        )

    def folders(self):
        return {name for _, _, name in self.list_folders()}

    def change(self, subject, what, *words, folder="INBOX"):
        """Do something to one message by its subject."""
        with self._server.open("me") as client:
            client.select_folder(folder)
            uids = client.search(["SUBJECT", subject])
            getattr(client, what)(uids, *words)
            if what == "delete_messages":
                client.expunge()


@pytest.fixture
def practice(desk, server):
    return Practice(desk, server)


@pytest.fixture
def other(server):
    return Server(server)


def test_every_folder_is_copied_with_what_was_read(practice, other, put, letter):
    other.create_folder("Archives")
    other.create_folder("Cardiologie")
    put(letter(1), letter(2))
    put(letter(3), folder="Archives", flags=[b"\\Seen"])
    put(letter(4), folder="Cardiologie")

    practice()

    assert practice.subjects() == ["N 1", "N 2"]
    assert [(m.subject, m.unread) for m in practice.messages(Folder.ARCHIVES)] == [("N 3", False)]
    assert practice.subjects(Folder.OWN, "Cardiologie") == ["N 4"]
    assert practice.owned() == [OwnFolder("Cardiologie", "Cardiologie")]


def test_what_the_server_takes_for_junk_is_copied_and_asks_for_nothing(
    practice, other, put, letter
):
    other.create_folder("Junk")
    put(letter(1))
    put(letter(2), folder="Junk")
    practice()
    assert practice.subjects(Folder.OWN, "Junk") == ["N 2"]

    other.change("N 1", "move", "Junk")
    practice()
    assert practice.subjects(Folder.OWN, "Junk") == ["N 1", "N 2"]

    practice.move("N 2", Folder.INBOX)
    practice()
    assert (other.subjects(), other.subjects("Junk")) == (["N 2"], ["N 1"])


def test_a_mailbox_read_for_the_first_time_tells_nobody_of_each_message(practice, put, letter):
    put(letter(1))
    practice()
    assert not any(isinstance(event, MessageArrived) for event in practice.desk.events)
    assert practice.arrived == []
    put(letter(2))

    practice()

    told = [e.subject for e in practice.desk.events if isinstance(e, MessageArrived)]
    assert told == practice.arrived == ["N 2"]


def test_what_was_done_offline_is_done_on_the_server(practice, other, put, letter):
    put(*(letter(number) for number in range(1, 6)))
    practice()
    practice.read("N 1")
    practice.move("N 2", Folder.ARCHIVES)
    practice.move("N 3", Folder.DELETED)
    practice.own(OwnFolder("Cœur"))
    practice.move("N 4", Folder.OWN, "Cœur")

    practice()

    assert practice.refused == ""
    assert other.told() == [("N 1", True), ("N 5", False)]
    assert other.subjects("Archives") == ["N 2"]
    assert other.subjects("Corbeille") == ["N 3"]
    assert other.subjects("Cœur") == ["N 4"]
    practice()
    assert practice.subjects() == ["N 1", "N 5"]
    assert practice.subjects(Folder.OWN, "Cœur") == ["N 4"]


def test_what_another_client_did_is_done_here(practice, other, put, letter):
    other.create_folder("Archives")
    put(*(letter(number) for number in range(1, 5)))
    practice()
    practice.desk.events.clear()
    other.change("N 1", "add_flags", [b"\\Seen"])
    other.change("N 2", "move", "Archives")
    other.change("N 3", "delete_messages")

    practice()

    assert practice.desk.events == [MailboxChanged()]
    assert [(m.subject, m.unread) for m in practice.messages()] == [("N 1", False), ("N 4", True)]
    assert practice.subjects(Folder.ARCHIVES) == ["N 2"]
    assert practice.subjects(Folder.DELETED) == ["N 3"]
    practice()
    assert other.subjects() == ["N 1", "N 4"]


def test_where_both_sides_changed_this_side_wins(practice, other, put, letter):
    other.create_folder("Archives")
    put(letter(1), letter(2))
    practice()
    practice.move("N 1", Folder.DELETED)
    other.change("N 1", "move", "Archives")
    practice.read("N 2")
    practice.read("N 2", False)
    other.change("N 2", "add_flags", [b"\\Seen"])

    practice()
    practice()

    assert practice.subjects(Folder.DELETED) == other.subjects("Corbeille") == ["N 1"]
    assert other.subjects("Archives") == []
    assert not practice.one("N 2").unread


def test_another_numbering_stores_nothing_twice(practice, other, put, letter):
    put(letter(1), letter(2))
    practice()
    practice.read("N 1")
    before = {m.message_id for m in practice.messages()}
    with practice.desk.store.unit() as uow:
        uow.mailboxes.read_to("INBOX", 1, 500)
        uow.commit()

    practice()

    assert {m.message_id for m in practice.messages()} == before
    assert other.told() == [("N 1", True), ("N 2", False)]


@pytest.mark.parametrize(
    "changed",
    [
        lambda raw: raw.replace(b"3,9", b"6,9"),
        lambda raw: raw.replace(b"Subject: N 1", b"Subject: N 2"),
        lambda raw: raw.replace(b"a@x.example", b"b@x.example"),
        lambda raw: raw.replace(b"N 1\r\n", b"N 1\r\nDate: Mon, 23 Nov 2026 08:00:00 +0100\r\n"),
    ],
)
@pytest.mark.parametrize("passes", [1, 2])
def test_a_corrected_result_under_the_same_number_is_another_message(
    practice, put, letter, changed, passes
):
    first = letter(1).replace(b"Bonjour", b"Potassium 3,9 mmol/L")
    put(first)
    if passes == 2:
        practice()
    put(changed(first), first)

    practice()
    practice()

    stored = practice.messages()
    assert len(stored) == 2
    told = [m for m in stored if any(f.startswith("Porte l’identifiant d’un") for f in m.faults)]
    assert len(told) == 1
    with practice.desk.store.unit() as uow:
        assert {uow.messages.raw(m.message_id) for m in stored} == {first, changed(first)}


@pytest.mark.parametrize(("start", "end"), [("INBOX", "Archives"), ("Archives", "INBOX")])
def test_a_message_that_its_server_marks_when_it_moves_it_is_the_same_one(
    practice, other, put, letter, start, end
):
    other.create_folder("Archives")
    raw = letter(1)
    put(raw, folder=start)
    practice()
    before = practice.one().message_id
    other.change("N 1", "delete_messages", folder=start)
    put(b"Received: from x.example\r\n by y.example\r\nX-Moved: yes\r\n" + raw, folder=end)

    practice()

    places = {"INBOX": Folder.INBOX, "Archives": Folder.ARCHIVES}
    assert [m.message_id for m in practice.messages(places[end])] == [before]
    assert practice.messages(places[start]) == practice.messages(Folder.DELETED) == []


def test_a_second_copy_beside_the_first_is_shown(practice, put, letter):
    put(letter(1), b"X-Way: other\r\n" + letter(1))

    practice()
    practice()

    assert practice.subjects() == ["N 1", "N 1"]
    assert not any(m.faults for m in practice.messages())


def test_what_came_before_messages_were_weighed_is_known_again_and_hides_nothing(
    practice, put, letter
):
    put(letter(1))
    practice()
    with practice.desk.store.unit() as uow:
        uow.messages.known_by(practice.one().message_id, Fingerprint("", ""))
        uow.mailboxes.read_to("INBOX", 1, 500)
        uow.commit()
    put(letter(1).replace(b"Bonjour", b"Bonsoir"))

    practice()

    assert sorted(m.text.strip() for m in practice.messages()) == ["Bonjour", "Bonsoir"]


def test_many_copies_of_one_number_cost_no_more_each(practice, put, letter):
    """A stranger may send them by the thousand."""
    spent = []
    for batch in range(3):
        put(*[letter(1).replace(b"Bonjour", b"%d %d" % (batch, number)) for number in range(15)])
        spent.append(_statements(practice))

    assert len(practice.messages()) == 45
    assert spent[2] <= spent[1]


def test_a_connection_that_falls_loses_nothing(practice, server, put, letter, monkeypatch):
    monkeypatch.setattr(open_mailbox, "BATCH", 1)
    put(*(letter(number) for number in range(1, 6)))
    bodies, counted = open_mailbox.OpenMailbox._bodies, []

    def falling(self, batch):
        counted.append(batch)
        if len(counted) == 3:
            self._client.shutdown()
        return bodies(self, batch)

    monkeypatch.setattr(open_mailbox.OpenMailbox, "_bodies", falling)
    with pytest.raises(NothingSent):
        practice()
    assert practice.subjects() == ["N 1", "N 2"]

    practice()

    assert practice.subjects() == [f"N {number}" for number in range(1, 6)]


def test_a_pass_ends_when_the_card_leaves_and_goes_on_later(practice, put, letter):
    put(*(letter(number) for number in range(1, 6)))

    practice(over=lambda: len(practice.messages()) == 3)
    some = practice.subjects()
    practice()

    assert some == ["N 1", "N 2", "N 3"]
    assert len(practice.subjects()) == 5


def test_folders_are_kept_in_step_both_ways(practice, other, put, letter):
    other.create_folder("Laboratoire")
    put(letter(1), folder="Laboratoire")
    practice.own(OwnFolder("Cœur"), OwnFolder("Vide"))
    practice()
    assert {"Cœur", "Vide"} <= other.folders()
    with practice.desk.store.unit() as uow:
        uow.mailboxes.rename_own("Laboratoire", "Biologie")
        uow.mailboxes.put_own(OwnFolder("Vide", "Vide", removed=True))
        uow.commit()
    other.rename_folder("Cœur", "Poumon")

    practice()

    assert {"Biologie", "Poumon"} <= other.folders()
    assert not {"Laboratoire", "Vide", "Cœur"} & other.folders()
    assert [one.name for one in practice.owned()] == ["Biologie", "Poumon"]
    assert practice.subjects(Folder.OWN, "Biologie") == ["N 1"]
    practice()
    assert practice.subjects(Folder.OWN, "Biologie") == ["N 1"]


def test_a_folder_that_still_holds_messages_is_not_deleted(practice, other, put, letter):
    other.create_folder("Labo")
    practice()
    put(letter(1), folder="Labo")
    practice.own(OwnFolder("Labo", "Labo", removed=True))

    practice()

    assert "Labo" in other.folders()
    assert practice.owned() == [OwnFolder("Labo", "Labo")]
    assert practice.subjects(Folder.OWN, "Labo") == ["N 1"]


def test_what_is_thrown_away_for_good_leaves_the_server(practice, other, put, letter):
    put(letter(1), letter(2))
    practice()
    with practice.desk.store.unit() as uow:
        thrown = practice.one("N 1").message_id
        uow.mailboxes.abandon(thrown)
        uow.messages.remove(thrown)
        uow.commit()

    practice()
    practice()

    assert other.subjects() == practice.subjects() == ["N 2"]


def test_a_full_mailbox_is_said_and_stops_nothing_else(practice, other, put, letter, monkeypatch):
    put(letter(1), letter(2))
    practice()
    practice.move("N 1", Folder.ARCHIVES)
    practice.read("N 2")

    def full(self, uids, target):
        raise IMAPClient.Error("[OVERQUOTA] Quota exceeded")

    monkeypatch.setattr(IMAPClient, "move", full)
    practice()
    assert practice.refused == "Votre boîte MSSanté est pleine."
    assert practice.subjects(Folder.ARCHIVES) == ["N 1"]
    assert other.told() == [("N 1", False), ("N 2", True)]
    monkeypatch.undo()

    practice()

    assert practice.refused == ""
    assert other.subjects("Archives") == ["N 1"]


def test_a_mail_in_our_name_that_never_left_here_stays_in_the_inbox_unread(
    practice, other, put, letter, make
):
    mine = make.practitioner().mssante_address.encode()
    put(letter(1).replace(b"a@x.example", mine))

    practice()
    practice()

    assert practice.subjects(Folder.SENT) == []
    assert practice.subjects(Folder.INBOX) == ["N 1"]
    assert other.told() == [("N 1", False)]


def test_messages_of_one_exchange_are_held_together(practice, put, letter):
    answer = letter(2).replace(b"Subject:", b"References: <1@x.example>\r\nSubject:")
    again = letter(3).replace(b"Subject:", b"References: <2@x.example>\r\nSubject:")
    put(letter(1), answer, again, letter(4))
    practice()

    with practice.desk.store.unit() as uow:
        thread = uow.messages.in_thread(practice.one("N 3").thread_id)

    assert sorted(m.subject for m in thread) == ["N 1", "N 2", "N 3"]


def test_a_message_more_of_a_first_copy_costs_few_statements(practice, put, letter):
    """What a first copy costs is counted: each statement is some 0.3 ms of a message."""
    few, many = 2, 12
    put(*[letter(number) for number in range(few)])
    spent = [_statements(practice)]
    put(*[letter(number) for number in range(few, few + many)])
    spent.append(_statements(practice))

    assert (spent[1] - spent[0]) / (many - few) <= 8


def _statements(practice):
    told = []

    def count(*said):
        told.append(said[2])

    event.listen(Engine, "before_cursor_execute", count)
    try:
        practice()
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(told)


def test_a_refusal_of_ours_is_a_sentence():
    with pytest.raises(UserFacingError, match="refusé un rangement"), open_mailbox._told():
        raise MailboxRefused("error")


DAY = dt.timedelta(days=1)


def dated(number, when):
    """A letter whose author's clock says ``when``."""
    head = f"Date: {format_datetime(when)}\r\nFrom: a@x.example\r\nMessage-ID: <{number}@x.example>"
    return f"{head}\r\nSubject: N {number}\r\n\r\nBonjour\r\n".encode()


def test_lists_and_age_count_from_the_arrival_and_no_stranger_s_clock(practice, server, make):
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    letters = {1: now - 3 * DAY, 2: now - 6000 * DAY, 3: now + 13000 * DAY}
    with server.open("me") as client:
        for days, (number, said) in zip((3, 2, 1), letters.items(), strict=True):
            client.append("INBOX", dated(number, said), (), now - days * DAY)
    practice()

    listed = practice.messages()
    assert [one.subject for one in listed] == ["N 3", "N 2", "N 1"]
    assert [(now - one.came_at).days for one in listed] == [1, 2, 3]
    assert [one.is_oddly_dated for one in listed] == [True, True, False]

    patient = make.patient()
    with practice.desk.store.unit() as uow:
        uow.patients.add(patient)
        for one in listed:
            uow.messages.mark_read(one.message_id)
            uow.messages.assign(one.message_id, patient.patient_id, AssignedBy.DOCTOR, "")
        uow.commit()
    with practice.desk.store.unit() as uow:
        uow.messages.archive_before(now - 2.5 * DAY, now)
        uow.commit()
    assert practice.subjects() == ["N 2", "N 3"]
    assert practice.subjects(Folder.ARCHIVES) == ["N 1"]


@pytest.fixture
def fetched(monkeypatch):
    """The Message-IDs whose bytes were asked for."""
    asked, fetch = [], open_mailbox.OpenMailbox.fetch

    def told(opened, mailbox, headings):
        asked.extend(one.rfc_message_id for one in headings)
        return fetch(opened, mailbox, headings)

    monkeypatch.setattr(open_mailbox.OpenMailbox, "fetch", told)
    return asked


def archived(practice, put, letter, fetched):
    """Twelve of fifteen put away here, and there; one more comes to the archives meanwhile."""
    put(*(letter(number) for number in range(1, 16)))
    practice()
    for number in range(1, 13):
        practice.move(f"N {number}", Folder.ARCHIVES)
    practice()
    fetched.clear()


@pytest.mark.parametrize("there", [True, False], ids=["known folder", "folder just made"])
@pytest.mark.parametrize("hidden", [(), ("MOVE",), ("QRESYNC",), ("QRESYNC", "CONDSTORE")])
def test_what_we_moved_ourselves_is_not_fetched_again(
    practice, other, put, letter, fetched, monkeypatch, there, hidden
):
    offers = open_mailbox._offers
    monkeypatch.setattr(
        open_mailbox,
        "_offers",
        lambda client, *names: not set(names) & set(hidden) and offers(client, *names),
    )
    if there:
        other.create_folder("Archives")
    archived(practice, put, letter, fetched)
    put(letter(20), folder="Archives")
    other.change("N 3", "add_flags", [b"\\Seen"], folder="Archives")
    practice()
    practice()

    assert fetched == ["<20@x.example>"]
    assert practice.arrived[-1:] == ["N 20"]
    assert not practice.one("N 3").unread
    assert practice.subjects(Folder.ARCHIVES) == sorted(f"N {n}" for n in (*range(1, 13), 20))
    assert len(other.subjects("Archives")) == 13

    other.change("N 5", "move", "INBOX", folder="Archives")
    practice.move("N 6", Folder.INBOX)
    practice()
    practice()
    assert practice.subjects() == ["N 13", "N 14", "N 15", "N 5", "N 6"] == other.subjects()


def test_the_cursor_passes_what_we_put_there_ourselves(practice, put, letter, fetched):
    archived(practice, put, letter, fetched)
    practice()

    with practice.desk.store.unit() as uow:
        known = uow.mailboxes.known("Archives")
    assert (len(known.seen), known.uid_next) == (12, max(known.seen) + 1)


def test_where_the_server_says_no_place_what_we_moved_is_found_again(
    practice, other, put, letter, fetched, monkeypatch
):
    monkeypatch.setattr(mail_imap, "_copied", lambda said, asked: (0, {}))
    archived(practice, put, letter, fetched)
    practice()

    assert len(fetched) == 12
    assert practice.subjects() == ["N 13", "N 14", "N 15"] == other.subjects()
    assert len(practice.subjects(Folder.ARCHIVES)) == 12


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ([b"7 1:3,9 4,8:9,2"], (7, {1: 4, 2: 8, 3: 9, 9: 2})),
        ([b"7 1 4", b"7 2 5"], (7, {1: 4, 2: 5})),
        ([b"7 1 4", b"8 2 5"], (0, {})),
        ([b"7 1:3 4:5"], (0, {})),
        ([b"7 1:2 4,4"], (0, {})),
        ([b"7 70 4"], (0, {})),
        ([b"7 1 *"], (0, {})),
        ([b"7 1:4000000000 1:4000000000"], (0, {})),
        ([None], (0, {})),
        ([b"7 1"], (0, {})),
        ([], (0, {})),
    ],
)
def test_a_place_that_the_server_says_badly_is_not_known(said, known):
    assert mail_imap._copied(said, frozenset({1, 2, 3, 9})) == known


def test_what_a_wrong_clock_archived_comes_back_on_the_server_too(
    practice, other, put, letter, patient
):
    put(*(letter(number) for number in range(1, 6)), flags=[b"\\Seen"])
    practice()
    told, clock = practice.told.latest, practice.desk.clock
    assert told is not None  # the server's own hour was heard
    with practice.desk.store.unit() as uow:
        for one in uow.messages.in_folder(Folder.INBOX):
            uow.messages.assign(one.message_id, patient, AssignedBy.DOCTOR, "")
        uow.commit()
    archiving = ArchivingByAge(practice.desk.store.unit, clock, practice.told)
    clock.time = told.replace(year=told.year + 12)
    assert archiving.run(30 * DAY) == 0  # in doubt: nothing moves
    practice.told.hear(clock.now())  # and if a server were wrong with it
    assert archiving.run(30 * DAY) == 5
    practice()
    assert (other.subjects(), len(other.subjects("Archives"))) == ([], 5)

    clock.time = told
    assert archiving.take_back(archiving.last().at) == 5
    practice()

    assert len(other.subjects()) == len(practice.subjects()) == 5
    assert other.subjects("Archives") == practice.subjects(Folder.ARCHIVES) == []
    assert archiving.run(30 * DAY) == 0
