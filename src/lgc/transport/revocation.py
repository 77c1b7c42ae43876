"""Is the certificate of a server still good? Revocation lists (RFC 5280 §5), judged by OpenSSL.

Lists come from a folder and, where addresses are set, from the network; the last one of each
authority that has not expired is kept (SC.MSS/CONF.22). A list that no authority of the practice
signed is ignored. Plain http brings most of them: whoever stands in between may offer another
authority's, or one from before a server was revoked, and gets no further.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import logging
import ssl
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from lgc.files import private_folder, telling, write_whole
from lgc.reading.certificates import MALFORMED
from lgc.transport import web
from lgc.transport.budget import Limits
from lgc.transport.errors import NONSENSE, HttpError, TransportError

Forgive = Callable[[ssl.SSLContext], bool]
_Kind = TypeVar("_Kind", bound=x509.ExtensionType)
FAILURES: web.Kinds = (TransportError, OSError, *NONSENSE)
log = logging.getLogger(__name__)
MAX_LIST, TIMEOUT = 30 * 1024 * 1024, 20.0
REVOKED, UNKNOWN, EXPIRED = "SERVER_REVOKED", "REVOCATION_UNKNOWN", "SERVER_EXPIRED"
# What OpenSSL says of a chain it refuses (X509_V_ERR_…).
FAULTS = {23: REVOKED, 3: UNKNOWN, 12: UNKNOWN, 10: EXPIRED}


class Untrusted(ValueError):
    """A list that proves nothing here, or less than the one that is kept."""


def fault_of(error: BaseException) -> str:
    """One of the words above when a handshake failed for that; else empty."""
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else 0
    return FAULTS.get(code, "")


class RevocationLists:
    """``folder`` holds files of the administrator, ``kept`` what was fetched.

    ``trust`` is the PEM file of the practice's authorities; ``required`` refuses a server of
    which nothing can be known. Otherwise ``forgive`` lets a context go on past an authority that
    has no list (`card.tls`), each of the others being checked; where it cannot, and says False,
    all authorities are checked, or none.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        kept: Path,
        trust: Path,
        *,
        required: bool,
        forgive: Forgive = lambda context: False,
    ) -> None:
        self._folders, self._kept, self._trust = folders, kept, trust
        self._required, self._forgive = required, forgive

    def enforce(self, contexts: Sequence[ssl.SSLContext], now: dt.datetime) -> bool:
        """Let these contexts check what they meet; False where too little is known to do so.

        Again with newer lists: OpenSSL takes the newest of each authority.
        """
        authorities = self._authorities()
        lists = self._valid(authorities, now)
        issuers = {one.issuer for one in lists}
        known = bool(authorities) and all(one.subject in issuers for one in authorities)
        log.info("revocation: %d lists of %d authorities", len(lists), len(authorities))
        # Even when all are here: the next ones may not come before these expire.
        forgiven = not self._required and all(self._forgive(one) for one in contexts)
        if not (self._required or known or (lists and forgiven)):
            return False
        with telling(), tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "lists.pem"
            write_whole(file, b"".join(one.public_bytes(Encoding.PEM) for one in lists))
            for context in contexts:
                if lists:
                    context.load_verify_locations(cafile=str(file))
                context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN
        return True

    def fetch(self, addresses: Sequence[str]) -> int:
        """Bring the lists of these addresses; returns how many came.

        A list is kept under its issuer's name, when an authority of the practice signed it and it
        is not older than the one kept. Whatever fails keeps the former.
        """
        came, authorities = 0, self._authorities()
        for address in addresses:
            try:
                self._keep(_download(address), authorities)
            except FAILURES as error:
                reason = error if isinstance(error, Untrusted) else type(error).__name__
                log.warning("revocation list not fetched: %s", reason)
                continue
            came += 1
        return came

    def _keep(self, content: bytes, authorities: Sequence[x509.Certificate]) -> None:
        """Raises Untrusted for a list that must not be kept, ValueError for what is none."""
        one = _read(content)
        if not _signed(one, authorities):
            raise Untrusted("signed by none of the authorities")
        file = self._kept / f"{hashlib.sha256(b''.join(_scope(one))).hexdigest()[:16]}.crl"
        former = _former(file)
        if former is not None and _signed(former, authorities) and _is_older(one, former):
            raise Untrusted("older than the one kept")
        private_folder(self._kept)
        write_whole(file, content)

    def _authorities(self) -> list[x509.Certificate]:
        try:
            return x509.load_pem_x509_certificates(self._trust.read_bytes())
        except (OSError, *MALFORMED):
            return []

    def _valid(
        self, authorities: Sequence[x509.Certificate], now: dt.datetime
    ) -> list[x509.CertificateRevocationList]:
        """The newest of each authority, and of each part of its lists, that has not expired."""
        found: dict[tuple[bytes, bytes], x509.CertificateRevocationList] = {}
        for one in self._all():
            ends = one.next_update_utc
            if ends is None or ends < now or not _signed(one, authorities):
                continue
            former = found.get(_scope(one))
            if former is None or not _is_older(one, former):
                found[_scope(one)] = one
        return list(found.values())

    def _all(self) -> Iterator[x509.CertificateRevocationList]:
        for folder in (*self._folders, self._kept):
            for file in sorted(folder.glob("*")) if folder.is_dir() else ():
                if file.suffix.lower() not in (".crl", ".pem", ".der"):
                    continue
                try:
                    if file.stat().st_size <= MAX_LIST:
                        yield _read(file.read_bytes())
                except (OSError, ValueError):
                    log.warning("a revocation list cannot be read")


