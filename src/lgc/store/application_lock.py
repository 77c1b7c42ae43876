"""One application at a time on a store, held by the operating system: it falls with the process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from lgc.errors import UserFacingError
from lgc.files import private_file, telling

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class ApplicationLock:
    """Held from construction to ``release``. Raises UserFacingError when somebody holds it."""

    def __init__(self, path: Path) -> None:
        with telling():
            private_file(path)
            self._file = path.open("ab")
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            raise UserFacingError(
                "Le dossier du cabinet est déjà ouvert.",
                advice="Une autre fenêtre du logiciel l’utilise : revenez à elle ou fermez-la.",
                may_retry=True,
            ) from error

    def release(self) -> None:
        self._file.close()
