"""Sockets that obey their exchange: every wait gets the time that is left, every byte is counted.

They stand under smtplib, imaplib and urllib3 in the place of the system's. TLS runs over memory
(``ssl.SSLObject``): what OpenSSL would read by itself, handshake and tickets, is counted too.
"""

from __future__ import annotations

import contextlib
import io
import select
import socket
import ssl
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from lgc.transport.budget import Exchange, TooSlow

CHUNK = 64 * 1024
Current = Callable[[], Exchange]


class GuardedSocket:
    """A connected socket. ``current`` tells the exchange that goes on."""

    def __init__(self, raw: socket.socket, current: Current) -> None:
        self._raw, self.current = raw, current
        self._files, self._closed = 0, False

    def recv(self, size: int) -> bytes:
        """Some bytes, none at the end. Raises TooSlow, TooMuch or OSError."""
        exchange = self.current()
        self._raw.settimeout(exchange.left())
        try:
            came = self._raw.recv(min(size, CHUNK))
        except TimeoutError as error:
            raise TooSlow("silence") from error
        exchange.come(len(came))
        return came

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        """Raises TooSlow or OSError."""
        exchange, view = self.current(), memoryview(data).cast("B")
        while view:
            self._raw.settimeout(exchange.left())
            try:
                gone = self._raw.send(view[:CHUNK])
            except TimeoutError as error:
                raise TooSlow("nothing leaves") from error
            exchange.leave(gone)
            view = view[gone:]

    def ready(self, seconds: float) -> bool:
        """Does something to read come within ``seconds``?"""
        return _readable(self._raw, seconds)

    def makefile(self, *_: Any, **__: Any) -> Reader:
        """For reading, in binary: no library here asks for more."""
        self._files += 1
        return Reader(_Stream(self), CHUNK)

    def close_file(self) -> None:
        """A reader is done: the connection closes with the last, once it was asked to."""
        self._files -= 1
        self._end()

    def close(self) -> None:
        self._closed = True
        self._end()

    def shutdown(self, how: int) -> None:
        self._raw.shutdown(how)

    def fileno(self) -> int:
        return self._raw.fileno()

    def settimeout(self, _: float | None) -> None:
        """The exchange rules."""

    def _end(self) -> None:
        if self._closed and self._files <= 0:
            self._raw.close()


class GuardedTls(GuardedSocket):
    """TLS over a guarded socket, its handshake done. Raises ssl.SSLError, TooSlow, TooMuch…"""

    def __init__(
        self,
        below: GuardedSocket,
        context: ssl.SSLContext,
        server_hostname: str | None,
        session: ssl.SSLSession | None = None,
    ) -> None:
        super().__init__(below._raw, below.current)
        self._below, self._ahead = below, b""
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._in, self._out, server_hostname=server_hostname, session=session
        )
        try:
            self._through(self._tls.do_handshake)
        except OSError:
            with contextlib.suppress(OSError):  # the other side is told why
                self._flush()
            raise
        self._flush()

    def __getattr__(self, name: str) -> Any:
        """``session``, ``version``, ``getpeercert``…"""
        return getattr(self._tls, name)

    def recv(self, size: int) -> bytes:
        if self._ahead:
            came, self._ahead = self._ahead[:size], self._ahead[size:]
            return came
        try:
            return bytes(self._through(lambda: self._tls.read(min(size, CHUNK))))
        except ssl.SSLEOFError:
            return b""  # closed without a farewell, as many do: lengths tell what is missing

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        view = memoryview(data).cast("B")
        while view:
            gone = self._through(partial(self._tls.write, view[:CHUNK]))
            self._flush()
            view = view[gone:]

    def ready(self, seconds: float) -> bool:
        """Looks once: half a record is not something to read yet."""
        if not self._ahead:
            self._look()
        if not self._ahead and self._below.ready(seconds):
            self._feed()
            self._look()
        return bool(self._ahead) or self._in.eof

    def _look(self) -> None:
        with contextlib.suppress(ssl.SSLWantReadError, ssl.SSLEOFError):
            self._ahead = self._tls.read(CHUNK)

    def _through(self, act: Callable[[], Any]) -> Any:
        while True:
            try:
                return act()
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()

    def _feed(self) -> None:
        came = self._below.recv(CHUNK)
        if came:
            self._in.write(came)
        else:
            self._in.write_eof()

    def _flush(self) -> None:
        if self._out.pending:
            self._below.sendall(self._out.read())


class Reader(io.BufferedReader):
    """What a library reads from a guarded socket."""

    raw: _Stream

    def ready(self, seconds: float) -> bool:
        """Is something here, or does it come within ``seconds``? The end is something too."""
        self.raw.wait = seconds
        try:
            return bool(self.peek(1)) or self.raw.ended
        finally:
            self.raw.wait = None


class _Stream(io.RawIOBase):
    wait: float | None = None
    ended = False

    def __init__(self, sock: GuardedSocket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        if self.wait is not None and not self._sock.ready(self.wait):
            return None
        came = self._sock.recv(len(into))
        into[: len(came)] = came
        self.ended = not came
        return len(came)

    def close(self) -> None:
        if not self.closed:
            self._sock.close_file()
        super().close()


class GuardedContext:
    """Stands before an ``SSLContext``: what it secures stays guarded."""

    def __init__(self, context: ssl.SSLContext) -> None:
        object.__setattr__(self, "_context", context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._context, name, value)

    def wrap_socket(
        self, sock: GuardedSocket, server_hostname: str | None = None, **_: Any
    ) -> GuardedTls:
        return GuardedTls(sock, self._context, server_hostname)


def connect(host: str, port: int, current: Current) -> GuardedSocket:
    """Each address of ``host`` in turn, with an even share of the time that is left.

    Raises TooSlow or OSError.
    """
    addresses = _addresses(host, port, current())
    failure: OSError = OSError("no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        raw = socket.socket(family, kind, protocol)
        try:
            raw.settimeout(current().left() / (len(addresses) - number))
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.connect(address)
            return GuardedSocket(raw, current)
        except OSError as error:
            raw.close()
            failure = TooSlow("connecting") if isinstance(error, TimeoutError) else error
    raise failure


class _Lookup(threading.Thread):
    """``getaddrinfo``, which nobody can interrupt."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(name="lookup", daemon=True)
        self._place = host, port
        self.found: list[Any] = []
        self.error: OSError | None = None

    def run(self) -> None:
        try:
            self.found = socket.getaddrinfo(*self._place, type=socket.SOCK_STREAM)
        except OSError as error:
            self.error = error
        except UnicodeError as error:
            self.error = socket.gaierror(f"not a name: {type(error).__name__}")
        with _lock:
            _running.pop(self._place, None)


_lock = threading.Lock()
_running: dict[tuple[str, int], _Lookup] = {}


def _addresses(host: str, port: int, exchange: Exchange) -> list[Any]:
    with _lock:
        lookup = _running.get((host, port))
        if lookup is None:
            lookup = _running[host, port] = _Lookup(host, port)
            lookup.start()
    lookup.join(exchange.left())
    if lookup.is_alive():
        raise TooSlow("the name is not resolved")
    if lookup.error is not None:
        raise lookup.error
    return lookup.found


def _readable(raw: socket.socket, seconds: float) -> bool:
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([raw], [], [], seconds)[0])
    poller = select.poll()
    poller.register(raw, select.POLLIN)
    return bool(poller.poll(seconds * 1000))
