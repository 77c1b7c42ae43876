"""Pro Santé Connect beside the work: one log-in at a time, its end told in the status line."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from lgc.errors import UserFacingError, place_of
from lgc.services.events import Announce, ServiceState

log = logging.getLogger(__name__)
ASKED = "Confirmez la connexion dans votre navigateur."


class Tokens(Protocol):
    """A session of Pro Santé Connect (`transport.openid.TokenSource`)."""

    @property
    def open(self) -> bool: ...
    def log_in(self, browse: Callable[[str], object]) -> object: ...


class LoggingIn:
    """``ask`` never waits: the doctor is in the browser meanwhile."""

    def __init__(
        self,
        tokens: Tokens,
        browse: Callable[[str], object],
        announce: Announce,
        wake: Callable[[], None],
    ) -> None:
        self._tokens, self._browse = tokens, browse
        self._announce, self._wake = announce, wake
        self._busy = threading.Lock()

    def ask(self) -> None:
        """Open the browser unless a session is open, or one is being opened."""
        if self._tokens.open:
            self._wake()
        elif self._busy.acquire(blocking=False):
            self._announce(ServiceState("mssante", False, ASKED))
            threading.Thread(target=self._run, name="log-in", daemon=True).start()

    def _run(self) -> None:
        try:
            self._tokens.log_in(self._browse)
        except UserFacingError as error:
            log.warning("log-in: %s", place_of(error))
            self._announce(ServiceState("mssante", False, error.sentence))
        else:
            self._wake()
        finally:
            self._busy.release()
