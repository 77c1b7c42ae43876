"""Lanes: a thread per destination that works, sleeps until poked or until its hour, and stops."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from lgc.errors import place_of

log = logging.getLogger(__name__)


class Lane:
    """Runs ``work`` until it says there is nothing left, then waits ``pause`` seconds or a poke.

    An error of ``work`` is logged with its type and place only; the lane goes on at its next hour.
    """

    def __init__(self, name: str, work: Callable[[], bool], pause: float) -> None:
        self._work, self._pause, self._name = work, pause, name
        self._poked, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)

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
            if not self._once():
                self._poked.wait(self._pause)
                self._poked.clear()

    def _once(self) -> bool:
        try:
            return self._work()
        except Exception as error:
            log.error("lane %s: %s", self._name, place_of(error))
            return False
