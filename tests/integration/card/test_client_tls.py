"""Mutual TLS whose key stays on the token, against Python's own server."""

import socket
import ssl
import threading

import pytest

from lgc.card import tls
from lgc.card.reader import Pkcs11Reader
from lgc.domain.card import CardGone
from lgc.errors import UserFacingError

pytestmark = pytest.mark.xdist_group("softhsm")


class OneShotServer:
    """Accepts connections until stopped; tells who called and over which version."""

    def __init__(self, context):
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._context, self.callers = context, []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(plain, server_side=True) as secure:
                    self.callers.append((secure.getpeercert()["subject"], secure.version()))
                    secure.sendall(b"bonjour")
            except (ssl.SSLError, OSError):
                plain.close()

    def stop(self):
        self._listening.close()


@pytest.fixture
def server(server_context):
    made = OneShotServer(server_context)
    yield made
    made.stop()


def greet(context, server, name="localhost"):
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        return secure.recv(20), secure.version()


@pytest.mark.requirement("SC.MSS/CONF.01")
@pytest.mark.parametrize(("versions", "spoken"), [("1.2", "TLSv1.2"), ("1.2+1.3", "TLSv1.3")])
def test_the_server_sees_the_card_holder(card, server, versions, spoken):
    session = Pkcs11Reader(card.module, card.trust, versions).open("1234")

    answer, version = greet(session.client_context(), server)

    assert (answer, version) == (b"bonjour", spoken)
    subject, _ = server.callers[0]
    assert (("commonName", "899700057294"),) in [pair[:1] for pair in subject] or any(
        ("commonName", "899700057294") in rdn for rdn in subject
    )


def test_a_context_without_the_card_is_refused(card, server):
    context = ssl.create_default_context(cafile=str(card.trust))

    with pytest.raises((ssl.SSLError, ConnectionError)):
        greet(context, server)


def test_another_host_name_is_refused_by_us(card, server):
    context = Pkcs11Reader(card.module, card.trust).open("1234").client_context()

    with pytest.raises(ssl.SSLCertVerificationError):
        greet(context, server, "dmp.invalid")


def test_one_context_serves_many_threads(card, server):
    context = Pkcs11Reader(card.module, card.trust).open("1234").client_context()
    answers = []

    threads = [
        threading.Thread(target=lambda: answers.append(greet(context, server)[0])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert answers == [b"bonjour"] * 4


def test_a_card_pulled_before_the_handshake_is_named(card, server):
    context = Pkcs11Reader(card.module, card.trust).open("1234").client_context()
    card.pull()

    with pytest.raises((ssl.SSLError, ConnectionError)):
        greet(context, server)

    assert isinstance(tls.last_error(context), CardGone)
    assert tls.last_error(context) is None


def test_missing_authorities_are_told_in_french(card, tmp_path):
    trust = tmp_path / "trust.pem"
    trust.write_bytes(card.trust.read_bytes())
    session = Pkcs11Reader(card.module, trust).open("1234")
    trust.unlink()

    with pytest.raises(UserFacingError, match="autorités"):
        session.client_context()
