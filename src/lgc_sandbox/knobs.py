"""Knobs of the sandbox: what goes wrong on purpose, set by requests to the control endpoint."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

FAULTS = ("drop_before", "drop_after_commit", "cut_answer", "refuse")


class Knobs:
    """Shared by every server. A place is ``dmp``, ``smtp``, ``imap`` or a DMP action's name.

    A fault is armed for a number of requests, then forgotten; latency stays until changed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: dict[tuple[str, str], int] = defaultdict(int)
        self._codes: dict[str, str] = {}
        self._latency: dict[str, float] = {}

    def arm(self, place: str, fault: str, times: int = 1, code: str = "") -> None:
        """Raises ValueError for an unknown fault."""
        if fault not in FAULTS:
            raise ValueError(fault)
        with self._lock:
            self._armed[place, fault] = times
            if code:
                self._codes[place] = code

    def take(self, place: str, fault: str) -> bool:
        """Is this fault armed here? Counts one down."""
        with self._lock:
            left = self._armed[place, fault]
            if left > 0:
                self._armed[place, fault] = left - 1
            return left > 0

    def code(self, place: str, default: str) -> str:
        """The code to refuse with."""
        with self._lock:
            return self._codes.get(place, default)

    def set_latency(self, place: str, seconds: float) -> None:
        with self._lock:
            self._latency[place] = seconds

    def wait(self, place: str) -> None:
        """Take the time this place was told to take."""
        with self._lock:
            seconds = self._latency.get(place, 0.0)
        if seconds:
            time.sleep(seconds)

    def forget(self) -> None:
        """Everything goes well again."""
        with self._lock:
            self._armed.clear()
            self._codes.clear()
            self._latency.clear()
