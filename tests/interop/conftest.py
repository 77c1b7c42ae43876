"""Judges that others wrote, in Java: IPF for XDS, the EU's DSS for XAdES. Built once by Maven."""

import datetime as dt
import os
import shutil
import ssl
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from lgc import settings as declared
from lgc.dmp.client import DirectDmp
from lgc.settings import Settings

PROJECT = Path(__file__).parent / "java"
REPOSITORY = "1.2.250.1.213.4.1.1.1.2"


def pytest_collection_modifyitems(items):
    """One worker builds and runs the judges; ``-m "not interop"`` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.interop)
            item.add_marker(pytest.mark.xdist_group("interop"))


@pytest.fixture(scope="session")
def java(tmp_path_factory):
    """``java(*arguments)``: the command that runs one of our judges' classes."""
    for program in ("java", "javac", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    folder = tmp_path_factory.mktemp("judges") / "java"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("target"))
    command = [
        *("mvn", "-B", "-q", "compile", "dependency:build-classpath"),
        "-Dmdep.outputFile=classpath.txt",
    ]
    built = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=230, check=False
    )
    if built.returncode:
        pytest.skip(f"Maven could not bring the judges: {built.stdout[-300:]}")
    classes = [str(folder / "target" / "classes"), (folder / "classpath.txt").read_text()]
    options = ["-XX:TieredStopAtLevel=1", "-cp", os.pathsep.join(classes)]
    return lambda *arguments: ["java", *options, *arguments]


@pytest.fixture(scope="session")
def judge(java, tmp_path_factory):
    """``judge((kind, bytes), …)``: one verdict each, ``ok`` or what the engine says."""
    folder = tmp_path_factory.mktemp("judged")

    def verdicts(*cases):
        arguments = []
        for number, (kind, content) in enumerate(cases):
            file = folder / f"{number}.xml"
            file.write_bytes(content)
            arguments += [kind, str(file)]
        ran = subprocess.run(
            java("judge.Judge", *arguments),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return ran.stdout.splitlines()

    return verdicts


class Key:
    """A signature key of one run; its certificate also names this machine for TLS."""

    usage = "signature"
    chain = ()

    def __init__(self):
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, "899700057294"),
                x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            ]
        )
        now = dt.datetime.now(dt.UTC)
        self.parsed = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
            .sign(self.private, hashes.SHA256())
        )

    @property
    def certificate(self):
        return self.parsed.public_bytes(Encoding.DER)

    def sign(self, digest, algorithm):
        known = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[algorithm]
        return self.private.sign(digest, padding.PKCS1v15(), Prehashed(known))


@pytest.fixture(scope="session")
def key():
    return Key()


@pytest.fixture(scope="session")
def address(java, key, tmp_path_factory):
    """The registry and repository built on IPF, on a port chosen by the system."""
    folder = tmp_path_factory.mktemp("server")
    store = pkcs12.serialize_key_and_certificates(
        b"server", key.private, key.parsed, None, BestAvailableEncryption(b"loopback")
    )
    (folder / "server.p12").write_bytes(store)
    with subprocess.Popen(
        java("judge.Server", str(folder / "server.p12"), "loopback", REPOSITORY),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            yield server.stdout.readline().strip()
        finally:
            server.stdin.close()
            server.wait(30)


@pytest.fixture
def ipf(address, key, make, clock, ids, tmp_path):
    """Our client towards IPF's server; ``sent`` keeps what went over the wire."""
    settings = Settings(tmp_path / "settings.json")
    settings[declared.dmp_base] = address
    settings[declared.lps_oid] = "2.25.999"
    trust = tmp_path / "trust.pem"
    trust.write_bytes(key.parsed.public_bytes(Encoding.PEM))
    sent = []
    dmp = DirectDmp.connect(
        settings=settings,
        context=ssl.create_default_context(cafile=trust),
        signature_key=key,
        author=make.practitioner(),
        clock=clock,
        ids=ids,
        authenticated_at=clock.now(),
        observer=lambda name, request, answer: sent.append((name, request)),
    )
    yield SimpleNamespace(dmp=dmp, sent=sent)
    dmp.close()
