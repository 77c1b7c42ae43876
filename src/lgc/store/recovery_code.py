"""The recovery code: 150 random bits and a check, in eight groups of four Crockford characters."""

from __future__ import annotations

import hashlib

from lgc.errors import UserFacingError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SYMBOLS, _CHECKS, _GROUP = 30, 2, 4
RANDOM_SIZE = 19
"""Bytes of randomness asked for; the two bits too many are dropped."""


def write(random: bytes) -> str:
    """A code as the doctor copies it: ``7H3K-…``."""
    number = int.from_bytes(random[:RANDOM_SIZE], "big") >> 2
    data = "".join(ALPHABET[(number >> (5 * i)) & 31] for i in reversed(range(_SYMBOLS)))
    code = data + _check(data)
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


def read(typed: str) -> bytes:
    """The code in its one writing: case, spaces, dashes and O/0, I/L/1 do not matter.

    Raises UserFacingError when it is incomplete or mistyped, before any key is tried.
    """
    code = "".join(c for c in typed.upper() if c.isalnum()).translate(_READ_AS)
    length = _SYMBOLS + _CHECKS
    if len(code) != length:
        raise UserFacingError(
            f"La clé de secours du cabinet a {length} caractères, il y en a {len(code)} ici.",
            advice="Recopiez les huit groupes de quatre caractères.",
            may_retry=True,
        )
    if set(code) - set(ALPHABET) or _check(code[:_SYMBOLS]) != code[_SYMBOLS:]:
        raise UserFacingError(
            "La clé de secours du cabinet contient une faute de frappe.",
            advice="Relisez chaque groupe, puis recommencez.",
            may_retry=True,
        )
    return code.encode("ascii")


def _check(data: str) -> str:
    """Ten bits of a hash: one mistake in a thousand goes through, and then opens nothing."""
    number = int.from_bytes(hashlib.sha256(data.encode("ascii")).digest()[:2], "big")
    return ALPHABET[number >> 11] + ALPHABET[(number >> 6) & 31]
