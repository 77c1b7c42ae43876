"""A test authority shaped like IGC-Santé: root, two sub-authorities, persons, servers, CRL.

Names follow cps-ins §1.4 (``TEST AC …``, OU ``IGC-SANTE TEST``); keys never leave the folder.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

ROOT, PERSONS, ORGANISATIONS = "root", "persons", "organisations"
NAMES = {
    ROOT: "TEST AC RACINE IGC-SANTE FORT",
    PERSONS: "TEST AC IGC-SANTE FORT PERSONNES",
    ORGANISATIONS: "TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS",
}
CARD_TYPE = ObjectIdentifier("1.2.250.1.71.1.2.2")
CARD_TYPE_CPS = b"\x02\x01\x00"
SMARTCARD_LOGON = ObjectIdentifier("1.3.6.1.4.1.311.20.2.2")
YEARS = 5
VALID, EXPIRED = (-1, 365 * 3), (-60, -1)


class NotTrusted(Exception):
    """A certificate that this authority does not vouch for now; the text says why."""


@dataclass(frozen=True)
class Person:
    """What a card's certificates say of its holder."""

    national_id: str
    surname: str
    given_name: str
    title: str


class Authority:
    """Issues and revokes; everything is kept as PEM in ``folder``."""

    def __init__(self, folder: Path) -> None:
        """Load the authority of ``folder``, or make it."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self._certificates: dict[str, x509.Certificate] = {}
        for name in NAMES:
            self._load_or_make(name)
        self.trust = folder / "trust.pem"
        self.trust.write_bytes(
            b"".join(self._certificates[name].public_bytes(Encoding.PEM) for name in NAMES)
        )
        for name in NAMES:
            if not self._list(name).exists():
                self._write_crl([], name)

    @classmethod
    def create(cls, folder: Path) -> Self:
        """The authority of ``folder``, made on the first call."""
        return cls(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """An authority made before. Raises FileNotFoundError when there is none."""
        if not (folder / "trust.pem").exists():
            raise FileNotFoundError(folder / "trust.pem")
        return cls(folder)

    @property
    def lists(self) -> Path:
        """The folder of the revocation lists, one for each authority."""
        return self.folder / "lists"

    def _list(self, name: str) -> Path:
        return self.lists / f"{name}.crl"

    def certificate(self, name: str) -> x509.Certificate:
        """``root``, ``persons`` or ``organisations``."""
        return self._certificates[name]

    def authentication(
        self, person: Person, key: rsa.RSAPublicKey, days: tuple[int, int] = VALID
    ) -> x509.Certificate:
        """clientAuth and smart card log-on; digitalSignature and keyEncipherment."""
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, SMARTCARD_LOGON]
        return self._person(
            person, key, days, _usage(encipherment=True), x509.ExtendedKeyUsage(usages)
        )

    def signature(
        self, person: Person, key: rsa.RSAPublicKey, days: tuple[int, int] = VALID
    ) -> x509.Certificate:
        """digitalSignature and nonRepudiation, no extended usage."""
        return self._person(person, key, days, _usage(commitment=True), None)

    def server(self, name: str) -> tuple[Path, Path]:
        """Certificate chain and key files of a server on this machine."""
        chain, key_file = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        if not chain.exists():
            key = _new_key()
            subject = _name(x509.NameAttribute(NameOID.COMMON_NAME, name))
            alternatives = x509.SubjectAlternativeName(
                [
                    *(x509.DNSName(one) for one in dict.fromkeys(("localhost", name))),
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                ]
            )
            made = self._issue(
                ORGANISATIONS,
                subject,
                key.public_key(),
                (-1, 365 * 2),
                [
                    (_usage(encipherment=True), True),
                    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
                    (alternatives, False),
                ],
            )
            _write_private(key_file, key)
            above = self._certificates[ORGANISATIONS].public_bytes(Encoding.PEM)
            chain.write_bytes(made.public_bytes(Encoding.PEM) + above)
        return chain, key_file

    def revoke(self, certificate: x509.Certificate) -> None:
        """Put a certificate on the list of who issued it."""
        by = next(n for n in NAMES if self._certificates[n].subject == certificate.issuer)
        serials = [one.serial_number for one in self._read_crl(by)]
        self._write_crl([*serials, certificate.serial_number], by)

    def is_revoked(self, serial_number: int) -> bool:
        return self._read_crl().get_revoked_certificate_by_serial_number(serial_number) is not None

    def check(self, certificate: x509.Certificate, now: dt.datetime) -> None:
        """Raises NotTrusted unless we gave ``certificate`` to a person and it is valid now."""
        try:
            certificate.verify_directly_issued_by(self._certificates[PERSONS])
        except (ValueError, TypeError, InvalidSignature) as why:
            raise NotTrusted("unknown authority") from why
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise NotTrusted("expired or not yet valid")
        if self.is_revoked(certificate.serial_number):
            raise NotTrusted("revoked")

    def _person(
        self,
        person: Person,
        key: rsa.RSAPublicKey,
        days: tuple[int, int],
        usage: x509.KeyUsage,
        extended: x509.ExtendedKeyUsage | None,
    ) -> x509.Certificate:
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (usage, True),
            (x509.UnrecognizedExtension(CARD_TYPE, CARD_TYPE_CPS), False),
        ]
        if extended is not None:
            extensions.append((extended, False))
        return self._issue(PERSONS, _person_name(person), key, days, extensions)

    def _load_or_make(self, name: str) -> None:
        certificate_file, key_file = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        if certificate_file.exists():
            self._certificates[name] = x509.load_pem_x509_certificate(certificate_file.read_bytes())
            loaded = serialization.load_pem_private_key(key_file.read_bytes(), None)
            assert isinstance(loaded, rsa.RSAPrivateKey)
            self._keys[name] = loaded
            return
        self._keys[name] = _new_key()
        subject = _name(
            x509.NameAttribute(NameOID.COMMON_NAME, NAMES[name]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "IGC-SANTE TEST"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ASIP-SANTE"),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        )
        above = ROOT
        constraints = x509.BasicConstraints(ca=True, path_length=1 if name == ROOT else 0)
        self._certificates[name] = self._issue(
            above,
            subject,
            self._keys[name].public_key(),
            (-1, 365 * YEARS),
            [(constraints, True), (_usage(authority=True), True)],
            issuer=subject if name == ROOT else None,
        )
        certificate_file.write_bytes(self._certificates[name].public_bytes(Encoding.PEM))
        _write_private(key_file, self._keys[name])

    def _issue(
        self,
        by: str,
        subject: x509.Name,
        key: rsa.RSAPublicKey,
        days: tuple[int, int],
        extensions: list[tuple[x509.ExtensionType, bool]],
        issuer: x509.Name | None = None,
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        issuing = self._keys[by]
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self._certificates[by].subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=days[0]))
            .not_valid_after(now + dt.timedelta(days=days[1]))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), False
            )
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(issuing, hashes.SHA256())

    def _read_crl(self, by: str = PERSONS) -> x509.CertificateRevocationList:
        return x509.load_der_x509_crl(self._list(by).read_bytes())

    def _write_crl(self, serials: list[int], by: str) -> None:
        now = dt.datetime.now(dt.UTC)
        self.lists.mkdir(exist_ok=True)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificates[by].subject)
            # The first list is of yesterday: what follows within a second is newer all the same.
            .last_update(now if serials else now - dt.timedelta(days=1))
            .next_update(now + dt.timedelta(days=30))
        )
        for serial in serials:
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
            builder = builder.add_revoked_certificate(revoked.build())
        self._list(by).write_bytes(
            builder.sign(self._keys[by], hashes.SHA256()).public_bytes(Encoding.DER)
        )


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _write_private(file: Path, key: rsa.RSAPrivateKey) -> None:
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(
            Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def _name(*attributes: x509.NameAttribute[str]) -> x509.Name:
    return x509.Name(list(attributes))


def _person_name(person: Person) -> x509.Name:
    """``CN=…+SN=…+GN=…, title=…, C=FR``: the multi-valued RDN of real cards."""
    identity = x509.RelativeDistinguishedName(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, person.national_id),
            x509.NameAttribute(NameOID.SURNAME, person.surname),
            x509.NameAttribute(NameOID.GIVEN_NAME, person.given_name),
        ]
    )
    title = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.TITLE, person.title)])
    country = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")])
    return x509.Name([country, title, identity])


def _usage(
    *, authority: bool = False, commitment: bool = False, encipherment: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=commitment,
        key_encipherment=encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
