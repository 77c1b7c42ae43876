"""The doctor's mailbox: what arrived since last time, and what really left (IMAP)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from lgc.domain.deliveries import Receipt
from lgc.transport.mail_imap import ImapServer

INBOX = "INBOX"
SENT = b"\\Sent"
NOT_SELECTABLE = b"\\Noselect"


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

    def new_mail(self, uid_validity: int, uid_next: int) -> Iterator[IncomingMail]:
        """Inbox messages from ``uid_next`` on, oldest first, one fetch each.

        When the server started its numbering afresh (UIDVALIDITY), everything is new again: the
        caller knows the Message-IDs it already has.
        """
        with self._server.open(self._address) as client:
            state = client.select_folder(INBOX)
            validity = int(state[b"UIDVALIDITY"])
            first = uid_next if validity == uid_validity else 1
            # ``n:*`` always names the last message, even when it is older than n.
            uids = sorted(uid for uid in client.search(["UID", f"{first}:*"]) if uid >= first)
            for uid in uids:
                fetched = client.fetch([uid], ["BODY.PEEK[]"])
                raw = fetched.get(uid, {}).get(b"BODY[]")
                if raw is not None:  # expunged meanwhile by another client
                    yield IncomingMail(INBOX, validity, uid, raw)

    def was_sent(self, rfc_message_id: str) -> Receipt | None:
        """Look for our own copy in every folder: it came in the same SMTP transaction."""
        with self._server.open(self._address) as client:
            for flags, _, folder in client.list_folders():
                if NOT_SELECTABLE in flags:
                    continue
                client.select_folder(folder, readonly=True)
                found = client.search(["HEADER", "Message-ID", rfc_message_id])
                if found:
                    data = client.fetch(found[:1], ["INTERNALDATE"])[found[0]]
                    when: dt.datetime = data[b"INTERNALDATE"]
                    return Receipt(
                        rfc_message_id.strip("<>"),
                        when if when.tzinfo else when.replace(tzinfo=dt.UTC),
                        ("Retrouvé dans votre boîte aux lettres",),
                    )
        return None

    def file_own_copy(self, uid: int) -> None:
        """Move our own copy from the inbox to the server's folder of sent messages."""
        with self._server.open(self._address) as client:
            target = next((name for flags, _, name in client.list_folders() if SENT in flags), None)
            if target is None:
                return
            client.select_folder(INBOX)
            client.add_flags([uid], [b"\\Seen"])
            client.move([uid], target)
