"""An open card: its holder, its places of practice and its two keys, until it is pulled."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pkcs11
from pkcs11 import Attribute, Mechanism, ObjectClass

from lgc.card import objects, tls
from lgc.card.objects import CardCertificate, CardCertificates
from lgc.domain.card import CardGone
from lgc.domain.professionals import CardHolder, PlaceOfPractice

# DER of DigestInfo before the digest itself (RFC 8017 §9.2). Hashing is done here because some
# tokens offer CKM_RSA_PKCS only.
DIGEST_INFO = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
}
ACTIVITIES = range(1, 17)


class _TokenKey:
    """A private key that stays on the token; every use goes through the reader's lock."""

    def __init__(
        self,
        key: Any,
        certificate: CardCertificate,
        lock: threading.RLock,
        alive: Callable[[], bool],
    ) -> None:
        self._key, self._certificate, self._lock, self._alive = key, certificate, lock, alive

    @property
    def certificate(self) -> bytes:
        return self._certificate.der

    def raw(self, data: bytes, mechanism: Mechanism) -> bytes:
        """One private operation. Raises CardGone when the card was pulled meanwhile."""
        with self._lock:
            if not self._alive():
                raise CardGone
            try:
                return bytes(self._key.sign(data, mechanism=mechanism))
            except pkcs11.exceptions.PKCS11Error as error:
                raise CardGone from error


class TokenAuthenticationKey(_TokenKey):
    """For TLS, log-in and the store's key (domain.keys.AuthenticationKey)."""

    usage: Literal["authentication"] = "authentication"

    def sign_challenge(self, challenge: bytes) -> bytes:
        digest = hashlib.sha256(challenge).digest()
        return self.raw(DIGEST_INFO["sha256"] + digest, Mechanism.RSA_PKCS)


class TokenSignatureKey(_TokenKey):
    """For VIHF and XAdES (domain.keys.SignatureKey)."""

    usage: Literal["signature"] = "signature"
    chain: tuple[bytes, ...] = ()

    def sign(self, digest: bytes, algorithm: Literal["sha1", "sha256"]) -> bytes:
        return self.raw(DIGEST_INFO[algorithm] + digest, Mechanism.RSA_PKCS)


class CardSession:
    """Implements the port of the same name over one logged-in PKCS#11 session."""

    def __init__(
        self,
        session: pkcs11.Session,
        certificates: CardCertificates,
        holder: CardHolder,
        lock: threading.RLock,
        trust: Path,
        tls_versions: str,
    ) -> None:
        self._session, self._lock, self.holder = session, lock, holder
        self._open = True
        self._trust, self._tls_versions = trust, tls_versions
        self._context: ssl.SSLContext | None = None
        keys = {
            usage: (self._private_key(certificate), certificate)
            for usage, certificate in (
                ("authentication", certificates.authentication),
                ("signature", certificates.signature),
            )
        }
        alive = self._alive
        self.authentication_key = TokenAuthenticationKey(*keys["authentication"], lock, alive)
        self.signature_key = TokenSignatureKey(*keys["signature"], lock, alive)
        self.signature_key.chain = tls.issuers(certificates.signature.parsed, trust)
        self.places = self._read_places()

    def client_context(self) -> ssl.SSLContext:
        """One context for every connection of this session, its key on the card."""
        if self._context is None:
            self._context = tls.client_context(
                self.authentication_key, self._trust, self._tls_versions
            )
        return self._context

    def close(self) -> None:
        """Log out; the keys raise CardGone from now on."""
        with self._lock:
            was_open, self._open = self._open, False
            if was_open:
                try:
                    self._session.close()
                except pkcs11.exceptions.PKCS11Error:
                    return  # the card left first: nothing is left to close

    def _alive(self) -> bool:
        return self._open

    def _private_key(self, certificate: CardCertificate) -> Any:
        return self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=certificate.key_id)

    def _read_places(self) -> tuple[PlaceOfPractice, ...]:
        names = {f"CPS_ACTIVITY_{number:02d}_PS": number for number in ACTIVITIES}
        found: dict[int, PlaceOfPractice] = {}
        for name, value in data_objects(self._session):
            place = objects.place(value) if name in names else None
            if place is not None:
                found[names[name]] = place
        return tuple(found[number] for number in sorted(found))


def data_objects(session: Any) -> list[tuple[str, bytes]]:
    """(label, value) of the data objects the session may see."""
    found = []
    for one in session.get_objects({Attribute.CLASS: ObjectClass.DATA}):
        try:
            found.append((str(one[Attribute.LABEL]), bytes(one[Attribute.VALUE])))
        except (pkcs11.exceptions.AttributeTypeInvalid, pkcs11.exceptions.AttributeSensitive):
            continue
    return found
