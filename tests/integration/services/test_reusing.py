"""Entries of a received document enter the record with their source, and leave it again."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.cda import parse
from lgc.cda.vsm import VsmContext, render
from lgc.domain.allergies import Allergy, Severity
from lgc.domain.documents import DocumentContent, Origin
from lgc.domain.medical_data import (
    Family,
    KnownAbsence,
    MedicalRecord,
    PartialDate,
    Posology,
    RiskDenial,
    Standing,
)
from lgc.domain.professionals import Coded
from lgc.domain.risks import Risk
from lgc.errors import UserFacingError
from lgc.services.reading import OpenedDocument
from lgc.services.reusing import TWICE, Reusing, judged, may_be_reused
from lgc.services.sameness import SAME_CODE, SAME_VALUE, SAME_WORDS

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


def test_a_treatment_of_a_colleague_is_held_against_the_allergies_of_the_record(
    desk, make, patient, reusing
):
    with desk.store.unit() as uow:
        uow.medical.add(
            patient.patient_id,
            make.entry(entry_id="a", family=Family.ALLERGY, label="Pénicilline"),
        )
        uow.commit()
    family = Family.CURRENT_TREATMENT
    opened = vsm_of(
        make,
        patient,
        [make.entry(label="Asthme"), make.entry(family=family, label="Amoxicilline 1 g")],
    )

    view = reusing.propose(patient.patient_id, opened)

    met = {one.entry.label: [a.allergy_id for a in one.alerts] for one in view.proposals}
    assert met == {"Asthme": [], "Amoxicilline 1 g": ["a"]}
    assert (view.compared.lines, view.compared.compared) == (1, 1)


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


OLD, NEW = PartialDate(2015, 3, 1), PartialDate(2026, 3, 1)
HIP = {"family": Family.SURGICAL_HISTORY, "code": coded("NEKA020")}


@pytest.mark.parametrize(
    ("found", "held"),
    [
        ({**HIP, "start": NEW}, {**HIP, "start": OLD}),
        ({**HIP, "label": "Hanche droite"}, {**HIP, "label": "Hanche gauche"}),
        (
            {"family": Family.MEDICAL_HISTORY, "code": coded("I21.9"), "start": NEW},
            {"family": Family.MEDICAL_HISTORY, "code": coded("I21.9"), "start": OLD},
        ),
        (
            {"family": Family.VACCINATION, "label": "Tétanos", "start": NEW},
            {"family": Family.VACCINATION, "label": "Tétanos", "start": OLD},
        ),
        (
            {"family": Family.VACCINATION, "label": "Tétanos", "start": NEW},
            {"family": Family.VACCINATION, "label": "Tétanos", "start": None},
        ),
        (
            {"family": Family.VACCINATION, "label": "Tétanos", "start": NEW},
            {
                "family": Family.VACCINATION, "label": "Tétanos", "start": NEW,
                "standing": Standing.PLANNED,
            },
        ),
        (
            {"family": Family.VACCINATION, "label": "Tétanos", "start": NEW, "note": "Lot 1"},
            {"family": Family.VACCINATION, "label": "Tétanos", "start": NEW, "note": "ok · Lot 2"},
        ),
    ],
)  # fmt: skip
def test_a_second_hip_infarct_or_dose_is_another_line(make, found, held):
    (one,) = judged([make.entry(**found)], MedicalRecord((make.entry(**held),)))

    assert (one.why_not, one.changes, one.chosen) == ("", (), True)


@pytest.mark.parametrize("written", [PartialDate(2015), PartialDate(2015, 3), None])
def test_a_date_known_less_is_no_second_hip(make, written):
    found, held = make.entry(**HIP, start=written), make.entry(**HIP, start=OLD)

    (one,) = judged([found], MedicalRecord((held,)))
    assert (one.why_not, one.chosen) == (SAME_CODE, False)


DRUG = {"family": Family.LONG_TERM_TREATMENT, "label": "Ramipril", "code": coded("C09AA05")}
LATEX = {"family": Family.ALLERGY, "label": "Latex"}
ASTHMA = {"family": Family.CHRONIC, "label": "Asthme", "code": coded("J45")}


@pytest.mark.parametrize(
    ("found", "held", "change"),
    [
        (
            {**DRUG, "posology": Posology("2 cp le matin")},
            {**DRUG, "posology": Posology("1 cp le matin")},
            ("posologie", "1 cp le matin", "2 cp le matin"),
        ),
        (
            {**DRUG, "label": "Ramipril 10 mg"},
            {**DRUG, "label": "Ramipril 5 mg"},
            ("médicament", "Ramipril 5 mg", "Ramipril 10 mg"),
        ),
        ({**DRUG, "active": False}, DRUG, ("état", "en cours", "terminé")),
        ({**DRUG, "start": NEW}, {**DRUG, "start": OLD}, ("date", "01/03/2015", "01/03/2026")),
        ({**ASTHMA, "start": OLD}, {**ASTHMA, "start": None}, ("date", "", "01/03/2015")),
        (
            {**ASTHMA, "family": Family.MEDICAL_HISTORY, "active": False},
            ASTHMA,
            ("état", "en cours", "terminé"),
        ),
        ({**LATEX, "reaction": "choc"}, {**LATEX, "reaction": "urticaire"},
         ("réaction", "urticaire", "choc")),
        (
            {**LATEX, "allergy": Allergy(severity=Severity.SEVERE)},
            LATEX,
            ("gravité", "", "grave"),
        ),
        (
            {"family": Family.RISK_FACTOR, "label": "Tabac", "value": 20.0, "unit": "{pack}/a"},
            {"family": Family.RISK_FACTOR, "label": "Tabac", "value": 10.0, "unit": "{pack}/a"},
            ("valeur", "10", "20"),
        ),
        (
            {"family": Family.FAMILY_HISTORY, "label": "Infarctus", "age_at_onset": 0},
            {"family": Family.FAMILY_HISTORY, "label": "Infarctus"},
            ("âge de survenue", "", "0"),
        ),
    ],
)  # fmt: skip
def test_what_is_said_otherwise_is_a_change_and_waits(make, found, held, change):
    base = {"start": OLD, "end": None, "active": True, "reaction": "", "age_at_onset": None}
    found, held = make.entry(**{**base, **found}), make.entry(**{**base, **held})

    (one,) = judged([found], MedicalRecord((held,)))

    assert (one.why_not, one.held, one.chosen) == ("", held, False)
    (told,) = one.changes
    assert told.what == change[0]
    assert told.before.startswith(change[1]) and told.after.lower().startswith(change[2].lower())


def test_what_a_document_does_not_say_changes_nothing(make):
    held = make.entry(
        **LATEX, start=OLD, reaction="choc", allergy=Allergy(severity=Severity.SEVERE)
    )
    found = make.entry(**LATEX, start=None, reaction="")

    (one,) = judged([found], MedicalRecord((held,)))
    assert (one.why_not, one.changes) == (SAME_WORDS, ())


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"standing": Standing.PLANNED}, "prévu, pas fait"),
        ({"standing": Standing.ORDERED}, "demandé, pas fait"),
        ({"standing": Standing.NOT_DONE}, "non fait"),
    ],
)
def test_what_was_not_done_waits_and_is_kept_apart(desk, make, patient, reusing, more, why):
    planned = make.entry(**HIP, start=NEW, **more)
    (one,) = judged([planned], MedicalRecord())
    assert (one.why_not, one.chosen) == (why, False)
    opened = vsm_of(make, patient, [make.entry(**HIP, start=NEW)])
    view = replace(reusing.propose(patient.patient_id, opened), proposals=(one,))

    reusing.take(view, [planned])

    held = record(desk, patient)
    assert held.entries == ()
    assert [line.standing for line in held.intents] == [more["standing"]]


def test_a_treatment_over_by_today_does_not_come_in_as_under_way(desk, make, patient, reusing):
    ended = make.entry(**DRUG, start=OLD, end=PartialDate(2020))
    opened = vsm_of(make, patient, [make.entry(**DRUG, start=OLD)])
    readable = replace(opened.readable, entries=(ended,))

    view = reusing.propose(patient.patient_id, replace(opened, readable=readable))

    assert [one.entry.active for one in view.proposals] == [False]


def changing(desk, make, patient, reusing):
    """A record that holds the treatment, and what a colleague says of it."""
    held = make.entry(**DRUG, entry_id="own", start=OLD, posology=Posology("1 cp"))
    with desk.store.unit() as uow:
        uow.medical.add(patient.patient_id, held)
        uow.commit()
    opened = vsm_of(make, patient, [make.entry(**DRUG, start=OLD, posology=Posology("2 cp"))])
    return held, reusing.propose(patient.patient_id, opened)


def test_a_change_is_made_on_the_line_and_names_its_source(desk, make, patient, reusing):
    held, view = changing(desk, make, patient, reusing)
    (one,) = view.proposals

    taken = reusing.take(view, [one.entry])

    (now,) = record(desk, patient).entries
    assert (now.entry_id, now.posology.sentence, now.start) == ("own", "2 cp", OLD)
    assert "modifié d’après Volet de synthèse médicale du" in now.source
    assert reusing.undo(taken) == 0
    assert record(desk, patient).entries == (held,)


def test_a_line_changed_meanwhile_is_not_changed(desk, make, patient, reusing):
    held, view = changing(desk, make, patient, reusing)
    with desk.store.unit() as uow:
        uow.medical.update(replace(held, posology=Posology("3 cp")))
        uow.commit()

    with pytest.raises(UserFacingError):
        reusing.take(view, [view.proposals[0].entry])

    assert record(desk, patient).entries[0].posology.sentence == "3 cp"


@pytest.mark.parametrize("change", [True, False])
def test_what_the_doctor_corrected_since_is_not_taken_back(desk, make, patient, reusing, change):
    if change:
        _, view = changing(desk, make, patient, reusing)
    else:
        opened = vsm_of(make, patient, [make.entry(**DRUG, start=OLD)])
        view = reusing.propose(patient.patient_id, opened)
    taken = reusing.take(view, [view.proposals[0].entry])
    (line,) = record(desk, patient).entries
    with desk.store.unit() as uow:
        uow.medical.update(replace(line, posology=Posology("4 cp")))
        uow.commit()

    assert reusing.undo(taken) == 1

    (kept,) = record(desk, patient).entries
    assert kept.posology.sentence == "4 cp"


def test_undoing_says_no_again_of_the_risk_that_a_yes_had_ended(desk, make, patient, reusing):
    no = RiskDenial(Risk.TOBACCO, desk.clock.now(), "Dr X", "899700057294")
    with desk.store.unit() as uow:
        uow.medical.deny(patient.patient_id, no)
        uow.commit()
    smoker = make.entry(family=Family.RISK_FACTOR, label="Tabac", risk=Risk.TOBACCO)
    opened = vsm_of(make, patient, [smoker])
    view = reusing.propose(patient.patient_id, opened)
    taken = reusing.take(view, [view.proposals[0].entry])
    assert record(desk, patient).denials == ()

    reusing.undo(taken)

    assert record(desk, patient).denials == (no,)


def test_what_has_ended_since_the_document_is_proposed_and_taken_as_over(
    desk, make, patient, reusing
):
    ends = {
        "Repos": PartialDate(2026, 10),  # after the document, before today
        "Attelle": PartialDate(2031),
    }
    entries = [
        make.entry(family=Family.VIGILANCE, label=label, end=end) for label, end in ends.items()
    ]
    opened = vsm_of(make, patient, entries)
    assert [entry.active for entry in opened.readable.entries] == [True, True]

    view = reusing.propose(patient.patient_id, opened)
    assert {p.entry.label: p.entry.active for p in view.proposals} == {
        "Repos": False, "Attelle": True,
    }  # fmt: skip
    reusing.take(view, [p.entry for p in view.proposals])

    taken = {entry.label: entry.active for entry in record(desk, patient).entries}
    assert taken == {"Repos": False, "Attelle": True}
