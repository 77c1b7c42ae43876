"""An open practice: one file, one engine, one acting professional."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lgc.store import audit, backup, upgrade
from lgc.store.engine import open_engine
from lgc.store.held_file import HeldFile
from lgc.store.unit_of_work import open_unit


class PracticeStore:
    """Implements ``services.ports.Store`` over an encrypted file.

    Opening takes hold of the file and upgrades the schema; both ``UserFacingError``.
    ``identity`` and ``new``: see ``upgrade.bring_up_to_date``.
    ``now`` gives aware times for the audit.
    """

    def __init__(
        self,
        database: Path,
        keys: Path,
        key: bytes,
        who: str,
        now: Callable[[], dt.datetime],
        *,
        identity: bytes = b"",
        new: bool = True,
    ) -> None:
        self._database, self._keys, self._key = database, keys, key
        self._who, self._now = who, now
        self._file = HeldFile(database, new=new)
        try:
            upgrade.bring_up_to_date(database, key, identity=identity, new=new)
            self._engine = open_engine(database, key)
        except BaseException:
            self._file.release()
            raise

    def unit(self) -> AbstractContextManager[Any]:
        """One transaction: a ``SqlUnitOfWork``.

        Typed loosely because the attributes of ``services.ports.UnitOfWork`` may be set there,
        hence are invariant, and this room must not import them; a test compares the signatures.
        """
        return open_unit(self._engine, self._who, self._now)

    def acts_as(self, national_id: str) -> None:
        """Who the audit lines of this process are signed with from now on."""
        self._who = national_id

    def verify_audit(self) -> int:
        """Number of lines of the chain. Raises UserFacingError where it is broken."""
        with Session(self._engine) as session:
            return audit.verify(session)

    def copy_to(self, folder: Path) -> None:
        """A consistent encrypted backup in ``folder`` while the practice works."""
        backup.copy_to(folder, self._engine, self._key, self._database, self._keys)

    def close(self) -> None:
        """Fold the journal into the file and let another application open it."""
        self._engine.dispose()
        self._file.release()
