"""The pages of the file as SQLCipher seals them, read without opening the database.

A damaged first page makes SQLCipher say what it says of a wrong key: looked at one by one, a page
that holds its seal proves the key. Reading so holds no lock, and can be stopped between two pages.
SQLCipher design, « Database encryption »: each page of 4096 bytes ends with a vector (16) and
HMAC-SHA512 (64) of the rest and of its number; the first begins with the salt of that HMAC's key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE_SIZE = 4096
SALT_SIZE = 16
_VECTOR, _SEAL = 16, 64
_LOCK_PAGE = (1 << 30) // PAGE_SIZE + 1  # never written: SQLite file format, §1.3
_CHUNK = 256  # pages
_SAMPLE = 64  # pages
# Page size, WAL or not twice, reserved bytes, three fixed fractions: SQLite file format, §1.3.
_HEADERS = tuple(b"\x10\x00" + form + b"\x50\x40\x20\x20" for form in (b"\x02\x02", b"\x01\x01"))


class Seal:
    """Tells whether a page is as it was written. ``key`` is raw, 32 bytes."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        self.salt = salt
        masked = bytes(byte ^ 0x3A for byte in salt)
        self._key = hashlib.pbkdf2_hmac("sha512", key, masked, 2, 32)

    def holds(self, number: int, page: bytes) -> bool:
        """``number`` counts from 1."""
        if number == _LOCK_PAGE:
            return True
        if len(page) != PAGE_SIZE or (number == 1 and page[:SALT_SIZE] != self.salt):
            return False
        return self.signed(number, page)

    def signed(self, number: int, page: bytes) -> bool:
        """Whatever the salt that the first page shows."""
        sealed = page[SALT_SIZE if number == 1 else 0 : -_SEAL] + struct.pack("<I", number)
        return hmac.digest(self._key, sealed, "sha512") == page[-_SEAL:]

    def broken(self, first: int, count: int, pages: bytes) -> Iterator[int]:
        """Numbers of the ``count`` pages from ``first`` that do not hold; the missing included."""
        for number in range(first, first + count):
            start = (number - first) * PAGE_SIZE
            if not self.holds(number, pages[start : start + PAGE_SIZE]):
                yield number


class PageFile:
    """The file of one base, read beside SQLite; opened at its first use. Raises OSError.

    To be closed after every connection of this process: closing any descriptor of a file drops
    the locks that SQLite has on it (POSIX), and a stranger could then fold its log away.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: int | None = None
        self._reading = threading.Lock()  # a look and a copy may run at once

    def __enter__(self) -> PageFile:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        if self._opened is not None:
            os.close(self._opened)
            self._opened = None

    @property
    def pages(self) -> int:
        """Whole or begun."""
        return -(-os.fstat(self._file()).st_size // PAGE_SIZE)

    def salt(self) -> bytes:
        return self.read(1)[:SALT_SIZE]

    def read(self, first: int, count: int = 1) -> bytes:
        """Bytes are missing where the file was cut."""
        parts, wanted = [], count * PAGE_SIZE
        with self._reading:
            os.lseek(self._file(), (first - 1) * PAGE_SIZE, os.SEEK_SET)
            while wanted and (part := os.read(self._file(), wanted)):
                parts.append(part)
                wanted -= len(part)
        return b"".join(parts)

    def walk(self, count: int, check: Callable[[], None]) -> Iterator[tuple[int, int, bytes]]:
        """First number, how many and their bytes, some hundred pages at a time, up to ``count``.

        ``check`` raises to stop.
        """
        for first in range(1, count + 1, _CHUNK):
            check()
            some = min(_CHUNK, count + 1 - first)
            yield first, some, self.read(first, some)

    def seal(self, key: bytes, salts: Iterable[bytes] = ()) -> Seal | None:
        """The seal under which pages of the file hold; None when no page looked at does.

        ``salts`` are those the file may have lost with its first page.
        """
        known = dict.fromkeys([self.salt(), *salts])
        seals = [Seal(key, salt) for salt in known if len(salt) == SALT_SIZE]
        for number in range(1, self.pages + 1, max(1, self.pages // _SAMPLE)):
            page = self.read(number)
            for seal in seals:
                if len(page) == PAGE_SIZE and seal.signed(number, page):
                    return seal
        return None

    def fits(self, key: bytes, salts: Iterable[bytes] = ()) -> bool:
        """Was the file written with ``key``? Then what fails is damage."""
        if self.seal(key, salts) is not None:
            return True
        # The key of the seals hangs on the salt; the cipher's does not.
        first = self.read(1)
        return len(first) == PAGE_SIZE and _header(key, first) in _HEADERS

    def _file(self) -> int:
        if self._opened is None:
            self._opened = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        return self._opened


def _header(key: bytes, first: bytes) -> bytes:
    vector = first[-_SEAL - _VECTOR : -_SEAL]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(first[SALT_SIZE : SALT_SIZE + 16])[:8]


class WaitingPages:
    """The pages that wait in the write-ahead log at one moment: its first ``frames``.

    SQLite, « WAL-mode File Format »: a header of 32 bytes that holds what changes when the log is
    begun again, then 24 bytes before each page. Raises OSError.
    """

    def __init__(self, database: Path, frames: int) -> None:
        self._path = database.with_name(database.name + "-wal")
        self._frames, self._mark = frames, self._read_mark()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WaitingPages):
            return NotImplemented
        return (self._frames, self._mark) == (other._frames, other._mark)

    __hash__ = None  # type: ignore[assignment]

    def seals(self, seal: Seal, sink: Callable[[int, bytes], None]) -> dict[int, bool]:
        """Hand each page to ``sink``, oldest first; which are there, and do they hold?

        None at all when the log was begun again meanwhile: it may be only once every page of it
        is in the file, which then moves no more under whoever reads.
        """
        found: dict[int, bool] = {}
        for number, page in self._pages():
            found[number] = seal.holds(number, page)
            sink(number, page)
        return found if self._read_mark() == self._mark else {}

    def _pages(self) -> Iterator[tuple[int, bytes]]:
        if not self._frames:
            return
        with self._path.open("rb") as file:
            file.seek(32)
            for _ in range(self._frames):
                frame = file.read(24 + PAGE_SIZE)
                if len(frame) < 24 + PAGE_SIZE:
                    return
                yield struct.unpack_from(">I", frame)[0], frame[24:]

    def _read_mark(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                return file.read(32)[12:24]
        except FileNotFoundError:
            return b""
