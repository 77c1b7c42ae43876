"""The interpreter's own OpenSSL, with an RSA key whose private half is a callback.

``RSA_METHOD`` is how OpenSSL 1.1 and 3 let somebody else do the private operation. Every function
used is a row of ``FUNCTIONS``; the libraries are those that ``ssl`` itself uses, never a copy.
"""

from __future__ import annotations

import ctypes as c
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

POINTER, NUMBER = c.c_void_p, c.c_int
RSA_FLAG_EXT_PKEY = 0x0020  # the private half is elsewhere: never look for it
SSL_CTRL_SET_SIGALGS_LIST = 98
NO_LIST, LIST_EXPIRED = 3, 12  # X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_CRL_HAS_EXPIRED
VERIFIED = c.CFUNCTYPE(NUMBER, NUMBER, POINTER)
PRIVATE_ENCRYPT = c.CFUNCTYPE(NUMBER, NUMBER, POINTER, POINTER, POINTER, NUMBER)

FUNCTIONS: dict[str, tuple[Any, ...]] = {  # the answer, then the arguments
    "OpenSSL_version": (c.c_char_p, NUMBER),
    "RSA_PKCS1_OpenSSL": (POINTER,),
    "RSA_meth_dup": (POINTER, POINTER),
    "RSA_meth_set_priv_enc": (NUMBER, POINTER, PRIVATE_ENCRYPT),
    "RSA_meth_get_flags": (NUMBER, POINTER),
    "RSA_meth_set_flags": (NUMBER, POINTER, NUMBER),
    "RSA_new": (POINTER,),
    "RSA_set_method": (NUMBER, POINTER, POINTER),
    "RSA_get0_key": (None, POINTER, POINTER, POINTER, POINTER),
    "RSA_set0_key": (NUMBER, POINTER, POINTER, POINTER, POINTER),
    "RSA_free": (None, POINTER),
    "BN_dup": (POINTER, POINTER),
    "EVP_PKEY_new": (POINTER,),
    "EVP_PKEY_get1_RSA": (POINTER, POINTER),
    "EVP_PKEY_set1_RSA": (NUMBER, POINTER, POINTER),
    "EVP_PKEY_free": (None, POINTER),
    "d2i_X509": (POINTER, POINTER, POINTER, c.c_long),
    "X509_get_pubkey": (POINTER, POINTER),
    "X509_free": (None, POINTER),
    "SSL_CTX_get_verify_mode": (NUMBER, POINTER),
    "SSL_CTX_use_certificate": (NUMBER, POINTER, POINTER),
    "SSL_CTX_use_PrivateKey": (NUMBER, POINTER, POINTER),
    "SSL_CTX_get_cert_store": (POINTER, POINTER),
    "X509_STORE_set_verify_cb": (None, POINTER, VERIFIED),
    "X509_STORE_CTX_get_error": (NUMBER, POINTER),
    "X509_STORE_CTX_set_error": (None, POINTER, NUMBER),
    "SSL_CTX_ctrl": (c.c_long, POINTER, NUMBER, c.c_long, c.c_char_p),
}


class Unsuitable(Exception):
    """This interpreter's OpenSSL is out of reach, or is not the one we know."""


