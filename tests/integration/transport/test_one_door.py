"""HTTP takes nothing from the environment; a proxy is a setting, and leads far only."""

import http.server
import json
import select
import socket
import ssl
import threading
from contextlib import closing, contextmanager, suppress

import pytest
from lxml import etree

from lgc.card.tls import trusting
from lgc.demo import Sandbox
from lgc.transport import web
from lgc.transport.budget import Limits
from lgc.transport.errors import HttpError, NoAnswer, NothingSent
from lgc.transport.http import SoapTransport
from lgc.transport.soap import Request
from lgc_sandbox.authority import Authority

FAR = "dmp.example"
LIMITS = Limits(5, 5, 10_000, grows=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("ca"))
    made.server("localhost")
    made.server(FAR)
    return made


@pytest.fixture(autouse=True)
def straight():
    yield
    web.go_through("")


@pytest.fixture
def hostile_environment(monkeypatch, tmp_path):
    """All that the libraries below would listen to."""
    netrc, keys = tmp_path / "netrc", tmp_path / "keys.log"
    netrc.write_text(
        "machine 127.0.0.1 login spy password spy\nmachine localhost login a password b"
    )
    netrc.chmod(0o600)
    dead = "http://127.0.0.1:9"
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, dead)
        monkeypatch.setenv(name.upper(), dead)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    return keys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        told = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_error(500)

    def log_message(self, *_):
        pass


@contextmanager
def serving(authority=None, name="localhost"):
    """A server on loopback that tells the headers it got; its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if authority is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*authority.server(name))
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def proxying(port, answer=b"200 OK"):
    """A proxy: whatever it is asked for, it leads to ``port``. Its address, and what was asked."""
    asked = []

    def carry(one):
        with closing(one), suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += one.recv(4096)
            asked.append(head.split(b"\r\n")[0].decode())
            if not head.startswith(b"CONNECT"):
                with socket.create_connection(("127.0.0.1", port)) as there:
                    there.sendall(head.replace(b"keep-alive", b"close"))
                    while came := there.recv(65536):
                        one.sendall(came)
                return
            one.sendall(b"HTTP/1.1 " + answer + b"\r\n\r\n")
            with socket.create_connection(("127.0.0.1", port)) as there:
                while True:
                    for ready in select.select([one, there], [], [], 5)[0]:
                        came = ready.recv(65536)
                        if not came:
                            return
                        (there if ready is one else one).sendall(came)

    def serve():
        with suppress(OSError):
            while True:
                threading.Thread(target=carry, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)


def soap(authority, port, host=FAR):
    transport = SoapTransport(trusting(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), authority.trust), 5)
    body = etree.Element("asked")
    with closing(transport):
        transport.post(Request(f"https://{host}:{port}/x", "urn:x", "urn:1", body, body))


def test_nothing_is_taken_from_the_environment(authority, hostile_environment):
    with serving(authority) as port:
        page = web.ask(f"https://localhost:{port}/", LIMITS, trust=str(authority.trust))
        with pytest.raises(HttpError):
            soap(authority, port, "localhost")

    assert page.status == 200
    assert "Authorization" not in json.loads(page.content)
    assert not hostile_environment.exists()


def test_the_control_of_the_demonstration_is_on_this_machine(hostile_environment, tmp_path):
    sandbox = Sandbox(tmp_path)
    with serving() as port:
        sandbox.facts = {"control": f"http://127.0.0.1:{port}"}

        assert "Host" in sandbox.control("/state")


def test_a_chosen_proxy_carries_what_goes_far(authority):
    with serving(authority, FAR) as port, proxying(port) as (proxy, asked):
        web.go_through(proxy)

        assert web.ask(f"https://{FAR}/", LIMITS, trust=str(authority.trust)).status == 200
        with pytest.raises(HttpError):
            soap(authority, 443)

    assert asked == [f"CONNECT {FAR}:443 HTTP/1.0"] * 2


def test_plain_http_goes_through_the_proxy_too():
    with serving() as port, proxying(port) as (proxy, asked):
        web.go_through(proxy)

        assert web.ask(f"http://{FAR}/list.crl", LIMITS).status == 200

    assert asked == [f"GET http://{FAR}/list.crl HTTP/1.1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost"])
def test_this_machine_is_never_asked_through_the_proxy(host):
    with serving() as port, proxying(port) as (proxy, asked):
        web.go_through(proxy)

        assert web.ask(f"http://{host}:{port}/", LIMITS).status == 200

    assert asked == []


def test_a_proxy_does_not_stand_for_the_server(authority):
    with serving(authority, "localhost") as port, proxying(port) as (proxy, _):
        web.go_through(proxy)

        with pytest.raises(NoAnswer, match="SSLCertVerificationError"):
            web.ask(f"https://{FAR}/", LIMITS, trust=str(authority.trust))


def test_a_proxy_that_refuses_or_is_gone_sends_nothing(authority):
    with serving(authority, FAR) as port, proxying(port, b"403 Forbidden") as (proxy, _):
        web.go_through(proxy)
        with pytest.raises(NothingSent):
            soap(authority, 443)
    web.go_through("http://127.0.0.1:9")
    with pytest.raises(NothingSent):
        soap(authority, 443)
