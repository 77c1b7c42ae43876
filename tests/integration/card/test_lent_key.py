"""What OpenSSL is given, with a key that is not on a card: ``client_context`` asks only for three
things, so that its limits can be reached one by one."""

import shutil
import socket
import ssl
import subprocess
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Mechanism

from lgc.card import authorities, openssl, tls
from lgc.domain.card import CardGone
from lgc.errors import UserFacingError


class SoftwareKey:
    """The operations of a token, with its mathematics in the open."""

    def __init__(self, issue):
        self._numbers = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "899700057294")])
        self.certificate = issue(name, self._numbers.public_key(), []).public_bytes(Encoding.DER)
        self.size, self.asked = 256, []

    def raw(self, data, mechanism):
        self.asked.append(mechanism)
        if mechanism is Mechanism.RSA_PKCS:
            data = b"\x00\x01" + b"\xff" * (253 - len(data)) + b"\x00" + data
        private = self._numbers.private_numbers()
        signed = pow(int.from_bytes(data, "big"), private.d, private.public_numbers.n)
        return signed.to_bytes(256, "big")


class AnswersWith(SoftwareKey):
    """Gives back what it is told to, or raises it."""

    def __init__(self, issue, answer):
        super().__init__(issue)
        self._answer = answer

    def raw(self, data, mechanism):
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


@pytest.fixture
def greet(server_context):
    """One connection with a context; the bytes the server said."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            try:
                with server_context.wrap_socket(plain, server_side=True) as secure:
                    secure.sendall(b"bonjour")
            except OSError:
                plain.close()

    threading.Thread(target=serve, daemon=True).start()

    def call(context):
        with (
            socket.create_connection(listening.getsockname(), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            return secure.recv(20)

    yield call
    listening.close()


@pytest.mark.parametrize(
    ("versions", "mechanism"),
    [("1.2", Mechanism.RSA_PKCS), ("1.2+1.3", Mechanism.RSA_X_509)],
)
def test_tls_1_2_alone_never_asks_for_raw_rsa(authority, trust, greet, versions, mechanism):
    key = SoftwareKey(authority.issue)

    assert greet(tls.client_context(key, trust, versions)) == b"bonjour"
    assert key.asked == [mechanism]


@pytest.mark.parametrize("size", [0, 255, 257, 100_000])
def test_a_signature_of_another_size_never_reaches_the_memory_of_openssl(
    authority, trust, greet, size
):
    context = tls.client_context(AnswersWith(authority.issue, bytes(size)), trust)

    with pytest.raises(ssl.SSLError):
        greet(context)
    assert isinstance(tls.last_error(context), CardGone)


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt(), SystemExit()])
def test_nothing_is_raised_through_openssl(authority, trust, greet, error):
    context = tls.client_context(AnswersWith(authority.issue, error), trust)

    with pytest.raises(ssl.SSLError):
        greet(context)
    assert isinstance(tls.last_error(context), CardGone)


def test_the_words_of_a_refusal_come_back_to_who_asked(authority, trust, greet):
    refusal = UserFacingError("La carte refuse cette signature.")
    context = tls.client_context(AnswersWith(authority.issue, refusal), trust)

    with pytest.raises(ssl.SSLError):
        greet(context)
    assert tls.last_error(context) is refusal


def test_each_thread_reads_the_error_of_its_own_handshake(authority, trust, greet):
    context = tls.client_context(AnswersWith(authority.issue, CardGone()), trust)

    def fail():
        with pytest.raises(ssl.SSLError):
            greet(context)

    elsewhere = threading.Thread(target=fail)
    elsewhere.start()
    elsewhere.join(20)

    assert tls.last_error(context) is None


def test_a_context_of_someone_else_has_no_error():
    assert tls.last_error(ssl.create_default_context()) is None


def test_contexts_die_with_their_keys(authority, trust, greet):
    key = SoftwareKey(authority.issue)
    before = len(tls._keys)

    for _ in range(5):
        assert greet(tls.client_context(key, trust)) == b"bonjour"

    assert len(tls._keys) == before


def test_a_python_whose_openssl_is_out_of_reach_is_told_in_french(authority, trust, monkeypatch):
    monkeypatch.setattr(openssl, "_libraries", list)

    with pytest.raises(UserFacingError, match="Ce Python"):
        tls.client_context(SoftwareKey(authority.issue), trust)


def test_another_openssl_than_the_one_behind_ssl_is_refused(authority, trust, monkeypatch):
    monkeypatch.setattr(ssl, "OPENSSL_VERSION", "OpenSSL 4.0.0")

    with pytest.raises(UserFacingError, match="Ce Python"):
        tls.client_context(SoftwareKey(authority.issue), trust)


def test_bytes_that_are_no_certificate_are_refused(authority, trust):
    key = SoftwareKey(authority.issue)
    key.certificate = b"\x30\x03abc"

    with pytest.raises(UserFacingError, match="Ce Python"):
        tls.client_context(key, trust)


def test_the_authorities_between_the_card_and_the_root_are_sent(
    authority, intermediate, trust, greet, tmp_path
):
    """Real cards hang under a second authority; a server may know the first one only."""
    both = tmp_path / "both.pem"
    both.write_bytes(trust.read_bytes() + intermediate.certificate.public_bytes(Encoding.PEM))
    key = SoftwareKey(intermediate.issue)

    assert greet(tls.client_context(key, both)) == b"bonjour"
    chain = authorities.issuers(x509.load_der_x509_certificate(key.certificate), both)
    assert [x509.load_der_x509_certificate(one) for one in chain] == [
        intermediate.certificate,
        authority.certificate,
    ]


def test_a_server_that_is_openssl_itself_takes_the_certificate(authority, trust, server_files):
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is not installed")
    files = [
        *("-cert", server_files / "cert.pem", "-key", server_files / "key.pem"),
        *("-CAfile", trust, "-Verify", "4", "-verify_return_error"),
    ]
    with subprocess.Popen(
        ["openssl", "s_server", "-accept", "127.0.0.1:0", "-www", *files],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            accepting = next(line for line in server.stdout if line.startswith("ACCEPT"))
            port = int(accepting.rsplit(":", 1)[1])
            context = tls.client_context(SoftwareKey(authority.issue), trust)
            assert "899700057294" in _page(context, port)
        finally:
            server.kill()


def _page(context, port):
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        secure.sendall(b"GET / HTTP/1.0\r\n\r\n")
        page = b""
        while piece := secure.recv(4096):
            page += piece
    return page.decode("utf-8", "replace")
