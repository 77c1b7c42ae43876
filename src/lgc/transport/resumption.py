"""TLS sessions taken up again: a new connection costs no signature of the card (RFC 5246, 8446).

Python resumes only what it is handed. This stands before a context and hands the last session
of the same host; a server that no longer knows it makes a full handshake by itself.
"""

from __future__ import annotations

import socket
import ssl
import threading
import weakref
from typing import Any


class ResumingContext:
    """What urllib3 needs of an ``SSLContext``; everything but ``wrap_socket`` is the context's."""

    def __init__(self, context: ssl.SSLContext) -> None:
        object.__setattr__(self, "_context", context)
        object.__setattr__(self, "_lock", threading.Lock())
        object.__setattr__(self, "_open", {})
        object.__setattr__(self, "_sessions", {})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._context, name, value)

    def wrap_socket(
        self, sock: socket.socket, server_hostname: str | None = None, **how: Any
    ) -> ssl.SSLSocket:
        """A secured socket, its session resumed when the host gave one before."""
        with self._lock:
            session = self._sessions.get(server_hostname)
        made: ssl.SSLSocket = self._context.wrap_socket(
            sock, server_hostname=server_hostname, session=session, **how
        )
        with self._lock:
            self._open[server_hostname] = weakref.ref(made)
        return made

    def remember(self) -> None:
        """Keep the sessions of the open connections: TLS 1.3 gives them with the first answer."""
        with self._lock:
            for host, connection in self._open.items():
                made = connection()
                session = made.session if made is not None else None
                if session is not None:
                    self._sessions[host] = session
