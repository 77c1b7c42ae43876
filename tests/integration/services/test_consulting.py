"""The consultation note over the real store: kept as typed, finished once, never invented."""

import pytest

from lgc.cda import parse
from lgc.domain.documents import DocumentKind
from lgc.errors import UserFacingError
from lgc.services.consulting import Consulting, NoteDraft
from lgc.services.events import RecordChanged
from lgc.settings import Settings, lps_oid

NOTE = NoteDraft("Toux", "Depuis trois jours.", "Œdèmes absents.", "Bronchite.", "")


@pytest.fixture
def consulting(desk):
    settings = Settings()
    settings[lps_oid] = "2.25.999"
    return Consulting(
        desk.store.unit, desk.clock, desk.ids, desk.connection, settings, desk.events.append
    )


@pytest.fixture
def patient(desk, make):
    made = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made.patient_id


def test_what_is_typed_is_found_again(consulting, patient):
    assert consulting.draft(patient) == NoteDraft()

    consulting.keep(patient, NOTE)

    assert consulting.draft(patient) == NOTE
    consulting.keep(patient, NoteDraft())
    assert consulting.draft(patient).empty


def test_a_finished_note_is_a_document_of_the_record_with_its_pdf(consulting, patient, desk):
    document_id = consulting.finish(patient, NOTE)

    with desk.store.unit() as uow:
        content = uow.documents.content(document_id)
        found = uow.documents.find("œdèmes", patient)
    assert content.document.kind is DocumentKind.NOTE
    assert content.pdf.startswith(b"%PDF-")
    assert "Bronchite." in parse.plain_text(parse.parse(content.content))
    assert [document.document_id for document in found] == [document_id]
    assert consulting.draft(patient).empty
    assert desk.events == [RecordChanged(patient)]


def test_an_empty_note_makes_no_document(consulting, patient, desk):
    with pytest.raises(UserFacingError, match="vide"):
        consulting.finish(patient, NoteDraft(reason="  "))

    with desk.store.unit() as uow:
        assert uow.documents.of_patient(patient) == []


def test_a_patient_the_profile_does_not_accept_keeps_the_draft(consulting, desk, make):
    unknown = make.patient(identity=make.identity(birth_name=""))
    with desk.store.unit() as uow:
        uow.patients.add(unknown)
        uow.commit()

    with pytest.raises(UserFacingError) as refused:
        consulting.finish(unknown.patient_id, NOTE)

    assert refused.value.advice
    assert consulting.draft(unknown.patient_id) == NOTE
