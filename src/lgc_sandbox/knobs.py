"""The faults a test asks for: late answers, cut connections, refusals.

A channel is "smtp", "imap" or a DMP transaction ("td0.2", "td0.3", "td1.6", "td2.1", "td3.1",
"td3.2"). A knob turned on the family "dmp" touches every DMP transaction.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

TRANSACTIONS = ("td0.2", "td0.3", "td1.6", "td2.1", "td3.1", "td3.2")
CHANNELS = (*TRANSACTIONS, "dmp", "smtp", "imap")
FAULTS = ("drop_before", "drop_after_commit", "cut_answer", "refuse")
FAMILY = dict.fromkeys(TRANSACTIONS, "dmp")
MOST_SECONDS = 120.0


class UnknownKnob(ValueError):
    """No such channel or fault."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the server says instead of doing the work: its code, its text."""

    code: str
    text: str


class Knobs:
    """Faults waiting to happen, shared by every server; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[tuple[str, str], int] = {}
        self._refusals: dict[str, Refusal] = {}
        self._latency: dict[str, float] = {}

    def set(self, channel: str, fault: str, count: int = 1) -> None:
        """Let ``fault`` happen to the next ``count`` requests of ``channel`` (0 takes it back)."""
        _check(channel, fault)
        with self._lock:
            self._left[channel, fault] = max(0, count)

    def refuse(self, channel: str, code: str, text: str = "", count: int = 1) -> None:
        """Refuse the next ``count`` requests of ``channel`` with a code and a text."""
        _check(channel, "refuse")
        with self._lock:
            self._refusals[channel] = Refusal(code, text)
            self._left[channel, "refuse"] = max(0, count)

    def slow(self, channel: str, seconds: float) -> None:
        """Answer every request of ``channel`` after ``seconds`` (0 to 120)."""
        _check(channel, "refuse")
        with self._lock:
            self._latency[channel] = min(max(0.0, seconds), MOST_SECONDS)

    def take(self, channel: str, fault: str) -> bool:
        """Whether ``fault`` happens now; one planned occurrence is used up."""
        _check(channel, fault)
        with self._lock:
            return self._take(channel, fault) is not None

    def take_refusal(self, channel: str) -> Refusal | None:
        """The refusal to answer with now, None to do the work; one occurrence is used up."""
        _check(channel, "refuse")
        with self._lock:
            name = self._take(channel, "refuse")
            return None if name is None else self._refusals.get(name, Refusal("", ""))

    def latency(self, channel: str) -> float:
        """Seconds to wait before answering on ``channel``."""
        with self._lock:
            return max(self._latency.get(name, 0.0) for name in _names(channel))

    def reset(self) -> None:
        """Forget every planned fault."""
        with self._lock:
            self._left.clear()
            self._refusals.clear()
            self._latency.clear()

    def as_dict(self) -> dict[str, dict[str, float]]:
        """What is planned, for ``GET /state``."""
        with self._lock:
            planned: dict[str, dict[str, float]] = {}
            for (channel, fault), left in self._left.items():
                if left:
                    planned.setdefault(channel, {})[fault] = left
            for channel, seconds in self._latency.items():
                if seconds:
                    planned.setdefault(channel, {})["latency"] = seconds
            return planned

    def _take(self, channel: str, fault: str) -> str | None:
        for name in _names(channel):
            if self._left.get((name, fault), 0) > 0:
                self._left[name, fault] -= 1
                return name
        return None


def _names(channel: str) -> tuple[str, ...]:
    return (channel, FAMILY[channel]) if channel in FAMILY else (channel,)


def _check(channel: str, fault: str) -> None:
    if channel not in CHANNELS:
        raise UnknownKnob(f"unknown channel {channel!r}")
    if fault not in FAULTS:
        raise UnknownKnob(f"unknown fault {fault!r}")
