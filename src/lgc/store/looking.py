"""Look through the whole base while the practice works: pages, structure, audit chain.

The last result stays in a file beside the base, not in it: a damaged base is not written to, and
what was found must be told even when it no longer opens.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lgc.domain.copies import AuditEnd, BaseLook
from lgc.errors import DamagedBase
from lgc.files import write_whole
from lgc.store import audit
from lgc.store.copying import hold_still, structure_of
from lgc.store.engine import connect, explain
from lgc.store.pages import PageFile, Seal

_AGAIN = 3  # times a page that may just be being written is read again
_SHORTLY = 0.02  # seconds


def look(
    engine: Engine,
    file: PageFile,
    key: bytes,
    salts: Collection[bytes],
    now: Callable[[], dt.datetime],
    check: Callable[[], None],
    noted: AuditEnd | None = None,
) -> BaseLook:
    """Everything, pages first: what stands on a broken page is not asked.

    ``salts`` are those the file is known to have had, ``noted`` the end that its audit chain
    reached; ``check`` raises to stop. Raises OSError when the file cannot be read at all.
    """
    count, broken = broken_pages(file, key, salts, check)
    if broken:
        return BaseLook(now(), count, tuple(broken))
    structure = _structure(file.path, key, check)
    journal = 0 if structure else _journal(engine, noted, check)
    return BaseLook(now(), count, (), structure, journal)


def broken_pages(
    file: PageFile, key: bytes, salts: Collection[bytes], check: Callable[[], None]
) -> tuple[int, list[int]]:
    """How many pages there are, and those that are not as they were written. Raises OSError."""
    count, seal = file.pages, file.seal(key, salts)
    if seal is None:
        return count, [1]  # its salt is lost: nothing says of the others whether they hold
    doubtful = [
        number
        for first, some, content in file.walk(count, check)
        for number in seal.broken(first, some, content)
    ]
    waiting = _waiting(file, key, seal)
    found = _still_broken(file, seal, [n for n in doubtful if n not in waiting])
    return count, sorted([*found, *(number for number, holds in waiting.items() if not holds)])


def _waiting(file: PageFile, key: bytes, seal: Seal) -> dict[int, bool]:
    """Pages of the write-ahead log, which take the place of those in the file; do they hold?"""
    try:
        with hold_still(file.path, key) as (_, log):
            return log.seals(seal, lambda number, page: None)
    except DamagedBase:
        return {}  # it does not even open: nothing waits to be moved
    except sqlcipher.Error as error:
        if explain(error) is None:
            raise
        return {}


def _still_broken(file: PageFile, seal: Seal, doubtful: list[int]) -> list[int]:
    """Without those that were read while they were being written."""
    left = doubtful
    for _ in range(_AGAIN):
        left = [number for number in left if not seal.holds(number, file.read(number))]
        if not left:
            break
        time.sleep(_SHORTLY)
    return left


def _structure(database: Path, key: bytes, check: Callable[[], None]) -> str:
    try:
        with closing(connect(database, key)) as connection:
            return structure_of(connection, check)
    except DamagedBase as error:
        return error.details
    except sqlcipher.Error as error:
        told = explain(error)
        if told is None:
            raise
        raise told from error


def _journal(engine: Engine, noted: AuditEnd | None, check: Callable[[], None]) -> int:
    try:
        with Session(engine) as session:
            audit.verify(session, check, noted)
    except audit.BrokenChain as error:
        return error.line
    return 0


# --- what the last look found -----------------------------------------------------------------


def beside(database: Path) -> Path:
    """Where the last look at this base is kept."""
    return database.with_name(database.name + ".look")


def keep(path: Path, found: BaseLook) -> None:
    """Raises OSError."""
    data = {
        "at": found.at.isoformat(),
        "pages": found.pages,
        "broken": found.broken,
        "structure": found.structure,
        "journal": found.journal,
    }
    write_whole(path, json.dumps(data).encode("ascii"))


def last(path: Path) -> BaseLook | None:
    """None when nothing was ever kept, or what is there is not ours to read."""
    try:
        data = json.loads(path.read_bytes())
        return BaseLook(
            dt.datetime.fromisoformat(data["at"]).astimezone(dt.UTC),
            int(data["pages"]),
            tuple(int(number) for number in data["broken"]),
            str(data["structure"]),
            int(data["journal"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
