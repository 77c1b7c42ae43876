"""Knobs of the sandbox: what goes wrong on purpose, set by requests to the control endpoint."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass

from lgc_sandbox.hostile.acts import ACTS

TRANSACTIONS = (
    *("td0.2", "td0.3", "td0.4", "td0.5", "td1.1", "td1.2", "td1.3b", "td1.4", "td1.6"),
    *("td2.1", "td3.1", "td3.2", "td3.3"),
)
PLACES = ("dmp", *TRANSACTIONS, "smtp", "imap")
FILING_PLACES = ("smtp", "td2.1")
FAULTS = ("drop_before", "drop_after_commit", "cut_answer", "refuse", "hostile")
MOST_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Filing:
    """When what was received is filed, in seconds: ``before`` the answer, the client waiting, and
    ``after`` it; ``never``: the answer says yes and nobody ever finds it."""

    before: float = 0.0
    after: float = 0.0
    never: bool = False

    @property
    def word(self) -> str:
        """For the log of what was received."""
        if self.never:
            return "jamais"
        return "tard" if self.before or self.after else "aussitôt"


AT_ONCE = Filing()


class Knobs:
    """Shared by every server. A place is ``dmp``, ``smtp``, ``imap`` or a DMP transaction.

    What is armed for ``dmp`` happens to any of its transactions (``td0.2``, ``td2.1``…).
    A fault is armed for a number of requests, then forgotten; latency stays until changed. The
    fault ``hostile`` happens to connections that open, and its code names an act (`hostile`).
    ``played`` tells (place, act, bytes said, seconds) of each that ended.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: dict[tuple[str, str], int] = defaultdict(int)
        self._codes: dict[str, str] = {}
        self._latency: dict[str, float] = {}
        self._filing: dict[str, Filing] = {}
        self.played: list[tuple[str, str, int, float]] = []

    def arm(self, place: str, fault: str, times: int = 1, code: str = "") -> None:
        """Raises ValueError for an unknown place or fault."""
        _check(place)
        if fault not in FAULTS:
            raise ValueError(f"unknown fault {fault!r}")
        if fault == "hostile" and code not in ACTS.get(place, {}):
            raise ValueError(f"{place} knows no act {code!r}")
        with self._lock:
            self._armed[place, fault] = times
            if code:
                self._codes[place] = code

    def take(self, place: str, fault: str) -> bool:
        """Is this fault armed here? Counts one down."""
        with self._lock:
            for name in _names(place):
                if self._armed[name, fault] > 0:
                    self._armed[name, fault] -= 1
                    return True
            return False

    def code(self, place: str, default: str) -> str:
        """The code to refuse with."""
        with self._lock:
            return next((self._codes[n] for n in _names(place) if n in self._codes), default)

    def act(self, place: str) -> str:
        """The hostile act to play to a connection that opens here, counted down; else empty."""
        return self.code(place, "") if self.take(place, "hostile") else ""

    def set_latency(self, place: str, seconds: float) -> None:
        """Raises ValueError for an unknown place."""
        _check(place)
        with self._lock:
            self._latency[place] = min(max(0.0, seconds), MOST_SECONDS)

    def latency(self, place: str) -> float:
        """Seconds to take before answering."""
        with self._lock:
            return max(self._latency.get(name, 0.0) for name in _names(place))

    def wait(self, place: str) -> None:
        """Take the time this place was told to take."""
        seconds = self.latency(place)
        if seconds:
            time.sleep(seconds)

    def file(self, place: str, filing: Filing) -> None:
        """How ``smtp`` or ``td2.1`` file from now on. Raises ValueError for another place."""
        if place not in FILING_PLACES:
            raise ValueError(f"nothing is filed by {place!r}")
        with self._lock:
            before, after = (min(max(0.0, s), MOST_SECONDS) for s in (filing.before, filing.after))
            self._filing[place] = Filing(before, after, filing.never)

    def filing(self, place: str) -> Filing:
        """How this place files now."""
        with self._lock:
            return self._filing.get(place, AT_ONCE)

    def planned(self) -> dict[str, dict[str, float]]:
        """What is armed now, by place."""
        with self._lock:
            found: dict[str, dict[str, float]] = {}
            for (place, fault), left in self._armed.items():
                if left:
                    found.setdefault(place, {})[fault] = left
            for place, seconds in self._latency.items():
                if seconds:
                    found.setdefault(place, {})["latency"] = seconds
            for place, filing in self._filing.items():
                told = {"before": filing.before, "after": filing.after, "never": filing.never}
                for name, value in told.items():
                    if value:
                        found.setdefault(place, {})[name] = float(value)
            return found

    def forget(self) -> None:
        """Everything goes well again."""
        with self._lock:
            self._armed.clear()
            self._codes.clear()
            self._latency.clear()
            self._filing.clear()


def _names(place: str) -> tuple[str, ...]:
    return (place, "dmp") if place in TRANSACTIONS else (place,)


def _check(place: str) -> None:
    if place not in PLACES:
        raise ValueError(f"unknown place {place!r}")
