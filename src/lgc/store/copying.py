"""A copy of an open base that is what it says: its bytes, each page's seal seen, then read again.

The encrypted pages are copied as they stand: a page that is damaged stays so and is seen, where
SQLite's own backup would decipher it, and seal again whatever came out. Writers go on meanwhile.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from lgc.domain.copies import AuditEnd, Contents
from lgc.errors import Cancelled, DamagedBase, UserFacingError
from lgc.files import put_in_place, told
from lgc.store import pages
from lgc.store.audit import BEFORE_THE_FIRST
from lgc.store.engine import busy, connect, damaged, explain
from lgc.store.pages import PageFile, WaitingPages

MATTER = (
    "patient", "document", "message", "visit", "delivery", "lab_result", "contact", "note",
    "audit_line",
)  # fmt: skip
"""Tables whose rows are counted in the base and in its copy."""

_TRIES, _SHORTLY = 200, 0.01  # seconds
_OPS = 50_000  # of SQLite's machine, between two looks at whether to stop


def go_on() -> None:
    """The ``check`` of work that nobody stops."""


def copy_file(
    source: PageFile,
    destination: Path,
    key: bytes,
    check: Callable[[], None] = go_on,
) -> Contents:
    """Copy an open base as its last commit stands, under the same key; verified, then named.

    ``check`` raises to stop. Raises DamagedBase when the source is not as it was written, and
    UserFacingError when the copy cannot be written or read again: what stood at ``destination``
    then still stands.
    """
    draft = destination.with_name(destination.name + ".draft")
    try:
        try:
            _remove_with_journal(draft)
            with _create(draft) as target:
                contents = _copy_pages(source, key, target, check)
            if verify_file(draft, key, check, _unfaithful) != contents:
                raise _unfaithful("contents")
            put_in_place(draft, destination)
        finally:
            _remove_with_journal(draft)
    except sqlcipher.Error as error:
        raise explain(error) or error from error
    except OSError as error:
        said = told(error)
        raise UserFacingError(
            f"La copie de la base n’a pas pu être écrite. {said.sentence}",
            advice="La base n’a pas bougé. Vérifiez la place et vos droits sur le dossier.",
            details=said.details,
            may_retry=True,
        ) from error
    return contents


def _unfaithful(details: str) -> UserFacingError:
    return UserFacingError(
        "La copie relue n’est pas égale à la base : elle n’est pas gardée.",
        advice="La base n’a pas bougé. Recommencez, de préférence sur un autre disque.",
        details=details,
        may_retry=True,
    )


@contextmanager
def _create(path: Path) -> Iterator[int]:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    opened = os.open(path, flags, 0o600)
    try:
        yield opened
    finally:
        os.close(opened)


def _remove_with_journal(database: Path) -> None:
    for end in ("", "-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)


def _copy_pages(source: PageFile, key: bytes, target: int, check: Callable[[], None]) -> Contents:
    seal = pages.Seal(key, source.salt())
    with hold_still(source.path, key) as (reader, log):
        waiting = log.seals(seal, lambda number, page: _write_at(target, number, page))
        contents = contents_of(reader, check)
        broken = {number for number, holds in waiting.items() if not holds}
        for first, count, content in source.walk(contents.pages, check):
            later = waiting.keys() & range(first, first + count)
            broken.update(set(seal.broken(first, count, content)) - later)
            _put(target, first, count, content, later)
    if broken:
        raise damaged_pages(sorted(broken))
    return contents


@contextmanager
def hold_still(database: Path, key: bytes) -> Iterator[tuple[Any, WaitingPages]]:
    """A connection that sees one picture of the base, and the log that belongs to it.

    While it lasts, others write and only the pages of that log may still move into the file.
    Raises UserFacingError when the base is written to without a pause.
    """
    with closing(connect(database, key)) as reader, closing(connect(database, key)) as beside:
        for _ in range(_TRIES):
            log = _log_of(database, beside)
            reader.execute("BEGIN")
            reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            if log is not None and log == _log_of(database, beside):
                break
            reader.execute("ROLLBACK")
            time.sleep(_SHORTLY)
        else:
            raise busy()
        yield reader, log


def _log_of(database: Path, connection: Any) -> WaitingPages | None:
    _busy, frames, _folded = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return WaitingPages(database, frames) if frames >= 0 else None


def _put(target: int, first: int, count: int, content: bytes, later: set[int]) -> None:
    if not later:
        _write_at(target, first, content)
        return
    for number in set(range(first, first + count)) - later:
        start = (number - first) * pages.PAGE_SIZE
        _write_at(target, number, content[start : start + pages.PAGE_SIZE])


def _write_at(target: int, number: int, content: bytes) -> None:
    os.lseek(target, (number - 1) * pages.PAGE_SIZE, os.SEEK_SET)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(target, rest) :]


# --- what a file holds ------------------------------------------------------------------------


def verify_file(
    database: Path,
    key: bytes,
    check: Callable[[], None] = go_on,
    unsealed: Callable[[str], UserFacingError] = damaged,
) -> Contents:
    """Read a closed base whole: seals, structure, rows, end of its audit chain.

    Raises DamagedBase, or what ``unsealed`` gives for a page that does not hold its seal, or what
    ``check`` raises.
    """
    try:
        connection = connect(database, key, alone=True)
    except DamagedBase as error:
        raise unsealed(error.details) from error
    try:
        with closing(connection):
            found = connection.execute("PRAGMA cipher_integrity_check").fetchall()
            if found:
                raise unsealed(f"{len(found)}: {found[0][0]}")
            fault = structure_of(connection, check)
            if fault:
                raise damaged(fault)
            return contents_of(connection, check)
    except sqlcipher.Error as error:
        raise explain(error) or error from error


def structure_of(connection: Any, check: Callable[[], None]) -> str:
    """The first thing that does not hold together in the trees of the file; empty when all does.

    Only numbers of pages and names of indexes: nothing of a record.
    """
    with _stoppable(connection, check):
        try:
            [(said,)] = connection.execute("PRAGMA integrity_check(1)").fetchall()
        except sqlcipher.Error as error:
            if explain(error) is None:
                raise
            return str(getattr(error, "sqlite_errorname", "SQLITE_CORRUPT"))
    return "" if said == "ok" else str(said)[:200]


def contents_of(connection: Any, check: Callable[[], None]) -> Contents:
    """As one transaction of ``connection`` sees it."""
    with _stoppable(connection, check):
        (count,) = connection.execute("PRAGMA page_count").fetchone()
        known = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        rows = tuple(
            (table, int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]))
            for table in MATTER
            if table in known
        )
        end = end_of(connection) if "audit_line" in known else AuditEnd(0, BEFORE_THE_FIRST)
    return Contents(int(count), rows, end)


def end_of(connection: Any) -> AuditEnd:
    """The last line of the audit chain, with a driver connection."""
    last = connection.execute(
        "SELECT number, hash, at FROM audit_line ORDER BY number DESC LIMIT 1"
    ).fetchone()
    if last is None:
        return AuditEnd(0, BEFORE_THE_FIRST)
    number, link, at = last
    return AuditEnd(int(number), link, dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC))


@contextmanager
def _stoppable(connection: Any, check: Callable[[], None]) -> Iterator[None]:
    """Let ``check`` stop what SQLite does for long; it raises here, outside of SQLite."""
    stopped: list[Cancelled] = []

    def look() -> int:
        try:
            check()
        except Cancelled as cancelled:
            stopped.append(cancelled)
        return len(stopped)

    connection.set_progress_handler(look, _OPS)
    try:
        yield
    except sqlcipher.Error:
        if stopped:
            raise stopped[0] from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


def damaged_pages(broken: list[int]) -> UserFacingError:
    """The sentence for pages that do not hold their seal."""
    how_many = "1 page" if len(broken) == 1 else f"{len(broken)} pages"
    shown = " ".join(map(str, broken[:20]))
    return damaged(f"pages {shown}", f"La base du cabinet est abîmée ({how_many}).")
