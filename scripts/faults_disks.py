"""Full and vanishing disks under a real practice: what was acknowledged is found again, or lost.

Each try writes from several threads while the disk fails at a moment of its own. A fresh opening
with the same card then judges, from the file alone: all that was acknowledged must be there, and
no sending that was refused. ``python scripts/faults_disks.py [TRIES] [SEED]``.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.domain.professionals import CardHolder, Coded
from lgc.errors import UserFacingError
from lgc.store import rescue
from lgc.store.practice_store import PracticeStore
from lgc.store.vault import Vault

TRIES, SEED = 40, 20261130
WRITERS, LONGEST = 3, 0.6  # threads; seconds of one try
DISK = "size=24m"


class Card:
    """An authentication key held in software."""

    usage: Literal["authentication"] = "authentication"

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        public = self._key.public_key()
        self.certificate = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign_challenge(self, challenge: bytes) -> bytes:
        return self._key.sign(challenge, padding.PKCS1v15(), SHA256())


@dataclass
class Said:
    """What the writers were told: keys acknowledged, sendings acknowledged and refused."""

    notes: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


# --- how a disk fails ---------------------------------------------------------------------------


def emptied(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink(missing_ok=True)


def moved(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def base_removed(folder: Path) -> None:
    (folder / "practice.db").unlink()


def journal_removed(folder: Path) -> None:
    (folder / "practice.db-wal").unlink(missing_ok=True)


def unmounted(folder: Path) -> None:
    if subprocess.run(["umount", "-l", str(folder)], capture_output=True).returncode:
        shutil.rmtree(folder)


def filled(folder: Path) -> None:
    """No room left, for a while: the file system's own where it is ours, else a limit of ours."""
    if folder.is_mount():
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"x" * 65536)
        time.sleep(LONGEST / 3)
        filler.unlink()
        return
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    size = max(file.stat().st_size for file in folder.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    time.sleep(LONGEST / 3)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


FAULTS: tuple[Callable[[Path], None], ...] = (
    emptied, shutil.rmtree, moved, base_removed, journal_removed, unmounted, filled, filled,
)  # fmt: skip


# --- one try ------------------------------------------------------------------------------------


def write(store: PracticeStore, writer: int, said: Said, until: float, rng: random.Random) -> None:
    number = 0
    while time.monotonic() < until:
        number += 1
        key, sends = f"{writer}-{number}", rng.random() < 0.3
        try:
            with store.unit() as uow:
                if sends:
                    uow.deliveries.add(_delivery(key))
                else:
                    uow.notes.set(key, "x" * rng.randrange(1, 20_000))
                uow.audit("tried", key)
                uow.commit()
        except UserFacingError:
            with said.lock:
                said.refused |= {key} if sends else set()
            time.sleep(0.005)
            continue
        with said.lock:
            (said.sent if sends else said.notes).add(key)


def attempt(made: Path, folder: Path, card: Card, rng: random.Random) -> bool:
    """True when nothing that was acknowledged is missing, and nothing refused is left to leave."""
    fault = rng.choice(FAULTS)
    with _mounted(folder, wanted=fault in (filled, unmounted)):
        shutil.copytree(made, folder, dirs_exist_ok=True)
        store, said = Vault(folder).open(card, HOLDER), Said()
        until = time.monotonic() + rng.uniform(0.2, LONGEST)
        threads = [
            threading.Thread(target=write, args=(store, one, said, until, random.Random(seed)))
            for one, seed in enumerate(rng.sample(range(1 << 30), WRITERS))
        ]
        for thread in threads:
            thread.start()
        time.sleep(rng.uniform(0.0, LONGEST / 2))
        fault(folder)
        for thread in threads:
            thread.join()
        with suppress(UserFacingError):
            store.must_be_there()
        store.close()
        return _judge(folder, card, said)


def _judge(folder: Path, card: Card, said: Said) -> bool:
    """By a fresh opening; a vault that lost its base takes the copy, as the doctor would."""
    vault = Vault(folder)
    try:
        with suppress(UserFacingError):
            vault.take_back()
        vault.take_back()
        store = vault.open(card, HOLDER)
    except UserFacingError:
        return False
    try:
        with store.unit() as uow:
            notes = {key for key in said.notes if uow.notes.get(key) is not None}
            waiting = {one.delivery_id for one in uow.deliveries.recent(100_000)}
        store.verify_audit()
    finally:
        store.close()
    return notes == said.notes and said.sent <= waiting and not said.refused & waiting


def campaign(tries: int, seed: int) -> dict[str, int]:
    """Run ``tries`` of them; {"tried", "survived", "lost"}."""
    rng, card, survived = random.Random(seed), Card(), 0
    with tempfile.TemporaryDirectory(prefix="lgc-disks-") as place, _homes(Path(place) / "rescue"):
        made = Path(place) / "made"
        store, _ = Vault(made).create(card, HOLDER)
        store.close()
        for number in range(tries):
            folder = Path(place) / str(number) / "practice"
            folder.parent.mkdir()
            survived += attempt(made, folder, card, rng)
            shutil.rmtree(folder.parent)
    return {"tried": tries, "survived": survived, "lost": tries - survived}


@contextmanager
def _mounted(folder: Path, *, wanted: bool) -> Iterator[None]:
    """A small file system of its own at ``folder``, where this machine lets us."""
    with ExitStack() as stack:
        if wanted and sys.platform == "linux" and os.geteuid() == 0:
            folder.mkdir()
            mount = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(folder)]
            if subprocess.run(mount, capture_output=True).returncode == 0:
                off = ["umount", "-l", str(folder)]
                stack.callback(subprocess.run, off, capture_output=True)
        yield


@contextmanager
def _homes(place: Path) -> Iterator[None]:
    """Copies of what vanished stay within the campaign."""
    former: Any = rescue.homes
    rescue.homes = lambda: (place,)
    try:
        yield
    finally:
        rescue.homes = former


def _delivery(key: str) -> Delivery:
    now = dt.datetime.now(dt.UTC)
    return Delivery(key, key, "", "", Channel.MSSANTE, DeliveryState.WAITING, "{}", now)


HOLDER = CardHolder("899700000000", "DISQUE", "Essai", Coded("10", "1.2.250.1.71.1.2.7"), "", "1")


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:3]] + [TRIES, SEED][len(sys.argv[1:3]) :]
    found = campaign(*arguments)
    print(" · ".join(f"{name} {number}" for name, number in found.items()))
    sys.exit(1 if found["lost"] else 0)
