"""The database's own file: one application at a time works on it, and knows it again as it works.

The lock is on the file, not beside it: without its ``.lock`` file, through a hard link or by a
second path, one comes to the same file and so to the same lock. The system lets it fall with the
process. On POSIX it is ``flock``, which knows nothing of the byte ranges that SQLite locks with
``fcntl``; but closing any descriptor of a file drops the ``fcntl`` locks that the process has on
it, so ours is opened before SQLite's and closed after them. On Windows it is one byte, far beyond
the last page that a base can have.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lgc.errors import UserFacingError
from lgc.files import private_file, telling

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 62

    def _lock(opened: int) -> None:
        os.lseek(opened, _FAR, os.SEEK_SET)
        msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(opened: int) -> None:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)


_Identity = tuple[int, int]


class HeldFile:
    """Held from construction to ``release``.

    ``new`` makes it, empty and for this user alone. Raises UserFacingError when another
    application holds it, or when it cannot be opened for writing.
    """

    def __init__(self, path: Path, *, new: bool = False) -> None:
        self._path = path
        self._others: dict[Path, _Identity | None] = {}
        with telling():
            if new:
                private_file(path)
            self._opened = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            _lock(self._opened)
        except OSError as error:
            os.close(self._opened)
            raise UserFacingError(
                "Le dossier du cabinet est déjà ouvert.",
                advice="Une autre fenêtre du logiciel l’utilise : revenez à elle ou fermez-la.",
                may_retry=True,
            ) from error
        found = os.fstat(self._opened)
        self._identity = (found.st_dev, found.st_ino)

    def is_there(self) -> bool:
        """Is what stands at the path still this file? A few microseconds.

        False once the folder was emptied, moved, unmounted or replaced: what is written then goes
        to a file that nobody finds again.
        """
        return _identity(self._path) == self._identity and all(
            _identity(path) == known for path, known in self._others.items()
        )

    def watch(self, path: Path) -> None:
        """From now on ``path`` belongs to the file too: the journal that a connection keeps."""
        self._others[path] = _identity(path)

    def release(self) -> None:
        os.close(self._opened)


def _identity(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
