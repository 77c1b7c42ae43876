"""Verified, encrypted copies of the practice while it is open: base, wrapped keys, end of journal.

Each is a folder of its own, ``lgc-<practice>-<moment>``, written under another name, read again,
and named last; ``copy.json`` says what was verified. Practices may share one place: none touches
what is not of its own ``store_id``, and no link is followed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from lgc.domain.copies import AuditEnd, Contents, Copy, CopyState
from lgc.domain.days import practice_zone
from lgc.errors import UserFacingError
from lgc.files import private_folder, sync_folder, told, write_whole
from lgc.store import audit_head, signed_heads
from lgc.store.copying import copy_file, go_on, verify_file
from lgc.store.pages import PageFile

_SHEET = "copy.json"
_DRAFT = ".draft"
_REFUSED = ".refused.json"
# With the offset: one hour of October comes twice, and a copy may have left for another disk.
_MOMENT = "%Y-%m-%d-%H%M%S%z"
_NAMED = re.compile(r"\d{4}-\d{2}-\d{2}-\d{6}(?P<offset>[+-]\d{4})?")
_TIMES = 100
_TOLD_FOR = dt.timedelta(days=30)
_LARGEST_SHEET = 1 << 16  # bytes


class Backups:
    """The copies of one practice: ``base`` and ``keys`` are its files, ``key`` raw.

    ``signed`` gives what cards signed of its journal (`signed_heads`).
    """

    def __init__(
        self,
        base: PageFile,
        keys: Path,
        key: bytes,
        signed: Callable[[], bytes],
        former: Callable[[], Sequence[bytes]] = tuple,
    ) -> None:
        """``former``: the keys that copies from before a change of key are still under."""
        self._base, self._keys, self._key, self._former = base, keys, key, former
        self._signed = signed
        self._database = base.path
        self._one_at_a_time = threading.Lock()

    @contextmanager
    def changing(self) -> Iterator[Callable[[bytes], None]]:
        """No copy is made meanwhile; gives what is to be called with the next key."""
        with self._one_at_a_time:
            yield self._use

    def _use(self, key: bytes) -> None:
        self._key = key

    def make(
        self,
        folder: Path,
        at: dt.datetime,
        check: Callable[[], None] = go_on,
    ) -> Copy:
        """A new copy in ``folder``, opened by the same cards and the same recovery code.

        Raises DamagedBase when the base is not as it was written, UserFacingError when the copy
        cannot be written or read again, or the folder is the practice's own.
        """
        with self._one_at_a_time, _telling():
            private_folder(folder)
            if folder.resolve() == self._database.parent.resolve():
                raise UserFacingError(
                    "Ce dossier est celui du cabinet.",
                    advice="Choisissez un autre dossier, de préférence sur un autre disque.",
                )
            store = store_of(self._keys)
            self._sweep_drafts(folder, store)
            place = _free_place(folder, f"lgc-{store[:8]}-{at:{_MOMENT}}")
            draft = place.with_name(place.name + _DRAFT)
            draft.mkdir(mode=0o700)
            try:
                contents = self._fill(draft, store, at, check)
                draft.rename(place)
            except BaseException:
                _remove(draft, self._names())
                raise
            sync_folder(folder)
            self._forget_refusals(folder, store, at)
        return self._read(place, store) or Copy(place, at, CopyState.TO_VERIFY, contents=contents)

    def note_refusal(self, folder: Path, at: dt.datetime, why: str) -> None:
        """Leave a trace among the copies that one was refused. Never raises for the disk."""
        with suppress(OSError, UserFacingError):
            store = store_of(self._keys)
            sheet = {"version": 1, "store_id": store, "made_at": at.isoformat(), "why": why}
            name = _free_place(folder, f"lgc-{store[:8]}-{at:{_MOMENT}}", _REFUSED).name
            write_whole(folder / name, json.dumps(sheet).encode())

    def known(self, folder: Path) -> list[Copy]:
        """Copies of this practice in ``folder``, the newest first; others' are not looked into."""
        store, found = store_of(self._keys), []
        with _telling():
            for place in folder.iterdir():
                with suppress(OSError):  # one that cannot be read does not hide the others
                    found.append(self._read(place, store))
        return sorted((c for c in found if c), key=lambda copy: copy.at, reverse=True)

    def verify(self, place: Path, at: dt.datetime, check: Callable[[], None] = go_on) -> Copy:
        """Read a copy whole and write down what it holds. Raises DamagedBase, UserFacingError."""
        store = store_of(self._keys)
        copy = self._read(place, store)
        if copy is None or copy.state is CopyState.REFUSED:
            raise UserFacingError("Cette sauvegarde n’est pas de ce cabinet.")
        base = place / self._database.name
        with _telling():
            contents = verify_file(base, self._key_of(base), check, _damaged_copy)
            size = base.stat().st_size
            with suppress(OSError):  # a disk that is only read from keeps no trace of it
                write_whole(place / _SHEET, _sheet(store, copy.at, at, base, contents))
        return Copy(place, copy.at, CopyState.VERIFIED, size, at, contents)

    def _key_of(self, base: Path) -> bytes:
        with PageFile(base) as file:
            fits = (key for key in (self._key, *self._former()) if file.fits(key))
            return next(fits, self._key)

    def remove(self, copy: Copy) -> None:
        """Only a verified copy of this practice, only our files in it. Raises UserFacingError."""
        store = store_of(self._keys)
        known = self._read(copy.place, store)
        if known is not None and known.state is CopyState.VERIFIED:
            with _telling():
                # Cut short, what is left is a draft, which the next copy sweeps away.
                going = copy.place.with_name(copy.place.name + _DRAFT)
                copy.place.rename(going)
                _remove(going, self._names())

    def _fill(
        self,
        draft: Path,
        store: str,
        at: dt.datetime,
        check: Callable[[], None],
    ) -> Contents:
        base = draft / self._database.name
        contents = copy_file(self._base, base, self._key, check)
        note = audit_head.whole(contents.end, self._base.salt(), self._key)
        write_whole(audit_head.beside(base), note)
        write_whole(signed_heads.beside(base), self._signed())
        write_whole(draft / self._keys.name, self._keys.read_bytes())
        if store_of(draft / self._keys.name) != store:
            raise UserFacingError("Le fichier des clés a changé pendant la copie.", may_retry=True)
        write_whole(draft / _SHEET, _sheet(store, at, at, base, contents))
        sync_folder(draft)
        return contents

    def _names(self) -> tuple[str, ...]:
        base = self._database.name
        ends = ("", "-wal", "-shm", ".head", ".signed", ".draft", ".draft-wal", ".draft-shm")
        return (*(base + end for end in ends), self._keys.name, _SHEET)

    def _sweep_drafts(self, folder: Path, store: str) -> None:
        """What a kill left of our own copies."""
        for left in folder.glob(f"lgc-{store[:8]}-*{_DRAFT}"):
            if _is_folder(left) and _store_or_none(left / self._keys.name) in (store, None):
                _remove(left, self._names())

    def _forget_refusals(self, folder: Path, store: str, at: dt.datetime) -> None:
        for trace in folder.glob(f"lgc-{store[:8]}-*{_REFUSED}"):
            refused = _read_refusal(trace, store)
            if refused is not None and at - refused.at > _TOLD_FOR:
                trace.unlink(missing_ok=True)

    def _read(self, place: Path, store: str) -> Copy | None:
        """What ``place`` is to this practice; None when it is not one of its copies."""
        if place.name.endswith(_REFUSED):
            return _read_refusal(place, store)
        base = place / self._database.name
        if place.name.endswith(_DRAFT) or not _is_folder(place) or not _is_file(base):
            return None
        if _store_or_none(place / self._keys.name) != store:
            return None
        status = base.stat()
        sheet = _read_sheet(place / _SHEET, store)
        if sheet is None or sheet.size != status.st_size:
            at = sheet.at if sheet else _moment_of(place.name, status.st_mtime)
            return Copy(place, at, CopyState.TO_VERIFY, status.st_size)
        return replace(sheet, place=place)


