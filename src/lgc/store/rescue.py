"""What is kept of a practice whose folder vanished while it was open, and how it comes back.

The process still holds the base and its journal, though no name leads to them any more: a verified
copy of them goes to another folder, under the same key, with the wrapped keys beside it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from lgc.errors import UserFacingError
from lgc.files import private_file, private_folder, put_in_place, telling, write_whole
from lgc.paths import rescue_folder
from lgc.store.engine import connect, explain

_NAME = "%Y-%m-%d-%H%M%S"
BASE, KEYS = "practice.db", "vault.json"


class PracticeGone(UserFacingError):
    """The folder of the practice was emptied, moved, unmounted or replaced while it was open."""


def gone(place: Path | None) -> PracticeGone:
    """What is said once the folder vanished: ``place`` is where its copy is, None without one."""
    kept = (
        f"Vos données, avec ce que vous venez d’écrire, sont copiées dans « {place} ». Remettez le "
        "dossier ou son disque en place, puis relancez le logiciel : la copie sera proposée."
        if place is not None
        else "Leur copie a échoué : laissez le logiciel ouvert, remettez le dossier ou son disque "
        "en place et notez ce que vous venez d’écrire."
    )
    return PracticeGone(
        "Le dossier du cabinet a disparu : rien ne s’y enregistre ni ne part plus.",
        advice=kept,
        details="folder",
    )


def homes() -> tuple[Path, ...]:
    """Where a copy may go, the best first; both may be looked at by another start."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    return rescue_folder(), Path(tempfile.gettempdir()) / f"lgc-rescue-{user}"


class Rescue:
    """The copies of the practice that lives in ``practice``; ``keys`` gives its ``vault.json``."""

    def __init__(
        self, practice: Path, keys: Callable[[], bytes], now: Callable[[], dt.datetime]
    ) -> None:
        self._name = hashlib.sha256(str(practice.absolute()).encode()).hexdigest()[:16]
        self.keys, self._now = keys, now
        self._place: Path | None = None
        self._version: object = None

    def keep(self, source: Any, key: bytes) -> Path:
        """A verified copy of what ``source`` (a driver's connection, its own) still reads.

        The copy follows: called again, it is made anew if something was committed meanwhile.
        Raises UserFacingError when it could be made nowhere.
        """
        try:
            version = source.execute("PRAGMA data_version").fetchall()
        except sqlcipher.Error as error:
            raise explain(error) or error from error
        if self._place is not None and version == self._version and _is_whole(self._place):
            return self._place
        found: UserFacingError | None = None
        for place in self._places():
            try:
                with telling():
                    private_folder(place)
                    _copy(source, place / BASE, key)
                    write_whole(place / KEYS, self.keys())
            except (UserFacingError, sqlcipher.Error) as error:
                found = explain(error) or (error if isinstance(error, UserFacingError) else found)
                continue
            self._place, self._version = place, version
            return place
        raise found or UserFacingError("La copie n’a pas pu être écrite.")

    def newest(self) -> Path | None:
        """The newest whole copy that nobody took back yet."""
        found = [
            place
            for home in homes()
            for place in _inside(home / self._name)
            if _is_whole(place) and not place.suffix
        ]
        return max(found, key=lambda place: place.name, default=None)

    def _places(self) -> Sequence[Path]:
        if self._place is not None:
            return (self._place,)
        name = f"{self._now().astimezone(dt.UTC):{_NAME}}"
        return [home / self._name / name for home in homes()]


def moment_of(place: Path) -> dt.datetime:
    """When a copy was begun, by its name: UTC, so that the newest has the greatest."""
    return dt.datetime.strptime(place.name, _NAME).replace(tzinfo=dt.UTC)


def done_with(place: Path) -> None:
    """A copy that was taken back is kept, and offered no more."""
    with suppress(OSError):
        place.replace(place.with_suffix(".taken"))


def put_back(place: Path, database: Path, key: bytes, make_room: Callable[[], None]) -> None:
    """Copy the base of ``place`` to ``database``; ``make_room`` is called once the copy is there.

    Raises UserFacingError: what was there stays.
    """
    ready = database.with_name(database.name + ".rescued")
    with telling():
        try:
            with closing(connect(place / BASE, key)) as source:
                _copy(source, ready, key)
        except sqlcipher.Error as error:
            raise explain(error) or error from error
        make_room()
        put_in_place(ready, database)


def follows(place: Path, database: Path, key: bytes) -> bool:
    """Does the copy hold all of the journal of ``database``, hence all that was announced there?

    Raises UserFacingError when one of them cannot be read.
    """
    last = "SELECT number, hash FROM audit_line ORDER BY number DESC LIMIT 1"
    try:
        with closing(connect(database, key)) as base, closing(connect(place / BASE, key)) as copy:
            end = base.execute(last).fetchone()
            if end is None:
                return True
            same = copy.execute("SELECT 1 FROM audit_line WHERE number = ? AND hash = ?", end)
            return same.fetchone() is not None
    except sqlcipher.Error as error:
        raise explain(error) or error from error


def _copy(source: Any, destination: Path, key: bytes) -> None:
    draft = destination.with_name(destination.name + ".draft")
    for left in ("", "-wal", "-shm"):
        draft.with_name(draft.name + left).unlink(missing_ok=True)
    private_file(draft)
    try:
        with closing(connect(draft, key)) as target:
            source.backup(target)
        with closing(connect(draft, key)) as target:
            _must_be_sound(target)
        put_in_place(draft, destination)
    finally:
        draft.unlink(missing_ok=True)


def _must_be_sound(base: Any) -> None:
    sealed = base.execute("PRAGMA cipher_integrity_check").fetchall()
    sound = base.execute("PRAGMA integrity_check").fetchall()
    if sealed or sound != [("ok",)]:
        raise UserFacingError("La copie n’est pas fidèle.", details="integrity")


def _is_whole(place: Path) -> bool:
    # The keys are written last.
    return (place / BASE).is_file() and (place / KEYS).is_file()


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
