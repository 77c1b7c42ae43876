"""Mailboxes on disk: one file per message, written whole before anybody may see it.

DIR/mail/<address>/<folder>/<uid>.eml with its flags beside it. A message for several people is
first written once into DIR/mail/.spool, in one step: from then on it will reach each of them
exactly once, even when the server is killed on the way.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lgc_sandbox.files import write_atomically
from lgc_sandbox.knobs import AT_ONCE, Filing

FOLDERS = {
    "INBOX": "",
    "Envoyés": "\\Sent",
    "Brouillons": "\\Drafts",
    "Corbeille": "\\Trash",
    "Archives": "\\Archive",
}
INBOX, SPOOL, STATE = "INBOX", ".spool", "uid.json"
LONGEST_NAME = 100
LOG = "received.jsonl"
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class UnusableName(ValueError):
    """No folder may be called so."""


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
        """Raises UnusableName for a name that is no plain file name."""
        if folder.startswith(".") or not folder.isprintable() or set(folder) & set('/\\:*?"<>|'):
            raise UnusableName(folder)
        if not 0 < len(folder) <= LONGEST_NAME:
            raise UnusableName(folder)
        with self._lock:
            place = self._root / folder
            place.mkdir(parents=True, exist_ok=True)
            if not (place / STATE).exists():
                now = int(dt.datetime.now(dt.UTC).timestamp())
                _write(place / STATE, {"validity": now, "next": 1})

    def rename(self, folder: str, name: str) -> None:
        """Raises KeyError for an unknown folder, UnusableName for a name that cannot be."""
        with self._lock:
            if name in self.folders() or folder in FOLDERS:
                raise UnusableName(name)
            self.create(name)
            (self._root / name / STATE).unlink()
            (self._root / name).rmdir()
            self._place(folder).rename(self._root / name)

    def delete(self, folder: str) -> None:
        """With what it holds. Raises KeyError for an unknown folder."""
        with self._lock:
            if folder in FOLDERS:
                raise UnusableName(folder)
            place = self._place(folder)
            for kept in place.iterdir():
                kept.unlink()
            place.rmdir()

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
        transaction: str = "",
    ) -> int:
        """Store a message for good and return its UID. Raises KeyError for an unknown folder."""
        with self._lock:
            place, state = self._place(folder), self._state(folder)
            uid = state["next"]
            _write(place / STATE, {**state, "next": uid + 1})
            when = received or dt.datetime.now(dt.UTC)
            extra = {"flags": sorted(flags), "received": when.isoformat()}
            _write(place / f"{uid}.json", {**extra, "transaction": transaction})
            write_atomically(place / f"{uid}.eml", content)
            return uid

    def holds(self, transaction: str) -> bool:
        """Did this accepted message arrive already, in whatever folder it is now?"""
        with self._lock:
            return any(
                _read(path.with_suffix(".json")).get("transaction") == transaction
                for folder in self.folders()
                for path in self._place(folder).glob("*.eml")
            )

    def set_flags(self, folder: str, uid: int, flags: Iterable[str]) -> None:
        """Raises KeyError for an unknown folder or message."""
        with self._lock:
            path = self._place(folder) / f"{uid}.json"
            if not path.exists():
                raise KeyError(uid)
            _write(path, {**_read(path), "flags": sorted(flags)})

    def remove(self, folder: str, uid: int) -> None:
        with self._lock:
            place = self._place(folder)
            (place / f"{uid}.eml").unlink(missing_ok=True)
            (place / f"{uid}.json").unlink(missing_ok=True)

    def copy(self, folder: str, uid: int, target: str) -> int:
        """Raises KeyError for an unknown folder or message."""
        with self._lock:
            path = self._place(folder) / f"{uid}.eml"
            if not path.exists():
                raise KeyError(uid)
            extra = _read(path.with_suffix(".json"))
            return self.add(
                target,
                path.read_bytes(),
                extra["flags"],
                dt.datetime.fromisoformat(extra["received"]),
                extra.get("transaction", ""),
            )

    def _place(self, folder: str) -> Path:
        known = {name.upper() if name.upper() == INBOX else name: name for name in self.folders()}
        wanted = folder.upper() if folder.upper() == INBOX else folder
        return self._root / known[wanted]

    def _state(self, folder: str) -> dict[str, int]:
        return _read(self._place(folder) / STATE)


class PostOffice:
    """Every known address has a mailbox; an unknown one has none.

    What was accepted before a kill is handed out first.
    """

    def __init__(self, root: Path, addresses: Iterable[str]) -> None:
        self._boxes = {
            address.lower(): Mailbox(root / address.lower(), address.lower())
            for address in addresses
        }
        self._lock, self._log = threading.Lock(), root / LOG
        self._spool = root / SPOOL
        self._spool.mkdir(parents=True, exist_ok=True)
        for accepted in sorted(self._spool.glob("*.eml")):
            self._hand_out(accepted, again=True)

    def accept(self, recipients: Iterable[str], content: bytes, filing: Filing = AT_ONCE) -> None:
        """Take a message for all of them or for none. Raises KeyError for an unknown one.

        Told to be late it waits in the spool, told never to file it only stands in the log.
        """
        known = list(dict.fromkeys(self[one].address for one in recipients))
        self._note(known, content, filing)
        if filing.never:
            return
        accepted = self._spool / f"{uuid.uuid4().hex}.eml"
        write_atomically(accepted, json.dumps(known).encode() + b"\n" + content)
        if filing.after:
            later = threading.Timer(filing.after, self._hand_out, (accepted, True))
            later.daemon = True
            later.start()
        else:
            self._hand_out(accepted, again=False)

    def received(self) -> list[dict[str, Any]]:
        """Every acceptance, oldest first: message_id, recipients, time, filed."""
        with self._lock:
            lines = self._log.read_text("utf-8").splitlines() if self._log.exists() else []
        return [json.loads(line) for line in lines]

    def _note(self, recipients: list[str], content: bytes, filing: Filing) -> None:
        found = MESSAGE_ID.search(content)
        line = {
            "time": dt.datetime.now(dt.UTC).isoformat(),
            "message_id": found.group(1).decode("ascii", "replace") if found else "",
            "recipients": recipients,
            "filed": filing.word,
        }
        with self._lock, self._log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def _hand_out(self, accepted: Path, again: bool) -> None:
        if not accepted.exists():
            return  # the folder went away while the message waited
        head, _, content = accepted.read_bytes().partition(b"\n")
        for address in json.loads(head):
            if again and (address not in self or self[address].holds(accepted.stem)):
                continue
            self[address].add(INBOX, content, transaction=accepted.stem)
        accepted.unlink()

    def __contains__(self, address: str) -> bool:
        return address.lower() in self._boxes

    def __getitem__(self, address: str) -> Mailbox:
        return self._boxes[address.lower()]

    def addresses(self) -> list[str]:
        return sorted(self._boxes)


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))  # type: ignore[no-any-return]


def _write(path: Path, value: object) -> None:
    write_atomically(path, json.dumps(value).encode())
