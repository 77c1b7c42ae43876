"""A test authority with the names and shapes of IGC-Santé (cps-ins.md §1.4).

One root, a sub-authority for persons, one for organisations, one revocation list each.
Everything lives in one folder: certificates and keys in PEM, ``trust.pem`` (root and subs),
``revoked.json`` (serial numbers). The keys protect nothing but this sandbox.
"""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import json
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lgc_sandbox.files import write_atomically

ROOT = "TEST AC RACINE IGC-SANTE FORT"
PERSONS = "TEST AC IGC-SANTE FORT PERSONNES"
ORGANISATIONS = "TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"
FILES = {ROOT: "root", PERSONS: "persons", ORGANISATIONS: "organisations"}
CARD_TYPE = x509.ObjectIdentifier("1.2.250.1.71.1.2.2")
CPS_CARD = bytes.fromhex("020300a000")  # 3-byte INTEGER whose last byte says CPS
YEAR = dt.timedelta(days=365)


class NotTrusted(Exception):
    """A certificate this authority does not vouch for now; the text says why."""


class Usage(enum.Enum):
    """The two pairs of a card."""

    AUTHENTICATION = "authentication"
    SIGNATURE = "signature"


class Variant(enum.Enum):
    """How a certificate is wrong, to try the severity of a server."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN_AUTHORITY = "unknown authority"


@dataclass(frozen=True, slots=True)
class Holder:
    """A professional: PS_IdNat, names, profession as written on the card."""

    national_id: str
    family: str
    given: str
    title: str = "Médecin"

    def subject(self) -> x509.Name:
        """The multi-valued name of a CPS: ``CN=…+SN=…+GN=…, title=Médecin, C=FR``."""
        person = [
            x509.NameAttribute(NameOID.COMMON_NAME, self.national_id),
            x509.NameAttribute(NameOID.SURNAME, self.family),
            x509.NameAttribute(NameOID.GIVEN_NAME, self.given),
        ]
        return x509.Name(
            [
                x509.RelativeDistinguishedName(
                    [x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")],
                ),
                x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.TITLE, self.title)]),
                x509.RelativeDistinguishedName(person),
            ]
        )


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate, its private key, and the authority that stands between it and the root."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    issuer: x509.Certificate

    def pem(self) -> bytes:
        """Certificate, issuer and key, as ``SSLContext.load_cert_chain`` reads them."""
        return _pem(self.certificate) + _pem(self.issuer) + _key_pem(self.key)

    def write(self, path: Path) -> Path:
        """Write ``pem()`` and give the path back."""
        write_atomically(path, self.pem())
        return path


@dataclass(frozen=True, slots=True)
class _Signer:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


class Authority:
    """The authority kept in one folder."""

    def __init__(self, folder: Path, signers: dict[str, _Signer]) -> None:
        self.folder = folder
        self._signers = signers
        self._lock = threading.Lock()

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make a new authority in ``folder``; what was there is replaced."""
        folder.mkdir(parents=True, exist_ok=True)
        root = _new_signer(ROOT, None)
        signers = {ROOT: root}
        signers |= {name: _new_signer(name, root) for name in (PERSONS, ORGANISATIONS)}
        for name, signer in signers.items():
            write_atomically(
                folder / f"{FILES[name]}.pem", _pem(signer.certificate) + _key_pem(signer.key)
            )
        (folder / "revoked.json").write_text("[]", "utf-8")
        authority = cls(folder, signers)
        authority._write_revocations()
        write_atomically(authority.trust, b"".join(_pem(s.certificate) for s in signers.values()))
        return authority

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the authority of ``folder``. Raises ``OSError`` or ``ValueError``."""
        signers = {}
        for name, stem in FILES.items():
            pem = (folder / f"{stem}.pem").read_bytes()
            key = load_pem_private_key(pem, None)
            if not isinstance(key, rsa.RSAPrivateKey):
                raise ValueError(f"{stem}.pem holds no RSA key")
            signers[name] = _Signer(x509.load_pem_x509_certificate(pem), key)
        return cls(folder, signers)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The authority of ``folder``, made on the first call."""
        complete = (folder / "trust.pem").exists()  # written last
        return cls.load(folder) if complete else cls.create(folder)

    @property
    def trust(self) -> Path:
        """Root and sub-authorities, in PEM."""
        return self.folder / "trust.pem"

    @property
    def root(self) -> x509.Certificate:
        """The root certificate."""
        return self._signers[ROOT].certificate

    @property
    def persons(self) -> x509.Certificate:
        """The sub-authority that signs the certificates of cards."""
        return self._signers[PERSONS].certificate

    def person(self, holder: Holder, usage: Usage, variant: Variant = Variant.VALID) -> Issued:
        """A new pair for ``holder`` whose key is a file (a card makes its own, see ``certify``)."""
        key = _new_key()
        if variant is Variant.UNKNOWN_AUTHORITY:
            stranger = _new_signer(PERSONS, _new_signer(ROOT, None))
            return Issued(
                _person(holder, usage, key.public_key(), stranger, expired=False),
                key,
                stranger.certificate,
            )
        signer = self._signers[PERSONS]
        certificate = _person(
            holder, usage, key.public_key(), signer, expired=variant is Variant.EXPIRED
        )
        if variant is Variant.REVOKED:
            self.revoke(certificate)
        return Issued(certificate, key, signer.certificate)

    def certify(self, holder: Holder, usage: Usage, public: rsa.RSAPublicKey) -> x509.Certificate:
        """A certificate for a key made elsewhere, on a card."""
        return _person(holder, usage, public, self._signers[PERSONS], expired=False)

    def server(self) -> Issued:
        """A server certificate for localhost and 127.0.0.1."""
        key = _new_key()
        signer = self._signers[ORGANISATIONS]
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "TEST"),
                x509.NameAttribute(NameOID.COMMON_NAME, "localhost"),
            ]
        )
        builder = (
            _builder(subject, key.public_key(), signer.certificate)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(_usage("digital_signature", "key_encipherment"), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
        )
        return Issued(builder.sign(signer.key, hashes.SHA256()), key, signer.certificate)

    def server_context(self) -> ssl.SSLContext:
        """TLS 1.2 and 1.3, a new server certificate, and a client certificate of ours required."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        pem = self.server().write(self.folder / "server.pem")
        context.load_cert_chain(pem)
        context.load_verify_locations(self.trust)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def revoke(self, certificate: x509.Certificate) -> None:
        """Put ``certificate`` on the revocation list, at once."""
        with self._lock:
            serials = self._revoked() | {certificate.serial_number}
            write_atomically(
                self.folder / "revoked.json", json.dumps(sorted(map(str, serials))).encode()
            )
            self._write_revocations()

    def check(self, certificate: x509.Certificate, now: dt.datetime) -> None:
        """Raise ``NotTrusted`` unless a person of ours holds ``certificate``, valid now."""
        issuer = self._signers[PERSONS].certificate
        try:
            certificate.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature) as why:
            raise NotTrusted("unknown authority") from why
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise NotTrusted("expired or not yet valid")
        if certificate.serial_number in self._revoked():
            raise NotTrusted("revoked")

    def _revoked(self) -> set[int]:
        return set(map(int, json.loads((self.folder / "revoked.json").read_text("utf-8"))))

    def _write_revocations(self) -> None:
        signer = self._signers[PERSONS]
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(signer.certificate.subject)
            .last_update(now - dt.timedelta(minutes=5))
            .next_update(now + YEAR)
        )
        for serial in sorted(self._revoked()):
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
            builder = builder.add_revoked_certificate(revoked.build())
        signed = builder.sign(signer.key, hashes.SHA256())
        write_atomically(self.folder / "persons.crl", signed.public_bytes(Encoding.DER))


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _new_signer(name: str, parent: _Signer | None) -> _Signer:
    key = _new_key()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ASIP-SANTE"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "0002 187512751"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "IGC-SANTE TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    issuer = None if parent is None else parent.certificate
    builder = (
        _builder(subject, key.public_key(), issuer, years=15)
        .add_extension(x509.BasicConstraints(True, 1 if parent is None else 0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    )
    return _Signer(builder.sign(parent.key if parent else key, hashes.SHA256()), key)


def _person(
    holder: Holder, usage: Usage, public: rsa.RSAPublicKey, signer: _Signer, *, expired: bool
) -> x509.Certificate:
    builder = (
        _builder(holder.subject(), public, signer.certificate, expired=expired)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.UnrecognizedExtension(CARD_TYPE, CPS_CARD), critical=False)
    )
    if usage is Usage.SIGNATURE:
        key_usage = _usage("digital_signature", "content_commitment")
        return builder.add_extension(key_usage, critical=True).sign(signer.key, hashes.SHA256())
    purposes = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SMARTCARD_LOGON]
    return (
        builder.add_extension(_usage("digital_signature", "key_encipherment"), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .sign(signer.key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    public: rsa.RSAPublicKey,
    issuer: x509.Certificate | None,
    *,
    years: int = 3,
    expired: bool = False,
) -> x509.CertificateBuilder:
    end = dt.datetime.now(dt.UTC) + (-dt.timedelta(days=1) if expired else years * YEAR)
    start = dt.datetime.now(dt.UTC) - (YEAR if expired else dt.timedelta(days=1))
    identifier = (
        x509.AuthorityKeyIdentifier.from_issuer_public_key(public)
        if issuer is None
        else x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
            issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        )
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(identifier, critical=False)
    )


def _usage(*names: str) -> x509.KeyUsage:
    bits = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{bit: bit in names for bit in bits})


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
