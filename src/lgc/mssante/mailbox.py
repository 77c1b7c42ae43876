"""The doctor's mailbox: what arrived since last time, and what really left (IMAP)."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lgc.domain.deliveries import Receipt
from lgc.mssante.message import CUT_HEADER
from lgc.transport.mail_imap import ImapServer

log = logging.getLogger(__name__)
INBOX = "INBOX"
SENT = b"\\Sent"
NOT_SELECTABLE = frozenset({b"\\Noselect", b"\\NonExistent"})
FOUND = "Retrouvé dans votre boîte aux lettres"
SENT_NAMES = ("Envoyés", "Éléments envoyés", "Messages envoyés")
BEGINNING = 64 * 1024
LONGEST_WATCH, WATCH_BEAT = 25 * 60.0, 1.0
MAX_BYTES = 40 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """Bytes as the mailbox gave them (`services.ports.IncomingMail`)."""

    mailbox: str
    uid_validity: int
    uid: int
    raw: bytes


class Mailbox:
    """One address on one server; a connection per question."""

    def __init__(self, server: ImapServer, address: str) -> None:
        self._server, self._address = server, address
        self._validity: int | None = None

    def new_mail(self, uid_validity: int, uid_next: int) -> Iterator[IncomingMail]:
        """Inbox messages from ``uid_next`` on, oldest first, one fetch each.

        When the server started its numbering afresh (UIDVALIDITY), everything is new again: the
        caller knows the Message-IDs it already has.
        """
        with self._server.open(self._address) as client:
            state = client.select_folder(INBOX, readonly=True)
            validity = self._validity = int(state[b"UIDVALIDITY"])
            first = uid_next if validity == uid_validity else 1
            # ``n:*`` always names the last message, even when it is older than n.
            uids = sorted(uid for uid in client.search(["UID", f"{first}:*"]) if uid >= first)
            sizes = client.fetch(uids, ["RFC822.SIZE"]) if uids else {}
            for uid in uids:
                raw = _fetched(client, uid, sizes.get(uid, {}).get(b"RFC822.SIZE", 0))
                if raw is not None:  # expunged meanwhile by another client
                    yield IncomingMail(INBOX, validity, uid, raw)

    def watch(self, over: Callable[[], bool]) -> bool | None:
        """Wait for new mail (IDLE, RFC 2177): True once some came, False when ``over()`` or after
        25 minutes (servers close at 29), None from a server that does not offer it.
        """
        with self._server.open(self._address) as client:
            if not client.has_capability("IDLE"):
                return None
            client.select_folder(INBOX, readonly=True)
            client.idle()
            limit = time.monotonic() + LONGEST_WATCH
            try:
                while not over() and time.monotonic() < limit:
                    said = client.idle_check(timeout=WATCH_BEAT)
                    if any(len(one) > 1 and one[1] == b"EXISTS" for one in said):
                        return True
                return False
            finally:
                client.idle_done()

    def was_sent(self, rfc_message_id: str) -> Receipt | None:
        """Look for our own copy in every folder: it came in the same SMTP transaction.

        A folder that cannot be read raises: « not found » would send the message again.
        """
        with self._server.open(self._address) as client:
            for flags, _, folder in client.list_folders():
                if NOT_SELECTABLE.isdisjoint(flags):
                    client.select_folder(folder, readonly=True)
                    when = _found(client, rfc_message_id)
                    if when is not None:
                        return Receipt(rfc_message_id.strip("<>"), when, (FOUND,))
        return None

    def file_own_copy(self, uid: int) -> None:
        """Move our own copy from the inbox to the server's folder of sent messages.

        ``uid`` is one that ``new_mail`` gave: should the server have started another numbering
        since, it names another message, and nothing is moved.
        """
        with self._server.open(self._address) as client:
            target = _sent_folder(client)
            state = client.select_folder(INBOX)
            if target is None or int(state[b"UIDVALIDITY"]) != self._validity:
                log.info("own copy %d stays in the inbox", uid)
                return
            client.add_flags([uid], [b"\\Seen"])
            _move(client, uid, target)


def _fetched(client: Any, uid: int, size: int) -> bytes | None:
    """One message, or the marked beginning of one too large to be held in memory."""
    if size <= MAX_BYTES:
        raw: bytes | None = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        return raw
    log.warning("message %d of %d bytes fetched in part", uid, size)
    asked = client.fetch([uid], [f"BODY.PEEK[]<0.{BEGINNING}>"]).get(uid, {})
    beginning = asked.get(b"BODY[]<0>")
    return None if beginning is None else f"{CUT_HEADER}: {size}\r\n".encode() + beginning


def _found(client: Any, rfc_message_id: str) -> dt.datetime | None:
    """When the message of that id came into the selected folder."""
    for uid in client.search(["HEADER", "Message-ID", rfc_message_id]):
        when = client.fetch([uid], ["INTERNALDATE"]).get(uid, {}).get(b"INTERNALDATE")
        if isinstance(when, dt.datetime):
            return when.astimezone(dt.UTC)
    return None


def _sent_folder(client: Any) -> str | None:
    """By its special use (RFC 6154), else by its usual names."""
    named: str | None = client.find_special_folder(SENT)
    if named is not None:
        return named
    folders = {str(folder) for _, _, folder in client.list_folders()}
    return next((name for name in SENT_NAMES if name in folders), None)


def _move(client: Any, uid: int, target: str) -> None:
    """In one step where the server knows it (RFC 6851), else copied first."""
    if client.has_capability("MOVE"):
        client.move([uid], target)
        return
    client.copy([uid], target)
    client.add_flags([uid], [b"\\Deleted"])
    if client.has_capability("UIDPLUS"):
        client.uid_expunge([uid])
