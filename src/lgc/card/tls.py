"""Client TLS whose private key never leaves the card.

The interpreter's own OpenSSL is given an RSA key whose private operation is a callback to the
token: one ordinary ``ssl.SSLContext`` then serves HTTPS, SMTP and IMAP alike. Another way (a
provider, Schannel) may replace ``client_context`` per platform: callers see a context, nothing
else. TLS 1.3 signs with PSS, which OpenSSL pads itself: the token then needs raw RSA.
"""

from __future__ import annotations

import ctypes as c
import ssl
import threading
import weakref
from pathlib import Path
from typing import Protocol

from pkcs11 import Mechanism

from lgc.card.openssl import PRIVATE_ENCRYPT, OpenSsl, Unsuitable
from lgc.domain.card import CardGone
from lgc.errors import UserFacingError

MECHANISMS = {1: Mechanism.RSA_PKCS, 3: Mechanism.RSA_X_509}  # OpenSSL's padding numbers
PKCS1_ONLY = b"RSA+SHA256:RSA+SHA384:RSA+SHA512"


class ClientTlsKey(Protocol):
    """What TLS needs of a card: a certificate, and one private operation."""

    @property
    def certificate(self) -> bytes:
        """DER."""
        ...

    @property
    def size(self) -> int:
        """Bytes of a signature."""
        ...

    def raw(self, data: bytes, mechanism: Mechanism) -> bytes:
        """Raises CardGone or UserFacingError."""
        ...


class CardContext(ssl.SSLContext):
    """A context that may be weakly referred to, so that its card key lives exactly as long."""


_keys: weakref.WeakKeyDictionary[ssl.SSLContext, _Lent] = weakref.WeakKeyDictionary()


def client_context(key: ClientTlsKey, trust: Path, versions: str = "1.2+1.3") -> ssl.SSLContext:
    """A client context that signs with ``key``, and always checks host name and chain.

    ``trust`` is a PEM file of authorities; ``versions`` is ``1.2+1.3`` or ``1.2`` (for cards
    without raw RSA). Raises UserFacingError when the authorities are missing or when this Python
    cannot do it.
    """
    context = trusting(CardContext(ssl.PROTOCOL_TLS_CLIENT), trust)
    if versions == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    _keys[context] = _Lent(context, key, pkcs1_only=versions == "1.2")
    return context


def trusting(context: ssl.SSLContext, trust: Path) -> ssl.SSLContext:
    """``context`` with the practice's authorities alone. Raises UserFacingError without them."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    # A name that stands in the CN alone is none (RFC 9525 §2).
    context.hostname_checks_common_name = False
    try:
        context.load_verify_locations(cafile=str(trust))
    except (OSError, ssl.SSLError) as error:
        raise UserFacingError(
            "Les autorités de certification sont introuvables.",
            advice="Indiquez leur fichier dans « Réglages du poste ».",
            details=type(error).__name__,
        ) from error
    return context


def accept_common_name(context: ssl.SSLContext) -> None:
    """Where the practice's operator has a server that its CN alone names."""
    context.hostname_checks_common_name = True


def last_error(context: ssl.SSLContext) -> Exception | None:
    """What the card said behind this thread's last failed handshake of ``context``, once."""
    lent = _keys.get(context)
    return None if lent is None else lent.take_error()


def forgive_missing_lists(context: ssl.SSLContext) -> bool:
    """Let revocation be checked for each authority that has a list, and only for those.

    False where this Python's OpenSSL is out of reach.
    """
    try:
        OpenSsl().forgive_missing_lists(context)
    except Unsuitable:
        return False
    return True


class _Lent:
    """The callback OpenSSL points at for one context; must live as long as it."""

    def __init__(self, context: ssl.SSLContext, key: ClientTlsKey, *, pkcs1_only: bool) -> None:
        self._key = key
        self._told = threading.local()  # a handshake calls back in its own thread
        self._callback = PRIVATE_ENCRYPT(self._private_encrypt)
        try:
            openssl = OpenSsl()
            openssl.lend(context, key.certificate, self._callback)
            if pkcs1_only:
                openssl.allow_signatures(context, PKCS1_ONLY)
        except Unsuitable as error:
            raise UserFacingError(
                "Ce Python ne sait pas utiliser la clé de la carte pour TLS.",
                advice="Installez un Python lié à la bibliothèque OpenSSL partagée du système.",
                details=f"{error}: {ssl.OPENSSL_VERSION}",
            ) from error

    def take_error(self) -> Exception | None:
        error: Exception | None = getattr(self._told, "error", None)
        self._told.error = None
        return error

    def _private_encrypt(
        self, length: int, source: int, target: int, rsa: int, padding: int
    ) -> int:
        """Called by OpenSSL in the thread of the handshake: nothing may be raised through C."""
        try:
            signed = self._key.raw(c.string_at(source, length), MECHANISMS[padding])
            if len(signed) != self._key.size:  # OpenSSL made room for exactly that
                raise CardGone
            c.memmove(target, signed, len(signed))
        except BaseException as error:
            self._told.error = error if isinstance(error, UserFacingError) else CardGone()
            return -1
        return len(signed)
