"""Comparing a written distinguished name (RFC 2253, RFC 4514) with a certificate's."""

from __future__ import annotations

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

OIDS = {
    "CN": NameOID.COMMON_NAME,
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,  # ST, never S
    "L": NameOID.LOCALITY_NAME,
    "SN": NameOID.SURNAME,
    "SURNAME": NameOID.SURNAME,
    "GN": NameOID.GIVEN_NAME,
    "GIVENNAME": NameOID.GIVEN_NAME,
    "T": NameOID.TITLE,
    "TITLE": NameOID.TITLE,
}
ESCAPED = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\(.)", re.DOTALL)
Rdn = frozenset[tuple[str, str]]


def same_name(written: str, name: x509.Name) -> bool:
    """Whether ``written`` is ``name``, most specific part first as RFC 2253 writes it."""
    ours = [
        frozenset((attribute.oid.dotted_string, str(attribute.value)) for attribute in rdn)
        for rdn in reversed(name.rdns)
    ]
    return _read(written) == ours


def _read(written: str) -> list[Rdn] | None:
    found: list[Rdn] = []
    for rdn in _split(written, ","):
        pairs = [_pair(one) for one in _split(rdn, "+")]
        if any(pair is None for pair in pairs):
            return None
        found.append(frozenset(pair for pair in pairs if pair is not None))
    return found


def _split(written: str, separator: str) -> list[str]:
    return [
        one.strip() for one in re.split(rf"(?<!\\){re.escape(separator)}", written) if one.strip()
    ]


def _pair(written: str) -> tuple[str, str] | None:
    kind, equals, value = written.partition("=")
    kind = kind.strip().upper().removeprefix("OID.")
    oid = OIDS[kind].dotted_string if kind in OIDS else kind
    if not equals or not re.fullmatch(r"\d+(\.\d+)+", oid):
        return None
    if value.startswith("#"):
        return oid, _from_der(value[1:])
    return oid, ESCAPED.sub(_unescaped, value)


def _from_der(digits: str) -> str:
    """A DER string in hexadecimal: tag, length below 128, value."""
    try:
        der = bytes.fromhex(digits)
        return der[2 : 2 + der[1]].decode()
    except (ValueError, IndexError):
        return ""


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    return bytes.fromhex(match[0].replace("\\", "")).decode("utf-8", "replace")
