"""The network: whoever stands between the practice and its servers, or pretends to be one."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hostile_seats.cards import MINE, STRANGER
from hostile_seats.ground import Found, Ground, now, sure
from lgc.card.reader import Pkcs11Reader
from lgc_sandbox.authority import ORGANISATIONS, PERSONS, ROOT, Authority
from lgc_sandbox.card import PIN

HOST, GREETING = "localhost", b"bonjour"
SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
DAY = dt.timedelta(days=1)
TIMEOUT = 10.0  # seconds
# The security level of a liar is his own affair (OpenSSL, SSL_CTX_set_security_level).
ANY_CIPHER = "ALL:@SECLEVEL=0"


@dataclass(frozen=True)
class Forged:
    """A server's certificate. ``by`` is a folder of authorities and the one that signs."""

    by: tuple[Authority, str] | None
    name: str = HOST
    begins: dt.timedelta = -DAY
    ends: dt.timedelta = DAY
    usage: x509.ObjectIdentifier = SERVER
    named_by_cn_only: bool = False

    def write(self, folder: Path) -> tuple[Path, Path]:
        """(chain, key)."""
        key = rsa.generate_private_key(65537, 2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        issuer, signer, above = (subject, key, b"") if self.by is None else _signer(*self.by)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now() + self.begins).not_valid_after(now() + self.ends)
        builder = builder.add_extension(x509.ExtendedKeyUsage([self.usage]), False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
        )
        if not self.named_by_cn_only:
            builder = builder.add_extension(x509.SubjectAlternativeName([_named(self.name)]), False)
        made = builder.sign(signer, hashes.SHA256())
        chain, secret = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(made.public_bytes(Encoding.PEM) + above)
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return chain, secret


def _named(name: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(name))
    return x509.DNSName(name)


def _signer(authority: Authority, name: str) -> tuple[x509.Name, rsa.RSAPrivateKey, bytes]:
    loaded = serialization.load_pem_private_key(
        (authority.folder / f"{name}.key").read_bytes(), None
    )
    assert isinstance(loaded, rsa.RSAPrivateKey)
    certificate = authority.certificate(name)
    return certificate.subject, loaded, certificate.public_bytes(Encoding.PEM)


@dataclass
class Listener:
    """A server that greets whoever gets through, and notes who did."""

    context: ssl.SSLContext
    heard: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            plain.settimeout(TIMEOUT)
            with suppress(OSError), self.context.wrap_socket(plain, server_side=True) as secure:
                secure.sendall(GREETING)
                self.heard.append(secure.recv(20))

    def stop(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listening.close()
        self._thread.join(TIMEOUT)


@contextmanager
def _listening(
    ground: Ground, forged: Forged, *, old: bool = False, asks_card: bool = True
) -> Iterator[Listener]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*forged.write(ground.room("server")))
    if old:
        context.set_ciphers(ANY_CIPHER)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    elif asks_card:
        context.load_verify_locations(ground.drawer.trust)
        context.verify_mode = ssl.CERT_REQUIRED
    made = Listener(context)
    try:
        yield made
    finally:
        made.stop()


def _greets(context: ssl.SSLContext, port: int, name: str = HOST) -> bool:
    """Do we speak with it? What we would send leaves only when we do."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=name) as secure:
                secure.sendall(b"dossier")
                return secure.recv(20) == GREETING
        except (ssl.SSLError, ConnectionError):
            return False


def servers(ground: Ground) -> Found:
    """Servers that are not the right one: the card's TLS speaks with none, in both versions."""
    drawer = ground.drawer
    ours, theirs = drawer.authority, drawer.strangers
    forged = {
        "of a stranger's authority": Forged((theirs, ORGANISATIONS)),
        "signed by itself": Forged(None),
        "expired": Forged((ours, ORGANISATIONS), begins=-9 * DAY, ends=-DAY),
        "of tomorrow": Forged((ours, ORGANISATIONS), begins=DAY, ends=9 * DAY),
        "of another name": Forged((ours, ORGANISATIONS), "dmp.example"),
        "of a name that begins like ours": Forged((ours, ORGANISATIONS), "localhost.example"),
        "named by its CN alone": Forged((ours, ORGANISATIONS), named_by_cn_only=True),
        "of an address": Forged((ours, ORGANISATIONS), "127.0.0.1"),
        "made for clients": Forged((ours, ORGANISATIONS), usage=CLIENT),
        "a colleague's card's authority in a stranger's name": Forged((theirs, PERSONS)),
        "the stranger's root": Forged((theirs, ROOT)),
    }
    for versions in ("1.2", "1.2+1.3"):
        drawer.put(MINE)
        reader = drawer.reader(versions)
        context = reader.open(PIN).client_context()
        with _listening(ground, Forged((ours, ORGANISATIONS))) as server:
            sure(_greets(context, server.port), "the right server is spoken with")
        for words, one in forged.items():
            with _listening(ground, one, asks_card=False) as server:
                spoke = _greets(context, server.port)
            yield f"server {words}, TLS {versions}", not spoke and not any(server.heard)
        with _listening(ground, Forged((ours, ORGANISATIONS)), old=True) as server:
            spoke = _greets(context, server.port)
        yield f"TLS 1.1 to {versions}", not spoke and not any(server.heard)
        reader.close()


def clients(ground: Ground) -> Found:
    """Without the doctor's key nobody speaks in his name: no card, a stranger's, a copy of his."""
    drawer = ground.drawer
    drawer.put(MINE)
    reader = drawer.reader()
    session = reader.open(PIN)
    certificate = session.authentication_key.certificate
    right = Forged((drawer.authority, ORGANISATIONS))
    with _listening(ground, right) as server:
        sure(_greets(session.client_context(), server.port), "the doctor is spoken with")
    reader.close()
    with _listening(ground, right) as server:
        bare = ssl.create_default_context(cafile=str(drawer.trust))
        yield "no card", not _greets(bare, server.port)
        copied = ssl.create_default_context(cafile=str(drawer.trust))
        yield "his certificate without its key", _is_useless(copied, certificate, ground)
        drawer.put(STRANGER)
        theirs = Pkcs11Reader(drawer.module, drawer.strangers.trust)
        with _listening(ground, Forged((drawer.strangers, ORGANISATIONS))) as liar:
            context = theirs.open(PIN).client_context()
            sure(not _greets(context, liar.port), "a server of ours refuses a stranger's card")
        context.load_verify_locations(drawer.trust)
        yield "a stranger's card", not _greets(context, server.port)
        theirs.close()
        yield "nothing was heard", not any(server.heard)


def _is_useless(context: ssl.SSLContext, certificate: bytes, ground: Ground) -> bool:
    place = ground.room("copied")
    parsed = x509.load_der_x509_certificate(certificate)
    (place / "c.pem").write_bytes(parsed.public_bytes(Encoding.PEM))
    key = rsa.generate_private_key(65537, 2048)
    (place / "k.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    try:
        context.load_cert_chain(place / "c.pem", place / "k.pem")
    except ssl.SSLError:
        return True
    return False
