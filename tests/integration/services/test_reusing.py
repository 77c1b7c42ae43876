"""Entries of a received document enter the record with their source, and leave it again."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.cda import parse
from lgc.cda.vsm import VsmContext, render
from lgc.domain.documents import DocumentContent, Origin
from lgc.domain.medical_data import Family, KnownAbsence, MedicalRecord, PartialDate
from lgc.domain.professionals import Coded
from lgc.services.reading import OpenedDocument
from lgc.services.reusing import (
    SAME_CODE,
    SAME_VALUE,
    SAME_WORDS,
    TWICE,
    Reusing,
    judged,
    may_be_reused,
)

CIM_10 = "2.16.840.1.113883.6.3"


def coded(code):
    return Coded(code, CIM_10, code)


@pytest.fixture
def patient(desk, make):
    made = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made


@pytest.fixture
def reusing(desk):
    return Reusing(desk.store.unit, desk.clock, desk.ids, desk.events.append)


def vsm_of(make, patient, entries):
    """A summary as a colleague would send it, read as it was received."""
    content = render(
        VsmContext(
            patient=patient,
            record=MedicalRecord(tuple(entries)),
            author=make.practitioner(),
            unique_id="2.25.77",
            set_id="2.25.77",
            version=1,
            written_at=dt.datetime(2026, 9, 2, 10, tzinfo=dt.UTC),
            service_start=dt.datetime(2026, 9, 2, 10, tzinfo=dt.UTC),
            practice_name="Cabinet",
            local_id_root="2.25.9",
        )
    )
    paper = replace(
        make.document().document, title="Volet de synthèse médicale", origin=Origin.MSSANTE
    )
    return OpenedDocument(DocumentContent(paper, content), parse.parse(content), None, ())


def record(desk, patient):
    with desk.store.unit() as uow:
        return uow.medical.of_patient(patient.patient_id)


def test_what_is_taken_keeps_its_source_and_one_undo_restores_all(desk, make, patient, reusing):
    stated = KnownAbsence(Family.ALLERGY, desk.clock.now(), "Dr X")
    with desk.store.unit() as uow:
        uow.medical.state_absence(patient.patient_id, stated)
        uow.commit()
    opened = vsm_of(
        make,
        patient,
        [
            make.entry(family=Family.ALLERGY, label="Pénicilline"),
            make.entry(label="Asthme", code=coded("J45")),
        ],
    )
    assert may_be_reused(opened)
    view = reusing.propose(patient.patient_id, opened)

    taken = reusing.take(view, [one.entry for one in view.proposals])

    held = record(desk, patient)
    assert [entry.label for entry in held.entries] == ["Asthme", "Pénicilline"]
    assert all("Volet de synthèse médicale du" in entry.source for entry in held.entries)
    assert held.absences == ()
    reusing.undo(taken)
    assert record(desk, patient).entries == ()
    assert record(desk, patient).absence_of(Family.ALLERGY) is not None


def test_undoing_states_no_absence_beside_what_came_since(desk, make, patient, reusing):
    stated = KnownAbsence(Family.ALLERGY, desk.clock.now(), "Dr X")
    with desk.store.unit() as uow:
        uow.medical.state_absence(patient.patient_id, stated)
        uow.commit()
    opened = vsm_of(make, patient, [make.entry(family=Family.ALLERGY, label="Pénicilline")])
    view = reusing.propose(patient.patient_id, opened)
    taken = reusing.take(view, [view.proposals[0].entry])
    own = make.entry(entry_id="own", family=Family.ALLERGY, label="Latex")
    with desk.store.unit() as uow:
        uow.medical.add(patient.patient_id, own)
        uow.commit()

    reusing.undo(taken)

    held = record(desk, patient)
    assert (held.entries, held.absences) == ((own,), ())


def test_undoing_twice_or_after_a_removal_by_hand_is_harmless(desk, make, patient, reusing):
    opened = vsm_of(make, patient, [make.entry(label="Asthme", code=coded("J45"))])
    view = reusing.propose(patient.patient_id, opened)
    taken = reusing.take(view, [view.proposals[0].entry])

    reusing.undo(taken)
    reusing.undo(taken)

    assert record(desk, patient).entries == ()


@pytest.mark.parametrize(
    ("found", "held", "why"),
    [
        ({"label": "Asthme", "code": coded("J45")}, {"code": coded("J45")}, SAME_CODE),
        ({"label": "ASTHME sévère"}, {"label": "Asthme  sévère"}, SAME_WORDS),
        ({"label": "Asthme", "code": coded("J45")}, {"code": coded("J46")}, ""),
        (
            {"family": Family.CURRENT_TREATMENT, "label": "Ramipril 5 mg"},
            {"family": Family.LONG_TERM_TREATMENT, "label": "ramipril 5 mg"},
            SAME_WORDS,
        ),
        (
            {"family": Family.ALLERGY, "label": "Latex"},
            {"family": Family.VIGILANCE, "label": "Latex"},
            "",
        ),
        (
            {"family": Family.FAMILY_HISTORY, "label": "Diabète", "kinship": "MTH"},
            {"family": Family.FAMILY_HISTORY, "label": "Diabète", "kinship": "FTH"},
            "",
        ),
        (
            {"family": Family.MEASUREMENT, "label": "Poids", "value": 55.0, "unit": "kg"},
            {"family": Family.MEASUREMENT, "label": "Poids", "value": 55.0, "unit": "kg"},
            SAME_VALUE,
        ),
        (
            {"family": Family.MEASUREMENT, "label": "Poids", "value": 56.0, "unit": "kg"},
            {"family": Family.MEASUREMENT, "label": "Poids", "value": 55.0, "unit": "kg"},
            "",
        ),
        (
            {"family": Family.VACCINATION, "label": "ROR", "start": PartialDate(2020, 1, 1)},
            {"family": Family.VACCINATION, "label": "ROR", "start": PartialDate(2021, 1, 1)},
            "",
        ),
    ],
)
def test_a_duplicate_is_recognised_and_nothing_else(make, found, held, why):
    entry, known = (
        make.entry(**{"label": "Autre", **found}),
        make.entry(**{"label": "Autre2", **held}),
    )

    assert [one.why_not for one in judged([entry], MedicalRecord((known,)))] == [why]


def test_the_same_entry_twice_in_a_document_is_taken_once(make):
    entry = make.entry(label="Asthme", code=coded("J45"))

    assert [one.why_not for one in judged([entry, entry], MedicalRecord())] == ["", TWICE]
