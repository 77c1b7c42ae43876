"""Where the servers of a mailbox are: DNS SRV (RFC 6186), else the operator's autoconfig file.

Only a host of the mailbox's own domain, or of the space of trust it belongs to, is believed: a
token goes nowhere else, and never to a host that somebody typed.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dns.exception
import dns.resolver

from lgc.errors import UnreadableInput, UserFacingError
from lgc.transport import web
from lgc.transport.budget import Limits
from lgc.transport.errors import NONSENSE, TransportError
from lgc.xds.safe_xml import read_xml

IMAP, SUBMISSION = "_imap._tcp", "_submission._tcp"
MAX_FILE = 64 * 1024
PATIENCE = 5.0  # seconds for each of the two questions


@dataclass(frozen=True, slots=True)
class Service:
    """One SRV answer; lower ``priority`` first, then higher ``weight``."""

    priority: int
    weight: int
    port: int
    host: str


@dataclass(frozen=True, slots=True)
class Place:
    """A server. ``discovered`` is what lets a token go there."""

    host: str
    port: int
    discovered: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    imap: Place
    smtp: Place


FAILURES: web.Kinds = (dns.exception.DNSException, OSError, *NONSENSE)
Resolve = Callable[[str], Sequence[Service]]
Fetch = Callable[[str], bytes | None]


def discover(address: str, trusted: Sequence[str], resolve: Resolve, fetch: Fetch) -> Places:
    """The servers of ``address``.

    ``trusted`` are the domains of the space of trust (``mssante.fr``); ``resolve`` answers a SRV
    question, ``fetch`` an HTTPS address, None when there is nothing.
    Raises UserFacingError when no server of a trusted domain is announced.
    """
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    within = _within(domain, trusted)
    imap = _best(resolve(f"{IMAP}.{domain}"), within)
    smtp = _best(resolve(f"{SUBMISSION}.{domain}"), within)
    if imap is None or smtp is None:
        content = fetch(f"https://autoconfig.{domain}/mail/config-v1.1.xml")
        from_file = _read(content, within) if content else {}
        imap, smtp = imap or from_file.get("imap"), smtp or from_file.get("smtp")
    if imap is None or smtp is None:
        raise UserFacingError(
            "Les serveurs de votre boîte MSSanté n’ont pas été trouvés.",
            advice="Vérifiez votre adresse MSSanté dans les réglages.",
            may_retry=True,
        )
    return Places(imap, smtp)


class Discovered:
    """The servers of one mailbox, asked at the first need and then known for the session."""

    def __init__(
        self, address: str, trusted: Sequence[str], resolve: Resolve, fetch: Fetch
    ) -> None:
        self._asked = (address, trusted, resolve, fetch)
        self._lock = threading.Lock()
        self._places: Places | None = None

    def imap(self) -> Place:
        """Raises UserFacingError when nothing trusted is announced."""
        return self._known().imap

    def smtp(self) -> Place:
        """Raises UserFacingError when nothing trusted is announced."""
        return self._known().smtp

    def _known(self) -> Places:
        with self._lock:
            if self._places is None:
                self._places = discover(*self._asked)
            return self._places


def ask_web(address: str) -> bytes | None:
    """A small HTTPS file, no redirection followed; None when there is none."""
    try:
        answer = web.ask(address, Limits(PATIENCE, PATIENCE, MAX_FILE, grows=False))
    except TransportError:
        return None
    return answer.content if answer.status == http.client.OK else None


def ask_dns(name: str) -> Sequence[Service]:
    """A SRV question to the resolver of the system; nothing when it has no answer."""
    try:
        answer = dns.resolver.resolve(name, "SRV", lifetime=PATIENCE)
    except FAILURES:
        return ()
    return tuple(
        Service(one.priority, one.weight, one.port, one.target.to_text(omit_final_dot=True))
        for one in answer
    )


def _within(domain: str, trusted: Sequence[str]) -> tuple[str, ...]:
    """The mailbox's domain, and the spaces of trust it is itself part of."""
    spaces = [one.strip().lower().strip(".") for one in trusted]
    return (domain, *(one for one in spaces if one and domain.endswith(f".{one}")))


def _believed(host: str, within: Sequence[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in within)


def _best(services: Sequence[Service], within: Sequence[str]) -> Place | None:
    for one in sorted(services, key=lambda s: (s.priority, -s.weight, s.host)):
        host = one.host.lower().rstrip(".")
        if _believed(host, within) and 0 < one.port < 65536:
            return Place(host, one.port, discovered=True)
    return None


def _read(content: bytes, within: Sequence[str]) -> dict[str, Place]:
    """A clientConfig 1.1 file: STARTTLS servers only."""
    try:
        root = read_xml(content, max_bytes=MAX_FILE)
    except UnreadableInput:
        return {}
    found: dict[str, Place] = {}
    for tag, kind in (("incomingServer", "imap"), ("outgoingServer", "smtp")):
        for server in root.iterfind(f".//{tag}[@type='{kind}']"):
            host = (server.findtext("hostname") or "").strip().lower()
            port = (server.findtext("port") or "").strip()
            secure = (server.findtext("socketType") or "").strip().upper() == "STARTTLS"
            if secure and port.isdecimal() and _believed(host, within) and kind not in found:
                found[kind] = Place(host, int(port[:5]), discovered=True)
    return found
