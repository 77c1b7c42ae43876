"""Client TLS whose private key never leaves the card.

The interpreter's own OpenSSL is given an RSA key whose private operation is a callback to the
token: one ordinary ``ssl.SSLContext`` then serves HTTPS, SMTP and IMAP alike. Another way (a
provider, Schannel) may replace ``client_context`` per platform: callers see a context, nothing
else. TLS 1.3 signs with PSS, which OpenSSL pads itself: the token then needs raw RSA.
"""

from __future__ import annotations

import ctypes as c
import ssl
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Mechanism

from lgc.domain.card import CardGone
from lgc.errors import UserFacingError

MECHANISMS = {1: Mechanism.RSA_PKCS, 3: Mechanism.RSA_X_509}  # OpenSSL's padding numbers
RSA_FLAG_EXT_PKEY = 0x0020
SSL_CTRL_SET_SIGALGS_LIST = 98
PKCS1_ONLY = b"RSA+SHA256:RSA+SHA384:RSA+SHA512"
PRIVATE_ENCRYPT = c.CFUNCTYPE(c.c_int, c.c_int, c.c_void_p, c.c_void_p, c.c_void_p, c.c_int)

_keys: weakref.WeakKeyDictionary[ssl.SSLContext, _CardRsa] = weakref.WeakKeyDictionary()


class CardContext(ssl.SSLContext):
    """A context that may be weakly referred to, so that its card key lives exactly as long."""


def client_context(key: Any, trust: Path, versions: str = "1.2+1.3") -> ssl.SSLContext:
    """A verifying client context that signs with ``key`` (``raw(data, mechanism)``, DER).

    ``trust`` is a PEM file of authorities; ``versions`` is ``1.2+1.3`` or ``1.2`` (for cards
    without raw RSA). Raises UserFacingError when this Python cannot do it.
    """
    context = CardContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if versions == "1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_verify_locations(cafile=str(trust))
    except (OSError, ssl.SSLError) as error:
        raise UserFacingError(
            "Les autorités de certification sont introuvables.",
            advice="Indiquez leur fichier dans les réglages de la carte.",
            details=type(error).__name__,
        ) from error
    _keys[context] = _CardRsa(context, key, pkcs1_only=versions == "1.2")
    return context


def last_error(context: ssl.SSLContext) -> Exception | None:
    """What the card said behind the last failed handshake of ``context``, once."""
    rsa = _keys.get(context)
    if rsa is None:
        return None
    error, rsa.error = rsa.error, None
    return error


def issuers(certificate: x509.Certificate, trust: Path) -> tuple[bytes, ...]:
    """The chain above ``certificate`` among the authorities of ``trust``, nearest first (DER)."""
    try:
        authorities = x509.load_pem_x509_certificates(trust.read_bytes())
    except (OSError, ValueError):
        return ()
    chain: list[x509.Certificate] = []
    current = certificate
    while current.issuer != current.subject and len(chain) < 8:
        above = next((a for a in authorities if _issued(a, current)), None)
        if above is None:
            break
        chain.append(above)
        current = above
    return tuple(one.public_bytes(Encoding.DER) for one in chain)


def _issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:
        return False
    return True


