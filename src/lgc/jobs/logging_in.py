"""Pro Santé Connect beside the work: one log-in at a time, its end told in the status line.

In the browser (Authorisation Code) or on the phone (CIBA), as the doctor chose.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from typing import Protocol

from lgc.errors import UserFacingError, place_of

log = logging.getLogger(__name__)
ASKED = "Confirmez la connexion dans votre navigateur."
ASKED_ON_PHONE = "Confirmez sur l’application e-CPS : code {code}."
CODES = 10_000

Way = Callable[[], tuple[str, Callable[[], object]]]
"""What the doctor must do, in words, and the wait for it (raises UserFacingError)."""


class Asking(Protocol):
    """The way that waits for the doctor (`services.exchanges.Exchange`)."""

    def waits(self, words: str) -> None: ...
    def failed(self, error: Exception, pause: float | None = None) -> None: ...


class Tokens(Protocol):
    """A session of Pro Santé Connect (`transport.openid.TokenSource`)."""

    @property
    def open(self) -> bool: ...
    def log_in(self, browse: Callable[[str], object]) -> object: ...
    def log_in_on_phone(self, national_id: str, binding: str) -> object: ...


def in_browser(tokens: Tokens, browse: Callable[[str], object]) -> Way:
    return lambda: (ASKED, lambda: tokens.log_in(browse))


def on_phone(tokens: Tokens, national_id: Callable[[], str]) -> Way:
    """A code of four figures is shown on both sides."""

    def way() -> tuple[str, Callable[[], object]]:
        code = f"{secrets.randbelow(CODES):04d}"
        words = ASKED_ON_PHONE.format(code=code)
        return words, lambda: tokens.log_in_on_phone(national_id(), code)

    return way


class LoggingIn:
    """``ask`` never waits: the doctor is in the browser, or on the phone, meanwhile."""

    def __init__(
        self,
        tokens: Tokens,
        way: Way,
        exchange: Asking,
        wake: Callable[[], None],
    ) -> None:
        self._tokens, self._way = tokens, way
        self._exchange, self._wake = exchange, wake
        self._busy = threading.Lock()

    def ask(self) -> None:
        """Open the browser unless a session is open, or one is being opened."""
        if self._tokens.open:
            self._wake()
        elif self._busy.acquire(blocking=False):
            words, wait = self._way()
            self._exchange.waits(words)
            threading.Thread(target=self._run, args=(wait,), name="log-in", daemon=True).start()

    def _run(self, wait: Callable[[], object]) -> None:
        try:
            wait()
        except UserFacingError as error:
            log.warning("log-in: %s", place_of(error))
            self._exchange.failed(error)
        except Exception as error:
            log.error("log-in: %s", place_of(error))
            self._exchange.failed(error)
        else:
            self._wake()
        finally:
            self._busy.release()
