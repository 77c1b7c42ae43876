"""IMAP read by IMAPClient and by imaplib: folders, flags, searches, moves, news."""

import datetime as dt
import imaplib
import socket
import ssl
from email import message_from_bytes

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

FOLDERS = {
    "INBOX": None,
    "Envoyés": b"\\Sent",
    "Brouillons": b"\\Drafts",
    "Corbeille": b"\\Trash",
    "Archives": b"\\Archive",
}


@pytest.fixture
def box(imap, servers, letter, addresses):
    """IMAPClient on an INBOX of three messages."""
    for number in (1, 2, 3):
        servers.deliver(addresses["paul"], letter(number).as_bytes())
    with imap() as client:
        client.select_folder("INBOX")
        yield client


def test_folders_have_their_french_names_and_their_use(imap):
    with imap() as client:
        listed = {name: flags for flags, _, name in client.list_folders()}

    assert set(listed) == set(FOLDERS)
    for name, use in FOLDERS.items():
        assert use is None or use in listed[name]


def test_a_folder_is_made_once_and_listed(imap):
    with imap() as client:
        client.create_folder("Réunions d’été")
        with pytest.raises(IMAPClientError, match="ALREADYEXISTS"):
            client.create_folder("Réunions d’été")

        assert "Réunions d’été" in [name for _, _, name in client.list_folders()]


@pytest.mark.parametrize("name", ["../dehors", "a/b", "..", ".spool", "a\\b", "x" * 200])
def test_a_folder_name_never_leaves_the_mailbox(imap, servers, tmp_path, name):
    with imap() as client, pytest.raises(IMAPClientError):
        client.create_folder(name)

    assert not list(tmp_path.rglob("dehors"))


def test_what_is_fetched_is_what_was_delivered(box, servers, addresses):
    data = box.fetch([2], ["BODY.PEEK[]", "RFC822.SIZE", "FLAGS", "INTERNALDATE", "UID"])[2]
    stored = servers.messages(addresses["paul"])[1]

    assert data[b"BODY[]"] == stored
    assert data[b"RFC822.SIZE"] == len(stored)
    assert data[b"FLAGS"] == ()
    assert abs(data[b"INTERNALDATE"].timestamp() - dt.datetime.now().timestamp()) < 120


def test_looking_does_not_mark_and_reading_does(box):
    box.fetch([1], ["BODY.PEEK[]"])
    assert box.search("UNSEEN") == [1, 2, 3]

    box.fetch([1], ["BODY[]"])

    assert box.search("UNSEEN") == [2, 3]
    assert box.search("SEEN") == [1]


def test_a_folder_that_is_examined_changes_nothing(box):
    box.select_folder("INBOX", readonly=True)

    box.fetch([1], ["BODY[]"])

    assert box.search("UNSEEN") == [1, 2, 3]
    with pytest.raises(IMAPClientError, match="READ-ONLY"):
        box.add_flags([1], [b"\\Seen"])


def test_headers_alone_are_cheap_to_read(box):
    data = box.fetch([3], ["BODY.PEEK[HEADER]", "BODY.PEEK[HEADER.FIELDS (FROM MESSAGE-ID)]"])[3]
    chosen = message_from_bytes(data[b"BODY[HEADER.FIELDS (FROM MESSAGE-ID)]"])

    assert b"Subject:" in data[b"BODY[HEADER]"]
    assert b"Bonjour" not in data[b"BODY[HEADER]"]
    assert sorted(chosen.keys()) == ["From", "Message-ID"]


def test_a_message_is_found_by_its_identifier_in_any_case(box, letter):
    wanted = letter(2)["Message-ID"]

    assert box.search(["HEADER", "Message-ID", wanted]) == [2]
    assert box.search(["HEADER", "message-id", wanted.upper()]) == [2]
    assert box.search(["HEADER", "Message-ID", "<absent@mssante.example>"]) == []


def test_searches_by_date_by_set_and_by_their_contrary(box):
    today = dt.datetime.now(dt.UTC).date()

    assert box.search(["SINCE", today - dt.timedelta(days=1)]) == [1, 2, 3]
    assert box.search(["SINCE", today + dt.timedelta(days=2)]) == []
    assert box.search(["BEFORE", today + dt.timedelta(days=2)]) == [1, 2, 3]
    assert box.search(["UID", "2:*"]) == [2, 3]
    assert box.search(["NOT", "UID", "2"]) == [1, 3]
    assert box.search(["UID", "9:*"]) == [3]  # « * » is the last one, whatever its number


def test_a_keyword_of_ours_is_kept_with_the_message(box):
    box.add_flags([2], [b"lgc-filed", b"\\Flagged"])
    box.remove_flags([2], [b"\\Flagged"])

    assert box.get_flags([2])[2] == (b"lgc-filed",)
    assert box.search(["KEYWORD", "lgc-filed"]) == [2]
    assert box.search(["UNKEYWORD", "lgc-filed"]) == [1, 3]


def test_flags_survive_a_restart_and_so_do_uids(box, servers, start, imap):
    before = box.folder_status("INBOX", ["UIDVALIDITY", "UIDNEXT"])
    box.add_flags([1], [b"\\Seen"])
    servers.stop()

    with imap(on=start()) as client:
        assert client.folder_status("INBOX", ["UIDVALIDITY", "UIDNEXT"]) == before
        client.select_folder("INBOX")
        assert client.search("SEEN") == [1]


def test_a_moved_message_is_in_one_place_with_its_flags(box):
    box.add_flags([1], [b"lgc-filed"])
    box.move([1], "Archives")

    assert box.search() == [2, 3]
    box.select_folder("Archives")
    (uid,) = box.search()
    assert box.get_flags([uid])[uid] == (b"lgc-filed",)


