"""Official schemas, from the shared folder beside the checkout; absent means skipped by name."""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from lgc.domain.identity import Sex, Traits
from lgc.xds.cda_header import read_header

SHARED = Path(__file__).resolve().parents[4] / "shared"


@pytest.fixture(scope="session")
def shared():
    """The folder of third-party data, never copied into the project."""
    if not (SHARED / "conformance" / "xds").is_dir():
        pytest.skip("shared/conformance/xds is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def schema(shared):
    """``schema("xds/XDS.b_DocumentRepository.xsd")``: an official schema, loaded once."""
    loaded = {}

    def load(name):
        if name not in loaded:
            loaded[name] = etree.XMLSchema(file=str(shared / "conformance" / "xds" / "xsd" / name))
        return loaded[name]

    return load


class ThrowawayKey:
    """A signature key made for one test run, with IGC-Santé-like names."""

    usage = "signature"

    def __init__(self):
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        authority = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        root = _name(o="ASIP-SANTE TEST", ou="IGC-SANTE TEST", cn="TEST AC FORT PERSONNES")
        self._authority = _certificate(root, root, authority.public_key(), authority)
        holder = x509.Name(
            [
                x509.RelativeDistinguishedName(
                    [
                        x509.NameAttribute(NameOID.COMMON_NAME, "899700057294"),
                        x509.NameAttribute(NameOID.SURNAME, "MEDECIN5729"),
                        x509.NameAttribute(NameOID.GIVEN_NAME, "PAUL"),
                    ]
                ),
                x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.TITLE, "Médecin")]),
                x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]),
            ][::-1]
        )
        self._holder = _certificate(holder, root, self._key.public_key(), authority)

    @property
    def certificate(self):
        return self._holder.public_bytes(Encoding.DER)

    @property
    def pem(self):
        return self._holder.public_bytes(Encoding.PEM)

    @property
    def chain(self):
        return (self._authority.public_bytes(Encoding.DER),)

    def sign(self, digest, algorithm):
        known = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[algorithm]
        return self._key.sign(digest, padding.PKCS1v15(), Prehashed(known))


def _name(**values):
    oids = {
        "cn": NameOID.COMMON_NAME,
        "o": NameOID.ORGANIZATION_NAME,
        "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
    }
    return x509.Name([x509.NameAttribute(oids[key], value) for key, value in values.items()])


def _certificate(subject, issuer, public_key, signer):
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(signer, hashes.SHA256())
    )


@pytest.fixture(scope="session")
def key():
    return ThrowawayKey()


@pytest.fixture
def xmlsec(tmp_path, key):
    """``xmlsec(xml, *options)``: what the reference implementation says, True when it verifies."""
    if shutil.which("xmlsec1") is None:
        pytest.skip("xmlsec1 is not installed")
    certificate = tmp_path / "holder.pem"
    certificate.write_bytes(key.pem)

    def verify(content, *options):
        file = tmp_path / "signed.xml"
        file.write_bytes(content)
        command = ["xmlsec1", "--verify", "--pubkey-cert-pem", certificate, *options, file]
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0

    return verify


@pytest.fixture(scope="session")
def whose():
    """The traits that a document gives its patient: a sheet leaves in no other name."""

    def traits(content):
        patient = read_header(content).patient
        sex = Sex(patient.sex) if patient.sex in ("M", "F") else Sex.UNKNOWN
        given = tuple(patient.given_names)
        return Traits(patient.birth_name, given, sex, patient.birth_date)

    return traits
