"""IMAP connections (RFC 3501) over mandatory STARTTLS, through IMAPClient."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from lgc.transport.errors import NothingSent, TransportError
from lgc.transport.mail_login import MailLogin

CardError = Callable[[], Exception | None]


class MailboxRefused(TransportError):
    """The server does not let this card in, or does not know what is asked."""


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where and how to read. ``timeout`` in seconds."""

    host: str
    port: int
    context: ssl.SSLContext
    login: MailLogin
    timeout: float
    card_error: CardError = lambda: None

    @contextmanager
    def open(self, address: str) -> Iterator[Any]:
        """A logged-in ``IMAPClient``, closed afterwards.

        Raises NothingSent when unreachable, MailboxRefused by answer, or what the card said.
        """
        try:
            client = IMAPClient(
                self.host, port=self.port, ssl=False, timeout=self.timeout, use_uid=True
            )
        except (OSError, IMAPClientError) as error:
            raise NothingSent(type(error).__name__) from error
        try:
            self._secure(client, address)
            yield client
        except IMAPClientError as error:
            raise MailboxRefused(type(error).__name__) from error
        except OSError as error:
            raise NothingSent(type(error).__name__) from error
        finally:
            _leave(client)

    def _secure(self, client: Any, address: str) -> None:
        try:
            client.starttls(self.context)
            first = self.login.first(address)
            client.sasl_login(self.login.mechanism, lambda challenge: first.encode())
        except (OSError, IMAPClientError) as error:
            raise self.card_error() or error from error


def _leave(client: Any) -> None:
    try:
        client.logout()
    except (OSError, IMAPClientError):
        client.shutdown()
