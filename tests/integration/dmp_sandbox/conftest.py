"""Our client before the severe DMP: every transaction for real, over mutual TLS."""

import datetime as dt
import itertools
import ssl
import uuid
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from lgc import settings as declared
from lgc.cda.vsm import VsmContext, render
from lgc.dmp.client import DirectDmp
from lgc.domain.documents import Confidentiality
from lgc.domain.medical_data import MedicalRecord
from lgc.domain.professionals import CardHolder, Coded, PlaceOfPractice, Practitioner
from lgc.services.ports import DmpChange, DmpEnclosure, DmpSubmission
from lgc.settings import Settings
from lgc_sandbox.authority import Authority
from lgc_sandbox.card import DOCTOR, OTHER_DOCTOR, SECRETARY
from lgc_sandbox.dmp.registry import Dmp as Record
from lgc_sandbox.dmp.registry import Registry
from lgc_sandbox.dmp.schemas import Schemas
from lgc_sandbox.dmp.server import Dmp, DmpServer, tls_context
from lgc_sandbox.dmp.transactions import BASE
from lgc_sandbox.knobs import Knobs

SHARED = Path(__file__).resolve().parents[4] / "shared" / "conformance" / "xds" / "xsd"
PEOPLE = {one.person.national_id: one for one in (DOCTOR, OTHER_DOCTOR, SECRETARY)}
LABELS = {"Médecin": Coded("10", "1.2.250.1.71.1.2.7", "Médecin")}
EMPLOYEE = Coded("00", "1.2.250.1.71.1.2.7", "Employé")


class Clock:
    def now(self):
        return dt.datetime.now(dt.UTC)


class Ids:
    def uuid(self):
        return str(uuid.uuid4())


class Key:
    """The signature key of one card, in memory."""

    usage = "signature"

    def __init__(self, authority, person):
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = authority.signature(person, self._key.public_key())
        self.certificate = made.public_bytes(Encoding.DER)
        self.chain = tuple(
            authority.certificate(name).public_bytes(Encoding.DER) for name in ("persons", "root")
        )

    def sign(self, digest, algorithm):
        known = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[algorithm]
        return self._key.sign(digest, padding.PKCS1v15(), Prehashed(known))


class France:
    """One authority, one registry, one server; cards made on demand."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority.create(folder / "authority")
        self.registry = Registry(folder / "dmp.sqlite")
        self.knobs = Knobs()
        judge = Dmp(self.authority, self.registry, PEOPLE, self.knobs, Schemas(SHARED), Clock().now)
        self.server = DmpServer(judge, tls_context(self.authority))
        self._cards = {}
        self._opened = []

    def stop(self):
        for client in self._opened:
            client.close()
        self.server.stop()
        self.registry.close()

    def card(self, model=DOCTOR):
        """(TLS file, signature key) of one card, made once."""
        if model.label not in self._cards:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            made = self.authority.authentication(model.person, key.public_key())
            file = self.folder / f"{len(self._cards)}.pem"
            secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
            self._cards[model.label] = (file, Key(self.authority, model.person))
        return self._cards[model.label]

    def client(self, model=DOCTOR, key=None, **chosen):
        """A DMP session of this card; ``chosen`` are settings by name."""
        tls, signature = self.card(model)
        context = ssl.create_default_context(cafile=self.authority.trust)
        context.load_cert_chain(tls)
        settings = Settings()
        settings[declared.dmp_base] = f"https://localhost:{self.server.port}{BASE}"
        settings[declared.dmp_web] = f"https://localhost:{self.server.port}"
        settings[declared.lps_oid] = "1.2.250.1.999"
        settings[declared.lps_homologation] = "H"
        settings[declared.dmp_processing] = "D"
        settings[declared.dmp_timeout] = 10
        for name, value in chosen.items():
            settings[getattr(declared, name)] = value
        made = DirectDmp.connect(
            settings, context, key or signature, holder_of(model), Clock(), Ids(), Clock().now()
        )
        self._opened.append(made)
        return made

    @property
    def last(self):
        return self.registry.journal()[-1]


def holder_of(model):
    person, place = model.person, model.practices[0]
    return Practitioner(
        CardHolder(
            person.national_id,
            person.surname,
            person.given_name,
            LABELS.get(person.title, EMPLOYEE),
            model.speciality,
            "1",
        ),
        PlaceOfPractice(place.structure_id, place.name, place.sector),
        telephone="01 46 00 00 00",
    )


@pytest.fixture
def author_of():
    return holder_of


@pytest.fixture(scope="module")
def whole_france(tmp_path_factory):
    if not SHARED.is_dir():
        pytest.skip("../shared/conformance is not beside the checkout")
    made = France(tmp_path_factory.mktemp("france"))
    yield made
    made.stop()


@pytest.fixture
def france(whole_france):
    yield whole_france
    whole_france.knobs.forget()


@pytest.fixture
def dmp(france):
    return france.client()


_numbers = itertools.count(1)


@pytest.fixture
def patient(make):
    """A new person whose INS nobody used yet."""
    return make.patient(identity=make.identity(ins=make.ins(20000 + next(_numbers) * 7)))


@pytest.fixture
def ins(patient):
    return patient.identity.qualified()


@pytest.fixture
def enrolled(france, patient, ins):
    """``enrolled(value="VALIDE", mt=False)``: their DMP, and the doctor's right on it."""

    def enrol(value="VALIDE", mt=False, by=DOCTOR, state="active"):
        traits = ins.traits
        france.registry.enrol(
            Record(
                ins.ins.matricule,
                ins.ins.oid,
                state=state,
                closed="20290506" if state == "terminated" else "",
                family=traits.birth_name,
                given=traits.first_given_name,
                sex=traits.sex.value,
                birth=f"{traits.birth_date:%Y%m%d}",
            )
        )
        if value:
            france.registry.authorise(
                ins.ins.matricule, by.person.national_id, value, mt=mt, now=Clock().now()
            )
        return ins

    return enrol


