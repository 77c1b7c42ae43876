"""TLS sessions taken up again: a new connection costs no signature of the card (RFC 5246, 8446).

Python resumes only what it is handed. This stands before a context and hands the last session
of the same host; a server that no longer knows it makes a full handshake by itself.
"""

from __future__ import annotations

import ssl
import threading
import weakref
from typing import Any

from lgc.transport.guarded import GuardedContext, GuardedSocket, GuardedTls


class ResumingContext(GuardedContext):
    """What urllib3 needs of an ``SSLContext``; everything but ``wrap_socket`` is the context's."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context)
        object.__setattr__(self, "_lock", threading.Lock())
        object.__setattr__(self, "_open", {})
        object.__setattr__(self, "_sessions", {})

    def wrap_socket(
        self, sock: GuardedSocket, server_hostname: str | None = None, **_: Any
    ) -> GuardedTls:
        """A secured socket, its session resumed when the host gave one before."""
        with self._lock:
            session = self._sessions.get(server_hostname)
        made = GuardedTls(sock, self._context, server_hostname, session)
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