class _CardRsa:
    """Everything OpenSSL points at for one context; must live as long as it."""

    def __init__(self, context: ssl.SSLContext, key: Any, *, pkcs1_only: bool) -> None:
        self.error: Exception | None = None
        self._key = key
        try:
            crypto, tls = _libraries()
            self._callback = PRIVATE_ENCRYPT(self._private_encrypt)
            self._install(context, crypto, tls, pkcs1_only)
        except (OSError, AttributeError, _Refused) as error:
            raise UserFacingError(
                "Ce Python ne sait pas utiliser la clé de la carte pour TLS.",
                advice="Installez un Python lié à la bibliothèque OpenSSL partagée du système.",
                details=f"{type(error).__name__}: {ssl.OPENSSL_VERSION}",
            ) from error

    def _install(self, context: ssl.SSLContext, crypto: Any, tls: Any, pkcs1_only: bool) -> None:
        pointer, number = c.c_void_p, c.c_int
        method = _function(crypto, "RSA_meth_dup", pointer, pointer)(
            _function(crypto, "RSA_PKCS1_OpenSSL", pointer)()
        )
        _must(
            _function(crypto, "RSA_meth_set_priv_enc", number, pointer, PRIVATE_ENCRYPT)(
                method, self._callback
            )
        )
        flags = _function(crypto, "RSA_meth_get_flags", number, pointer)(method)
        set_flags = _function(crypto, "RSA_meth_set_flags", number, pointer, number)
        _must(set_flags(method, flags | RSA_FLAG_EXT_PKEY))
        certificate = _parse(crypto, self._key.certificate)
        evp = self._key_without_secret(crypto, certificate, method)
        native = _native(context, tls)
        use_certificate = _function(tls, "SSL_CTX_use_certificate", number, pointer, pointer)
        use_key = _function(tls, "SSL_CTX_use_PrivateKey", number, pointer, pointer)
        _must(use_certificate(native, certificate))
        _must(use_key(native, evp))
        if pkcs1_only:
            control = _function(
                tls, "SSL_CTX_ctrl", c.c_long, pointer, number, c.c_long, c.c_char_p
            )
            _must(control(native, SSL_CTRL_SET_SIGALGS_LIST, 0, PKCS1_ONLY))

    def _key_without_secret(self, crypto: Any, certificate: Any, method: Any) -> Any:
        """An EVP_PKEY with the certificate's public half and the card's method."""
        pointer, number = c.c_void_p, c.c_int
        public = _function(crypto, "X509_get_pubkey", pointer, pointer)(certificate)
        known = _must(_function(crypto, "EVP_PKEY_get1_RSA", pointer, pointer)(public))
        modulus, exponent = pointer(), pointer()
        parts = _function(crypto, "RSA_get0_key", None, *[pointer] * 4)
        parts(known, c.byref(modulus), c.byref(exponent), None)
        copy = _function(crypto, "BN_dup", pointer, pointer)
        rsa = _must(_function(crypto, "RSA_new", pointer)())
        _must(_function(crypto, "RSA_set_method", number, pointer, pointer)(rsa, method))
        set_key = _function(crypto, "RSA_set0_key", number, *[pointer] * 4)
        _must(set_key(rsa, copy(modulus), copy(exponent), None))
        evp = _must(_function(crypto, "EVP_PKEY_new", pointer)())
        _must(_function(crypto, "EVP_PKEY_set1_RSA", number, pointer, pointer)(evp, rsa))
        return evp

    def _private_encrypt(
        self, length: int, source: int, target: int, rsa: int, padding: int
    ) -> int:
        """Called by OpenSSL in the thread of the handshake: nothing may be raised through C."""
        try:
            signed = self._key.raw(c.string_at(source, length), MECHANISMS[padding])
            c.memmove(target, signed, len(signed))
        except Exception as error:
            self.error = error if isinstance(error, CardGone) else CardGone()
            return -1
        return len(signed)


class _Refused(Exception):
    """OpenSSL answered no, or its layout is not the one we know."""


def _must(answer: Any) -> Any:
    if not answer:
        raise _Refused
    return answer


def _function(library: Any, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    found = getattr(library, name)
    found.restype, found.argtypes = result, list(arguments)
    return found  # type: ignore[no-any-return]


def _parse(crypto: Any, der: bytes) -> Any:
    buffer = c.create_string_buffer(der, len(der))
    start = c.c_void_p(c.addressof(buffer))
    read = _function(crypto, "d2i_X509", c.c_void_p, c.c_void_p, c.c_void_p, c.c_long)
    return _must(read(None, c.byref(start), len(der)))


def _native(context: ssl.SSLContext, tls: Any) -> int:
    """The ``SSL_CTX*``: first field after the object header in every supported CPython.

    Checked by changing the verify mode and asking OpenSSL for it twice.
    """
    native = c.c_void_p.from_address(id(context) + object.__basicsize__).value
    if native is None:
        raise _Refused
    ask = _function(tls, "SSL_CTX_get_verify_mode", c.c_int, c.c_void_p)
    hostname, mode = context.check_hostname, context.verify_mode
    context.check_hostname = False
    answers = []
    for tried in (ssl.CERT_NONE, ssl.CERT_REQUIRED):
        context.verify_mode = tried
        answers.append(bool(ask(native) & 1))
    context.verify_mode, context.check_hostname = mode, hostname
    if answers != [False, True]:
        raise _Refused
    return native


def _libraries() -> tuple[Any, Any]:
    """The libcrypto and libssl that this interpreter's ``ssl`` really uses."""
    if sys.platform == "win32":
        folder = Path(sys.base_prefix) / "DLLs"
        return _first(folder, "libcrypto-*.dll"), _first(folder, "libssl-*.dll")
    if sys.platform.startswith("linux"):
        mapped = _mapped()
        if len(mapped) == 2:
            return c.CDLL(mapped["libcrypto.so"]), c.CDLL(mapped["libssl.so"])
    import _ssl

    whole = c.CDLL(_ssl.__file__)  # macOS, static builds: symbols reached through the module
    return whole, whole


def _first(folder: Path, pattern: str) -> Any:
    found = next(folder.glob(pattern), None)
    if found is None:
        raise OSError(pattern)
    return c.CDLL(str(found))


def _mapped() -> dict[str, str]:
    """The files mapped by the process, never another copy of the same library."""
    found: dict[str, str] = {}
    try:
        maps = Path("/proc/self/maps").read_text()
    except OSError:
        return found
    for line in maps.splitlines():
        path = line.split()[-1]
        for name in ("libcrypto.so", "libssl.so"):
            if Path(path).name.startswith(name):
                found[name] = path
    return found
