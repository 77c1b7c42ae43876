"""Lanes: a thread per destination that works, sleeps until poked or until its hour, and stops."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol

from lgc.errors import place_of

log = logging.getLogger(__name__)
# Seconds before a lane that failed works again: doubled at each failure, whatever pokes it.
SHORTEST, LONGEST = 1.0, 300.0


class Voice(Protocol):
    """Where a lane says that it failed (`services.exchanges.Exchange`)."""

    def failed(self, error: Exception, pause: float | None = None) -> None: ...
    def passed(self, pause: float) -> None: ...


class Lane:
    """Runs ``work`` until it says there is nothing left, then waits ``pause`` seconds or a poke.

    An error of ``work`` is told and logged with its type and place; the lane goes on, a second
    later at the soonest.
    """

    def __init__(self, name: str, work: Callable[[], bool], pause: float, voice: Voice) -> None:
        self._work, self._pause, self._name, self._voice = work, pause, name, voice
        self._poked, self._stopping = threading.Event(), threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)

    @property
    def name(self) -> str:
        return self._name

    def start(self) -> None:
        self._thread.start()

    def poke(self) -> None:
        """There is something to do now."""
        self._poked.set()

    @property
    def stopping(self) -> bool:
        """Was the end asked for? Long work looks here."""
        return self._stopping.is_set()

    def stop(self, timeout: float = 10.0) -> None:
        """Ask the lane to end after its present work and wait at most ``timeout`` seconds."""
        self._stopping.set()
        self._poked.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            again = self._once()
            if self._failures:
                self._stopping.wait(SHORTEST)  # a poke never makes a failing lane spin
                self._rest(self._delay() - SHORTEST)
            elif not again:
                self._rest(self._pause)

    def _rest(self, seconds: float) -> None:
        self._poked.wait(seconds)
        self._poked.clear()

    def _delay(self) -> float:
        return min(SHORTEST * 2.0 ** min(self._failures - 1, 16), LONGEST)

    def _once(self) -> bool:
        try:
            again = self._work()
        except Exception as error:
            log.error("lane %s: %s", self._name, place_of(error))
            self._failures += 1
            self._tell(partial(self._voice.failed, error, self._delay()))
            return False
        self._failures = 0
        if not again:
            self._tell(partial(self._voice.passed, self._pause))
        return again

    def _tell(self, say: Callable[[], None]) -> None:
        """Whoever listens may be gone: the lane works on."""
        try:
            say()
        except Exception as error:
            log.error("lane %s is not heard: %s", self._name, place_of(error))
