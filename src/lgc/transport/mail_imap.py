"""IMAP connections (RFC 3501) over mandatory STARTTLS, through IMAPClient.

Each command is an exchange with a deadline and a budget of its own (`budget`).
"""

from __future__ import annotations

import imaplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, cast

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError
from imapclient.response_parser import parse_fetch_response

from lgc.transport.budget import LINE_COST, Exchange, Limits, TooMuch, too_much
from lgc.transport.errors import NONSENSE, MalformedAnswer, NothingSent, TransportError
from lgc.transport.guarded import GuardedContext, Reader, connect
from lgc.transport.mail_discovery import Place
from lgc.transport.mail_login import MailLogin
from lgc.transport.revocation import fault_of

COMMAND, PER_MESSAGE, IDLE = 4 * 1024 * 1024, 512, 256 * 1024
FAREWELL = 2.0
LONGEST_LINE = 1_000_000
MAX_VANISHED = 5_000_000
FAILURES: tuple[type[Exception], ...] = (OSError, IMAPClientError, *NONSENSE)
CardError = Callable[[], Exception | None]
Find = Callable[[], Place]


class MailboxRefused(TransportError):
    """The server does not let this card in, or does not know what is asked."""


class Oversize(MalformedAnswer):
    """More was announced or came than was asked for; the connection is given up."""