class OpenSsl:
    """``FUNCTIONS`` bound to the libraries behind ``ssl``. Raises Unsuitable."""

    def __init__(self) -> None:
        libraries = _libraries()
        for name, (answer, *arguments) in FUNCTIONS.items():
            function = next((getattr(one, name) for one in libraries if hasattr(one, name)), None)
            if function is None:
                raise Unsuitable(name)
            function.restype, function.argtypes = answer, arguments
            setattr(self, name, function)
        if self.OpenSSL_version(0).decode() != ssl.OPENSSL_VERSION:
            raise Unsuitable("another OpenSSL than the one behind ssl")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise AttributeError(name)

    def native(self, context: ssl.SSLContext) -> int:
        """The ``SSL_CTX*``: first field after the object header in every supported CPython.

        Checked on a context of no use, by changing its verify mode and asking OpenSSL for it: one
        that serves is never without its checks. Raises Unsuitable.
        """
        tried = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tried.check_hostname = False
        answers = []
        for mode in (ssl.CERT_NONE, ssl.CERT_REQUIRED):
            tried.verify_mode = mode
            answers.append(bool(self.SSL_CTX_get_verify_mode(_field(tried)) & 1))
        if answers != [False, True]:
            raise Unsuitable("layout")
        return _field(context)

    def lend(self, context: ssl.SSLContext, certificate: bytes, callback: Any) -> None:
        """Give ``context`` a certificate (DER) whose key is ``callback``. Raises Unsuitable.

        OpenSSL counts its own references; ours are given back here. The method is kept for the
        life of the process (some hundred bytes): a connection may outlive everything else.
        """
        native = self.native(context)
        with ExitStack() as ours:
            parsed = self._parse(certificate)
            ours.callback(self.X509_free, parsed)
            rsa = self._without_secret(parsed, self._method(callback))
            ours.callback(self.RSA_free, rsa)
            key = _must(self.EVP_PKEY_new())
            ours.callback(self.EVP_PKEY_free, key)
            _must(self.EVP_PKEY_set1_RSA(key, rsa))
            _must(self.SSL_CTX_use_certificate(native, parsed))
            _must(self.SSL_CTX_use_PrivateKey(native, key))

    def allow_signatures(self, context: ssl.SSLContext, names: bytes) -> None:
        """Only these signature algorithms (``RSA+SHA256:…``). Raises Unsuitable."""
        _must(self.SSL_CTX_ctrl(self.native(context), SSL_CTRL_SET_SIGALGS_LIST, 0, names))

    def forgive_missing_lists(self, context: ssl.SSLContext) -> None:
        """Let OpenSSL go on past an authority that has no list in time. Raises Unsuitable."""
        store = _must(self.SSL_CTX_get_cert_store(self.native(context)))
        self.X509_STORE_set_verify_cb(store, _forgiving())

    def _method(self, callback: Any) -> Any:
        method = _must(self.RSA_meth_dup(self.RSA_PKCS1_OpenSSL()))
        _must(self.RSA_meth_set_priv_enc(method, callback))
        flags = self.RSA_meth_get_flags(method)
        _must(self.RSA_meth_set_flags(method, flags | RSA_FLAG_EXT_PKEY))
        return method

    def _parse(self, der: bytes) -> Any:
        buffer = c.create_string_buffer(der, len(der))
        start = POINTER(c.addressof(buffer))
        return _must(self.d2i_X509(None, c.byref(start), len(der)))

    def _without_secret(self, certificate: Any, method: Any) -> Any:
        """An RSA with the certificate's public half and the card's method."""
        with ExitStack() as ours:
            public = _must(self.X509_get_pubkey(certificate))
            ours.callback(self.EVP_PKEY_free, public)
            known = _must(self.EVP_PKEY_get1_RSA(public))
            ours.callback(self.RSA_free, known)
            modulus, exponent = POINTER(), POINTER()
            self.RSA_get0_key(known, c.byref(modulus), c.byref(exponent), None)
            rsa = _must(self.RSA_new())
            _must(self.RSA_set_method(rsa, method))
            _must(self.RSA_set0_key(rsa, self.BN_dup(modulus), self.BN_dup(exponent), None))
            return rsa


def _field(context: ssl.SSLContext) -> int:
    native = POINTER.from_address(id(context) + object.__basicsize__).value
    if native is None:
        raise Unsuitable("layout")
    return native


@cache
def _forgiving() -> Any:
    """One for the process, kept for ever: OpenSSL calls it in the threads of handshakes."""
    openssl = OpenSsl()

    def verified(well: int, found: int) -> int:
        if well or openssl.X509_STORE_CTX_get_error(found) not in (NO_LIST, LIST_EXPIRED):
            return int(well)
        openssl.X509_STORE_CTX_set_error(found, 0)
        return 1

    return VERIFIED(verified)


def _must(answer: Any) -> Any:
    if not answer:
        raise Unsuitable("OpenSSL said no")
    return answer


def _libraries() -> list[Any]:
    """Where to look for a function, the libraries that this interpreter's ``ssl`` uses."""
    try:
        if sys.platform == "win32":
            return list(_beside_python())
        import _ssl

        # A look-up through the module also sees what it was linked with, and nothing else: other
        # copies of OpenSSL in the process cannot be taken for it.
        return [c.CDLL(_ssl.__file__)]
    except (OSError, AttributeError) as error:  # built into the interpreter, or hidden
        raise Unsuitable(type(error).__name__) from error


def _beside_python() -> Iterator[Any]:
    folder = Path(sys.base_prefix) / "DLLs"
    for pattern in ("libcrypto-*.dll", "libssl-*.dll"):
        found = next(folder.glob(pattern), None)
        if found is None:
            raise OSError(pattern)
        yield c.CDLL(str(found))
