"""Servers that are hostile, slow or absent, and our real client before them.

``python3 scripts/faults_servers.py [--tries N] [--seed S]`` draws what each server does, lets the
client ask, and prints how many exchanges were tried, how many ended by their deadline or budget
with a fate that is told, how many hung, what leaked (an error that is no fate, a connection, more
memory than the budget), and how often the next honest exchange failed.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import random
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlunsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from lgc.domain.mailboxes import Known
from lgc.mssante.mailbox import Mailbox
from lgc.transport import soap
from lgc.transport.budget import PATIENCE
from lgc.transport.errors import SoapFault, TransportError
from lgc.transport.http import SoapTransport
from lgc.transport.mail_imap import ImapServer
from lgc.transport.mail_login import CardLogin
from lgc.transport.mail_smtp import SmtpServer
from lgc_sandbox import mail
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR
from lgc_sandbox.dmp.registry import Registry
from lgc_sandbox.dmp.schemas import Schemas
from lgc_sandbox.dmp.server import Dmp, DmpServer, tls_context
from lgc_sandbox.dmp.transactions import BASE
from lgc_sandbox.hostile.acts import ACTS
from lgc_sandbox.knobs import Knobs

MAILBOX, COLLEAGUE = "paul@medecin.mssante.example", "robert@medecin.mssante.example"
LETTER = b"From: a@x.example\r\nMessage-ID: <1@x.example>\r\nSubject: N\r\n\r\nBonjour\r\n"
SHORT, LONG = 0.5, 20.0  # seconds of silence: against an act, and for an honest exchange
MARGIN = 10.0  # seconds that a busy machine may add to a deadline
MEGABYTE = 1024 * 1024
MOST_MEMORY = {"dmp": 500 * MEGABYTE, "smtp": 60 * MEGABYTE, "imap": 100 * MEGABYTE}
WELL = "well"


@dataclass(frozen=True)
class Seen:
    """How one exchange went. ``fate`` is a kind of error, or that it went well."""

    fate: str
    seconds: float
    hung: bool
    memory: int


class Rig:
    """The sandbox's servers, and clients as the application builds them."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority.create(folder / "authority")
        self.knobs = Knobs()
        self._context = _holder(self.authority, folder)
        self._registry = Registry(folder / "dmp.sqlite")
        people = {DOCTOR.person.national_id: DOCTOR}
        judge = Dmp(self.authority, self._registry, people, self.knobs, Schemas(None), _now)
        self._dmp = DmpServer(judge, tls_context(self.authority))
        owners = {DOCTOR.person.national_id: MAILBOX}
        self.mail = mail.start(folder / "mail", self.authority, self.knobs, [COLLEAGUE], owners)
        self.mail.deliver(MAILBOX, LETTER)
        self.ports = {
            "dmp": self._dmp.port,
            "smtp": self.mail.smtp_port,
            "imap": self.mail.imap_port,
        }

    def stop(self) -> None:
        self._dmp.stop()
        self.mail.stop()
        self._registry.close()

    def exchange(self, place: str, timeout: float, port: int | None = None) -> str:
        """One exchange of the real client; the fate that it tells."""
        asked: dict[str, Callable[[float, int], None]] = {
            "dmp": self._ask_dmp,
            "smtp": self._send,
            "imap": self._read,
            "idle": self._watch,
        }
        at = self.ports["imap" if place == "idle" else place]
        try:
            asked[place](timeout, at if port is None else port)
        except TransportError as error:
            return type(error).__name__
        return WELL

    def look(self, place: str, timeout: float, port: int | None = None) -> Seen:
        """The same in a thread of its own, watched: does it end, and what does it cost?"""
        fates: list[str] = []

        def run() -> None:
            try:
                fates.append(self.exchange(place, timeout, port))
            except BaseException as error:
                fates.append(f"leaked {type(error).__name__}")

        before, began = _memory_from_here(), time.monotonic()
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(PATIENCE * timeout + MARGIN)
        took = time.monotonic() - began
        return Seen(fates[0] if fates else "", took, not fates, _peak() - before)

    def _ask_dmp(self, timeout: float, port: int) -> None:
        """The sandbox refuses what carries no VIHF: a whole answer, and all that is needed."""
        with contextlib.closing(SoapTransport(self._context, timeout)) as transport:
            request = soap.Request(
                urlunsplit(("https", f"localhost:{port}", f"{BASE}/patients", "", "")),
                "urn:hl7-org:v3:PRPA_IN201307UV02",
                "urn:uuid:1",
                etree.Element("token"),
                etree.Element("body"),
            )
            with contextlib.suppress(SoapFault):
                transport.post(request)

    def _send(self, timeout: float, port: int) -> None:
        server = SmtpServer("localhost", port, self._context, CardLogin(), timeout)
        server.submit(MAILBOX, [COLLEAGUE], LETTER)

    def mailbox(self, timeout: float, port: int | None = None) -> Mailbox:
        at = self.ports["imap"] if port is None else port
        return Mailbox(ImapServer("localhost", at, self._context, CardLogin(), timeout), MAILBOX)

    def _read(self, timeout: float, port: int) -> None:
        with self.mailbox(timeout, port).open() as opened:
            opened.folders()
            look = opened.look("INBOX", Known(0))
            list(opened.fetch("INBOX", look.new[:1]))

    def _watch(self, timeout: float, port: int) -> None:
        ends = time.monotonic() + 2 * timeout
        self.mailbox(timeout, port).watch(lambda: time.monotonic() > ends)


