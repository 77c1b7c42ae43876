"""A soft CPS card in SoftHSM2: two RSA pairs, their certificates, the card's data objects.

Objects follow cps-ins §1.2. Pulling the card out moves the token's files away; nothing else in
the folder changes, so the same card can be put back.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass

from lgc_sandbox.authority import Authority, Person

PIN, SO_PIN = "1234", "87654321"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "C:/SoftHSM2/lib/softhsm2-x64.dll",
)
AUTHENTICATION, SIGNATURE = b"\x20", b"\x10"
SECOND = "second-card"  # a file SoftHSM2 does not look at, beside its tokens
MAKING = "making-"  # what a killed start leaves


@dataclass(frozen=True)
class Practice:
    """One situation d'exercice written on the card."""

    name: str
    structure_id: str
    sector: str


@dataclass(frozen=True)
class CardModel:
    """A card to make."""

    label: str
    person: Person
    speciality: str
    practices: tuple[Practice, ...]


DOCTOR = CardModel(
    "CPS 8000057294",
    Person("899700057294", "MEDECIN5729", "PAUL", "Médecin"),
    "SM26",
    (
        Practice("CABINET DU DR MEDECIN5729", "499700057294007", "SA07"),
        Practice("MAISON DE SANTE DES TILLEULS", "499700057294012", "SA52"),
    ),
)
OTHER_DOCTOR = CardModel(
    "CPS 8000059786",
    Person("899700059786", "MEDECIN5978", "ANNE", "Médecin"),
    "SM26",
    (Practice("CABINET DU DR MEDECIN5978", "499700059786003", "SA07"),),
)
SECRETARY = CardModel(
    "CPE 9000057294",
    Person("699700057294/0001", "EMPLOYE0001", "LUCIE", "Secrétaire"),
    "",
    DOCTOR.practices[:1],
)


def module() -> Path:
    """The SoftHSM2 library. Raises RuntimeError where it is not installed."""
    found = next((Path(path) for path in MODULES if Path(path).is_file()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        raise RuntimeError("SoftHSM2 is not installed")
    return found


class SoftCard:
    """The reader of the sandbox: one token folder, present or pulled out.

    A card out of the reader waits in ``pulled``, the second card in ``other``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tokens, self.pulled = folder / "tokens", folder / "pulled"
        self.other = folder / "other"
        self.conf = folder / "softhsm2.conf"

    @property
    def present(self) -> bool:
        return self.tokens.is_dir()

    def make(self, authority: Authority, model: CardModel) -> None:
        """Write the card once; an existing one is kept, and put back into the reader."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.conf.write_text(_conf(self.tokens), "utf-8")
        for unfinished in self.folder.glob(f"{MAKING}*"):
            shutil.rmtree(unfinished)
        self.insert()
        if not self.present:
            self._write(authority, model, self.tokens)

    def make_other(self, authority: Authority, model: CardModel) -> None:
        """Write a second card, left out of the reader; an existing one is kept."""
        if not self.other.is_dir() and self._owner() != self.other:
            self._write(authority, model, self.other)

    def pull(self) -> None:
        """Out of the reader; nothing happens when it is out already."""
        if self.present:
            home = self._owner()
            self.tokens.rename(home)

    def insert(self, *, other: bool = False) -> None:
        """Into the reader, instead of the card that is there. Raises FileNotFoundError."""
        home = self.other if other else self.pulled
        if self.present and self._owner() == home:
            return
        if other and not home.is_dir():
            raise FileNotFoundError(home)
        self.pull()
        if home.is_dir():
            home.rename(self.tokens)

    def _owner(self) -> Path:
        """Where the card that is in the reader goes when it is pulled out."""
        second = self.present and (self.tokens / SECOND).is_file()
        return self.other if second else self.pulled

    def _write(self, authority: Authority, model: CardModel, home: Path) -> None:
        """In a process of its own (SoftHSM2 reads its folder only once), named when complete."""
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=MAKING) as name:
            making = Path(name) / "tokens"
            making.mkdir()
            conf = Path(name) / "softhsm2.conf"
            conf.write_text(_conf(making), "utf-8")
            environment = {**os.environ, "SOFTHSM2_CONF": str(conf)}
            subprocess.run(
                [
                    *("softhsm2-util", "--init-token", "--free", "--label", model.label),
                    *("--so-pin", SO_PIN, "--pin", PIN),
                ],
                check=True,
                capture_output=True,
                env=environment,
                timeout=60,
            )
            subprocess.run(
                [
                    *(sys.executable, "-m", "lgc_sandbox.card"),
                    *(str(authority.folder), model.person.national_id),
                ],
                check=True,
                env=environment,
                timeout=60,
            )
            if home == self.other:
                (making / SECOND).touch()
            making.rename(home)


def pull(folder: Path) -> None:
    """Pull the card out of the reader of ``folder``."""
    SoftCard(folder).pull()


def insert(folder: Path, *, other: bool = False) -> None:
    """Put the card (or the second one) into the reader of ``folder``."""
    SoftCard(folder).insert(other=other)


def _conf(tokens: Path) -> str:
    return (
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\n"
        "log.level = ERROR\nslots.removable = true\n"
    )


def write(authority: Authority, model: CardModel) -> None:
    """Keys, certificates and data objects, on the token of SOFTHSM2_CONF."""
    library = pkcs11.lib(str(module()))
    with library.get_token(token_label=model.label).open(user_pin=PIN, rw=True) as session:
        for key_id, label, issue in (
            (AUTHENTICATION, "CPS_PRIV_AUT", authority.authentication),
            (SIGNATURE, "CPS_PRIV_SIG", authority.signature),
        ):
            public, _ = session.generate_keypair(
                KeyType.RSA, 2048, id=key_id, label=label, store=True
            )
            certificate = issue(model.person, _public(public))
            _write_certificate(session, key_id, certificate)
        for label, value, private in _data(model):
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.DATA,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: private,
                    Attribute.LABEL: label,
                    Attribute.VALUE: value,
                }
            )


