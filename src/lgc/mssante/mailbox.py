"""The doctor's mailbox (IMAP): opened to be kept in step, watched, asked what really left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lgc.domain.deliveries import Receipt
from lgc.mssante.open_mailbox import OpenMailbox, Place
from lgc.mssante.server_folders import INBOX, NOT_SELECTABLE
from lgc.transport.mail_imap import ImapServer

FOUND = "Retrouvé dans votre boîte aux lettres"
LONGEST_WATCH, WATCH_BEAT = 25 * 60.0, 1.0


class Mailbox:
    """One address on one server; a connection per question."""

    def __init__(self, server: ImapServer, address: str) -> None:
        self._server, self._address = server, address
        self._oversize: dict[Place, int] = {}

    @contextmanager
    def open(self) -> Iterator[OpenMailbox]:
        """One connection for many questions."""
        with self._server.open(self._address) as client:
            yield OpenMailbox(client, self._oversize)

    def watch(self, over: Callable[[], bool]) -> bool | None:
        """Wait for new mail (IDLE, RFC 2177): True once some came, False when ``over()`` or after
        25 minutes (servers close at 29), None from a server that does not offer it.
        """
        with self._server.open(self._address) as client:
            if not client.has_capability("IDLE"):
                return None
            client.select_folder(INBOX, readonly=True)
            seen: bool = client.wait_for_mail(over, LONGEST_WATCH, WATCH_BEAT)
            return seen

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


def _found(client: Any, rfc_message_id: str) -> dt.datetime | None:
    """When the message of that id came into the selected folder."""
    for uid in client.search(["HEADER", "Message-ID", rfc_message_id]):
        when = client.fetch([uid], ["INTERNALDATE"]).get(uid, {}).get(b"INTERNALDATE")
        if isinstance(when, dt.datetime):
            return when.astimezone(dt.UTC)
    return None
