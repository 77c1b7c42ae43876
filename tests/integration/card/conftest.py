"""A soft card made by the tests: own authority, SoftHSM2 token, two pairs, data objects."""

import datetime as dt
import shutil
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass

SOFTHSM = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/softhsm/libsofthsm2.so"),
)
PIN, LABEL = "1234", "whatever"
NOW = dt.datetime.now(dt.UTC)


def tlv(tag, value):
    return bytes([tag, len(value)]) + value


def activity(name, structure, sector):
    inner = tlv(0x84, name.encode()) + tlv(0x85, structure.encode()) + tlv(0x86, sector.encode())
    return tlv(0xEE, inner)


class Authority:
    """An authority under another one, or self-signed."""

    def __init__(self, name="TEST AC", above=None):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (above or self).issue(
            self.name,
            self.key.public_key(),
            [
                (x509.BasicConstraints(True, None if above else 1), True),
                (usage(certificates=True), True),
            ],
        )

    def pem(self):
        """Key and certificate, for another process."""
        key = self.key.private_bytes(
            Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return key + self.certificate.public_bytes(Encoding.PEM)

    @classmethod
    def read(cls, pem):
        made = cls.__new__(cls)
        made.key = serialization.load_pem_private_key(pem, None)
        made.certificate = x509.load_pem_x509_certificate(pem)
        made.name = made.certificate.subject
        return made

    def issue(self, subject, public_key, extensions):
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - dt.timedelta(days=1))
            .not_valid_after(NOW + dt.timedelta(days=30))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())


def usage(*, certificates=False, repudiation=False, encipherment=False):
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=repudiation,
        key_encipherment=encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def subject(national_id, surname):
    person = x509.RelativeDistinguishedName(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, national_id),
            x509.NameAttribute(NameOID.SURNAME, surname),
            x509.NameAttribute(NameOID.GIVEN_NAME, "PAUL"),
        ]
    )
    title = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.TITLE, "Médecin")])
    return x509.Name([person, title])


@dataclass
class SoftCard:
    module: Path
    folder: Path
    trust: Path
    authority: Authority

    def pull(self):
        (self.folder / "tokens").rename(self.folder / "pulled")

    def insert(self):
        (self.folder / "pulled").rename(self.folder / "tokens")

    def blank(self, label):
        """Another token in the reader, initialised and empty."""
        (self.folder / "tokens").mkdir(exist_ok=True)
        subprocess.run(
            [
                *("softhsm2-util", "--init-token", "--free", "--label", label),
                *("--so-pin", "87654321", "--pin", PIN),
            ],
            check=True,
            capture_output=True,
        )

    def write(self, *person, maker=None):
        """A card in the reader, made by another process as a card maker would.

        ``maker`` is the authority that issues it, ours when None.
        """
        self.blank(LABEL)
        kept = self.folder / "maker.pem"
        kept.write_bytes((maker or self.authority).pem())
        subprocess.run(
            [sys.executable, __file__, str(self.module), str(kept), *person],
            check=True,
        )


def write_pairs(session, authority, holder="899700057294", surname="MEDECIN5729"):
    """Both key pairs, their certificates and the data objects of a CPS."""
    pairs = (
        (
            b"\x20",
            "CPS_PRIV_AUT",
            [
                (usage(encipherment=True), True),
                (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
            ],
        ),
        (b"\x10", "CPS_PRIV_SIG", [(usage(repudiation=True), True)]),
    )
    for key_id, label, extensions in pairs:
        public, _ = session.generate_keypair(KeyType.RSA, 2048, id=key_id, label=label, store=True)
        numbers = rsa.RSAPublicNumbers(
            int.from_bytes(public[Attribute.PUBLIC_EXPONENT], "big"),
            int.from_bytes(public[Attribute.MODULUS], "big"),
        )
        certificate = authority.issue(subject(holder, surname), numbers.public_key(), extensions)
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.PRIVATE: False,
                Attribute.ID: key_id,
                Attribute.LABEL: f"certificate {label}",
                Attribute.SUBJECT: certificate.subject.public_bytes(),
                Attribute.VALUE: certificate.public_bytes(Encoding.DER),
            }
        )


def write_data(session):
    objects = (
        ("CPS_INFO_PS", b"\x80\x02FR\x81\x0410SM26", False),
        ("CPS_ACTIVITY_01_PS", activity("CABINET MEDECIN5729", "499700057294007", "SA07"), True),
        ("CPS_ACTIVITY_03_PS", activity("MAISON DE SANTÉ", "499700057294012", "SA08"), True),
        ("CPS_ACTIVITY_04_PS", b"\xee\x7f\x84", True),
    )
    for label, value, private in objects:
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.DATA,
                Attribute.TOKEN: True,
                Attribute.PRIVATE: private,
                Attribute.LABEL: label,
                Attribute.VALUE: value,
            }
        )


def write(library, authority, *person):
    """The whole card on the token that waits for it."""
    with library.get_token(token_label=LABEL).open(user_pin=PIN, rw=True) as session:
        write_pairs(session, authority, *person)
        write_data(session)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority()


@pytest.fixture(scope="session")
def intermediate(authority):
    return Authority("TEST AC PERSONNES", authority)


@pytest.fixture(scope="session")
def trust(authority, tmp_path_factory):
    file = tmp_path_factory.mktemp("trust") / "trust.pem"
    file.write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    return file


@pytest.fixture(scope="session")
def softhsm():
    """The SoftHSM2 module, or a named skip."""
    module = next((path for path in SOFTHSM if path.is_file()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM2 is not installed")
    return module


@pytest.fixture
def card(softhsm, authority, trust, tmp_path, monkeypatch):
    """A fresh soft card in the reader; the library starts afresh on it."""
    conf = tmp_path / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    made = SoftCard(softhsm, tmp_path, trust, authority)
    made.blank(LABEL)
    library = pkcs11.lib(str(softhsm))
    library.reinitialize()
    write(library, authority)
    library.reinitialize()
    return made


@pytest.fixture(scope="session")
def server_files(authority, tmp_path_factory):
    """Certificate and key of a server called localhost."""
    folder = tmp_path_factory.mktemp("server")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = authority.issue(
        name,
        key.public_key(),
        [(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)],
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder


@pytest.fixture
def server_context(server_files, trust):
    """A server that refuses whoever shows no certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_files / "cert.pem", server_files / "key.pem")
    context.load_verify_locations(trust)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


if __name__ == "__main__":
    write(pkcs11.lib(sys.argv[1]), Authority.read(Path(sys.argv[2]).read_bytes()), *sys.argv[3:])
