"""The mailbox against a real Dovecot with client certificates, started on loopback by the test."""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lgc.mssante import mailbox
from lgc.mssante.mailbox import Mailbox
from lgc.mssante.message import parse
from lgc.transport.errors import TransportError
from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WAIT_SECONDS = 15
pytestmark = [
    pytest.mark.skipif(DOVECOT is None, reason="dovecot is not installed"),
    pytest.mark.skipif(
        sys.platform == "win32" or os.geteuid() != 0, reason="dovecot starts as root only"
    ),
]
CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = required
ssl_cert = <{chain}
ssl_key = <{key}
ssl_ca = <{folder}/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_require_client_cert = yes
auth_ssl_username_from_cert = yes
auth_mechanisms = external
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = nopassword=yes
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
"""


def letter(number, size=0):
    head = f"From: a@x.example\r\nMessage-ID: <{number}@x.example>\r\nSubject: N {number}\r\n\r\n"
    return head.encode() + b"Bonjour\r\n" + (b"0" * 70 + b"\r\n") * (size // 72)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listening(port):
    with socket.socket() as one:
        one.settimeout(0.5)
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def running():
    folder = Path(tempfile.mkdtemp(prefix="lgc-dovecot-"))
    folder.chmod(0o755)  # its workers are nobody
    authority = Authority.create(folder / "ca")
    chain, key = authority.server("localhost")
    (folder / "ca.pem").write_bytes(authority.trust.read_bytes())
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "nobody", "nogroup")
    port = free_port()
    conf = folder / "dovecot.conf"
    conf.write_text(CONF.format(folder=folder, chain=chain, key=key, port=port))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(conf)], stderr=subprocess.PIPE)
    limit = time.monotonic() + WAIT_SECONDS
    while not listening(port) and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.05)
    yield SimpleNamespace(port=port, context=card(folder, authority), authority=authority)
    process.terminate()
    process.wait(10)
    process.stderr.close()
    shutil.rmtree(folder, ignore_errors=True)


def card(folder, authority):
    """A software certificate of the doctor."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = authority.authentication(DOCTOR.person, key.public_key())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "doctor.pem").write_bytes(made.public_bytes(Encoding.PEM) + secret)
    context = ssl.create_default_context(cafile=str(authority.trust))
    context.load_cert_chain(folder / "doctor.pem")
    return context


@pytest.fixture
def server(running):
    made = ImapServer("localhost", running.port, running.context, CardLogin(), 10)
    with made.open("me") as client:
        for folder in ("INBOX", "Sent"):
            client.select_folder(folder)
            uids = client.search()
            if uids:
                client.delete_messages(uids)
                client.expunge()
    return made


def put(server, *letters):
    with server.open("me") as client:
        for one in letters:
            client.append("INBOX", one)


def test_what_is_new_comes_once_and_in_order(server):
    put(server, letter(1), letter(2))
    box = Mailbox(server, "me")
    first = list(box.new_mail(0, 1))
    last = first[-1]
    put(server, letter(3))

    fresh = list(box.new_mail(last.uid_validity, last.uid + 1))

    assert [parse(one.raw).subject for one in first] == ["N 1", "N 2"]
    assert [parse(one.raw).subject for one in fresh] == ["N 3"]


def test_a_message_expunged_in_the_middle_of_a_fetch_is_passed_over(server):
    put(server, letter(1), letter(2), letter(3))
    box = Mailbox(server, "me")
    reading = box.new_mail(0, 1)
    first = next(reading)
    with server.open("me") as other:
        other.select_folder("INBOX")
        other.delete_messages([first.uid + 1])
        other.expunge()

    rest = [parse(one.raw).subject for one in reading]

    assert rest[-1] == "N 3"
    assert len(rest) <= 2


def test_a_message_too_large_for_memory_is_told_by_its_beginning(server, monkeypatch):
    monkeypatch.setattr(mailbox, "MAX_BYTES", 1024 * 1024)
    put(server, letter(1, size=2 * 1024 * 1024), letter(2))

    large, small = Mailbox(server, "me").new_mail(0, 1)

    assert len(large.raw) < 100 * 1024
    assert any("trop volumineux" in fault for fault in parse(large.raw).faults)
    assert parse(small.raw).faults == ()


def test_our_own_copy_is_found_then_filed_among_the_sent_ones(server):
    put(server, letter(7))
    box = Mailbox(server, "me")
    assert box.was_sent("<7@x.example>") is not None
    assert box.was_sent("<8@x.example>") is None
    (own,) = box.new_mail(0, 1)

    box.file_own_copy(own.uid)

    assert list(box.new_mail(own.uid_validity, 1)) == []
    assert box.was_sent("<7@x.example>") is not None


def test_without_the_card_the_mailbox_stays_closed(running):
    bare = ssl.create_default_context(cafile=str(running.authority.trust))
    server = ImapServer("localhost", running.port, bare, CardLogin(), 10)

    with pytest.raises(TransportError), server.open("me"):
        pass


def test_new_mail_is_told_the_moment_it_comes(server):
    box, said = Mailbox(server, "me"), []
    watching = threading.Thread(target=lambda: said.append(box.watch(lambda: False)))
    watching.start()
    time.sleep(0.5)
    assert watching.is_alive()
    put(server, letter(7))
    watching.join(WAIT_SECONDS)

    assert said == [True]


def test_a_watch_ends_when_it_is_told_to(server):
    over = threading.Event()
    said = []
    watching = threading.Thread(
        target=lambda: said.append(Mailbox(server, "me").watch(over.is_set))
    )
    watching.start()
    over.set()
    watching.join(WAIT_SECONDS)

    assert said == [False]
