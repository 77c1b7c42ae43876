"""Builders shared by every test: ``make.patient(...)`` and friends, with sensible defaults."""

import datetime as dt
import hashlib
import itertools
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lgc.cda.vsm import VsmContext, render
from lgc.domain import days
from lgc.domain.documents import (
    Confidentiality,
    Document,
    DocumentContent,
    DocumentKind,
    Origin,
)
from lgc.domain.identity import Identity, IdentityStatus, Ins, InsAuthority, Sex, Traits, ins_key
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.domain.patients import Patient
from lgc.domain.professionals import (
    Address,
    CardHolder,
    Coded,
    Correspondent,
    PlaceOfPractice,
    Practitioner,
)
from lgc.services.ports import DmpSubmission

PARIS = ZoneInfo("Europe/Paris")
days.use_zone(PARIS)
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def practice_zone():
    """The tests' practice is in Paris, whatever zone the test before moved it to."""
    days.use_zone(PARIS)


class Make:
    """Every call makes a different object; keyword arguments replace fields."""

    def __init__(self):
        self._count = itertools.count(1)

    def ins(self, number=None):
        body = f"14808920{number or next(self._count):05d}"[:13]
        return Ins(body + ins_key(body), InsAuthority.TEST_NIR.value)

    def identity(self, **fields):
        traits = fields.pop("traits", None) or Traits(
            birth_name=fields.pop("birth_name", "CHEMIN"),
            birth_given_names=fields.pop("given_names", ("HENRI",)),
            sex=fields.pop("sex", Sex.MALE),
            birth_date=fields.pop("birth_date", dt.date(1948, 8, 18)),
            birth_place_code=fields.pop("birth_place_code", "75056"),
        )
        made = Identity(traits, IdentityStatus.QUALIFIED, self.ins())
        return replace(made, **fields)

    def patient(self, **fields):
        own = {k: fields.pop(k) for k in list(fields) if k in Patient.__dataclass_fields__}
        identity = own.pop("identity", None) or self.identity(**fields)
        made = Patient(
            patient_id=f"patient-{next(self._count)}",
            identity=identity,
            address=Address(("12 rue des Lilas",), "92100", "Boulogne-Billancourt"),
        )
        return replace(made, **own)

    def entry(self, **fields):
        made = MedicalEntry(
            f"entry-{next(self._count)}", Family.CHRONIC, "Hypertension essentielle"
        )
        return replace(made, **fields)

    def holder(self, **fields):
        made = CardHolder(
            national_id="899700057294",
            family_name="MEDECIN5729",
            given_name="Paul",
            profession=Coded("10", "1.2.250.1.71.1.2.7", "Médecin"),
            speciality="SM26",
            card_serial="8000057294",
        )
        return replace(made, **fields)

    def practitioner(self, **fields):
        made = Practitioner(
            holder=self.holder(),
            place=PlaceOfPractice("499700057294007", "CABINET DU DR MEDECIN5729", "SA07"),
            speciality=Coded(
                "G15_10/SM26",
                "1.2.250.1.213.1.1.4.5",
                "Médecin - Qualifié en Médecine Générale (SM)",
            ),
            telephone="01 46 00 00 00",
            address=Address(("8 rue de Lyon",), "92100", "Boulogne-Billancourt"),
            mssante_address="paul.medecin5729@medecin.mssante.example",
        )
        return replace(made, **fields)

    def correspondent(self, **fields):
        made = Correspondent(
            address="robert.specialiste5737@medecin.mssante.example",
            family_name="SPECIALISTE5737",
            given_name="Robert",
            title="Dr",
        )
        return replace(made, **fields)

    def document(self, content=b"<x/>", pdf=None, **fields):
        number = next(self._count)
        made = Document(
            document_id=f"document-{number}",
            patient_id=None,
            unique_id=f"2.25.1.{number}",
            set_id=f"2.25.2.{number}",
            version=1,
            title="Volet de synthèse médicale",
            type=Coded("SYNTH", "1.2.250.1.213.1.1.4.12", "Synthèse"),
            kind=DocumentKind.VSM,
            origin=Origin.PRACTICE,
            mime_type="text/xml",
            created_at=dt.datetime(2026, 11, 23, 9, 0, tzinfo=PARIS),
            author="Dr Paul MEDECIN5729",
            organisation="Cabinet",
            sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            size=len(content),
        )
        return DocumentContent(replace(made, **fields), content, pdf)


class FixedClock:
    """A clock the test moves, by time that passes: walls jump or stand still twice a year."""

    def __init__(self):
        self.time = dt.datetime(2026, 11, 23, 9, 0, tzinfo=PARIS)

    def now(self):
        return self.time

    def advance(self, **parts):
        passed = self.time.astimezone(dt.UTC) + dt.timedelta(**parts)
        self.time = passed.astimezone(self.time.tzinfo)


class CountedIds:
    """Identifiers in order, so that a test can name them."""

    def __init__(self):
        self._count = itertools.count(1)

    def oid(self):
        return f"2.25.999.{next(self._count)}"

    def uuid(self):
        return f"00000000-0000-4000-8000-{next(self._count):012d}"


@pytest.fixture
def make():
    return Make()


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def ids():
    return CountedIds()


@pytest.fixture
def submission_request(make):
    """A real VSM on its way, with the identifiers fixed at the doctor's click."""
    patient = make.patient(given_names=("HENRI", "LOUIS"))
    author = make.practitioner()
    context = VsmContext(
        patient=patient,
        record=MedicalRecord((make.entry(),)),
        author=author,
        unique_id="2.25.101",
        set_id="2.25.102",
        version=1,
        written_at=dt.datetime(2026, 11, 23, 9, 0, tzinfo=PARIS),
        service_start=dt.datetime(2026, 11, 23, 8, 45, tzinfo=PARIS),
        practice_name="Cabinet",
    )
    content = render(context)
    document = make.document(content, unique_id="2.25.101", set_id="2.25.102").document
    return DmpSubmission(
        ins=patient.identity.qualified(),
        author=author,
        document=replace(document, patient_id=patient.patient_id),
        content=content,
        confidentiality=Confidentiality.VISIBLE,
        submission_set_id="2.25.103",
        signature_document_id="2.25.104",
        submitted_at=dt.datetime(2026, 11, 23, 9, 1, 2, tzinfo=PARIS),
        title="Synthèse médicale",
    )


@pytest.fixture(scope="session")
def shared():
    """The folder of schemas, schematrons and samples beside the checkout, or a named skip."""
    folder = ROOT.parent / "shared" / "conformance"
    if not folder.is_dir():
        pytest.skip("../shared/conformance is not beside the checkout")
    return folder
