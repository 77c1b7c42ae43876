"""Every patient of the demo practice gets a VSM that the official rules accept."""

import datetime as dt
import itertools
import uuid
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from lgc.cda import check, parse, pdf, vsm
from lgc.domain.medical_data import MedicalRecord
from lgc.paths import bundled
from lgc.services import seeding_demo
from lgc_sandbox.documents import codes

PRACTICE = bundled("resources") / "demo" / "practice.json"


class Kept:
    """A repository that keeps what it is given, and nothing else."""

    def __init__(self):
        self.entries, self.absences, self.patients = {}, {}, []

    def count(self):
        return len(self.patients)

    def add(self, *given):
        if len(given) == 1:
            self.patients.append(given[0])
        else:
            self.entries.setdefault(given[0], []).append(given[1])

    def add_closure(self, closure):
        self.patients.append(closure)

    def put(self, owner, one):
        self.entries.setdefault(owner, []).append(one)

    def state_absence(self, patient_id, absence):
        self.absences.setdefault(patient_id, []).append(absence)


@pytest.fixture(scope="module")
def practice():
    if not PRACTICE.is_file():
        pytest.skip("resources/demo/practice.json is not there")
    uow = SimpleNamespace(
        patients=Kept(),
        medical=Kept(),
        agenda=Kept(),
        contacts=SimpleNamespace(put=lambda contact: None),
        documents=Kept(),
        relations=Kept(),
        audit=lambda *words: None,
        commit=lambda: None,
    )

    @contextmanager
    def opened():
        yield uow

    numbers = itertools.count(1)
    ids = SimpleNamespace(
        uuid=lambda: str(uuid.UUID(int=next(numbers))),
        oid=lambda: f"1.2.250.1.999.{next(numbers)}",
    )
    now = dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC)
    seeding_demo.seed(opened, SimpleNamespace(now=lambda: now), ids)
    return uow


def test_every_demo_patient_has_a_conforming_vsm(validator, practice, makers, tmp_path):
    patients = practice.patients.patients
    assert len(patients) >= 16
    for patient in patients:
        record = MedicalRecord(
            tuple(practice.medical.entries.get(patient.patient_id, ())),
            tuple(practice.medical.absences.get(patient.patient_id, ())),
        )
        context = makers.context(record, patient=patient)
        content = vsm.render(context)
        file = tmp_path / "vsm.xml"
        file.write_bytes(content)

        assert vsm.missing(context) == ()
        assert [str(f) for f in validator.validate(file, "vsm").findings] == []
        assert check.check(content) == ()
        assert codes.judge(content) == []
        assert pdf.render(parse.parse(content)).startswith(b"%PDF-")
