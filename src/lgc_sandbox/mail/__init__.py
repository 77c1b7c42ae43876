"""MSSanté's mail servers: SMTP submission and IMAP over the same mailboxes, TLS by card."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lgc_sandbox.authority import Authority
from lgc_sandbox.knobs import Knobs
from lgc_sandbox.mail.boxes import INBOX, PostOffice
from lgc_sandbox.mail.holder import Holders
from lgc_sandbox.mail.imap import ImapServer
from lgc_sandbox.mail.smtp import SmtpServer


class MailServers:
    """Both servers and the mailboxes behind them."""

    def __init__(self, office: PostOffice, smtp: SmtpServer, imap: ImapServer) -> None:
        self.office, self._smtp, self._imap = office, smtp, imap

    @property
    def smtp_port(self) -> int:
        return self._smtp.port

    @property
    def imap_port(self) -> int:
        return self._imap.port

    def deliver(self, address: str, content: bytes) -> None:
        """A message that another operator brings."""
        self.office[address].add(INBOX, content)

    def messages(self, address: str, folder: str = INBOX) -> list[bytes]:
        """What somebody finds in a folder, oldest first."""
        return [message.content for message in self.office[address].messages(folder)]

    def counts(self) -> dict[str, dict[str, int]]:
        """Messages per folder per address."""
        return {
            address: {
                folder: len(self.office[address].messages(folder))
                for folder in self.office[address].folders()
            }
            for address in self.office.addresses()
        }

    def received(self) -> list[dict[str, Any]]:
        """Every message that the SMTP server said yes to, oldest first."""
        return self.office.received()

    def stop(self) -> None:
        self._smtp.stop()
        self._imap.stop()


def start(
    folder: Path,
    authority: Authority,
    knobs: Knobs,
    addresses: Iterable[str],
    owners: dict[str, str],
    tokens: Callable[[str], str | None] | None = None,
) -> MailServers:
    """Start both on loopback. ``owners`` maps a card's national id to its mailbox.

    With ``tokens`` a client may come without a certificate and log in by XOAUTH2.
    """
    chain, key = authority.server("localhost")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.load_cert_chain(chain, key)
    tls.load_verify_locations(authority.trust)
    tls.verify_mode = ssl.CERT_REQUIRED if tokens is None else ssl.CERT_OPTIONAL
    office = PostOffice(folder, [*addresses, *owners.values()])
    holders = Holders(authority, owners, tokens)
    return MailServers(
        office,
        SmtpServer(office, holders, tls, knobs),
        ImapServer(office, holders, tls, knobs),
    )
