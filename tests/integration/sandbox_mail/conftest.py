"""The sandbox's mail servers on loopback, and clients that others wrote: smtplib, IMAPClient.

Keys are in files here; the card's own TLS is proved elsewhere.
"""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from imapclient import IMAPClient

from lgc_sandbox import mail
from lgc_sandbox.authority import Authority, Person
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR
from lgc_sandbox.knobs import Knobs

PAUL, ANNE = "paul.medecin5729@medecin.mssante.example", "anne.medecin5978@medecin.mssante.example"
ROBERT, LABORATORY = "robert@medecin.mssante.example", "resultats@labo.mssante.example"
OWNERS = {DOCTOR.person.national_id: PAUL, OTHER_DOCTOR.person.national_id: ANNE}
STRANGER = Person("899700099999", "INCONNU", "JEAN", "Médecin")
TIMEOUT = 10


@dataclass
class Certificates:
    """Contexts of clients, by who holds the certificate; each pair is made once."""

    folder: Path
    authority: Authority

    def context(self, person=DOCTOR.person, kind="authentication"):
        path = self.folder / f"{person.national_id}-{kind}.pem"
        if not path.exists():
            self.new(path, person, kind)
        return self.presenting(path)

    def new(self, path, person, kind):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = getattr(self.authority, kind)(person, key.public_key())
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
        return made

    def presenting(self, path):
        context = ssl.create_default_context(cafile=self.authority.trust)
        if path is not None:
            context.load_cert_chain(path)
        return context

    def revoked(self):
        path = self.folder / "revoked.pem"
        self.authority.revoke(self.new(path, DOCTOR.person, "authentication"))
        return self.presenting(path)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return Certificates(folder, Authority.create(folder / "authority"))


@pytest.fixture
def knobs():
    return Knobs()


@pytest.fixture
def start(certificates, knobs, tmp_path):
    """Start the servers over one folder, again if asked."""
    running = []

    def run():
        made = mail.start(
            tmp_path / "mail", certificates.authority, knobs, [ROBERT, LABORATORY], OWNERS
        )
        running.append(made)
        return made

    yield run
    for made in running:
        made.stop()


@pytest.fixture
def servers(start):
    return start()


@pytest.fixture
def smtp(servers, certificates):
    """A logged-in submission, left at the end of the block."""

    @contextlib.contextmanager
    def open_(context=None, on=servers):
        link = smtplib.SMTP("localhost", on.smtp_port, timeout=TIMEOUT)
        try:
            link.starttls(context=context or certificates.context())
            link.ehlo()
            link.auth("EXTERNAL", lambda challenge=None: "", initial_response_ok=True)
            yield link
        finally:
            link.close()

    return open_


@pytest.fixture
def imap(servers, certificates):
    """A logged-in IMAPClient, left at the end of the block."""

    @contextlib.contextmanager
    def open_(context=None, on=servers):
        client = IMAPClient("localhost", port=on.imap_port, ssl=False, timeout=TIMEOUT)
        try:
            client.starttls(context or certificates.context())
            client.sasl_login("EXTERNAL", lambda challenge: b"")
            yield client
        finally:
            client.shutdown()

    return open_


@pytest.fixture
def letter():
    """A message as bytes; ``number`` tells one from another."""

    def make(number=1, sender=PAUL, to=ROBERT, text="Bonjour,\n.\nfin\n"):
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"], made["Subject"] = sender, to, f"Courrier n° {number}"
        made["Message-ID"] = f"<{number}.{'a' * 70}@medecin.mssante.example>"
        made["Date"] = "Mon, 23 Nov 2026 09:00:00 +0100"
        made.set_content(text)
        return made

    return make


@pytest.fixture
def addresses():
    return {"paul": PAUL, "anne": ANNE, "robert": ROBERT, "laboratory": LABORATORY}


@pytest.fixture
def people():
    return {"paul": DOCTOR.person, "anne": OTHER_DOCTOR.person, "stranger": STRANGER}
