"""One SMTP submission (RFC 5321, 6409) over mandatory STARTTLS, told apart by its fate."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lgc.transport.errors import NoAnswer, NothingSent, TransportError
from lgc.transport.mail_login import MailLogin

CardError = Callable[[], Exception | None]


class MailRefused(TransportError):
    """The server said no for good (5xx): ``code`` and its words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"SMTP {code}")
        self.code, self.words = code, words


class MailBusy(TransportError):
    """The server said not now (4xx): nothing was taken."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"SMTP {code}")
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Accepted:
    """The message was taken; ``refused`` maps an address to the server's words."""

    answer: str
    refused: dict[str, str]


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how to submit. ``timeout`` in seconds."""

    host: str
    port: int
    context: ssl.SSLContext
    login: MailLogin
    timeout: float
    card_error: CardError = lambda: None

    def submit(self, sender: str, recipients: Sequence[str], message: bytes) -> Accepted:
        """Send one message to everybody in one transaction.

        Raises NothingSent before the message, MailBusy or MailRefused by answer, NoAnswer once
        the message left without an answer, or what the card said.
        """
        try:
            connection = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise NothingSent(type(error).__name__) from error
        try:
            self._secure(connection, sender)
            refused = self._envelope(connection, sender, recipients)
            answer = self._data(connection, message)
        finally:
            connection.close()
        return Accepted(answer, refused)

    def _secure(self, connection: smtplib.SMTP, address: str) -> None:
        try:
            connection.ehlo()
            connection.starttls(context=self.context)
            connection.ehlo()
            connection.auth(
                self.login.mechanism,
                lambda challenge=None: self.login.first(address),
                initial_response_ok=False,
            )
        except (OSError, smtplib.SMTPException) as error:
            raise self.card_error() or _before(error) from error

    def _envelope(
        self, connection: smtplib.SMTP, sender: str, recipients: Sequence[str]
    ) -> dict[str, str]:
        refused: dict[str, str] = {}
        try:
            _must(connection.mail(sender))
            for recipient in recipients:
                code, words = connection.rcpt(recipient)
                if code >= 400:
                    refused[recipient] = _text(words)
        except (OSError, smtplib.SMTPException) as error:
            raise _before(error) from error
        return refused

    def _data(self, connection: smtplib.SMTP, message: bytes) -> str:
        """From the first byte of the message on, no answer means: perhaps."""
        try:
            code, words = connection.data(message)
        except smtplib.SMTPDataError as error:
            raise _before(error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NoAnswer(type(error).__name__) from error
        _must((code, words))
        return _text(words)


def _must(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if code >= 500:
        raise MailRefused(code, _text(words))
    if code >= 400:
        raise MailBusy(code, _text(words))


def _before(error: Exception) -> TransportError:
    """What happened before the message left."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = _text(error.smtp_error)
        kind = MailRefused if error.smtp_code >= 500 else MailBusy
        return kind(error.smtp_code, words)
    return NothingSent(type(error).__name__)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
