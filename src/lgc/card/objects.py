"""What a card carries, chosen by usage and identifier, never by the token's label (§1.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice
from lgc.reading.certificates import MALFORMED

G15 = "1.2.250.1.71.1.2.7"
PROFESSIONS = {"médecin": Coded("10", G15, "Médecin")}  # the only code the specification gives
AUTHENTICATION_ID, SIGNATURE_ID = 0x20, 0x10
ACTIVITY, STRUCTURE_NAME, STRUCTURE_ID, SECTOR = 0xEE, 0x84, 0x85, 0x86
MAX_OBJECT = 4096
MULTI_BYTE_TAG = 0x1F
MAX_CERTIFICATE = 16384
CODE_LENGTH = 4


Extension = TypeVar("Extension", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class CardCertificate:
    """A certificate with the CKA_ID that ties it to its private key, and what it may be used for.

    ``signature_size`` is in bytes.
    """

    key_id: bytes
    der: bytes
    parsed: x509.Certificate
    for_clients: bool
    for_signatures: bool
    signature_size: int


@dataclass(frozen=True, slots=True)
class CardCertificates:
    """The two pairs of a card."""

    authentication: CardCertificate
    signature: CardCertificate


def sort_certificates(
    found: Iterable[tuple[bytes, bytes]], now: dt.datetime
) -> CardCertificates | None:
    """Tell the pairs apart: clientAuth and id 0x20, nonRepudiation and id 0x10.

    ``found`` holds (CKA_ID, DER). Usage counts more than the identifier, and a certificate for
    clients never signs: the DMP refuses it. Of two of one usage the one valid at ``now`` (aware)
    is meant, then the newest: a renewed card may list the expired one first. None when one of the
    two is missing.
    """
    readable = [c for c in (_certificate(key_id, der) for key_id, der in found) if c is not None]

    def rank(one: CardCertificate, usage: int) -> tuple[bool, bool, int, dt.datetime]:
        # A whole usage first, then whether it is valid, then the identifier.
        return usage > 1, _is_valid(one, now), usage, one.parsed.not_valid_before_utc

    def best(uses: Callable[[CardCertificate], int], but: object = None) -> CardCertificate | None:
        fit = (one for one in readable if uses(one) and one is not but)
        return max(fit, key=lambda one: rank(one, uses(one)), default=None)

    authentication = best(_authentication_rank)
    signature = best(_signature_rank, authentication)
    if authentication is None or signature is None:
        return None
    return CardCertificates(authentication, signature)


def _is_valid(one: CardCertificate, now: dt.datetime) -> bool:
    return one.parsed.not_valid_before_utc <= now <= one.parsed.not_valid_after_utc


def _certificate(key_id: bytes, der: bytes) -> CardCertificate | None:
    """None for bytes that are no certificate of an RSA key."""
    if len(der) > MAX_CERTIFICATE:
        return None
    try:
        parsed = x509.load_der_x509_certificate(der)
        key = parsed.public_key()
        extended = _extension(parsed, x509.ExtendedKeyUsage)
        usage = _extension(parsed, x509.KeyUsage)
    except MALFORMED:
        return None
    if not isinstance(key, rsa.RSAPublicKey):
        return None
    for_clients = extended is not None and ExtendedKeyUsageOID.CLIENT_AUTH in extended
    commits = usage is not None and usage.content_commitment
    size = (key.key_size + 7) // 8
    return CardCertificate(key_id, der, parsed, for_clients, commits and not for_clients, size)


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _authentication_rank(certificate: CardCertificate) -> int:
    if certificate.for_signatures:
        return 0
    return 2 * certificate.for_clients + certificate.key_id.endswith(bytes([AUTHENTICATION_ID]))


def _signature_rank(certificate: CardCertificate) -> int:
    if certificate.for_clients:
        return 0
    return 2 * certificate.for_signatures + certificate.key_id.endswith(bytes([SIGNATURE_ID]))


def holder(certificate: x509.Certificate, speciality: str, serial: str) -> CardHolder:
    """The person named by the subject: CN national id, SN surname, GN given name, title.

    The subject is a multi-valued RDN on real cards: every attribute of every RDN is read.
    """
    names: dict[x509.ObjectIdentifier, str] = {}
    for rdn in certificate.subject.rdns:
        for attribute in rdn:
            names.setdefault(attribute.oid, _printable(str(attribute.value)))
    title = names.get(NameOID.TITLE, "")
    return CardHolder(
        national_id=names.get(NameOID.COMMON_NAME, ""),
        family_name=names.get(NameOID.SURNAME, ""),
        given_name=names.get(NameOID.GIVEN_NAME, "").title(),
        profession=PROFESSIONS.get(title.casefold(), Coded("", G15, title)),
        speciality=speciality,
        card_serial=serial,
    )


def speciality(info_ps: bytes) -> str:
    """The last four characters of ``CPS_INFO_PS`` (``SM26``); empty when they are not a code."""
    code = info_ps[-CODE_LENGTH:].decode("ascii", "replace")
    return code if _is_code(code) else ""


def place(activity: bytes) -> PlaceOfPractice | None:
    """One ``CPS_ACTIVITY_xx_PS``; None when a part is missing or the bytes are not BER."""
    if len(activity) > MAX_OBJECT:
        return None
    try:
        outer = dict(_tlv(activity))
        inner = dict(_tlv(outer.get(ACTIVITY, activity)))
        identifier, name, sector = (
            _text(inner[tag]) for tag in (STRUCTURE_ID, STRUCTURE_NAME, SECTOR)
        )
    except (ValueError, KeyError):
        return None
    code = sector[-CODE_LENGTH:]
    return PlaceOfPractice(identifier, name, code) if identifier and _is_code(code) else None


def _is_code(text: str) -> bool:
    return len(text) == CODE_LENGTH and text.isascii() and text.isalnum()


def _text(value: bytes) -> str:
    try:
        return _printable(value.decode("utf-8"))
    except UnicodeDecodeError:
        return _printable(value.decode("latin-1"))


def _printable(text: str) -> str:
    """Without the control characters that no screen shows and no XML may hold."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _tlv(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Single-byte tags with definite lengths, nothing else. Raises ValueError."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise ValueError("truncated TLV")
        tag, length, at = data[at], data[at + 1], at + 2
        if tag & MULTI_BYTE_TAG == MULTI_BYTE_TAG:
            raise ValueError("unsupported tag")
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 2 or at + size > len(data):
                raise ValueError("unsupported length")
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("truncated value")
        yield tag, data[at : at + length]
        at += length
