"""The network's other side: lists of revocation, proxies, and what the environment says of them."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import os
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from hostile_seats.ground import Found, Ground, now, sure
from hostile_seats.nasty import HTTP, HTTPS
from lgc.card.tls import forgive_missing_lists, trusting
from lgc.transport import web
from lgc.transport.budget import Limits
from lgc.transport.loopback import Redirect
from lgc.transport.revocation import RevocationLists
from lgc_sandbox.authority import NAMES, ORGANISATIONS, Authority

LIMITS = Limits(5, 5, 100_000, grows=False)
DEAD = f"{HTTP}127.0.0.1:9"
DAY = dt.timedelta(days=1)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Gives what is offered under a path; the headers that it got under any other."""

    offered: dict[str, bytes]

    def do_GET(self) -> None:
        told = self.offered.get(self.path, json.dumps(dict(self.headers)).encode())
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@contextmanager
def _serving(
    offered: dict[str, bytes], tls: tuple[Path, Path] | None = None
) -> Iterator[http.server.ThreadingHTTPServer]:
    handler = type("Handler", (_Handler,), {"offered": offered})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- line 16: revocation -------------------------------------------------------------------------


def revocation(ground: Ground) -> Found:
    """Nothing that is offered in the place of our list brings a revoked server back."""
    authority = Authority(ground.room("authority"))
    tls = authority.server("localhost")
    older = authority._list(ORGANISATIONS).read_bytes()
    revoked = x509.load_pem_x509_certificates(tls[0].read_bytes())[0]
    authority.revoke(revoked)
    offered = {f"/{name}": authority._list(name).read_bytes() for name in NAMES}
    chance = ground.chance("lists")
    with _serving(offered) as lists, _serving({}, tls) as server:
        port, address = server.server_address[1], f"{HTTP}127.0.0.1:{lists.server_address[1]}"
        sure(_answers(authority, port, None), "an unchecked server is spoken with")
        kept = RevocationLists(
            [ground.room("none")], ground.room("kept"), authority.trust, required=False,
            forgive=forgive_missing_lists,
        )  # fmt: skip
        sure(kept.fetch([f"{address}/{name}" for name in NAMES]) == len(NAMES), "lists come")
        yield "the revoked server", not _answers(authority, port, kept)
        for words, content in _lists(authority, older):
            offered["/bad"] = content
            kept.fetch([f"{address}/bad"])
            yield f"{words} list", not _answers(authority, port, kept)
        right = offered[f"/{ORGANISATIONS}"]
        for number in range(ground.some(60, 6)):
            at = chance.randrange(len(right))
            spoilt = right[:at] + bytes([right[at] ^ 1 << chance.randrange(8)]) + right[at + 1 :]
            offered["/bad"] = chance.choice((spoilt, right[:at], chance.randbytes(300)))
            kept.fetch([f"{address}/bad"])
            yield f"spoilt list {number}", not _answers(authority, port, kept)


def _lists(authority: Authority, older: bytes) -> Iterator[tuple[str, bytes]]:
    loaded = serialization.load_pem_private_key(
        (authority.folder / f"{ORGANISATIONS}.key").read_bytes(), None
    )
    assert isinstance(loaded, rsa.RSAPrivateKey)
    stranger, name = rsa.generate_private_key(65537, 2048), authority.certificate(ORGANISATIONS)
    yield "an older", older
    yield "a stranger's newer", _list(name.subject, stranger, now() + DAY)
    yield "a stranger's own", _list(x509.Name([]), stranger, now())
    yield "an expired", _list(name.subject, loaded, now() - 9 * DAY, now() - DAY)
    yield "a partial", _list(name.subject, loaded, now() + DAY, delta=True)
    yield "an empty", b""
    yield "a page that is no", b"<html>Connectez-vous au Wi-Fi</html>"


def _list(
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    begins: dt.datetime,
    ends: dt.datetime | None = None,
    *,
    delta: bool = False,
) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer).last_update(begins)
    builder = builder.next_update(ends or begins + 30 * DAY)
    if delta:
        builder = builder.add_extension(x509.DeltaCRLIndicator(1), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _answers(authority: Authority, port: int, lists: RevocationLists | None) -> bool:
    context = trusting(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), authority.trust)
    if lists is not None:
        lists.enforce([context], now())
    with socket.create_connection(("127.0.0.1", port), 5) as plain:
        try:
            context.wrap_socket(plain, server_hostname="localhost").close()
        except ssl.SSLCertVerificationError:
            return False
    return True


# --- line 18: the environment --------------------------------------------------------------------


def environment(ground: Ground) -> Found:
    """Proxies, .netrc, authorities and key logs of the environment change nothing of HTTP."""
    authority, room = Authority(ground.room("authority")), ground.room("environment")
    with _serving({}, authority.server("localhost")) as server:
        port = server.server_address[1]
        for words, settings in _settings(room).items():
            with patch.dict(os.environ, settings):
                page = web.ask(f"{HTTPS}localhost:{port}/", LIMITS, trust=str(authority.trust))
            told = json.loads(page.content)
            held = page.status == 200 and "Authorization" not in told
            yield words, held and not (room / "keys.log").exists()


def _settings(room: Path) -> dict[str, dict[str, str]]:
    netrc = room / "netrc"
    netrc.write_text("machine localhost login spy password spy\n")
    netrc.chmod(0o600)
    names = [f"{kind}_proxy" for kind in ("http", "https", "all")]
    each = {name: {name: DEAD} for name in (*names, *map(str.upper, names))}
    bundles = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
    return {
        **each,
        **{name: {name: str(room / "none.pem")} for name in bundles},
        "NETRC": {"NETRC": str(netrc), "HOME": str(room)},
        "SSLKEYLOGFILE": {"SSLKEYLOGFILE": str(room / "keys.log")},
    }


def proxies(ground: Ground) -> Found:
    """The proxy that the doctor chose never leads to this machine."""
    with _serving({}) as server:
        port = server.server_address[1]
        web.go_through(DEAD)
        try:
            for host in ("127.0.0.1", "localhost", "LOCALHOST"):
                page = web.ask(f"{HTTP}{host}:{port}/", LIMITS)
                yield f"{host} through a proxy", page.status == 200
        finally:
            web.go_through("")


def way_back(ground: Ground) -> Found:
    """Who knocks at the browser's way back and says nothing, or nonsense, does not close it."""
    chance = ground.chance("way back")
    for number in range(ground.some(4, 1)):
        with Redirect("state") as redirect, ExitStack() as opened:
            place = urlsplit(redirect.address)
            for _ in range(4):
                one = opened.enter_context(
                    socket.create_connection((place.hostname or "", place.port or 0))
                )
                one.sendall(
                    chance.choice((b"", b"GET", chance.randbytes(40), b"POST / HTTP/9\r\n"))
                )
            began = time.monotonic()
            with urllib.request.urlopen(
                f"{redirect.address}?state=state&code=it", timeout=10
            ) as answer:
                answer.read()
            held = redirect.wait(1) == "it" and time.monotonic() - began < 4
            yield f"silent and senseless callers {number}", held
