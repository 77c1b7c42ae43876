"""How a file is written: whole or not at all, and for this user alone.

Every room that writes does it through here, so that a power cut, a full disk or a curious neighbour
meets the same answer everywhere.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lgc.errors import UserFacingError

FILE, FOLDER = 0o600, 0o700
_NEW = os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
# What a folder that cannot be synchronised answers: network shares, and folders without reading.
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM)


def write_whole(path: Path, content: bytes, mode: int = FILE) -> None:
    """Put ``content`` at ``path``: after a crash or an error, what was there or this, never half.

    Raises OSError; what was there stays, and no draft is left. ``telling`` makes it a sentence.
    """
    # The draft's name owes nothing to the file's: a long one has no room for more.
    draft = path.with_name(f".lgc-{secrets.token_hex(8)}.draft")
    opened = os.open(draft, os.O_WRONLY | _NEW, mode)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def put_in_place(draft: Path, path: Path) -> None:
    """Give a finished file its name so that it lasts; the end of ``write_whole``, for a file that
    another library wrote. Nobody of this process may hold ``draft`` open. Raises OSError."""
    opened = os.open(draft, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name last through a power cut, where folders can be opened."""
    if os.name != "posix":
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def private_folder(path: Path) -> None:
    """Make ``path`` and what is missing above it, for this user alone (0700).

    A folder that is there stays as it is: it may be the doctor's own disk. Raises OSError.
    """
    missing = [path] if not path.exists() else []
    missing += [above for above in path.parents if not above.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=FOLDER, exist_ok=True)


def private_file(path: Path) -> None:
    """An empty file for this user alone, for a library that would make it wider; one that is there
    is narrowed, and never opened: closing it would drop the locks that SQLite has on it.

    Raises OSError.
    """
    try:
        os.close(os.open(path, os.O_RDWR | _NEW, FILE))
    except FileExistsError:
        narrow(path)


def narrow(path: Path) -> None:
    """Take from others what they may do with a file or a folder of ours (0600, 0700)."""
    if os.name != "posix":
        return
    found = path.stat()
    allowed = FOLDER if path.is_dir() else FILE
    if found.st_uid == os.geteuid() and found.st_mode & 0o777 & ~allowed:
        path.chmod(found.st_mode & allowed)


# --- what is said -------------------------------------------------------------------------------

_FULL = (
    "Le disque est plein.",
    "Rien de ce qui était enregistré n’est perdu. Libérez de la place, puis recommencez.",
)
_REFUSED = (
    "Ce poste n’a pas le droit d’écrire dans ce dossier.",
    "Rien n’a été perdu. Choisissez un autre dossier, ou demandez ce droit à qui gère le poste.",
)
_GONE = (
    "Ce dossier n’est pas là.",
    "Rebranchez son disque ou choisissez un autre dossier, puis recommencez.",
)
_SICK = (
    "Le disque ne répond pas bien.",
    "Rien de ce qui était enregistré n’est perdu. Vérifiez le disque, puis recommencez.",
)
_TOO_LARGE = (
    "Ce fichier est trop grand pour ce disque.",
    "Choisissez un autre disque, puis recommencez.",
)
_OTHER = (
    "Le fichier n’a pas pu être écrit.",
    "Vérifiez le disque et vos droits sur ce dossier, puis recommencez.",
)
_SENTENCES: dict[int, tuple[str, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _REFUSED,
    errno.EPERM: _REFUSED,
    errno.EROFS: _REFUSED,
    errno.ENOENT: _GONE,
    errno.ENOTDIR: _GONE,
    errno.ESTALE: _GONE,
    errno.ENODEV: _GONE,
    errno.ENXIO: _GONE,
    errno.EIO: _SICK,
    errno.EFBIG: _TOO_LARGE,
}


def told(error: OSError) -> UserFacingError:
    """The sentence of a write that failed, its number in the details (never a path)."""
    sentence, advice = _SENTENCES.get(error.errno or 0, _OTHER)
    return UserFacingError(sentence, advice=advice, details=_name(error), may_retry=True)


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)


def save_copy(file: Path, content: bytes) -> None:
    """Write what the doctor keeps where the doctor chose. Raises UserFacingError."""
    with telling():
        write_whole(file, content)


@contextmanager
def telling() -> Iterator[None]:
    """What the system refuses inside is a sentence. Raises UserFacingError."""
    try:
        yield
    except OSError as error:
        raise told(error) from error
