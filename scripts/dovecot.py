"""A real Dovecot with client certificates on loopback, for tests and measures. It starts as root.

The port is chosen by the system, the folder is its own, and it ends with its own process.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from watchdog import watched

from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR

COMMAND = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
WAIT_SECONDS, TIMEOUT = 15, 10.0
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
ssl_require_crl = no
mail_max_userip_connections = 50
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
{auth}
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
  mailbox Rejets {{
    special_use = \\Junk
  }}
}}
"""

BY_CARD = """
ssl_verify_client_cert = yes
auth_ssl_require_client_cert = yes
auth_ssl_username_from_cert = yes
auth_mechanisms = external
passdb {
  driver = static
  args = nopassword=yes
}
"""
BY_TOKEN = """
auth_mechanisms = xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""
ASK_PROVIDER = """
introspection_mode = post
introspection_url = {introspection}
username_attribute = username
active_attribute = active
active_value = true
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """``context`` holds the doctor's certificate; ``mail`` the mailboxes, one folder each."""

    port: int
    folder: Path
    authority: Authority
    context: ssl.SSLContext

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    def server(self) -> ImapServer:
        return ImapServer("localhost", self.port, self.context, CardLogin(), TIMEOUT)


def impossible() -> str:
    """Why it cannot run here, empty when it can."""
    if COMMAND is None:
        return "dovecot is not installed"
    if sys.platform == "win32" or os.geteuid() != 0:
        return "dovecot starts as root only"
    return ""


@contextmanager
def running(introspection: str = "") -> Iterator[Dovecot]:
    """Started, then stopped with everything that it held.

    ``introspection`` is where an OpenID provider tells whose a token is (RFC 7662): then a token
    opens a mailbox, else the certificate does.
    """
    folder = Path(tempfile.mkdtemp(prefix="lgc-dovecot-"))
    folder.chmod(0o755)  # its workers are nobody
    authority = Authority.create(folder / "ca")
    chain, key = authority.server("localhost")
    (folder / "ca.pem").write_bytes(authority.trust.read_bytes())
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "nobody", "nogroup")
    port = free_port()
    conf = folder / "dovecot.conf"
    (folder / "oauth2.conf").write_text(ASK_PROVIDER.format(introspection=introspection))
    auth = BY_TOKEN.format(folder=folder) if introspection else BY_CARD
    conf.write_text(CONF.format(folder=folder, chain=chain, key=key, port=port, auth=auth))
    process = subprocess.Popen([str(COMMAND), "-F", "-c", str(conf)], stderr=subprocess.PIPE)
    try:
        with watched(folder, "kill", str(process.pid)):
            limit = time.monotonic() + WAIT_SECONDS
            while not listening(port) and process.poll() is None and time.monotonic() < limit:
                time.sleep(0.05)
            yield Dovecot(port, folder, authority, certified(folder, authority))
    finally:
        process.wait(WAIT_SECONDS)
        if process.stderr is not None:
            process.stderr.close()


def certified(folder: Path, authority: Authority) -> ssl.SSLContext:
    """A software certificate of the doctor, in ``doctor.pem``."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = authority.authentication(DOCTOR.person, key.public_key())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "doctor.pem").write_bytes(made.public_bytes(Encoding.PEM) + secret)
    context = ssl.create_default_context(cafile=str(authority.trust))
    context.load_cert_chain(folder / "doctor.pem")
    return context


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def listening(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(0.5)
        return one.connect_ex(("127.0.0.1", port)) == 0
