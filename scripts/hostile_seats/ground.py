"""Where tries are made: a folder of their own, seeded chance, and how many attempts to make."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lgc.commands import practice_zone
from lgc.domain.professionals import CardHolder, Coded

practice_zone.use()

if TYPE_CHECKING:
    from hostile_seats.cards import Drawer

Found = Iterator[tuple[str, bool]]
"""(what was attempted, did lgc hold?) of each attempt."""


class Unfounded(Exception):
    """What must work without any attack does not: the try proves nothing."""


class Ground:
    """``short`` makes few attempts of each kind; one ``seed`` makes the same ones again."""

    def __init__(self, folder: Path, seed: int, *, short: bool) -> None:
        self._folder, self._seed, self.short = folder, seed, short

    def room(self, name: str) -> Path:
        """A fresh folder."""
        made = next(
            place for n in range(10_000) if not (place := self._folder / f"{name}{n}").exists()
        )
        made.mkdir(parents=True)
        return made

    def chance(self, name: str) -> random.Random:
        return random.Random(f"{self._seed}:{name}")

    def some(self, full: int, short: int) -> int:
        return short if self.short else full

    @cached_property
    def drawer(self) -> Drawer:
        """The soft cards, made once. Raises RuntimeError where SoftHSM2 is not installed."""
        from hostile_seats.cards import Drawer

        return Drawer(self.room("cards"))


class SoftKey:
    """An authentication key in memory, for what is not about cards: its signatures are real."""

    usage: Literal["authentication"] = "authentication"

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        self.certificate = self._key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )

    def sign_challenge(self, challenge: bytes) -> bytes:
        return self._key.sign(challenge, padding.PKCS1v15(), SHA256())


def holder() -> CardHolder:
    """The doctor of the tries, who is nobody."""
    profession = Coded("10", "1.2.250.1.71.1.2.7", "Médecin")
    return CardHolder("899700057294", "MEDECIN5729", "PAUL", profession, "SM26", "8000057294")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def refused(deed: Callable[[], object], *kinds: type[BaseException]) -> bool:
    """Does ``deed`` end in one of these errors, and in no other?"""
    try:
        deed()
    except kinds:
        return True
    return False


def sure(holds: bool, what: str) -> None:
    """Raises Unfounded: without this the attempts that follow would prove nothing."""
    if not holds:
        raise Unfounded(what)
