"""An open card: its holder, its places of practice and its two keys, until it is pulled."""

from __future__ import annotations

import hashlib
import logging
import ssl
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Literal

import pkcs11
from pkcs11 import Attribute, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error

from lgc.card import authorities, objects, tls
from lgc.card.objects import CardCertificate, CardCertificates
from lgc.domain.card import CardGone
from lgc.domain.professionals import CardHolder, PlaceOfPractice
from lgc.errors import UserFacingError

log = logging.getLogger(__name__)

# DER of DigestInfo before the digest itself (RFC 8017 §9.2). Hashing is done here because some
# tokens offer CKM_RSA_PKCS only.
DIGEST_INFO = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
}
DIGEST_SIZE = {"sha1": 20, "sha256": 32}
ACTIVITIES = frozenset(f"CPS_ACTIVITY_{number:02d}_PS" for number in range(1, 17))


class _TokenKey:
    """A private key that stays on the token; every use goes through the reader's lock."""

    def __init__(
        self,
        key: Any,
        certificate: CardCertificate,
        lock: threading.RLock,
        is_open: Callable[[], bool],
    ) -> None:
        self._key, self._certificate, self._lock, self._is_open = key, certificate, lock, is_open

    @property
    def certificate(self) -> bytes:
        return self._certificate.der

    @property
    def size(self) -> int:
        """Bytes of a signature."""
        return self._certificate.signature_size

    def answers(self) -> bool:
        """Is the token still behind this key? One attribute is read, nothing is signed."""
        try:
            return self._key[Attribute.KEY_TYPE] is not None
        except PKCS11Error:
            return False

    def raw(self, data: bytes, mechanism: Mechanism) -> bytes:
        """One private operation.

        Raises CardGone when the card was pulled meanwhile, UserFacingError when it is there and
        refuses.
        """
        with self._lock:
            if not self._is_open():
                raise CardGone
            try:
                return bytes(self._key.sign(data, mechanism=mechanism))
            except PKCS11Error as error:
                # Libraries disagree on codes; whether the key still answers tells the two apart.
                if self.answers():
                    raise _refused(error, mechanism) from error
                raise CardGone from error

    def _sign(self, digest: bytes, algorithm: Literal["sha1", "sha256"]) -> bytes:
        """RSASSA-PKCS1-v1_5 over a digest. Raises ValueError for a digest of another size."""
        if len(digest) != DIGEST_SIZE[algorithm]:
            raise ValueError(f"not a {algorithm} digest")
        return self.raw(DIGEST_INFO[algorithm] + digest, Mechanism.RSA_PKCS)


def _refused(error: PKCS11Error, mechanism: Mechanism) -> UserFacingError:
    return UserFacingError(
        "La carte refuse cette signature.",
        advice="Recommencez ; sinon, limitez TLS à la version 1.2 dans les réglages de la carte.",
        may_retry=True,
        details=f"{mechanism.name} {type(error).__name__}",
    )


class TokenAuthenticationKey(_TokenKey):
    """For TLS, log-in and the store's key (domain.keys.AuthenticationKey)."""

    usage: Literal["authentication"] = "authentication"

    def sign_challenge(self, challenge: bytes) -> bytes:
        return self._sign(hashlib.sha256(challenge).digest(), "sha256")


class TokenSignatureKey(_TokenKey):
    """For VIHF and XAdES (domain.keys.SignatureKey)."""

    usage: Literal["signature"] = "signature"
    chain: tuple[bytes, ...] = ()

    def sign(self, digest: bytes, algorithm: Literal["sha1", "sha256"]) -> bytes:
        return self._sign(digest, algorithm)


class CardSession:
    """Implements the port of the same name over one logged-in PKCS#11 session.

    Made under the reader's lock. Raises PKCS11Error when a private key is not on the token.
    """

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
        authentication, signature = certificates.authentication, certificates.signature
        self.authentication_key = TokenAuthenticationKey(
            self._private_key(authentication), authentication, lock, self._is_open
        )
        self.signature_key = TokenSignatureKey(
            self._private_key(signature), signature, lock, self._is_open
        )
        self.signature_key.chain = authorities.issuers(signature.parsed, trust)
        self.places = _places(data_objects(session, ACTIVITIES))

    def client_context(self) -> ssl.SSLContext:
        """One context for every connection of this session, its key on the card."""
        with self._lock:
            if self._context is None:
                self._context = tls.client_context(
                    self.authentication_key, self._trust, self._tls_versions
                )
            return self._context

    def alive(self) -> bool:
        """Does the card still answer this session? A fraction of a millisecond."""
        with self._lock:
            return self._open and self.authentication_key.answers()

    def close(self) -> None:
        """Log out; the keys raise CardGone from now on."""
        with self._lock:
            was_open, self._open = self._open, False
            if was_open:
                try:
                    self._session.close()
                except PKCS11Error:
                    return  # the card left first: nothing is left to close

    @property
    def closed(self) -> bool:
        """Was it ended by us? Then no card has left."""
        return not self._open

    def _is_open(self) -> bool:
        return self._open

    def _private_key(self, certificate: CardCertificate) -> Any:
        return self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=certificate.key_id)


def _places(found: dict[str, bytes]) -> tuple[PlaceOfPractice, ...]:
    """In the card's order; numbers may have gaps, and what cannot be read is skipped."""
    read = [(label, objects.place(found[label])) for label in sorted(found)]
    for label, place in read:
        if place is None:
            log.warning("%s is not readable: skipped", label)
    return tuple(place for _, place in read if place is not None)


def data_objects(session: Any, wanted: Collection[str]) -> dict[str, bytes]:
    """The data objects called ``wanted`` that the session may see.

    Others are not touched: cards list objects that they refuse to give.
    """
    found = {}
    for one in list(session.get_objects({Attribute.CLASS: ObjectClass.DATA})):
        try:
            label = str(one[Attribute.LABEL])
            if label in wanted:
                found[label] = bytes(one[Attribute.VALUE])
        except (PKCS11Error, UnicodeDecodeError) as error:
            log.info("a data object is not given: %s", type(error).__name__)
    return found
