"""Every patient of the demo practice gets a VSM that the official rules accept."""

import datetime as dt
import itertools
import uuid
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.cda import check, parse, pdf, vsm
from lgc.domain.medical_data import Family, MedicalEntry, MedicalRecord
from lgc.paths import bundled
from lgc.services import seeding_demo
from lgc.tour import steps_cda
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


CODED = {
    Family.MEASUREMENT,
    Family.LONG_TERM_TREATMENT,
    Family.CURRENT_TREATMENT,
    Family.VACCINATION,
}


def test_measures_medicines_and_vaccines_of_the_demo_are_coded_and_each_code_has_an_origin(
    practice,
):
    entries = [
        one
        for lines in practice.medical.entries.values()
        for one in lines
        if isinstance(one, MedicalEntry)
    ]
    assert [one.label for one in entries if one.family in CODED and one.code is None] == []
    assert {one.family for one in entries} >= CODED
    assert [one.label for one in entries if (one.code is None) != (one.origin is None)] == []


def test_the_visit_sees_each_line_that_leaves_without_a_code(practice, makers):
    patient = next(p for p in practice.patients.patients if "CHEMIN" in p.identity.display_name)
    lines = practice.medical.entries[patient.patient_id]

    def without(*families):
        bare = (replace(one, code=None) if one.family in families else one for one in lines)
        context = makers.context(MedicalRecord(tuple(bare)), patient=patient)
        return steps_cda.uncoded(vsm.render(context))

    assert without() == []
    assert "Metformine 1\u00a0000\u00a0mg, comprimé" in without(Family.LONG_TERM_TREATMENT)
    assert "Grippe saisonnière" in without(Family.VACCINATION)
    assert without(Family.MEASUREMENT)