@pytest.fixture
def written(patient, make):
    """``written(replaces=…)``: a real VSM of the doctor, (document, bytes)."""

    def write(**more):
        number = uuid.uuid4().int % 10**15
        now = Clock().now() - dt.timedelta(minutes=5)
        fields = {
            "patient": patient,
            "record": MedicalRecord((make.entry(),)),
            "author": holder_of(DOCTOR),
            "unique_id": f"1.2.250.1.999.3.{number}",
            "set_id": f"1.2.250.1.999.2.{number}",
            "version": 1,
            "written_at": now,
            "service_start": now - dt.timedelta(minutes=10),
            "practice_name": "Cabinet",
        }
        context = VsmContext(**fields | more)
        content = render(context)
        made = make.document(
            content, unique_id=context.unique_id, set_id=context.set_id, title="Synthèse"
        )
        return made.document, content

    return write


@pytest.fixture
def submission(written, ins):
    """``submission(document, content, others=…)``: what the services hand over."""

    def submit(document=None, content=b"", **changes):
        if document is None:
            document, content = written()
        number = uuid.uuid4().int % 10**15
        fields = {
            "ins": ins,
            "author": holder_of(DOCTOR),
            "document": document,
            "content": content,
            "confidentiality": Confidentiality.VISIBLE,
            "submission_set_id": f"1.2.250.1.999.4.{number}",
            "signature_document_id": f"1.2.250.1.999.5.{number}",
            "submitted_at": Clock().now(),
            "title": "Synthèse médicale",
        } | changes
        return DmpSubmission(**fields)

    return submit


@pytest.fixture
def change(ins):
    """``change(unique_id, **changes)``: one TD3.3 as the services ask it."""

    def make_change(unique_id, **changes):
        fields = {
            "ins": ins,
            "author": holder_of(DOCTOR),
            "unique_id": unique_id,
            "submission_set_id": f"1.2.250.1.999.6.{uuid.uuid4().int % 10**15}",
            "submitted_at": Clock().now(),
            "title": "Modification",
        } | changes
        return DmpChange(**fields)

    return make_change


@pytest.fixture
def enclose(written):
    def enclosure(confidentiality=Confidentiality.VISIBLE):
        document, content = written()
        return DmpEnclosure(document, content, confidentiality)

    return enclosure
