"""A server is named by its subjectAltName: a name that stands in the CN alone is refused."""

import datetime as dt
import socket
import ssl
import threading
from contextlib import suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from lgc.card import tls
from lgc.transport import web
from lgc.transport.budget import Limits
from lgc.transport.errors import NoAnswer


@pytest.fixture(scope="module")
def by_cn(tmp_path_factory):
    """A certificate for « localhost » in its CN and nowhere else, and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("cn") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


@pytest.fixture
def port(by_cn):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(by_cn)

    def serve():
        with suppress(OSError):
            while True:
                one, _ = server.accept()
                with one, suppress(OSError):
                    context.wrap_socket(one, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def shake_hands(context, port):
    with socket.create_connection(("127.0.0.1", port), 5) as raw:
        context.wrap_socket(raw, server_hostname="localhost").close()


def test_a_name_in_the_cn_alone_is_no_name(by_cn, port):
    context = tls.trusting(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), by_cn)

    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(context, port)


def test_the_practice_may_accept_it(by_cn, port):
    context = tls.trusting(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), by_cn)
    tls.accept_common_name(context)

    shake_hands(context, port)


def test_on_the_web_it_is_never_accepted(by_cn, port):
    with pytest.raises(NoAnswer, match="CertVerification"):
        web.ask(f"https://localhost:{port}/", Limits(5, 5, 1000, grows=False), trust=str(by_cn))
