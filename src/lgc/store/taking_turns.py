"""Many may read the pages of the file at once; who puts them under another key does so alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class TakingTurns:
    """``patience`` in seconds; ``late`` makes what is raised once it is over."""

    def __init__(self, patience: float, late: Callable[[], Exception]) -> None:
        self._patience, self._late = patience, late
        self._free = threading.Condition()
        self._readers, self._alone = 0, False

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._free:
            self._wait(lambda: not self._alone)
            self._readers += 1
        try:
            yield
        finally:
            with self._free:
                self._readers -= 1
                self._free.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._free:
            self._wait(lambda: not (self._alone or self._readers))
            self._alone = True
        try:
            yield
        finally:
            with self._free:
                self._alone = False
                self._free.notify_all()

    def _wait(self, free: Callable[[], bool]) -> None:
        if not self._free.wait_for(free, self._patience):
            raise self._late()
