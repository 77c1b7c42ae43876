"""What every act needs: to say, to trickle, to flood, to listen, to keep silent."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from collections.abc import Callable

MOST_BYTES, MOST_SECONDS = 80 * 1024 * 1024, 60.0
BEAT, PIECE = 0.1, 64 * 1024
LONGEST_LINE = 64 * 1024
# A TLS record that announces a ServerHello, and stays short of it.
HALF_HELLO = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"


class Stage:
    """One connection. Every method raises OSError once the client is gone."""

    def __init__(
        self, connection: socket.socket, tls: ssl.SSLContext | None, over: Callable[[], bool]
    ) -> None:
        self._socket, self._tls, self._over = connection, tls, over
        self._socket.settimeout(MOST_SECONDS)
        self._input = connection.makefile("rb")
        self._ends = time.monotonic() + MOST_SECONDS
        self.said = 0

    def say(self, data: bytes) -> None:
        self._must_go_on()
        self._socket.sendall(data)
        self.said += len(data)

    def trickle(self, data: bytes) -> None:
        """A byte at each beat, again and again."""
        while True:
            for byte in data:
                self.say(bytes([byte]))
                time.sleep(BEAT)

    def flood(self, unit: bytes, most: int = MOST_BYTES) -> None:
        """The same for ever, as fast as it is taken."""
        piece = unit * max(1, PIECE // len(unit))
        limit = self.said + most
        while self.said < limit:
            self.say(piece)

    def silence(self) -> None:
        """Say nothing more, until the client leaves."""
        while True:
            self._must_go_on()
            if select.select([self._socket], [], [], BEAT)[0] and not self._socket.recv(PIECE):
                raise ConnectionResetError

    def hear(self) -> bytes:
        """A line, without its end."""
        line = self._input.readline(LONGEST_LINE)
        if not line:
            raise ConnectionResetError
        return line.rstrip(b"\r\n")

    def hear_bytes(self, size: int) -> bytes:
        return self._input.read(size)

    def secure(self) -> None:
        if self._tls is not None:
            self._socket = self._tls.wrap_socket(self._socket, server_side=True)
            self._input = self._socket.makefile("rb")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _must_go_on(self) -> None:
        if self._over() or time.monotonic() > self._ends:
            raise TimeoutError


Act = Callable[[Stage], None]


def silent(stage: Stage) -> None:
    stage.silence()


def half_hello(stage: Stage) -> None:
    stage.say(HALF_HELLO)
    stage.silence()


def slow_hello(stage: Stage) -> None:
    stage.say(HALF_HELLO)
    stage.trickle(b"\x00")
