"""One deadline around a treatment that stays in this process: its loops ask whether it is over.

Time is the thread's own work: a machine busy elsewhere takes nothing from a document.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lgc.errors import UnreadableInput
from lgc.reading import limits

EVERY = 256  # steps between two looks at the clock
_own = threading.local()


@contextmanager
def within(treatment: str) -> Iterator[None]:
    """Bound what happens inside by the treatment's deadline; one inside another keeps the first.

    Raises UnreadableInput when a step comes after it.
    """
    if getattr(_own, "until", None) is not None:
        yield
        return
    _own.until, _own.steps = time.thread_time() + limits.DEADLINES[treatment], 0
    _own.over = False
    try:
        yield
    finally:
        _own.until = None


def step() -> None:
    """One more piece of work on a stranger's bytes."""
    until = getattr(_own, "until", None)
    if until is None:
        return
    _own.steps += 1
    if not _own.over and _own.steps % EVERY == 0:
        _own.over = time.thread_time() > until
    if _own.over:  # whoever went on after the first time is told again
        raise UnreadableInput(
            "Ce contenu demande trop de travail pour être montré.", advice="L’original est gardé."
        )