def _public(key: pkcs11.PublicKey) -> rsa.RSAPublicKey:
    exponent = int.from_bytes(key[Attribute.PUBLIC_EXPONENT], "big")
    return rsa.RSAPublicNumbers(
        exponent, int.from_bytes(key[Attribute.MODULUS], "big")
    ).public_key()


def _write_certificate(
    session: pkcs11.Session, key_id: bytes, certificate: x509.Certificate
) -> None:
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.PRIVATE: False,
            Attribute.ID: key_id,
            Attribute.LABEL: f"Certificat {key_id.hex()}",
            Attribute.SUBJECT: certificate.subject.public_bytes(),
            Attribute.ISSUER: certificate.issuer.public_bytes(),
            Attribute.VALUE: certificate.public_bytes(Encoding.DER),
        }
    )


def _data(model: CardModel) -> list[tuple[str, bytes, bool]]:
    """(label, value, private). The layouts are those that cps-ins reports, nothing more."""
    person = model.person
    public = [
        ("CPS_ID_CARD", model.label.encode(), False),
        ("CPS_NAME_PS", f"{person.surname} {person.given_name}".encode(), False),
        ("CPS_INFO_PS", b"10" + model.speciality.encode(), False),
    ]
    activities = [
        (f"CPS_ACTIVITY_{number:02d}_PS", _activity(practice), True)
        for number, practice in enumerate(model.practices, 1)
    ]
    return [*public, *activities]


def _activity(practice: Practice) -> bytes:
    inner = b"".join(
        _tlv(tag, value.encode())
        for tag, value in (
            (0x84, practice.name),
            (0x85, practice.structure_id),
            (0x86, practice.sector),
        )
    )
    return _tlv(0xEE, inner)


def _tlv(tag: int, value: bytes) -> bytes:
    size = len(value)
    length = bytes([size]) if size < 128 else bytes([0x81, size])
    return bytes([tag]) + length + value


if __name__ == "__main__":
    models = {m.person.national_id: m for m in (DOCTOR, OTHER_DOCTOR)}
    write(Authority(Path(sys.argv[1])), models[sys.argv[2]])
