"""Lines and literals of one IMAP connection, before and after STARTTLS (RFC 3501 §2.2, §4.3)."""

from __future__ import annotations

import select
import socketserver
import ssl

from lgc_sandbox.mail.imap_words import LITERAL, LITERAL_MARK, tokens

MAX_LINE = 65_536


class Wire:
    """One thread reads and writes: two may not share a TLS connection."""

    def __init__(self, handler: socketserver.StreamRequestHandler) -> None:
        self._handler = handler
        self._socket = handler.connection
        self._input = handler.rfile

    @property
    def secure(self) -> bool:
        return isinstance(self._socket, ssl.SSLSocket)

    @property
    def certificate(self) -> bytes | None:
        """What the client presented, DER."""
        assert isinstance(self._socket, ssl.SSLSocket)
        return self._socket.getpeercert(binary_form=True)

    def encrypt(self, tls: ssl.SSLContext) -> None:
        """Shake hands. Raises ssl.SSLError."""
        made = tls.wrap_socket(self._socket, server_side=True)
        self._socket = self._handler.connection = made
        # What came before the handshake was not protected: forget it with its buffer.
        self._input = made.makefile("rb")

    def command(self, room: int) -> list[bytes] | None:
        """Tokens of one command, literals included; None at the end of the stream.

        Raises ValueError when its literals need more than ``room`` bytes.
        """
        found: list[bytes] = []
        while True:
            raw = self._input.readline(MAX_LINE)
            if not raw:
                return None
            line = raw.rstrip(b"\r\n")
            literal = LITERAL.search(line)
            found += tokens(line[: literal.start()] if literal else line)
            if literal is None:
                return found
            size = int(literal[1])
            room -= size
            if room < 0:
                raise ValueError("literal too large")
            if not literal[2]:
                self.send("+ ")
            found.append(LITERAL_MARK + self._input.read(size))

    def line(self, limit: int) -> bytes:
        """What the client says next, without its end of line."""
        return self._input.readline(limit).strip()

    def waits(self, seconds: float) -> bool:
        """Does the client say something within ``seconds``?"""
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        return bool(select.select([self._socket], [], [], seconds)[0])

    def send(self, line: str) -> None:
        """One line."""
        self.raw(line.encode() + b"\r\n")

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self._socket.sendall(data)
