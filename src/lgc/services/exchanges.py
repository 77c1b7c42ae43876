"""One truth about what the outside answers, with its time.

Every exchange tells how it went: lanes, questions asked by screens, sends. Whoever shows whether
something can be reached reads it here, and « joignable » is never said before a real success.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from lgc.domain import instants
from lgc.domain.deliveries import Channel
from lgc.errors import Unforeseen, UserFacingError, in_words
from lgc.services.events import Announce, ServiceState
from lgc.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the outside, or one work that goes on by itself.

    ``service`` is its item of the status line, which says ``well`` or how it ``failed``;
    ``channel`` names the deliveries that wait for it.
    """

    name: str
    service: str
    well: str
    failed: str
    channel: Channel | None = None


MAILBOX, WATCH, MSSANTE, DMP, DAY = "mailbox", "mail-watch", "mssante", "dmp", "dmp-status"
DIRECTORY, REVOCATION, FOLDER, BASE = "directory", "revocation", "folder", "base"
# In the order in which they are listed; the first that is well speaks for its service.
WAYS: dict[str, Way] = {
    MAILBOX: Way("MSSanté, réception", "mssante", "MSSanté à jour", "MSSanté : pas de relève"),
    WATCH: Way(
        "MSSanté, avis d’arrivée", "mssante", "MSSanté joignable", "MSSanté : pas d’avis d’arrivée"
    ),
    MSSANTE: Way(
        "MSSanté, envoi", "mssante", "MSSanté joignable", "MSSanté : pas d’envoi", Channel.MSSANTE
    ),
    DMP: Way("DMP", "dmp", "DMP joignable", "DMP : pas de réponse", Channel.DMP),
    DAY: Way("DMP, patients du jour", "dmp", "DMP joignable", "DMP : patients du jour non lus"),
    # Only asked while a name is typed, and done without: no item of its own.
    DIRECTORY: Way("Annuaire MSSanté", "", "", "Annuaire : pas de réponse"),
    REVOCATION: Way("Listes de révocation", "desk", "", "Listes de révocation non reçues"),
    FOLDER: Way("Données du cabinet", "desk", "", "Données du cabinet non surveillées"),
    BASE: Way("Vérification quotidienne", "desk", "", "Données du cabinet non vérifiées"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one way: ``reachable`` is None until something is.

    ``reason``, ``advice`` and ``details`` are of the last failure, ``since`` its first in a row of
    ``tries``; ``brought`` is what the last success brought, ``next_try`` when it works again.
    """

    key: str
    way: Way
    reachable: bool | None = None
    reason: str = ""
    advice: str = ""
    details: str = ""
    since: dt.datetime | None = None
    tries: int = 0
    success_at: dt.datetime | None = None
    brought: str = ""
    next_try: dt.datetime | None = None
    unforeseen: bool = False


class Exchanges:
    """Safe from any thread; announces a ServiceState after each thing told."""

    def __init__(self, clock: Clock, announce: Announce) -> None:
        self._clock, self._announce = clock, announce
        self._lock = threading.RLock()
        self._standings: dict[str, Standing] = {}

    def of(self, key: str) -> Exchange:
        """The voice of one row of WAYS, listed from now on. Raises KeyError."""
        with self._lock:
            self._standings.setdefault(key, Standing(key, WAYS[key]))
        return Exchange(self, key)

    def standing(self, key: str) -> Standing:
        """Raises KeyError for what is not in WAYS."""
        with self._lock:
            return self._standings.get(key, Standing(key, WAYS[key]))

    def standings(self) -> tuple[Standing, ...]:
        """Those that have a voice, in the order of WAYS."""
        with self._lock:
            return tuple(self._standings[key] for key in WAYS if key in self._standings)

    def tell(self) -> None:
        """Say again, to a window that has just opened, what is known."""
        with self._lock:
            for service in dict.fromkeys(one.way.service for one in self.standings()):
                self._announce(self._state(service))

    def put(self, key: str, change: Callable[[Standing], Standing]) -> None:
        """Change what is known of one way, then say how its service stands."""
        with self._lock:
            self._standings[key] = change(self._standings[key])
            # Within the lock: the last thing said is the last thing known.
            self._announce(self._state(self._standings[key].way.service))

    def now(self) -> dt.datetime:
        return self._clock.now()

    def _state(self, service: str) -> ServiceState:
        mine = [s for key in WAYS if (s := self._standings.get(key)) and s.way.service == service]
        down = next((one for one in mine if one.reachable is False), None)
        if down is not None:
            since = down.success_at or down.since
            return ServiceState(service, False, down.way.failed, down.reason, since, down.key)
        asked = next((one for one in mine if one.reachable is None and one.reason), None)
        if asked is not None:
            return ServiceState(service, None, asked.reason)
        up = next((one for one in mine if one.reachable), None)
        return ServiceState(service, True if up else None, up.way.well if up else "")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a lane or a connection tells of its own way."""

    _all: Exchanges
    key: str

    def well(self, brought: str = "") -> None:
        """It answered, just now."""
        now = self._all.now()
        self._all.put(
            self.key,
            lambda before: Standing(
                self.key, before.way, True, success_at=now, brought=brought,
                next_try=before.next_try,
            ),
        )  # fmt: skip

    def failed(self, error: Exception, pause: float | None = None) -> None:
        """It did not; tried again by itself in ``pause`` seconds when that is known."""
        now, told = self._all.now(), in_words(error)
        after = None if pause is None else instants.after(now, dt.timedelta(seconds=pause))
        self._all.put(
            self.key,
            lambda before: replace(
                before,
                reachable=False,
                reason=told.sentence,
                advice=told.advice,
                details=told.details,
                since=before.since or now,
                tries=before.tries + 1,
                next_try=after or before.next_try,
                unforeseen=isinstance(told, Unforeseen),
            ),
        )

    def heard(self, error: UserFacingError | None) -> None:
        """How one exchange went: None when it was answered, whatever the answer."""
        if error is None:
            self.well()
        else:
            self.failed(error)

    def waits(self, words: str) -> None:
        """It needs something of the doctor, in ``words``, and nothing failed."""
        self._all.put(self.key, lambda before: replace(before, reachable=None, reason=words))

    def passed(self, pause: float) -> None:
        """A lane's pass ended without an accident; the next one is in ``pause`` seconds.

        What nobody foresaw is over then, but only a success makes it well again.
        """
        before = self._all.standing(self.key)
        after = instants.after(self._all.now(), dt.timedelta(seconds=pause))
        if before.unforeseen:
            blank = Standing(self.key, before.way, success_at=before.success_at, next_try=after)
            self._all.put(self.key, lambda _: blank)
        elif before.reachable is False:
            self._all.put(self.key, lambda known: replace(known, next_try=after))
