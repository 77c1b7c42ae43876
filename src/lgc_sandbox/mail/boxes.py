"""Mailboxes on disk: one file per message, written whole before anybody may see it.

DIR/mail/<address>/<folder>/<uid>.eml with its flags beside it; a killed server loses nothing
that it said yes to.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDERS = {
    "INBOX": "",
    "Envoyés": "\\Sent",
    "Brouillons": "\\Drafts",
    "Corbeille": "\\Trash",
    "Archives": "\\Archive",
}
INBOX = "INBOX"


@dataclass(frozen=True)
class Stored:
    """One message of one folder."""

    uid: int
    path: Path
    flags: frozenset[str]
    received: dt.datetime

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()


class Mailbox:
    """Every folder of one address. Safe from any thread."""

    def __init__(self, root: Path, address: str) -> None:
        self.address, self._root = address, root
        self._lock = threading.RLock()
        for folder in FOLDERS:
            self.create(folder)

    def folders(self) -> list[str]:
        return sorted(
            (p.name for p in self._root.iterdir() if p.is_dir()), key=lambda n: (n != INBOX, n)
        )

    def create(self, folder: str) -> None:
        place = self._root / folder
        if not place.is_dir():
            place.mkdir(parents=True)
            _write(place / "uid.json", {"validity": int(dt.datetime.now().timestamp()), "next": 1})

    def status(self, folder: str) -> tuple[int, int]:
        """(UIDVALIDITY, UIDNEXT). Raises KeyError for an unknown folder."""
        with self._lock:
            state = self._state(folder)
            return state["validity"], state["next"]

    def messages(self, folder: str) -> list[Stored]:
        """Oldest first."""
        with self._lock:
            place = self._place(folder)
            found = []
            for path in place.glob("*.eml"):
                extra = _read(path.with_suffix(".json"))
                received = dt.datetime.fromisoformat(extra["received"])
                found.append(Stored(int(path.stem), path, frozenset(extra["flags"]), received))
            return sorted(found, key=lambda message: message.uid)

    def add(
        self,
        folder: str,
        content: bytes,
        flags: Iterable[str] = (),
        received: dt.datetime | None = None,
    ) -> int:
        """Store a message for good and return its UID."""
        with self._lock:
            place, state = self._place(folder), self._state(folder)
            uid = state["next"]
            _write(place / "uid.json", {**state, "next": uid + 1})
            when = received or dt.datetime.now(dt.UTC)
            _write(place / f"{uid}.json", {"flags": sorted(flags), "received": when.isoformat()})
            _write_bytes(place / f"{uid}.eml", content)
            return uid

    def set_flags(self, folder: str, uid: int, flags: Iterable[str]) -> None:
        with self._lock:
            path = self._place(folder) / f"{uid}.json"
            _write(path, {**_read(path), "flags": sorted(flags)})

    def remove(self, folder: str, uid: int) -> None:
        with self._lock:
            place = self._place(folder)
            (place / f"{uid}.eml").unlink(missing_ok=True)
            (place / f"{uid}.json").unlink(missing_ok=True)

    def copy(self, folder: str, uid: int, target: str) -> int:
        """Raises KeyError for an unknown folder or message."""
        with self._lock:
            message = next((m for m in self.messages(folder) if m.uid == uid), None)
            if message is None:
                raise KeyError(uid)
            return self.add(target, message.content, message.flags, message.received)

    def _place(self, folder: str) -> Path:
        known = {name.upper() if name.upper() == INBOX else name: name for name in self.folders()}
        wanted = folder.upper() if folder.upper() == INBOX else folder
        return self._root / known[wanted]

    def _state(self, folder: str) -> dict[str, int]:
        return _read(self._place(folder) / "uid.json")


class PostOffice:
    """Every known address has a mailbox; an unknown one has none."""

    def __init__(self, root: Path, addresses: Iterable[str]) -> None:
        self._boxes = {
            address.lower(): Mailbox(root / address.lower(), address.lower())
            for address in addresses
        }

    def __contains__(self, address: str) -> bool:
        return address.lower() in self._boxes

    def __getitem__(self, address: str) -> Mailbox:
        return self._boxes[address.lower()]

    def addresses(self) -> list[str]:
        return sorted(self._boxes)


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))  # type: ignore[no-any-return]


def _write(path: Path, value: object) -> None:
    _write_bytes(path, json.dumps(value).encode())


def _write_bytes(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + ".tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
