"""What a card carries, chosen by usage and identifier, never by the token's label (§1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice

G15 = "1.2.250.1.71.1.2.7"
PROFESSIONS = {"médecin": Coded("10", G15, "Médecin")}  # the only code the specification gives
AUTHENTICATION_ID, SIGNATURE_ID = 0x20, 0x10
ACTIVITY, STRUCTURE_NAME, STRUCTURE_ID, SECTOR = 0xEE, 0x84, 0x85, 0x86
MAX_OBJECT = 4096
CODE_LENGTH = 4


@dataclass(frozen=True, slots=True)
class CardCertificate:
    """A certificate with the CKA_ID that ties it to its private key."""

    key_id: bytes
    der: bytes
    parsed: x509.Certificate


@dataclass(frozen=True, slots=True)
class CardCertificates:
    """The two pairs of a card."""

    authentication: CardCertificate
    signature: CardCertificate


def sort_certificates(found: Iterable[tuple[bytes, bytes]]) -> CardCertificates | None:
    """Tell the pairs apart: clientAuth and id 0x20, nonRepudiation and id 0x10.

    ``found`` holds (CKA_ID, DER). None when one of the two is missing.
    """
    readable = [c for c in (_certificate(key_id, der) for key_id, der in found) if c is not None]
    authentication = max(readable, key=_authentication_rank, default=None)
    signature = max(readable, key=_signature_rank, default=None)
    if authentication is None or signature is None or authentication is signature:
        return None
    if _authentication_rank(authentication) < 1 or _signature_rank(signature) < 1:
        return None
    return CardCertificates(authentication, signature)


def _certificate(key_id: bytes, der: bytes) -> CardCertificate | None:
    try:
        return CardCertificate(key_id, der, x509.load_der_x509_certificate(der))
    except ValueError:
        return None


def _authentication_rank(certificate: CardCertificate) -> int:
    usage = 2 if ExtendedKeyUsageOID.CLIENT_AUTH in _extended_usage(certificate.parsed) else 0
    return usage + (certificate.key_id[-1:] == bytes([AUTHENTICATION_ID]))


def _signature_rank(certificate: CardCertificate) -> int:
    client = ExtendedKeyUsageOID.CLIENT_AUTH in _extended_usage(certificate.parsed)
    usage = 2 if _content_commitment(certificate.parsed) and not client else 0
    return usage + (certificate.key_id[-1:] == bytes([SIGNATURE_ID]))


def _extended_usage(certificate: x509.Certificate) -> tuple[x509.ObjectIdentifier, ...]:
    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return ()


def _content_commitment(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.content_commitment


def holder(certificate: x509.Certificate, speciality: str, serial: str) -> CardHolder:
    """The person named by the subject: CN national id, SN surname, GN given name, title.

    The subject is a multi-valued RDN on real cards: every attribute of every RDN is read.
    """
    names: dict[x509.ObjectIdentifier, str] = {}
    for rdn in certificate.subject.rdns:
        for attribute in rdn:
            names.setdefault(attribute.oid, str(attribute.value))
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
    return code if len(code) == CODE_LENGTH and code.isalnum() else ""


def place(activity: bytes) -> PlaceOfPractice | None:
    """One ``CPS_ACTIVITY_xx_PS``; None when a part is missing or the bytes are not BER."""
    if len(activity) > MAX_OBJECT:
        return None
    try:
        outer = dict(_tlv(activity))
        inner = dict(_tlv(outer.get(ACTIVITY, activity)))
    except ValueError:
        return None
    values = [inner.get(tag) for tag in (STRUCTURE_ID, STRUCTURE_NAME, SECTOR)]
    if any(value is None for value in values):
        return None
    texts = [_text(value) for value in values if value is not None]
    return PlaceOfPractice(texts[0], texts[1], texts[2][-CODE_LENGTH:])


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8").strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


def _tlv(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Single-byte tags with definite lengths, nothing else. Raises ValueError."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise ValueError("truncated TLV")
        tag, length, at = data[at], data[at + 1], at + 2
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