@contextlib.contextmanager
def rig() -> Iterator[Rig]:
    with tempfile.TemporaryDirectory(prefix="lgc-servers-") as folder:
        made = Rig(Path(folder))
        try:
            yield made
        finally:
            made.stop()


def campaign(tries: int, seed: int) -> dict[str, int]:
    """``tries`` exchanges, drawn from ``seed``; what became of them."""
    drawn = random.Random(seed)
    counts = dict.fromkeys(("tried", "ended", "hung", "leaked", "stopped"), 0)
    with rig() as servers:
        for _ in range(tries):
            place = drawn.choice(sorted(ACTS))
            seen = _one(servers, place, drawn)
            leaked = seen.fate.startswith("leaked") or seen.memory > MOST_MEMORY[place]
            counts["tried"] += 1
            counts["hung"] += seen.hung
            counts["leaked"] += leaked
            counts["ended"] += not (seen.hung or leaked)
            servers.knobs.forget()
            counts["stopped"] += servers.exchange(place, LONG) != WELL
    return counts


def _one(servers: Rig, place: str, drawn: random.Random) -> Seen:
    way = drawn.choice(("hostile", "hostile", "hostile", "slow", "absent"))
    if way == "absent":
        return servers.look(place, SHORT, _closed_port())
    if way == "slow":
        servers.knobs.set_latency(place, drawn.uniform(0.1, 4 * SHORT))
        return servers.look(place, SHORT)
    act = drawn.choice(sorted(ACTS[place]))
    servers.knobs.arm(place, "hostile", code=act)
    return servers.look("idle" if act.startswith("idle") else place, SHORT)


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _holder(authority: Authority, folder: Path) -> ssl.SSLContext:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = authority.authentication(DOCTOR.person, key.public_key())
    pair = folder / "holder.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pair.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    context = ssl.create_default_context(cafile=authority.trust)
    context.load_cert_chain(pair)
    return context


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _memory_from_here() -> int:
    """Forget the peak so far; bytes now. 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        RESET.write_text("5")
    return _peak()


def _peak() -> int:
    with contextlib.suppress(OSError):
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    counts = campaign(asked.tries, asked.seed)
    sys.stdout.write(" · ".join(f"{name} {count}" for name, count in counts.items()) + "\n")
    return int(any(counts[name] for name in ("hung", "leaked", "stopped")))


if __name__ == "__main__":
    sys.exit(main())