def store_of(keys: Path) -> str:
    """The ``store_id`` of a key file. Raises UserFacingError when it cannot be read."""
    found = _store_or_none(keys)
    if found is None:
        raise UserFacingError(
            "Le fichier des clés du cabinet est illisible.",
            advice="Remettez le fichier vault.json de votre sauvegarde.",
        )
    return found


def _store_or_none(keys: Path) -> str | None:
    with _whatever_it_holds():
        return bytes.fromhex(_load(keys)["store_id"]).hex() or None
    return None


def _free_place(folder: Path, name: str, end: str = "") -> Path:
    """Two copies may be asked for within a second."""
    for number in range(1, _TIMES):
        place = folder / (name + (f"-{number}" if number > 1 else "") + end)
        if not any(os.path.lexists(f"{place}{more}") for more in ("", _DRAFT)):
            return place
    raise FileExistsError(name)


def _sheet(
    store: str, made: dt.datetime, verified: dt.datetime, base: Path, contents: Contents
) -> bytes:
    data = {
        "version": 1,
        "store_id": store,
        "made_at": made.isoformat(),
        "verified_at": verified.isoformat(),
        "size": base.stat().st_size,
        "pages": contents.pages,
        "rows": dict(contents.rows),
        "audit": {"lines": contents.end.lines, "hash": contents.end.hash},
    }
    return json.dumps(data, indent=1).encode("ascii")


