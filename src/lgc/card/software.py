"""Certificates kept as files where a structure or an operator asks for them in place of the card.

Indirect mode of the DMP (ORG_AUTH_CLI for TLS, ORG_SIGN for the VIHF; dmp.md §3.5) and mail
operators that know the practice by a software certificate (mssante-xdm.md). The private key lives
in the encrypted store, never in a file of its own.
"""

from __future__ import annotations

import secrets
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lgc.card.tls import trusting
from lgc.domain.keys import CertificateUse, HeldCertificate
from lgc.errors import UnreadableInput, UserFacingError
from lgc.files import telling, write_whole
from lgc.reading.certificates import MALFORMED

LARGEST = 1_000_000
DIGESTS = {"sha1": hashes.SHA1, "sha256": hashes.SHA256}
ADVICE = "Importez-le dans les réglages, section « Certificats de structure »."


@dataclass(slots=True)
class SoftwareKey:
    """A `domain.keys.SignatureKey` outside any card."""

    private: RSAPrivateKey
    certificate: bytes
    chain: tuple[bytes, ...] = ()
    usage: Literal["signature"] = "signature"

    def sign(self, digest: bytes, algorithm: Literal["sha1", "sha256"]) -> bytes:
        """RSASSA-PKCS1-v1_5 over an already computed digest."""
        return self.private.sign(digest, PKCS1v15(), Prehashed(DIGESTS[algorithm]()))


class AbsentKey:
    """Stands where a certificate should be: whoever needs it is told so, nothing else stops."""

    usage: Literal["signature"] = "signature"

    @property
    def certificate(self) -> bytes:
        _absent()

    @property
    def chain(self) -> tuple[bytes, ...]:
        _absent()

    def sign(self, digest: bytes, algorithm: Literal["sha1", "sha256"]) -> bytes:
        _absent()


class AbsentContext(ssl.SSLContext):
    """A context that opens no connection, and says what is missing instead."""

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        _absent()


def unlock(content: bytes, password: str) -> bytes:
    """A PKCS#12 file as the store keeps it, without its password.

    Raises UnreadableInput for what is no such file, UserFacingError for a wrong password.
    """
    if len(content) > LARGEST or not content.startswith(b"\x30"):
        raise UnreadableInput("Ce fichier n’est pas un certificat avec sa clé (PKCS#12).")
    try:
        held = pkcs12.load_pkcs12(content, password.encode() or None)
    except MALFORMED as error:
        raise UserFacingError(
            "Le certificat ne s’ouvre pas.",
            advice="Vérifiez le mot de passe et que le fichier est bien un PKCS#12 (.p12, .pfx).",
            details=type(error).__name__,
        ) from error
    if held.key is None or held.cert is None:
        raise UnreadableInput("Ce fichier ne contient pas à la fois un certificat et sa clé.")
    if not isinstance(held.key, RSAPrivateKey):
        raise UnreadableInput("La clé de ce certificat n’est pas une clé RSA.")
    above = [one.certificate for one in held.additional_certs]
    return pkcs12.serialize_key_and_certificates(
        None, held.key, held.cert.certificate, above, NoEncryption()
    )


def describe(kept: bytes, use: CertificateUse) -> HeldCertificate:
    """What is shown of it. Raises UnreadableInput when it cannot serve ``use``."""
    certificate = _load(kept)[1]
    _must_serve(certificate, use)
    return HeldCertificate(
        use=use,
        subject=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def signature_key(kept: bytes) -> SoftwareKey:
    """The key that signs with ``kept``."""
    private, certificate, above = _load(kept)
    der = tuple(one.public_bytes(Encoding.DER) for one in above)
    return SoftwareKey(private, certificate.public_bytes(Encoding.DER), der)


def client_context(kept: bytes, trust: Path) -> ssl.SSLContext:
    """TLS 1.2 or later with ``kept`` for the client, host name and chain checked.

    OpenSSL wants the key in a file: it is written once, encrypted, where only this user reads,
    and removed before the return. Raises UserFacingError without authorities.
    """
    private, certificate, above = _load(kept)
    password = secrets.token_bytes(24).hex().encode()
    key = private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password)
    )
    chain = b"".join(one.public_bytes(Encoding.PEM) for one in (certificate, *above))
    context = trusting(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust)
    with telling(), tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "client.pem"
        write_whole(place, key + chain)
        context.load_cert_chain(place, password=password)
    return context


def _load(kept: bytes) -> tuple[RSAPrivateKey, x509.Certificate, list[x509.Certificate]]:
    key, certificate, above = pkcs12.load_key_and_certificates(kept, None)
    if not isinstance(key, RSAPrivateKey) or certificate is None:
        raise UnreadableInput("Le certificat gardé n’est plus lisible.")
    return key, certificate, list(above)


def _must_serve(certificate: x509.Certificate, use: CertificateUse) -> None:
    """A certificate that limits its use must allow this one (X.509 key usage)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise UnreadableInput("Ce certificat ne permet pas de signer.")
    try:
        allowed = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    if use is not CertificateUse.SIGNATURE and ExtendedKeyUsageOID.CLIENT_AUTH not in allowed:
        raise UnreadableInput("Ce certificat ne permet pas l’authentification d’un client TLS.")


def _name(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _absent() -> NoReturn:
    raise UserFacingError("Le certificat de structure n’est pas importé.", advice=ADVICE)
