"""A server that ends with whoever started it, killed or not.

The starter holds the other end of our standard input and never writes: its end, however it comes,
is the end of the input. The system does this for us, on every platform.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

PATIENCE = 5.0  # seconds


def end_with_starter(end: Callable[[], object]) -> None:
    """Call ``end`` once the standard input ends; leave all the same after PATIENCE seconds."""

    def watch() -> None:
        # Not through sys.stdin: a thread that waits there cannot be left behind at the end.
        while os.read(0, 1):
            pass
        end()
        time.sleep(PATIENCE)
        os._exit(1)

    threading.Thread(target=watch, name="tied", daemon=True).start()
