"""Software certificates, made by OpenSSL's own tool: opened, kept without password, used in TLS."""

import datetime as dt
import hashlib
import shutil
import socket
import ssl
import subprocess
import threading
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from lgc.card import software
from lgc.card.software import AbsentContext, AbsentKey
from lgc.domain.keys import CertificateUse
from lgc.errors import UnreadableInput, UserFacingError
from lgc.services.certificates import Certificates

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl tool")
PASSWORD = "mot de passe é"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """``authority(name, usage=…, days=…, key=…)``: the path of a PKCS#12 it issued."""
    folder = tmp_path_factory.mktemp("authority")

    def run(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)

    run(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
        "-subj", "/CN=AC de test", "-days", "30",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign",
    )  # fmt: skip

    def issued(name, usage="clientAuth", days=20, key="rsa:2048", start=""):
        where = folder / f"{name}.p12"
        if where.exists():
            return where
        extra = ["-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else []
        run(
            "req", "-newkey", key, *extra, "-nodes", "-keyout", f"{name}.key",
            "-out", f"{name}.csr", "-subj", f"/O=CABINET DES LILAS/CN={name}",
        )  # fmt: skip
        (folder / f"{name}.ext").write_text(
            f"keyUsage=digitalSignature\nextendedKeyUsage={usage}\nsubjectAltName=DNS:localhost\n"
        )
        run(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-days", str(days), "-extfile", f"{name}.ext", "-out", f"{name}.pem",
        )  # fmt: skip
        run(
            "pkcs12", "-export", "-inkey", f"{name}.key", "-in", f"{name}.pem",
            "-certfile", "ca.pem", "-out", where.name, "-passout", f"pass:{PASSWORD}",
        )  # fmt: skip
        return where

    issued.trust = folder / "ca.pem"
    issued.folder = folder
    return issued


def test_the_right_password_opens_it_and_its_key_signs(authority):
    kept = software.unlock(authority("signature", "emailProtection").read_bytes(), PASSWORD)
    key = software.signature_key(kept)
    digest = hashlib.sha256(b"vihf").digest()

    certificate = x509.load_der_x509_certificate(key.certificate)
    certificate.public_key().verify(
        key.sign(digest, "sha256"), b"vihf", PKCS1v15(), hashes.SHA256()
    )
    assert [x509.load_der_x509_certificate(one).subject for one in key.chain] == [
        certificate.issuer
    ]
    assert software.describe(kept, CertificateUse.SIGNATURE).subject == "signature"


def test_a_server_that_wants_a_certificate_sees_this_one(authority):
    kept = software.unlock(authority("client").read_bytes(), PASSWORD)
    authority("serveur", "serverAuth")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    folder = authority.folder
    server.load_cert_chain(folder / "serveur.pem", folder / "serveur.key")
    server.load_verify_locations(authority.trust)
    server.verify_mode = ssl.CERT_REQUIRED
    seen = []

    def serve(listener):
        with listener.accept()[0] as raw, server.wrap_socket(raw, server_side=True) as wire:
            seen.append(dict(part[0] for part in wire.getpeercert()["subject"])["commonName"])
            wire.sendall(b"ok")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        worker = threading.Thread(target=serve, args=(listener,))
        worker.start()
        context = software.client_context(kept, authority.trust)
        with (
            socket.create_connection(listener.getsockname(), timeout=10) as raw,
            context.wrap_socket(raw, server_hostname="localhost") as wire,
        ):
            assert wire.recv(2) == b"ok"
        worker.join(10)

    assert seen == ["client"]


def test_another_file_or_password_is_told_in_a_sentence(authority):
    content = authority("client").read_bytes()
    with pytest.raises(UserFacingError, match="ne s’ouvre pas"):
        software.unlock(content, "autre")
    with pytest.raises(UserFacingError, match="ne s’ouvre pas"):
        software.unlock(content[:-40], PASSWORD)
    for foreign in (b"", b"-----BEGIN", b"\x30" * 2_000_000):
        with pytest.raises(UnreadableInput):
            software.unlock(foreign, PASSWORD)
    with pytest.raises(UnreadableInput, match="RSA"):
        software.unlock(authority("courbe", key="ec").read_bytes(), PASSWORD)


@pytest.fixture
def certificates(store, clock):
    return Certificates(store.unit, clock, software.unlock, software.describe)


@pytest.fixture
def clock():
    class Clock:
        def __init__(self):
            self.present = dt.datetime.now(dt.UTC)

        def now(self):
            return self.present

    return Clock()


def test_a_certificate_is_kept_in_the_store_and_the_one_before_outlives_a_mistake(
    authority, certificates, clock
):
    good, server_only = authority("client"), authority("serveur", "serverAuth")
    use = CertificateUse.MAIL_TLS
    held = certificates.bring(use, good.read_bytes(), PASSWORD)
    assert (held.subject, held.issuer) == ("client", "AC de test")

    with pytest.raises(UnreadableInput, match="client TLS"):
        certificates.bring(use, server_only.read_bytes(), PASSWORD)
    clock.present += dt.timedelta(days=21)
    with pytest.raises(UserFacingError, match="validité"):
        certificates.bring(use, good.read_bytes(), PASSWORD)

    assert certificates.held() == {use: held}
    assert not held.serves(clock.now())
    other = replace(held, subject="cabinet d’avant")
    with pytest.raises(UserFacingError, match="changé") as told:
        certificates.forget(use, other)
    assert "cabinet d’avant" in told.value.advice and "client" in told.value.advice
    assert certificates.held() == {use: held}
    certificates.forget(use, held)
    assert certificates.held() == {}


def test_what_is_missing_is_said_by_whoever_needs_it():
    with pytest.raises(UserFacingError, match="certificat de structure"):
        AbsentKey().sign(b"", "sha256")
    with pytest.raises(UserFacingError, match="certificat de structure"):
        _ = AbsentKey().certificate
    with pytest.raises(UserFacingError, match="certificat de structure"):
        AbsentContext(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(socket.socket())
