"""Where the audit chain ended when a card signed it, kept outside the base.

Whoever opens the base can rewrite its journal and the note of its end (`audit_head`), which only
know the base's own key. What a card signed nobody else can make: each card's last signature stands
beside the base, in a second place of this machine, and in the copies.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import logging
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from lgc.domain.copies import AuditEnd, SignedEnd
from lgc.domain.keys import AuthenticationKey
from lgc.files import private_folder, write_whole

log = logging.getLogger(__name__)

_VERSION = 1
# These words keep the signature apart from any other that the card gives (`vault`, TLS).
_WORDS = b"lgc journal head 1\x00"
_LINE = struct.Struct(">Q q 32s")  # lines, microseconds, hash
_MOST = 32  # cards
_LARGEST = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """What makes a signature worth something.

    ``vouch`` gives the words for the holder of a certificate (DER) whose chain was checked, "" for
    any other; ``folder`` is the second place, None where there is none.
    """

    vouch: Callable[[bytes], str]
    folder: Path | None


@dataclass(frozen=True, slots=True)
class _Head:
    end: AuditEnd
    certificate: bytes
    signature: bytes

    @property
    def card(self) -> str:
        """How the vault knows it."""
        return hashlib.sha256(self.certificate).hexdigest()


def beside(database: Path) -> Path:
    """The signatures of this base."""
    return database.with_name(database.name + ".signed")


class SignedHeads:
    """The signatures of one practice, ``identity`` its store id. Disks that refuse are logged."""

    def __init__(self, database: Path, identity: bytes, anchor: Anchor | None) -> None:
        self._identity, self._anchor, self._database = identity, anchor, database
        self._beside = beside(database)
        apart = anchor.folder if anchor is not None else None
        self._apart = apart / f"{identity.hex()}.signed" if apart is not None else None

    def known(self) -> list[SignedEnd]:
        """The last end that each card signed, the furthest last; what does not hold is no word."""
        heads = [one for place in self._places() for one in _read(place)]
        told = {one: self._who(one) for one in _last_of_each(heads)}
        known = [SignedEnd(one.end, by, one.card) for one, by in told.items() if by]
        return sorted(known, key=lambda one: one.end.lines)

    def is_beside(self, lines: int, card: str) -> bool:
        """Does the file beside the base hold what ``card`` signed at line ``lines`` or later?"""
        return any(one.card == card and one.end.lines >= lines for one in _read(self._beside))

    def sign(self, key: AuthenticationKey, end: AuditEnd) -> str:
        """Sign ``end`` and keep it; how the vault knows the card, "" where nothing was kept.

        Raises CardGone or UserFacingError when the card does not sign.
        """
        if self._anchor is None or not end.lines:
            return ""
        head = _Head(end, key.certificate, key.sign_challenge(self._content(end)))
        if not self._who(head):
            return ""
        kept = [self._keep(place, [head]) for place in self._places()]
        return head.card if all(kept) else ""

    def forget(self, ends: Iterable[SignedEnd]) -> None:
        """These were told: the chain goes on without them."""
        gone = {(one.card, one.end.lines) for one in ends}
        for place in self._places():
            left = [one for one in _read(place) if (one.card, one.end.lines) not in gone]
            _write(place, left)

    def content(self) -> bytes:
        """What a copy of the base keeps."""
        return _render(_last_of_each(one for place in self._places() for one in _read(place)))

    def _keep(self, place: Path, heads: list[_Head]) -> bool:
        return _write(place, _last_of_each([*_read(place), *heads])[-_MOST:])

    def _places(self) -> tuple[Path, ...]:
        """Where they are kept now: beside a base that vanished nothing is made anew."""
        both = (self._beside,) if self._apart is None else (self._beside, self._apart)
        return both if self._database.exists() else both[1:]

    def _content(self, end: AuditEnd) -> bytes:
        return _WORDS + self._identity + _line(end)

    def _who(self, head: _Head) -> str:
        """Whose signature it is; "" when it is not one over this, or of nobody we know."""
        if self._anchor is None:
            return ""
        try:
            key = x509.load_der_x509_certificate(head.certificate).public_key()
            if not isinstance(key, RSAPublicKey):
                return ""
            key.verify(head.signature, self._content(head.end), PKCS1v15(), SHA256())
        except (ValueError, InvalidSignature):
            return ""
        return self._anchor.vouch(head.certificate)


def _line(end: AuditEnd) -> bytes:
    at = round(end.at.timestamp() * 1e6) if end.at is not None else 0
    return _LINE.pack(end.lines, at, bytes.fromhex(end.hash))


def _last_of_each(heads: Iterable[_Head]) -> list[_Head]:
    last: dict[str, _Head] = {}
    for one in sorted(heads, key=lambda head: head.end.lines):
        last[one.card] = one
    return sorted(last.values(), key=lambda head: head.end.lines)


def _render(heads: Iterable[_Head]) -> bytes:
    return json.dumps({"version": _VERSION, "heads": [_told(one) for one in heads]}).encode("ascii")


def _told(head: _Head) -> dict[str, Any]:
    return {
        "line": _line(head.end).hex(),
        "certificate": base64.b64encode(head.certificate).decode("ascii"),
        "signature": head.signature.hex(),
    }


def _write(place: Path, heads: Iterable[_Head]) -> bool:
    try:
        private_folder(place.parent)
        write_whole(place, _render(heads))
    except OSError as error:
        log.warning("the signed end of the journal was not kept: %s", error.errno)
        return False
    return True


def _read(place: Path) -> list[_Head]:
    """Nothing where the file is missing, or is none of ours."""
    try:
        with place.open("rb") as file:
            told = json.loads(file.read(_LARGEST))
        return [_head(one) for one in told["heads"]] if told["version"] == _VERSION else []
    except (OSError, ValueError, KeyError, TypeError, struct.error, RecursionError, OverflowError):
        return []


def _head(told: dict[str, Any]) -> _Head:
    lines, at, link = _LINE.unpack(bytes.fromhex(told["line"]))
    when = dt.datetime.fromtimestamp(at / 1e6, dt.UTC) if at else None
    certificate = base64.b64decode(told["certificate"], validate=True)
    return _Head(AuditEnd(lines, link.hex(), when), certificate, bytes.fromhex(told["signature"]))
