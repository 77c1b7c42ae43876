"""``watchdog.py FOLDER COMMAND…``: end a server and its folder when who started it is gone.

Its input ends with its starter, killed or not; then COMMAND stops the server and FOLDER goes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 20


@contextmanager
def watched(folder: Path, *stop: str) -> Iterator[None]:
    """A server is running: ``stop`` ends it and ``folder`` is removed, whatever happens here."""
    with subprocess.Popen(
        [sys.executable, __file__, str(folder), *stop], stdin=subprocess.PIPE
    ) as dog:
        try:
            yield
        finally:
            assert dog.stdin is not None
            dog.stdin.close()
            dog.wait(WAIT_SECONDS)


def main(folder: str, *stop: str) -> int:
    while os.read(0, 1):
        pass
    quiet = subprocess.DEVNULL
    ended = subprocess.run(stop, stdout=quiet, stderr=quiet, timeout=WAIT_SECONDS)
    limit = time.monotonic() + WAIT_SECONDS
    while Path(folder).exists() and time.monotonic() < limit:
        shutil.rmtree(folder, ignore_errors=True)  # what still ends may write once more
        time.sleep(0.1)
    return ended.returncode


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
