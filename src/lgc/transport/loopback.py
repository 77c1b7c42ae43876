"""The way back of a browser: one address on this machine, for one answer (RFC 8252 §7.3)."""

from __future__ import annotations

import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from lgc.errors import UserFacingError

PAGE = (
    '<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>lgc</title><p>{words}</p></html>'
)
DONE = "Vous êtes connecté. Vous pouvez fermer cette page et revenir au logiciel."
NOT_OURS = "Cette réponse n’est pas celle qui est attendue."


class Redirect:
    """Listens on 127.0.0.1, a port of the system's choice; only our ``state`` counts."""

    def __init__(self, state: str) -> None:
        self._state, self._came = state, threading.Event()
        self._code, self._error, self._lock = "", "", threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                known = outer._take(self.path)
                page = PAGE.format(words=DONE if known else NOT_OURS).encode()
                self.send_response(200 if known else 400)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, format: str, *args: object) -> None:
                """The path holds the code: it is logged nowhere."""

        # A connection that a browser opens beforehand and keeps silent does not stop the real one.
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def wait(self, seconds: float) -> str:
        """The authorisation code. Raises UserFacingError when nobody came, or with a refusal."""
        if not self._came.wait(seconds):
            raise UserFacingError(
                "La connexion à Pro Santé Connect n’a pas été confirmée.", advice="Recommencez."
            )
        if not self._code:
            raise UserFacingError(
                "Pro Santé Connect a refusé la connexion.",
                advice="Recommencez.",
                details=self._error,
            )
        return self._code

    def _take(self, path: str) -> bool:
        given = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        said = given.get("state", "").encode()
        with self._lock:
            if self._came.is_set() or not hmac.compare_digest(said, self._state.encode()):
                return False
            self._code, self._error = given.get("code", ""), given.get("error", "")[:60]
            self._came.set()
        return True
