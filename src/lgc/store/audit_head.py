"""Where the audit chain ends, noted outside the base: whoever cuts its end off is found out.

Two slots written in turn, each sealed with a key of its own drawn from the base's (HMAC-SHA256):
a kill between a commit and its note, or within a note, leaves the note before. It is never ahead
of the base, whose commits are on the disk when it is written, so it need not be forced there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
import os
import struct
import threading
from pathlib import Path

from lgc.domain.copies import AuditEnd
from lgc.store.pages import SALT_SIZE

log = logging.getLogger(__name__)

_MAGIC = b"lgc head 1\0\0\0\0\0\0"
_LINE = struct.Struct(f"<16s Q q 32s {SALT_SIZE}s")  # magic, lines, microseconds, hash, salt
_SEALED = hashlib.sha256().digest_size
_SLOT = 512  # bytes: a sector is written whole


def beside(database: Path) -> Path:
    """The note of this base."""
    return database.with_name(database.name + ".head")


class AuditHead:
    """The note beside one base, kept open. ``write`` may be called from any thread."""

    def __init__(self, path: Path, key: bytes, salt: bytes) -> None:
        self._path, self._key, self._salt = path, _own_key(key), salt
        self._lock = threading.Lock()
        self._end: AuditEnd | None = None
        self._file: int | None = None

    @property
    def end(self) -> AuditEnd | None:
        """The furthest end noted since the opening."""
        return self._end

    def start(self, end: AuditEnd) -> None:
        """From here on the base ends at ``end``, whatever was noted before."""
        with self._lock:
            self._end = end
            for slot in (0, 1):
                self._note(end, slot)
            self._sync()

    def write(self, end: AuditEnd) -> None:
        """Note the end that a commit has just made. Never raises: the commit is done."""
        with self._lock:
            # Threads come here in another order than that of their commits.
            if self._end is None or end.lines > self._end.lines:
                self._end = end
                self._note(end, end.lines % 2)

    def use(self, key: bytes) -> None:
        """The base is under another key from now on."""
        with self._lock:
            self._key = _own_key(key)
            if self._end is not None:
                for slot in (0, 1):
                    self._note(self._end, slot)
                self._sync()

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                self._sync()
                os.close(self._file)
                self._file = None

    def _note(self, end: AuditEnd, slot: int) -> None:
        record = render(end, self._salt, self._key).ljust(_SLOT, b"\0")
        try:
            if self._file is None:
                flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
                self._file = os.open(self._path, flags | getattr(os, "O_BINARY", 0), 0o600)
            os.lseek(self._file, slot * _SLOT, os.SEEK_SET)
            os.write(self._file, record)
        except OSError as error:
            log.warning("the end of the journal was not noted: %s", error.errno)

    def _sync(self) -> None:
        if self._file is not None:
            try:
                os.fsync(self._file)
            except OSError as error:
                log.warning("the note of the journal's end was not forced: %s", error.errno)


def read(path: Path, key: bytes) -> tuple[AuditEnd, bytes] | None:
    """The furthest end noted under this key and the base's salt; None when nothing holds."""
    try:
        content = path.read_bytes()[: 2 * _SLOT]
    except OSError:
        return None
    own = _own_key(key)
    found = [_parse(content[start : start + _SLOT], own) for start in (0, _SLOT)]
    return max((one for one in found if one), key=lambda one: one[0].lines, default=None)


def render(end: AuditEnd, salt: bytes, own_key: bytes) -> bytes:
    at = end.at or dt.datetime.fromtimestamp(0, dt.UTC)
    line = _LINE.pack(_MAGIC, end.lines, round(at.timestamp() * 1e6), bytes.fromhex(end.hash), salt)
    return line + hmac.digest(own_key, line, "sha256")


def whole(end: AuditEnd, salt: bytes, key: bytes) -> bytes:
    """The content of a note that says one end, for a copy."""
    return render(end, salt, _own_key(key)).ljust(_SLOT, b"\0")


def _parse(slot: bytes, own_key: bytes) -> tuple[AuditEnd, bytes] | None:
    line, seal = slot[: _LINE.size], slot[_LINE.size : _LINE.size + _SEALED]
    if len(seal) != _SEALED or not hmac.compare_digest(seal, hmac.digest(own_key, line, "sha256")):
        return None
    _, lines, at, link, salt = _LINE.unpack(line)
    when = dt.datetime.fromtimestamp(at / 1e6, dt.UTC) if at else None
    return AuditEnd(lines, link.hex(), when), salt


def _own_key(key: bytes) -> bytes:
    return hmac.digest(key, _MAGIC, "sha256")
