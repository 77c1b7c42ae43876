"""What others may see of our memory once a key is in it: no core dump, no look from outside.

Python moves and copies bytes as it likes, and text cannot be overwritten: wiping shortens the life
of the key, it does not end every copy. What is refused here holds for the whole memory.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)
_SET_DUMPABLE = 4  # prctl(2)


def guard() -> None:
    """From now on the system writes no core of this process; on Linux, no other process of the
    same user reads or traces its memory either. Once is for all; never raises."""
    if sys.platform == "win32":
        return
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError) as error:
        log.warning("core dumps stay allowed: %s", type(error).__name__)
    if sys.platform == "linux":
        try:
            refused = ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
        except (OSError, AttributeError):
            refused = -1
        if refused:
            log.warning("this process stays open to others of its user")


@contextmanager
def wiped(secret: bytearray) -> Iterator[bytearray]:
    """``secret`` is overwritten at the end of the block: whoever keeps it makes a copy."""
    try:
        yield secret
    finally:
        wipe(secret)


def wipe(secret: bytearray) -> None:
    """Overwrite in place."""
    secret[:] = bytes(len(secret))
