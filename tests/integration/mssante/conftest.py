"""A real Dovecot with client certificates, started on loopback by the tests that ask for it."""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WAIT_SECONDS = 15
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


@pytest.fixture
def letter():
    """Makes the bytes of a small message."""
    return _letter


def _letter(number, size=0):
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
    if DOVECOT is None:
        pytest.skip("dovecot is not installed")
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("dovecot starts as root only")
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
        for _, _, folder in client.list_folders():
            if folder in ("INBOX", "Sent"):
                client.select_folder(folder)
                uids = client.search()
                if uids:
                    client.delete_messages(uids)
                    client.expunge()
                client.select_folder("INBOX")
            else:
                client.delete_folder(folder)
    return made


@pytest.fixture
def put(server):
    """Puts messages into a folder of the mailbox, the inbox unless told."""

    def putting(*letters, folder="INBOX", flags=()):
        with server.open("me") as client:
            for one in letters:
                client.append(folder, one, flags)

    return putting
