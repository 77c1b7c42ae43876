"""The mailbox as the doctor reads it: folders of one's own, search, what is thrown away."""

import pytest

from lgc.domain.mailboxes import OwnFolder, Place
from lgc.domain.messages import AssignedBy, Folder
from lgc.errors import UserFacingError
from lgc.mssante.message import parse
from lgc.services.mail import Mail
from lgc.services.mail_folders import MailFolders
from lgc.settings import Settings

LETTER = "From: dr@x.example\r\nMessage-ID: <{0}@x>\r\nSubject: N {0}\r\n\r\n{1}\r\n"


class Incoming:
    mailbox, uid_validity, seen, arrived_at, cut_from = "INBOX", 7, False, None, 0

    def __init__(self, number, words):
        self.uid, self.raw = number, LETTER.format(number, words).encode()


@pytest.fixture
def mail(desk):
    return Mail(desk.store.unit, desk.clock, parse, Settings())


@pytest.fixture
def folders(desk):
    return MailFolders(desk.store.unit)


def receive(desk, number, words="Bonjour"):
    return desk.filing.receive(Incoming(number, words)).message_id


def test_a_message_is_put_into_a_folder_and_back(desk, mail, folders):
    message_id = receive(desk, 1)
    name = folders.make("  Cardiologie /  2026 ")

    before = mail.move(message_id, Folder.OWN, name)

    assert name == "Cardiologie/2026"
    assert folders.names() == ((name, 1),)
    assert [one.message.message_id for one in mail.folder(Folder.OWN, name)] == [message_id]
    mail.move(message_id, *before)
    assert len(mail.folder(Folder.INBOX)) == 1
    assert mail.folder(Folder.OWN, name) == ()


@pytest.mark.parametrize(
    "name", ["", "  ", "a/", "réception", "ARCHIVES", "a.b", "x" * 61, "Suivi", "a\nb\x00"]
)
def test_a_name_that_cannot_be_is_refused_in_a_sentence(folders, name):
    folders.make("suivi")

    with pytest.raises(UserFacingError):
        folders.make(name)


def test_a_folder_renamed_keeps_its_messages(desk, mail, folders):
    folders.make("Cœur")
    mail.move(receive(desk, 1), Folder.OWN, "Cœur")

    folders.rename("Cœur", "Poumon")

    assert folders.names() == (("Poumon", 1),)
    assert len(mail.folder(Folder.OWN, "Poumon")) == 1


def test_only_an_empty_folder_is_taken_away(desk, mail, folders):
    folders.make("Cœur")
    message_id = receive(desk, 1)
    mail.move(message_id, Folder.OWN, "Cœur")
    with pytest.raises(UserFacingError, match="contient des messages"):
        folders.remove("Cœur")

    mail.move(message_id, Folder.ARCHIVES)
    folders.remove("Cœur")

    assert folders.names() == ()


def test_a_folder_of_the_server_waits_to_be_taken_away_there(desk, folders):
    with desk.store.unit() as uow:
        uow.mailboxes.put_own(OwnFolder("Labo", "INBOX.Labo"))
        uow.commit()

    folders.remove("Labo")

    assert folders.names() == ()
    with desk.store.unit() as uow:
        assert uow.mailboxes.own_folders() == [OwnFolder("Labo", "INBOX.Labo", removed=True)]


def test_a_word_is_found_in_every_folder_with_the_line_that_holds_it(desk, mail):
    receive(desk, 1, "Rien à dire")
    there = receive(desk, 2, "Un épanchement pleural discret à droite")
    mail.move(there, Folder.ARCHIVES)

    (found,) = mail.find("epanchement")

    assert found.message.message_id == there
    assert "épanchement pleural" in found.excerpt


def test_what_is_emptied_leaves_the_server_too_and_records_keep_theirs(desk, mail, patient):
    mine, other = receive(desk, 1), receive(desk, 2)
    with desk.store.unit() as uow:
        uow.messages.assign(mine, patient, AssignedBy.DOCTOR, "")
        uow.commit()
    for message_id in (mine, other):
        mail.move(message_id, Folder.DELETED)

    assert mail.empty_deleted([mine, other]) == (1, 1)

    assert [one.message.message_id for one in mail.folder(Folder.DELETED)] == [mine]
    with desk.store.unit() as uow:
        assert uow.mailboxes.abandoned("INBOX") == [Place("INBOX", 2, None, False)]
        assert uow.messages.find("Bonjour", 10)[0].message_id == mine


def test_an_exchange_is_shown_with_any_of_its_messages(desk, mail):
    first = receive(desk, 1)
    answer = Incoming(2, "Merci")
    answer.raw = answer.raw.replace(b"Subject:", b"References: <1@x>\r\nSubject:")
    second = desk.filing.receive(answer).message_id
    receive(desk, 3)

    assert [one.message_id for one in mail.view(first).exchange] == [second]
    assert [one.message_id for one in mail.view(second).exchange] == [first]


def test_the_counts_tell_what_waits(desk, mail, folders, patient):
    first, second, third = (receive(desk, number) for number in (1, 2, 3))
    mail.mark_read(first, True)
    desk.filing.assign(second, patient)
    mail.move(third, Folder.OWN, folders.make("Suivi"))

    assert mail.counts() == {
        "unread": 1,
        "unassigned": 1,
        "drafts": 0,
        "outbox": 0,
        "unreadable": 0,
    }
    assert folders.names() == (("Suivi", 1),)