def test_a_copied_message_is_in_two_places(box):
    box.copy([1, 2], "Envoyés")

    assert box.search() == [1, 2, 3]
    assert box.folder_status("Envoyés", ["MESSAGES"])[b"MESSAGES"] == 2


def test_copying_to_nowhere_says_so(box):
    with pytest.raises(IMAPClientError, match="TRYCREATE"):
        box.copy([1], "Nulle part")


def test_a_uid_is_never_given_twice(box, servers, letter, addresses):
    box.delete_messages([3])
    box.expunge()
    servers.deliver(addresses["paul"], letter(4).as_bytes())

    assert box.search() == [1, 2, 4]


def test_only_the_messages_named_are_expunged(box):
    box.delete_messages([1, 2])
    box.uid_expunge([2])

    assert box.search() == [1, 3]


def test_closing_expunges_what_was_deleted(box):
    box.delete_messages([1])
    box.close_folder()
    box.select_folder("INBOX")

    assert box.search() == [2, 3]


def test_a_draft_is_appended_with_its_date(imap, letter):
    written = dt.datetime(2026, 11, 7, 8, 5, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    with imap() as client:
        client.append("Brouillons", letter().as_bytes(), [b"\\Draft"], msg_time=written)
        client.select_folder("Brouillons")
        (uid,) = client.search("DRAFT")
        data = client.fetch([uid], ["INTERNALDATE"])[uid]

    assert data[b"INTERNALDATE"].timestamp() == written.timestamp()


def test_an_idle_client_hears_of_a_new_message(box, servers, letter, addresses):
    box.idle()
    servers.deliver(addresses["paul"], letter(4).as_bytes())

    heard = box.idle_check(timeout=5)
    box.idle_done()

    assert (4, b"EXISTS") in heard
    assert box.search() == [1, 2, 3, 4]


def test_two_clients_see_each_other(box, imap):
    with imap() as other:
        other.select_folder("INBOX")
        other.move([1], "Archives")

        assert box.noop()[1] == [(1, b"EXPUNGE")]
        assert box.search() == [2, 3]


def test_imaplib_works_with_plain_numbers(servers, certificates, letter, addresses):
    servers.deliver(addresses["paul"], letter().as_bytes())
    servers.deliver(addresses["paul"], letter(2).as_bytes())
    client = imaplib.IMAP4("localhost", servers.imap_port, timeout=10)
    client.starttls(certificates.context())
    client.authenticate("EXTERNAL", lambda challenge: b"")

    assert client.select("INBOX") == ("OK", [b"2"])
    assert client.search(None, "ALL") == ("OK", [b"1 2"])
    _, ((_, head), _) = client.fetch("2", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
    assert letter(2)["Message-ID"].encode() in head
    client.store("1", "+FLAGS", "\\Deleted")
    assert client.expunge() == ("OK", [b"1"])
    assert client.search(None, "ALL") == ("OK", [b"1"])
    client.logout()


def test_nobody_logs_in_without_encryption(servers):
    client = IMAPClient("localhost", port=servers.imap_port, ssl=False, timeout=10)

    assert client.has_capability("STARTTLS") and client.has_capability("LOGINDISABLED")
    assert not client.has_capability("AUTH=EXTERNAL")
    with pytest.raises(IMAPClientError):
        client.sasl_login("EXTERNAL", lambda challenge: b"")
    with pytest.raises(IMAPClientError):
        client.select_folder("INBOX")
    client.shutdown()


@pytest.mark.parametrize("who", ["stranger", "signature", "revoked"])
def test_a_certificate_that_opens_no_mailbox_opens_none(imap, certificates, people, who):
    contexts = {
        "stranger": lambda: certificates.context(people["stranger"]),
        "signature": lambda: certificates.context(kind="signature"),
        "revoked": certificates.revoked,
    }

    with pytest.raises((IMAPClientError, ssl.SSLError)), imap(contexts[who]()):
        pass


def test_everybody_sees_their_own_mailbox_only(
    imap, servers, certificates, people, letter, addresses
):
    servers.deliver(addresses["paul"], letter().as_bytes())

    with imap(certificates.context(people["anne"])) as client:
        client.select_folder("INBOX")
        assert client.search() == []


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n",
        b"a\r\n",
        b"a UID\r\n",
        b"a FETCH 1 (BODY[])\r\n",
        b"a SELECT\r\n",
        b"\xff\xfe\x00 \xff\r\n",
        b"a AUTHENTICATE EXTERNAL =\r\n",
        b"a LOGIN x {5000000000}\r\n",
        b"a UID SEARCH UID x:y\r\n",
        b"(" * 5000 + b"\r\n",
    ],
)
def test_nonsense_is_refused_and_the_server_goes_on(servers, imap, sent):
    with socket.create_connection(("localhost", servers.imap_port), timeout=10) as link:
        link.recv(1000)
        link.sendall(sent)
        link.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := link.recv(1000):
            answer += chunk

    assert b" OK " not in answer
    with imap() as client:
        assert client.noop()[0] == b"done"


@pytest.mark.parametrize(
    "words",
    ["SEARCH HEADER X", "SEARCH SINCE hier", "FETCH 1 ENVELOPE", "FETCH x FLAGS"],
)
def test_a_command_that_is_not_understood_is_said_to_be_bad(box, words):
    client = box._imap

    with pytest.raises(imaplib.IMAP4.error, match="BAD"):
        client.uid(*words.split())
    assert box.search() == [1, 2, 3]
