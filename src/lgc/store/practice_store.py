"""An open practice: one file, one engine, one acting professional."""

from __future__ import annotations

import datetime as dt
import hmac
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lgc.errors import UserFacingError
from lgc.files import telling, write_whole
from lgc.store import audit, backup, upgrade
from lgc.store.engine import connect, open_engine
from lgc.store.held_file import HeldFile
from lgc.store.rescue import PracticeGone, Rescue, gone
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
        rescue: Rescue | None = None,
        notice: UserFacingError | None = None,
    ) -> None:
        self._database, self._keys, self._key = database, keys, key
        self._who, self._now = who, now
        self._rescue, self._notice = rescue, notice
        self._rescuing = threading.Lock()
        self._file = HeldFile(database, new=new)
        try:
            upgrade.bring_up_to_date(database, key, identity=identity, new=new)
            self._engine = open_engine(database, key, must_be_there=self._must_be_there)
            self._keeper = self._watch()
        except BaseException:
            self._file.release()
            raise

    def unit(self) -> AbstractContextManager[Any]:
        """One transaction: a ``SqlUnitOfWork``.

        Typed loosely because the attributes of ``services.ports.UnitOfWork`` may be set there,
        hence are invariant, and this room must not import them; a test compares the signatures.
        """
        return open_unit(self._engine, self._who, self._now, self._must_be_there)

    def acts_as(self, national_id: str) -> None:
        """Who the audit lines of this process are signed with from now on."""
        self._who = national_id

    def has_key(self, key: bytes) -> bool:
        """Is ``key`` the one that this file is open with?"""
        return hmac.compare_digest(bytes(self._key), bytes(key))

    def verify_audit(self) -> int:
        """Number of lines of the chain. Raises UserFacingError where it is broken."""
        with Session(self._engine) as session:
            return audit.verify(session)

    def copy_to(self, folder: Path) -> None:
        """A consistent encrypted backup in ``folder`` while the practice works."""
        backup.copy_to(folder, self._engine, self._key, self._database, self._keys)

    def notice(self) -> UserFacingError | None:
        """What was done at the opening that the doctor must know; given once."""
        notice, self._notice = self._notice, None
        return notice

    def must_be_there(self) -> None:
        """Raises PracticeGone once the base is no longer where the next start will look for it.

        A copy of it, with what was committed meanwhile, is kept elsewhere. A ``vault.json`` that
        alone is missing is put back.
        """
        self._must_be_there()
        if self._rescue is not None and not self._keys.exists():
            with telling():
                write_whole(self._keys, self._rescue.keys())

    def _watch(self) -> Any:
        """A connection kept to the end: it holds the journal, and reads what lost its name."""
        keeper = connect(self._database, self._key)
        keeper.execute("SELECT count(*) FROM sqlite_master").fetchall()
        self._file.watch(self._database.with_name(self._database.name + "-wal"))
        return keeper

    def _must_be_there(self) -> None:
        if self._file.is_there():
            return
        place = None
        with self._rescuing:
            if self._rescue is not None:
                with suppress(UserFacingError):
                    place = self._rescue.keep(self._keeper, self._key)
        raise gone(place)

    def close(self) -> None:
        """Fold the journal into the file and let another application open it.

        What was committed in a base that vanished is copied a last time.
        """
        with suppress(PracticeGone):
            self._must_be_there()
        self._engine.dispose()
        self._keeper.close()
        self._file.release()