def _read_sheet(path: Path, store: str) -> Copy | None:
    """What was written down of a verified copy; None when it does not hold together."""
    with _whatever_it_holds():
        sheet = _load(path)
        rows = tuple((str(table), int(count)) for table, count in sheet["rows"].items())
        end = AuditEnd(int(sheet["audit"]["lines"]), str(sheet["audit"]["hash"]))
        contents = Contents(int(sheet["pages"]), rows, end)
        made, verified = _aware(sheet["made_at"]), _aware(sheet["verified_at"])
        size = int(sheet["size"])
        if sheet["store_id"] == store:
            return Copy(path, made, CopyState.VERIFIED, size, verified, contents)
    return None


def _read_refusal(path: Path, store: str) -> Copy | None:
    with _whatever_it_holds():
        sheet = _load(path)
        if sheet["store_id"] == store and _is_file(path):
            made = _aware(sheet["made_at"])
            return Copy(path, made, CopyState.REFUSED, why=str(sheet["why"])[:200])
    return None


def _load(path: Path) -> Any:
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("not a file")  # a pipe would be waited for
    with path.open("rb") as file:
        return json.loads(file.read(_LARGEST_SHEET))


def _aware(moment: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(moment)
    if found.tzinfo is None:
        raise ValueError("a moment without its zone")
    return found


@contextmanager
def _whatever_it_holds() -> Iterator[None]:
    """A file that anybody may have written is not ours when it is not as we write it."""
    with suppress(
        OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError
    ):
        yield


def _moment_of(name: str, written: float) -> dt.datetime:
    """Older names bear no offset: theirs is the moment on the practice's wall."""
    if found := _NAMED.search(name):
        with suppress(ValueError):
            if found["offset"]:
                return dt.datetime.strptime(found[0], _MOMENT)
            wall = dt.datetime.strptime(found[0], _MOMENT.removesuffix("%z"))
            return wall.replace(tzinfo=practice_zone())
    return dt.datetime.fromtimestamp(written, dt.UTC)


def _is_folder(path: Path) -> bool:
    return _kind(path, stat.S_ISDIR)


def _is_file(path: Path) -> bool:
    return _kind(path, stat.S_ISREG)


def _kind(path: Path, of: Callable[[int], bool]) -> bool:
    """Of the thing itself: a link is none of ours."""
    try:
        return of(path.lstat().st_mode)
    except OSError:
        return False


def _remove(place: Path, names: tuple[str, ...]) -> None:
    """Our files in a folder, then the folder when nothing else is in it."""
    for name in names:
        (place / name).unlink(missing_ok=True)
    with suppress(OSError):
        place.rmdir()


def _damaged_copy(details: str) -> UserFacingError:
    return UserFacingError(
        "Cette sauvegarde est abîmée.",
        advice="Ne la restaurez pas ; choisissez-en une autre. Vos clés ne sont pas en cause.",
        details=details,
    )


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = told(error)
        raise UserFacingError(
            f"La sauvegarde n’a pas pu être écrite. {said.sentence}",
            advice="La base n’a pas bougé. Vérifiez la place et vos droits sur ce dossier.",
            details=said.details,
            may_retry=True,
        ) from error
