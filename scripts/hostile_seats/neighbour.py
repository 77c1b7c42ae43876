"""The neighbour: another account, practice or program on the same machine."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

from hostile_seats.ground import Found, Ground, SoftKey, holder, now
from lgc.card import modules
from lgc.store.practice_store import PracticeStore
from lgc.store.vault import Vault
from lgc_sandbox.card import MODULES


def go_on() -> None:
    """Nobody stops a copy here."""


def _practice(folder: Path) -> PracticeStore:
    return Vault(folder, now).create(SoftKey(), holder())[0]


def _seen(place: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in place.rglob("*") if file.is_file()}


def shared_folder(ground: Ground) -> Found:
    """Several practices copy into one folder: none touches, removes or lists another's."""
    room, backup = ground.room("shared"), ground.room("backup")
    stores = [_practice(room / str(number)) for number in range(ground.some(4, 2))]
    for number in range(len(stores) * 2):
        store, before = stores[number % len(stores)], _seen(backup)
        copy = store.copy_to(backup, go_on)
        after = _seen(backup)
        kept = all(after.get(file) == content for file, content in before.items())
        yield f"copy {number} leaves the others'", kept
        for other in stores:
            if other is not store:
                other.remove_copy(copy)
                hidden = copy.place not in [one.place for one in other.copies(backup)]
                yield f"copy {number} is not another's", hidden and _seen(backup) == after
    for store in stores:
        store.close()


def waiting_links(ground: Ground) -> Found:
    """Links that wait under the names a copy may take are not followed."""
    room = ground.room("links")
    target, backup = room / "target", room / "backup"
    target.mkdir()
    backup.mkdir()
    (target / "precious").write_text("kept")
    with closing(_practice(room / "practice")) as store:
        stem = store.copy_to(room / "elsewhere", go_on).place.name[: len("lgc-00000000")]
        for ending in ("", ".draft")[: ground.some(2, 2)]:
            for second in range(5):
                moment = time.strftime("%Y-%m-%d-%H%M%S", time.gmtime(time.time() + second))
                link = backup / f"{stem}-{moment}{ending}"
                if not link.is_symlink():
                    link.symlink_to(target)
            store.copy_to(backup, go_on)
            held = [file.name for file in target.iterdir()] == ["precious"]
            yield f"links named …{ending}", held and (target / "precious").read_text() == "kept"


def modes(ground: Ground) -> Found:
    """Whatever the account's habits, what is written is for this account alone."""
    room = ground.room("modes")
    before = os.umask(0)
    try:
        with closing(_practice(room / "practice")) as store:
            store.copy_to(room / "backup", go_on)
            for place in sorted((*room.glob("practice/**/*"), *room.glob("backup/**/*"))):
                yield f"mode of {place.name}", not place.stat().st_mode & 0o077
    finally:
        os.umask(before)


def soft_card(ground: Ground) -> Found:
    """No library of soft cards is taken where nobody named one."""
    usual = {str(path) for system in ("linux", "darwin", "win32") for path in
             modules.candidates(system)}  # fmt: skip
    for soft in MODULES:
        yield f"{soft} is no fall-back", soft not in usual
    chosen = modules.choose("")
    yield "the library chosen here", chosen is None or "softhsm" not in chosen.name.lower()
    yield "a library that is named and absent", modules.choose(str(ground.room("no") / "x")) is None
