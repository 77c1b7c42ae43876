"""A summary follows the one before only when the same doctor wrote it (real store)."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.errors import UserFacingError
from lgc.services import versions
from lgc.services.connection import DeskConnection
from lgc.services.keeping_vsm import KeepingVsm
from lgc.settings import Settings


@pytest.fixture
def keeping(desk, make, tmp_path):
    """``keeping(number)`` is the summary service of the doctor of that PS_IdNat."""
    patient = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(patient)
        uow.commit()

    def of(number):
        doctor = make.practitioner()
        connection = DeskConnection()
        holder = replace(doctor.holder, national_id=number)
        connection.plug(replace(doctor, holder=holder), SimpleNamespace())
        settings = Settings(tmp_path / "settings.json")
        return KeepingVsm(desk.store.unit, desk.clock, desk.ids, connection, settings)

    return SimpleNamespace(of=of, patient_id=patient.patient_id)


def kept(keeping, number):
    service = keeping.of(number)
    draft = service.draft(keeping.patient_id)
    service.keep(draft)
    return draft.document


def test_the_same_doctor_replaces_and_another_begins_a_new_set(desk, keeping):
    first = kept(keeping, "899700057294")
    second = kept(keeping, "899700057294")
    third = kept(keeping, "899700099999")
    fourth = kept(keeping, "899700057294")

    assert [d.version for d in (first, second, third, fourth)] == [1, 2, 1, 3]
    assert first.set_id == second.set_id == fourth.set_id != third.set_id
    with desk.store.unit() as uow:
        followed = {
            d.document_id: d.replaced_by for d in uow.documents.of_patient(keeping.patient_id)
        }
    assert followed == {
        first.document_id: second.document_id,
        second.document_id: fourth.document_id,
        third.document_id: None,
        fourth.document_id: None,
    }


def test_a_document_has_one_successor_and_no_stranger_writes_it(desk, keeping):
    first = kept(keeping, "899700057294")

    with desk.store.unit() as uow:
        after = versions.succeed(uow, first.document_id, "899700057294")
        with pytest.raises(UserFacingError, match="auteurs"):
            versions.succeed(uow, first.document_id, "899700099999")
    assert (after.set_id, after.number, after.replaces) == (first.set_id, 2, first.unique_id)

    kept(keeping, "899700057294")
    with desk.store.unit() as uow, pytest.raises(UserFacingError, match="déjà été remplacé"):
        versions.succeed(uow, first.document_id, "899700057294")


def test_two_drafts_of_a_summary_make_one_current_set(desk, keeping):
    service = keeping.of("899700057294")
    older, newer = service.draft(keeping.patient_id), service.draft(keeping.patient_id)
    service.keep(newer)

    with pytest.raises(UserFacingError, match="plus récente"):
        service.keep(older)

    with desk.store.unit() as uow:
        standing = [one for one in uow.documents.of_patient(keeping.patient_id) if one.stands]
    assert [one.document_id for one in standing] == [newer.document.document_id]


def test_two_drafts_of_the_next_version_make_one(desk, keeping):
    kept(keeping, "899700057294")
    service = keeping.of("899700057294")
    older, newer = service.draft(keeping.patient_id), service.draft(keeping.patient_id)
    service.keep(newer)

    with pytest.raises(UserFacingError, match="plus récente"):
        service.keep(older)