def _former(file: Path) -> x509.CertificateRevocationList | None:
    """What is kept under this name. A file that was spoilt stands in nobody's way."""
    try:
        return _read(file.read_bytes())
    except (OSError, ValueError):
        return None


def _read(content: bytes) -> x509.CertificateRevocationList:
    """A complete list. Raises Untrusted, also for changes to another list (RFC 5280 §5.2.4).

    A delta is newer than its base and names less: taken for the whole it would bring back a
    server that the base revokes.
    """
    pem = content.lstrip().startswith(b"-----BEGIN")
    try:
        one = x509.load_pem_x509_crl(content) if pem else x509.load_der_x509_crl(content)
        # Taken apart when it is asked for, and only then found wrong.
        _ = one.issuer, one.last_update_utc, one.next_update_utc, _number(one), _scope(one)
        delta = _extension(one, x509.DeltaCRLIndicator)
    except MALFORMED as error:
        raise Untrusted(type(error).__name__) from error
    if delta is not None:
        raise Untrusted("changes to another list")
    return one


def _extension(one: x509.CertificateRevocationList, kind: type[_Kind]) -> _Kind | None:
    try:
        return one.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _number(one: x509.CertificateRevocationList) -> int | None:
    """cRLNumber (RFC 5280 §5.2.3)."""
    found = _extension(one, x509.CRLNumber)
    return None if found is None else found.crl_number


def _scope(one: x509.CertificateRevocationList) -> tuple[bytes, bytes]:
    """Whose certificates, and which of them (RFC 5280 §5.2.5): another part is another list."""
    part = _extension(one, x509.IssuingDistributionPoint)
    return one.issuer.public_bytes(), b"" if part is None else part.public_bytes()


def _is_older(one: x509.CertificateRevocationList, former: x509.CertificateRevocationList) -> bool:
    number, known = _number(one), _number(former)
    if number is not None and known is not None and number < known:
        return True
    return one.last_update_utc < former.last_update_utc


def _signed(one: x509.CertificateRevocationList, authorities: Sequence[x509.Certificate]) -> bool:
    for authority in authorities:
        if authority.subject == one.issuer:
            try:
                # The key of an authority signs lists by what RFC 5280 says of it.
                if one.is_signature_valid(authority.public_key()):  # type: ignore[arg-type]
                    return True
            except (*MALFORMED, TypeError, InvalidSignature):
                continue
    return False


def _download(address: str) -> bytes:
    answer = web.ask(address, Limits.of(TIMEOUT, MAX_LIST))
    if answer.status != http.client.OK:
        raise HttpError(answer.status)
    return answer.content
