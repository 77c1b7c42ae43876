"""One SMTP submission (RFC 5321, 6409) over mandatory STARTTLS, told apart by its fate."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from lgc.transport.budget import Exchange, Limits, TooMuch, too_much
from lgc.transport.errors import (
    NONSENSE,
    MalformedAnswer,
    NoAnswer,
    NothingSent,
    TransportError,
)
from lgc.transport.guarded import GuardedContext, connect
from lgc.transport.mail_discovery import Place
from lgc.transport.mail_login import MailLogin
from lgc.transport.revocation import fault_of

GO_ON, CLOSING = 354, 421
EVERYTHING_TOLD, NOBODY_TOLD = ["NOTIFY=SUCCESS,DELAY,FAILURE"], ["NOTIFY=NEVER"]
MOST = 1024 * 1024
FAREWELL = 2.0  # seconds
FAILURES: tuple[type[Exception], ...] = (OSError, smtplib.SMTPException, *NONSENSE)
CardError = Callable[[], Exception | None]
Find = Callable[[], Place]


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
class Refusal:
    """What the server answered to one recipient; ``later`` when it may still say yes (4xx)."""

    code: int
    words: str

    @property
    def later(self) -> bool:
        return 400 <= self.code < 500


@dataclass(frozen=True, slots=True)
class Accepted:
    """The message was taken for everybody but the addresses of ``refused``."""

    answer: str
    refused: dict[str, Refusal]


class Unheard(NoAnswer):
    """Perhaps taken; never for those of ``refused``."""

    def __init__(self, reason: str, refused: dict[str, Refusal]) -> None:
        super().__init__(reason)
        self.refused = refused


class NobodyTaken(MailRefused):
    """Each recipient was refused for good; nothing left."""

    def __init__(self, refused: dict[str, Refusal]) -> None:
        worst = min(refused.values(), key=lambda one: (one.code, one.words))
        super().__init__(worst.code, worst.words)
        self.refused = refused


class _Conversation(smtplib.SMTP):
    """One exchange, greeting to farewell. Remembers the last answer heard: after 354 the message
    may be on its way."""

    last_code = 0

    def __init__(self, place: Place, exchange: Exchange) -> None:
        self._exchange = exchange
        # The name of this machine is nobody's business, and looking it up may take long.
        super().__init__(place.host, place.port, "[127.0.0.1]")

    def _get_socket(self, host: str, port: int, timeout: object) -> Any:
        return connect(host, port, lambda: self._exchange)

    def getreply(self) -> tuple[int, bytes]:
        try:
            self.last_code, words = super().getreply()
        except smtplib.SMTPResponseException as error:  # no answer, but a line without an end
            raise TooMuch("line") from error
        return self.last_code, words

    def take_leave(self) -> None:
        """The message is theirs already: what happens to a farewell changes nothing."""
        self._exchange = Exchange(Limits(FAREWELL, FAREWELL, MOST, grows=False))
        with contextlib.suppress(*FAILURES):
            self.quit()


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how to submit. ``timeout`` in seconds is the longest silence (see `budget`).

    ``find`` tells the place at each connection instead of ``host`` and ``port``, which a person
    may have typed."""

    host: str
    port: int
    context: ssl.SSLContext
    login: MailLogin
    timeout: float
    card_error: CardError = lambda: None
    find: Find | None = None

    def submit(
        self,
        sender: str,
        recipients: Sequence[str],
        message: bytes,
        *,
        notify: bool = False,
        copy: bool = True,
    ) -> Accepted:
        """Send one message to everybody, the sender's own mailbox too, in one transaction.

        Nothing leaves unless the sender's mailbox takes its copy, which proves the sending later,
        and one recipient at least takes the message. Without ``copy`` there is no such proof: for
        what may be said twice. With ``notify`` the servers on the way are asked to tell how each
        delivery went (RFC 3461), where this one offers it.
        Raises NothingSent or MalformedAnswer before the message, MailBusy or MailRefused by
        answer, Unheard once the message began to leave without an answer, or what the card said.
        """
        connection = self._connect()
        try:
            self._secure(connection, sender)
            asked = notify and connection.has_extn("dsn")
            refused = self._envelope(
                connection, sender, recipients, len(message), notify=asked, copy=copy
            )
            try:
                answer = self._data(connection, message)
            except NoAnswer as error:
                raise Unheard(error.reason, refused) from error
            connection.take_leave()
        finally:
            connection.close()
        return Accepted(answer, refused)

    def _connect(self) -> _Conversation:
        place = self.find() if self.find is not None else Place(self.host, self.port)
        try:
            return _Conversation(place, Exchange(Limits.of(self.timeout, MOST)))
        except FAILURES as error:
            kind = MalformedAnswer if too_much(error) else NothingSent
            raise kind(type(error).__name__) from error

    def _secure(self, connection: smtplib.SMTP, address: str) -> None:
        try:
            connection.ehlo()
            connection.starttls(context=cast("ssl.SSLContext", GuardedContext(self.context)))
            connection.ehlo()
            if not _offers(connection, self.login.mechanism):
                if self.login.shown_by_tls:
                    return
                # smtplib takes « no such command » (503) for « already logged in ».
                raise NothingSent(f"{self.login.mechanism} is not offered")
            connection.auth(
                self.login.mechanism,
                lambda challenge=None: self.login.answer(address, challenge),
                initial_response_ok=False,
            )
        except FAILURES as error:
            fault = fault_of(error)
            if fault:
                raise NothingSent(fault) from error
            raise self.card_error() or _before(error) from error

    def _envelope(
        self,
        connection: smtplib.SMTP,
        sender: str,
        recipients: Sequence[str],
        size: int,
        *,
        notify: bool,
        copy: bool,
    ) -> dict[str, Refusal]:
        options = [f"SIZE={size}"] if connection.has_extn("size") else []
        options += ["RET=HDRS"] if notify else []
        mine, theirs = (NOBODY_TOLD, EVERYTHING_TOLD) if notify else ([], [])
        answers: dict[str, tuple[int, bytes]] = {}
        try:
            _must(connection.mail(sender, options))
            if copy:
                _must(connection.rcpt(sender, mine))
            others = [one for one in dict.fromkeys(recipients) if one != sender]
            for recipient in others:
                answers[recipient] = connection.rcpt(recipient, theirs)
        except FAILURES as error:
            raise _before(error) from error
        refused = {
            one: Refusal(code, _text(words))
            for one, (code, words) in answers.items()
            if not _yes(code)
        }
        if refused and len(refused) == len(others):
            if all(one.code >= 500 for one in refused.values()):
                raise NobodyTaken(refused)
            _must(min(answers.values()))  # one that may pass later makes all wait
        return refused

    def _data(self, connection: _Conversation, message: bytes) -> str:
        """Once the server said « go on » (354), no answer means: perhaps."""
        try:
            code, words = connection.data(message)
        except FAILURES as error:
            if connection.last_code == GO_ON:
                raise NoAnswer(type(error).__name__) from error
            raise _before(error) from error
        if code == CLOSING or code < 0:  # it goes away, or its answer makes no sense
            raise NoAnswer(f"SMTP {code}")
        _must((code, words))
        return _text(words)


def _offers(connection: smtplib.SMTP, mechanism: str) -> bool:
    return mechanism in connection.esmtp_features.get("auth", "").upper().split()


def _yes(code: int) -> bool:
    return 200 <= code < 300


def _must(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if code >= 500:
        raise MailRefused(code, _text(words))
    if code >= 400:
        raise MailBusy(code, _text(words))
    if not _yes(code):
        raise NothingSent(f"SMTP {code}")


def _before(error: Exception) -> TransportError:
    """What happened before the message left."""
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 400:
        words = _text(error.smtp_error)
        kind = MailRefused if error.smtp_code >= 500 else MailBusy
        return kind(error.smtp_code, words)
    if too_much(error):
        return MalformedAnswer("oversize answer")
    return NothingSent(type(error).__name__)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