class _Wire(imaplib.IMAP4):
    """imaplib on a guarded socket: each command is an exchange of its own."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self._timeout, self._allowance, self._unasked = timeout, 0, 0
        self._limits = Limits.of(timeout, COMMAND)
        super().__init__(host, port)

    def allow(self, size: int) -> None:
        """The next command may bring ``size`` bytes beside the usual."""
        self._allowance = size

    def begin(self) -> None:
        most = self._limits.most + self._allowance
        self._exchange, self._allowance = Exchange(replace(self._limits, most=most)), 0

    def _new_tag(self) -> Any:
        self.begin()
        return super()._new_tag()  # type: ignore[misc]

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.begin()
        self.sock = connect(host, port, lambda: self._exchange)  # type: ignore[assignment]
        self.file = self.sock.makefile("rb")

    def readline(self) -> bytes:
        self._exchange.come(LINE_COST)
        line = self._reader().readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise TooMuch("a line without an end")
        return line

    def read(self, size: int) -> bytes:
        """A literal, which says its size beforehand."""
        self._exchange.must_hold(size)
        return super().read(size)

    def watch(self) -> None:
        """From now on one budget for all that is said unasked."""
        self._unasked = IDLE

    def unasked(self, seconds: float) -> bytes:
        """A line that the server begins to say within ``seconds``, else nothing."""
        longest = seconds + self._timeout
        self._exchange = Exchange(Limits(self._timeout, longest, self._unasked, grows=False))
        said = self._get_response() if self._reader().ready(seconds) else b""
        self._unasked -= self._exchange.received
        return said or b""

    def _reader(self) -> Reader:
        return cast("Reader", self.file)

    def hurry(self) -> None:
        """A farewell is waited for a moment."""
        self._limits = Limits(FAREWELL, FAREWELL, COMMAND, grows=False)


class Client(IMAPClient):  # type: ignore[misc]
    """IMAPClient under deadlines and budgets, with what it does not know of IDLE and QRESYNC."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        super().__init__(host, port=port, ssl=False, timeout=timeout, use_uid=True)
        self._imap.debug = 0  # it would write out each line, for nobody
        self.normalise_times = False  # else times come without their zone

    def _create_IMAP4(self) -> _Wire:  # noqa: N802
        return _Wire(self.host, self.port, self._timeout.read)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        return super().starttls(GuardedContext(cast("ssl.SSLContext", ssl_context)))

    def fetch(self, messages: Any, data: Any, modifiers: Any = None, *, size: int = 0) -> Any:
        """``size``: the bytes of bodies that the server announced for these messages."""
        self._imap.allow(len(messages) * PER_MESSAGE + size + size // 2)
        return super().fetch(messages, data, modifiers)

    def changed_and_vanished(
        self, last: int, modseq: int, known: int
    ) -> tuple[dict[int, Any], frozenset[int]]:
        """The flags that changed up to UID ``last`` since ``modseq``, and the UIDs that left
        (RFC 7162 §3.2.6), of ``known`` messages. The folder is selected, QRESYNC enabled."""
        self._imap.allow(known * PER_MESSAGE)
        since = f"(CHANGEDSINCE {modseq} VANISHED)"
        tag = self._imap._command("UID", "FETCH", f"1:{last}", "(FLAGS)", since)
        kind, data = self._imap._command_complete("FETCH", tag)
        self._checkok("fetch", kind, data)
        left = self._imap.untagged_responses.pop("VANISHED", [])
        _, data = self._imap._untagged_response(kind, data, "FETCH")
        changed = parse_fetch_response(data, self.normalise_times, self.use_uid)
        return changed, frozenset(_numbers(left))

    def carry(
        self, uids: Sequence[int], folder: str, *, leaving: bool
    ) -> tuple[int, dict[int, int]]:
        """Copy to ``folder``, or move there when they are ``leaving`` (MOVE, RFC 6851). Returns
        its UIDVALIDITY and the UID of each there (COPYUID, RFC 4315 §3), 0 and nothing where
        the server does not say."""
        self._imap.allow(len(uids) * PER_MESSAGE)
        self._imap.untagged_responses.pop("COPYUID", None)
        (self.move if leaving else self.copy)(uids, folder)
        return _copied(self._imap.untagged_responses.pop("COPYUID", []), frozenset(uids))

    def wait_for_mail(self, over: Callable[[], bool], longest: float, beat: float) -> bool:
        """IDLE (RFC 2177) on the selected folder: True once mail came, False when ``over()`` or
        after ``longest`` seconds."""
        self.idle()
        self._imap.watch()
        limit = time.monotonic() + longest
        came = False
        while not came and not over() and time.monotonic() < limit:
            came = b"EXISTS" in self._imap.unasked(beat).split()
        self._imap.begin()
        self.idle_done()
        return came

    def leave(self, *, politely: bool) -> None:
        """Whatever the other side does, the connection is closed."""
        self._imap.hurry()
        with suppress(*FAILURES):
            if politely:
                self.logout()
                return
        with suppress(*FAILURES):
            self.shutdown()


def _copied(said: list[bytes], asked: frozenset[int]) -> tuple[int, dict[int, int]]:
    """What cannot be understood of it is not known: the next look finds those messages."""
    found: dict[int, int] = {}
    validities: set[int] = set()
    for line in said:
        try:
            validity, old, new = line.split()
            pairs = dict(zip(_numbers([old]), _numbers([new]), strict=True))
            validities.add(int(validity))
        except (ValueError, AttributeError):
            return 0, {}
        found |= pairs
    one_each = len(set(found.values())) == len(found)
    if len(validities) != 1 or not found.keys() <= asked or not one_each:
        return 0, {}
    return validities.pop(), found


def _numbers(said: list[bytes]) -> Iterator[int]:
    """The UIDs of ``(EARLIER) 41,43:45``, as a server of good faith lists them."""
    total = 0
    for line in said:
        for part in line.split()[-1].split(b","):
            first, _, last = part.partition(b":")
            start, stop = int(first), int(last or first)
            total += stop - start + 1
            if total > MAX_VANISHED:
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
        """A logged-in `Client`, closed afterwards. What its methods raise, and this:

        NothingSent when unreachable or fallen, MailboxRefused by answer, MalformedAnswer for what
        is too large or no IMAP, or what the card said.
        """
        client = self._connect()
        door = Door(client)
        try:
            self._secure(client, address)
            door.broken = False
            yield door
        finally:
            client.leave(politely=not door.broken)

    def _connect(self) -> Client:
        place = self.find() if self.find is not None else Place(self.host, self.port)
        try:
            return Client(place.host, place.port, self.timeout)
        except FAILURES as error:
            kind = MalformedAnswer if too_much(error) else NothingSent
            raise kind(type(error).__name__) from error

    def _secure(self, client: Client, address: str) -> None:
        try:
            client.starttls(self.context)
            client.sasl_login(
                self.login.mechanism,
                lambda challenge: self.login.answer(address, challenge).encode(),
            )
        except FAILURES as error:
            fault = fault_of(error)
            if fault:
                raise NothingSent(fault) from error
            raise self.card_error() or meaning(error) from error


class Door:
    """What leaves the library leaves it as a TransportError.

    Nothing more is said once it is ``broken``: half an answer would be taken for the next one.
    """

    def __init__(self, client: Client) -> None:
        self._client, self.broken = client, True

    def __getattr__(self, name: str) -> Callable[..., Any]:
        asked = getattr(self._client, name)

        def through(*args: Any, **kwargs: Any) -> Any:
            if self.broken:
                raise NothingSent("given up")
            try:
                return asked(*args, **kwargs)
            except FAILURES as error:
                answered = isinstance(error, IMAPClientError)
                self.broken = not answered or isinstance(error, IMAPClientAbortError)
                raise meaning(error) from error

        return through


# The first kind that fits; what fits none fell with the connection.
MEANINGS: tuple[tuple[type[Exception], type[TransportError]], ...] = (
    (IMAPClientAbortError, NothingSent),
    (ProtocolError, MalformedAnswer),
    (IMAPClientError, MailboxRefused),
    (OSError, NothingSent),
    *((kind, MalformedAnswer) for kind in NONSENSE),
)


def meaning(error: Exception) -> TransportError:
    """What a failure of a command means to who asked."""
    if too_much(error):
        return Oversize(type(error).__name__)
    kind = next(kind for family, kind in MEANINGS if isinstance(error, family))
    return kind(type(error).__name__)
