"""How long an exchange may take and how much it may bring, whatever the other side does.

A time-out between two bytes ends nothing: a byte a second never meets it. So an exchange (an HTTP
request and its answer, an SMTP submission, one IMAP command) has one deadline and one budget of
bytes, the connection and the TLS handshake included, which `guarded` applies under the libraries.

============  =========  ===============  =========================  ==============================
exchange      silence    whole            grows by                   bytes that may come
============  =========  ===============  =========================  ==============================
DMP           the set    4 × the silence  1 s per 32 kB that leave,  1 MiB of headers, then 64 MiB
              30 s                        1 s per 64 kB that come
SMTP          the set    the same         the same                   1 MiB: banner, answers, TLS
              30 s
IMAP command  the set    the same         the same                   4 MiB, 512 B per message asked,
              30 s                                                   twice the size told of bodies
IMAP IDLE     the same,  25 minutes       nothing                    256 KiB
              once begun
small web     5 to 20 s  the same         the same                   the same, then 64 KiB to 30 MiB
============  =========  ===============  =========================  ==============================

An honest 25 MB at 200 kB/s takes 125 s and may take 120 + 780 s upwards, 120 + 390 s downwards. A
server that trickles just faster than the floor ends at the budget of bytes. ``getaddrinfo`` cannot
be interrupted: it runs in a thread of its own, which is no longer waited for at the deadline and
ends with the patience of the system's resolver; one per name at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PATIENCE = 4
SENDING_FLOOR, RECEIVING_FLOOR = 32_000, 64_000
# A line costs its bytes and what Python needs to hold it.
LINE_COST = 64
Clock = Callable[[], float]


class TooSlow(TimeoutError):
    """The silence, or the whole exchange, lasted too long."""


class TooMuch(OSError):
    """More bytes came, or were announced, than this exchange may bring."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``silence`` and ``whole`` in seconds, ``most`` in bytes received.

    ``grows``: bytes that really pass give more time, at the floor rates of the table.
    """

    silence: float
    whole: float
    most: int
    grows: bool = True

    @classmethod
    def of(cls, timeout: float, most: int) -> Limits:
        """Those of the table for a time-out that was set."""
        return cls(timeout, PATIENCE * timeout, most)


class Exchange:
    """What one exchange has used of its limits. ``now`` is a monotonic clock in seconds."""

    def __init__(self, limits: Limits, now: Clock = time.monotonic) -> None:
        self._limits, self._now, self._began = limits, now, now()
        self._most = limits.most
        self.sent, self.received = 0, 0

    def left(self) -> float:
        """Seconds that the next wait may last. Raises TooSlow once there are none."""
        limits, earned = self._limits, 0.0
        if limits.grows:
            earned = self.sent / SENDING_FLOOR + self.received / RECEIVING_FLOOR
        left = limits.whole + earned - (self._now() - self._began)
        if left <= 0:
            raise TooSlow("the exchange lasts too long")
        return min(limits.silence, left)

    def leave(self, size: int) -> None:
        """``size`` bytes left."""
        self.sent += size

    def allow(self, size: int) -> None:
        """``size`` more bytes may come: what was asked for begins."""
        self._most += size

    def come(self, size: int) -> None:
        """``size`` bytes came. Raises TooMuch."""
        self.received += size
        self.must_hold(0)

    def must_hold(self, size: int) -> None:
        """Raises TooMuch when ``size`` more bytes, announced but not read, would not fit."""
        if self.received + size > self._most:
            raise TooMuch("more than an exchange may bring")


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it wraps: libraries hide causes in ``reason`` and in arguments."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        waiting += cause.args


def too_much(error: BaseException) -> bool:
    """Was it the budget of bytes that ended the exchange?"""
    return any(isinstance(cause, TooMuch) for cause in causes(error))
