"""A private Postfix on loopback with client certificates, for tests. It starts as root.

STARTTLS only; the port is chosen by the system; mail goes into maildirs of its own folder. What it
knows of each address is a table: a mailbox, an alias that leads nowhere, or « come back later ».
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dovecot import WAIT_SECONDS, certified, free_port, listening
from watchdog import watched

from lgc_sandbox.authority import Authority

COMMAND = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NOBODY = 65534
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
mynetworks =
alias_maps =
alias_database =
message_size_limit = 1000000
virtual_mailbox_limit = 0
smtpd_delay_reject = yes
smtpd_relay_restrictions = permit_tls_all_clientcerts, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/access
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/boxes
virtual_alias_maps = texthash:{folder}/aliases
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
virtual_minimum_uid = 1
smtpd_tls_cert_file = {chain}
smtpd_tls_key_file = {key}
smtpd_tls_CAfile = {folder}/ca.pem
smtpd_tls_req_ccert = yes
smtpd_tls_received_header = yes
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """``certified`` is the file of the doctor's certificate and key."""

    port: int
    folder: Path
    authority: Authority
    certified: Path

    def received(self, address: str, count: int = 1) -> list[bytes]:
        """What lies in a mailbox, once ``count`` messages are there or the time is over."""
        limit = time.monotonic() + WAIT_SECONDS
        new = self.folder / "mail" / address / "new"
        while len(list(new.glob("*"))) < count and time.monotonic() < limit:
            time.sleep(0.05)
        return [path.read_bytes() for path in sorted(new.glob("*"))]

    def admits(self, access: Mapping[str, str]) -> None:
        """From now on these addresses are answered so, and all others are taken."""
        _table(self.folder, "access", access)
        _say(self.folder, "reload")
        limit = time.monotonic() + WAIT_SECONDS
        while not listening(self.port) and time.monotonic() < limit:
            time.sleep(0.05)


def impossible() -> str:
    """Why it cannot run here, empty when it can."""
    if COMMAND is None:
        return "postfix is not installed"
    if sys.platform == "win32" or os.geteuid() != 0:
        return "postfix starts as root only"
    return ""


@contextmanager
def running(
    domain: str, boxes: list[str], aliases: Mapping[str, str], access: Mapping[str, str]
) -> Iterator[Postfix]:
    """Started, then stopped by the process number in its own folder."""
    folder = Path(tempfile.mkdtemp(prefix="lgc-postfix-"))
    folder.chmod(0o755)  # its workers are nobody
    authority = Authority.create(folder / "ca")
    chain, key = authority.server("localhost")
    (folder / "ca.pem").write_bytes(authority.trust.read_bytes())
    for name in ("queue", "data", "mail", "conf"):
        (folder / name).mkdir()
    os.chown(folder / "mail", NOBODY, NOBODY)
    shutil.chown(folder / "data", "postfix")
    tables = {"boxes": {one: f"{one}/" for one in boxes}, "aliases": aliases, "access": access}
    for name, table in tables.items():
        _table(folder, name, table)
    port = free_port()
    main = MAIN.format(folder=folder, domain=domain, nobody=NOBODY, chain=chain, key=key)
    (folder / "conf" / "main.cf").write_text(main)
    (folder / "conf" / "master.cf").write_text(MASTER.format(port=port))
    _say(folder, "start")
    with watched(folder, str(COMMAND), "-c", str(folder / "conf"), "stop"):
        limit = time.monotonic() + WAIT_SECONDS
        while not listening(port) and time.monotonic() < limit:
            time.sleep(0.05)
        certified(folder, authority)
        yield Postfix(port, folder, authority, folder / "doctor.pem")


def _table(folder: Path, name: str, table: Mapping[str, str]) -> None:
    lines = [f"{address} {value}\n" for address, value in table.items()]
    (folder / name).write_text("".join(lines), "utf-8")


def _say(folder: Path, word: str) -> None:
    subprocess.run(
        [str(COMMAND), "-c", str(folder / "conf"), word],
        check=True,
        capture_output=True,
        timeout=WAIT_SECONDS,
    )
