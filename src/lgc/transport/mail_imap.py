"""IMAP connections (RFC 3501) over mandatory STARTTLS, through IMAPClient."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from imapclient.response_parser import parse_fetch_response

from lgc.transport.errors import NothingSent, TransportError
from lgc.transport.mail_discovery import Place
from lgc.transport.mail_login import MailLogin
from lgc.transport.revocation import fault_of

# What IMAPClient raises when a server's answer is no IMAP.
NONSENSE = (ValueError, KeyError, IndexError, AttributeError, TypeError)
MAX_VANISHED = 5_000_000
CardError = Callable[[], Exception | None]
Find = Callable[[], Place]


class MailboxRefused(TransportError):
    """The server does not let this card in, or does not know what is asked."""


class Client(IMAPClient):  # type: ignore[misc]
    """IMAPClient with the one question of QRESYNC that it does not know."""

    def changed_and_vanished(self, last: int, modseq: int) -> tuple[dict[int, Any], frozenset[int]]:
        """The flags that changed up to UID ``last`` since ``modseq``, and the UIDs that left
        (RFC 7162 §3.2.6). The folder is selected, QRESYNC enabled."""
        since = f"(CHANGEDSINCE {modseq} VANISHED)"
        tag = self._imap._command("UID", "FETCH", f"1:{last}", "(FLAGS)", since)
        kind, data = self._imap._command_complete("FETCH", tag)
        self._checkok("fetch", kind, data)
        left = self._imap.untagged_responses.pop("VANISHED", [])
        _, data = self._imap._untagged_response(kind, data, "FETCH")
        changed = parse_fetch_response(data, self.normalise_times, self.use_uid)
        return changed, frozenset(_numbers(left))


def _numbers(said: list[bytes]) -> Iterator[int]:
    """The UIDs of ``(EARLIER) 41,43:45``, as a server of good faith lists them."""
    for line in said:
        for part in line.split()[-1].split(b","):
            first, _, last = part.partition(b":")
            start, stop = int(first), int(last or first)
            if stop - start > MAX_VANISHED:
                raise ValueError("more messages left than a mailbox holds")
            yield from range(start, stop + 1)


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where and how to read. ``timeout`` in seconds.

    ``find`` tells the place at each connection instead of ``host`` and ``port``, which a person
    may have typed."""

    host: str
    port: int
    context: ssl.SSLContext
    login: MailLogin
    timeout: float
    card_error: CardError = lambda: None
    find: Find | None = None

    @contextmanager
    def open(self, address: str) -> Iterator[Any]:
        """A logged-in ``IMAPClient``, closed afterwards.

        Raises NothingSent when unreachable, MailboxRefused by answer, or what the card said.
        """
        client = self._connect()
        try:
            self._secure(client, address)
            yield client
        except IMAPClientAbortError as error:  # the connection fell
            raise NothingSent(type(error).__name__) from error
        except IMAPClientError as error:
            raise MailboxRefused(type(error).__name__) from error
        except (OSError, *NONSENSE) as error:
            raise NothingSent(type(error).__name__) from error
        finally:
            _leave(client)

    def _connect(self) -> Any:
        place = self.find() if self.find is not None else Place(self.host, self.port)
        try:
            client = Client(
                place.host, port=place.port, ssl=False, timeout=self.timeout, use_uid=True
            )
        except (OSError, IMAPClientError) as error:
            raise NothingSent(type(error).__name__) from error
        client.normalise_times = False  # else times come without their zone
        return client

    def _secure(self, client: Any, address: str) -> None:
        try:
            client.starttls(self.context)
            client.sasl_login(
                self.login.mechanism,
                lambda challenge: self.login.answer(address, challenge).encode(),
            )
        except (OSError, IMAPClientError) as error:
            fault = fault_of(error)
            if fault:
                raise NothingSent(fault) from error
            raise self.card_error() or error from error


def _leave(client: Any) -> None:
    try:
        client.logout()
    except (OSError, IMAPClientError):
        with suppress(OSError, IMAPClientError):
            client.shutdown()
