"""``vault.json``: the key of the practice's file, sealed for each card and for the recovery key.

Each way in has a key pair of its own (X25519, RFC 7748). The private half is wrapped (AES-256-GCM)
under what the card signs or under the recovery key; the practice's key is sealed to the public
half. So the practice's key changes while a colleague's card is away, and what opened the former
one does not open the next. A file of version 1 wraps the practice's key itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lgc.errors import UserFacingError
from lgc.files import telling, write_whole
from lgc.store import memory
from lgc.store.engine import KEY_SIZE

_VERSIONS = (1, 2)
_TAG = 16  # bytes that AES-GCM adds (SP 800-38D)
_SEAL = b"lgc vault 2: seal"
Derive = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key under lock. All parts are bytes, hexadecimal in the file."""

    salt: bytes
    nonce: bytes
    box: bytes

    @classmethod
    def close(cls, secret: bytes | bytearray, derive: Derive, about: bytes) -> Wrapped:
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        return cls(salt, nonce, AESGCM(derive(salt)).encrypt(nonce, secret, about))

    def open(self, derive: Derive, about: bytes) -> bytearray:
        """To be wiped by the caller. Raises InvalidTag when the derived key is not the one."""
        secret = bytearray(max(len(self.box) - _TAG, 0))
        AESGCM(derive(self.salt)).decrypt_into(self.nonce, self.box, about, secret)
        return secret


@dataclass(frozen=True, slots=True)
class Way:
    """One way in. Without ``sealed``, as version 1 made it, ``wrapped`` is the practice's key."""

    wrapped: Wrapped
    public: bytes = b""
    sealed: Wrapped | None = None

    @classmethod
    def make(cls, secret: bytes | bytearray, derive: Derive, about: bytes) -> Way:
        own = X25519PrivateKey.generate()
        with memory.wiped(bytearray(own.private_bytes_raw())) as private:
            wrapped = Wrapped.close(private, derive, _own(about))
        return cls(wrapped).to(own.public_key().public_bytes_raw(), secret, about)

    def to(self, public: bytes, secret: bytes | bytearray, about: bytes) -> Way:
        """The same way, to ``secret``. Nothing of the card or of the recovery key is asked."""
        passing = X25519PrivateKey.generate()
        shown = passing.public_key().public_bytes_raw()
        shared = passing.exchange(X25519PublicKey.from_public_bytes(public))
        nonce = secrets.token_bytes(12)
        box = AESGCM(_seal_key(shared, shown, public)).encrypt(nonce, secret, about)
        return replace(self, public=public, sealed=Wrapped(shown, nonce, box))

    def leading_to(self, secret: bytes | bytearray, about: bytes) -> Way | None:
        """None for a way of version 1, whose card or recovery key must come first."""
        return self.to(self.public, secret, about) if self.public else None

    def open(self, derive: Derive, about: bytes) -> bytearray:
        """The practice's key, to be wiped by the caller. Raises InvalidTag."""
        if self.sealed is None:
            return self.wrapped.open(derive, about)
        with memory.wiped(self.wrapped.open(derive, _own(about))) as private:
            own, shown = X25519PrivateKey.from_private_bytes(bytes(private)), self.sealed.salt
            shared = own.exchange(X25519PublicKey.from_public_bytes(shown))
        return self.sealed.open(lambda salt: _seal_key(shared, shown, self.public), about)


def _own(about: bytes) -> bytes:
    return about + b": own"


def _seal_key(shared: bytes, shown: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), KEY_SIZE, None, _SEAL + shown + public).derive(shared)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of ``vault.json``; ``cards`` by SHA-256 fingerprint of the certificate.

    ``confirmed``: the doctor said that the recovery key is noted. ``coming``: what holds as soon as
    the base is under its next key; while that changes, a kill leaves both.
    """

    store_id: bytes
    cards: dict[str, Way]
    recovery: Way
    confirmed: bool = True
    coming: KeyFile | None = None

    @classmethod
    def read(cls, path: Path) -> KeyFile:
        """Raises UserFacingError when the file is missing, unreadable or newer than us."""
        try:
            data = json.loads(path.read_text("ascii"))
            if data["version"] not in _VERSIONS:
                raise ValueError("version")
            store_id = bytes.fromhex(data["store_id"])
            coming = data.get("coming")
            return replace(
                _read(store_id, data), coming=_read(store_id, coming) if coming else None
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserFacingError(
                "Le fichier des clés du cabinet est illisible.",
                advice="Remettez le fichier vault.json de votre sauvegarde.",
                details=type(error).__name__,
            ) from error

    def now(self) -> KeyFile:
        """Without what is coming."""
        return replace(self, coming=None)

    def render(self) -> bytes:
        data = {"version": _VERSIONS[-1], "store_id": self.store_id.hex()} | _write(self)
        if self.coming is not None:
            data["coming"] = _write(self.coming)
        return json.dumps(data, indent=1).encode("ascii")

    def write(self, path: Path) -> None:
        """Never half a key file. Raises UserFacingError."""
        with telling():
            write_whole(path, self.render())


def _read(store_id: bytes, data: dict[str, Any]) -> KeyFile:
    cards = {fingerprint: _unhex_way(way) for fingerprint, way in data["cards"].items()}
    confirmed = data.get("confirmed", True) is True
    return KeyFile(store_id, cards, _unhex_way(data["recovery"]), confirmed)


def _write(file: KeyFile) -> dict[str, Any]:
    return {
        "cards": {fingerprint: _hex_way(way) for fingerprint, way in file.cards.items()},
        "recovery": _hex_way(file.recovery),
        "confirmed": file.confirmed,
    }


def _hex_way(way: Way) -> dict[str, Any]:
    sealed = {"public": way.public.hex(), "sealed": _hex(way.sealed)} if way.sealed else {}
    return _hex(way.wrapped) | sealed


def _unhex_way(data: dict[str, Any]) -> Way:
    if "sealed" not in data:
        return Way(_unhex(data))
    return Way(_unhex(data), bytes.fromhex(data["public"]), _unhex(data["sealed"]))


def _hex(wrapped: Wrapped) -> dict[str, str]:
    return {
        "salt": wrapped.salt.hex(),
        "nonce": wrapped.nonce.hex(),
        "wrapped_key": wrapped.box.hex(),
    }


def _unhex(data: dict[str, Any]) -> Wrapped:
    return Wrapped(*(bytes.fromhex(data[name]) for name in ("salt", "nonce", "wrapped_key")))
