"""What the knobs break, and what a killed server leaves behind."""

import smtplib
import time

import pytest
from imapclient.exceptions import IMAPClientError

from lgc_sandbox.mail import boxes
from lgc_sandbox.mail.boxes import PostOffice

LOST = (smtplib.SMTPServerDisconnected, ConnectionError)


def send(smtp, letter, addresses, number=1):
    with smtp() as link:
        link.send_message(
            letter(number), addresses["paul"], [addresses["robert"], addresses["paul"]]
        )


def counts(servers, addresses):
    return [len(servers.messages(addresses[who])) for who in ("robert", "paul")]


def test_cut_before_the_message_nothing_is_kept(smtp, servers, knobs, letter, addresses):
    knobs.arm("smtp", "drop_before")

    with pytest.raises(LOST):
        send(smtp, letter, addresses)

    assert counts(servers, addresses) == [0, 0]
    send(smtp, letter, addresses)
    assert counts(servers, addresses) == [1, 1]


def test_cut_after_the_message_it_is_kept_once_everywhere(
    smtp, imap, servers, knobs, letter, addresses
):
    knobs.arm("smtp", "drop_after_commit")

    with pytest.raises(LOST):
        send(smtp, letter, addresses)

    assert counts(servers, addresses) == [1, 1]
    with imap() as client:
        client.select_folder("INBOX", readonly=True)
        assert len(client.search(["HEADER", "Message-ID", letter()["Message-ID"]])) == 1


def test_a_refusal_says_whether_to_try_again(smtp, servers, knobs, letter, addresses):
    knobs.arm("smtp", "refuse", code="554 5.7.1 Jamais")

    with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
        send(smtp, letter, addresses)

    assert refusal.value.smtp_code == 554
    assert counts(servers, addresses) == [0, 0]


def test_a_slow_server_answers_all_the_same(smtp, servers, knobs, letter, addresses):
    knobs.set_latency("smtp", 0.4)
    started = time.monotonic()

    send(smtp, letter, addresses)

    assert time.monotonic() - started >= 0.4
    assert counts(servers, addresses) == [1, 1]


def test_an_imap_answer_is_cut_in_the_middle(imap, servers, knobs, letter, addresses):
    servers.deliver(addresses["paul"], letter().as_bytes())
    knobs.arm("imap", "cut_answer")

    with imap() as client, pytest.raises((IMAPClientError, OSError)):
        client.select_folder("INBOX")
        client.fetch([1], ["BODY.PEEK[]"])


def test_an_imap_command_is_done_and_its_answer_lost(imap, servers, knobs, letter, addresses):
    servers.deliver(addresses["paul"], letter().as_bytes())

    with imap() as client:
        client.select_folder("INBOX")
        assert client.has_capability("MOVE")
        knobs.arm("imap", "drop_after_commit")
        with pytest.raises((IMAPClientError, OSError)):
            client.move([1], "Archives")

    assert len(servers.messages(addresses["paul"], "Archives")) == 1
    assert servers.messages(addresses["paul"]) == []


def test_imap_may_be_unavailable(imap, knobs):
    with imap() as client:
        knobs.arm("imap", "refuse")
        with pytest.raises(IMAPClientError, match="UNAVAILABLE"):
            client.select_folder("INBOX")
        client.select_folder("INBOX")


@pytest.mark.parametrize("cut_after", range(8))
def test_a_server_killed_while_handing_out_completes_it_at_the_next_start(
    tmp_path, monkeypatch, cut_after, addresses
):
    """Every write of the transaction is a place to die; the first one decides."""
    everybody = [addresses["robert"], addresses["paul"]]
    office = PostOffice(tmp_path, everybody)
    real, left = boxes.write_atomically, [cut_after]

    def dying(path, content):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        real(path, content)

    with monkeypatch.context() as context:
        context.setattr(boxes, "write_atomically", dying)
        try:
            office.accept(everybody, b"Subject: une fois\r\n\r\n")
        except KeyboardInterrupt:
            died = True
        else:
            died = False
    again = PostOffice(tmp_path, everybody)

    assert died is (cut_after < 7)
    expected = 1 if cut_after else 0
    assert [len(again[one].messages("INBOX")) for one in everybody] == [expected] * 2
    assert [len(PostOffice(tmp_path, everybody)[one].messages("INBOX")) for one in everybody] == [
        expected
    ] * 2


def test_a_folder_left_half_made_is_made_whole(tmp_path, addresses):
    (tmp_path / addresses["robert"] / "INBOX").mkdir(parents=True)

    office = PostOffice(tmp_path, [addresses["robert"]])

    assert office[addresses["robert"]].status("INBOX")[1] == 1
