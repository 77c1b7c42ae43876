"""An annulled document leaves the severe DMP by TD3.3c, over a real store, whatever is cut."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain.dmp import EntryStatus
from lgc.domain.documents import DmpState, DocumentContent, Origin
from lgc.services.annulling import GRACE, Annulling
from lgc.services.connection import DeskConnection
from lgc_sandbox.card import DOCTOR


@pytest.fixture
def annulled(store, clock, ids, patient, enrolled, submission, dmp, author_of):
    """A summary deposited for real, then annulled by its author; the lane that withdraws it."""
    enrolled()
    sent = submission()
    dmp.submit(sent)
    document = replace(
        sent.document, document_id="d1", patient_id=patient.patient_id, origin=Origin.PRACTICE,
        dmp_state=DmpState.DEPOSITED,
    )  # fmt: skip
    with store.unit() as uow:
        uow.patients.add(patient)
        uow.documents.add(DocumentContent(document, sent.content))
        uow.commit()
    card = DeskConnection()
    card.plug(author_of(DOCTOR), SimpleNamespace(dmp=dmp))
    annulling = Annulling(store.unit, clock, ids, card, lambda event: None, lambda: None)
    annulling.annul("d1", "Faite pour un autre patient")
    clock.advance(seconds=GRACE.seconds)
    return SimpleNamespace(annulling=annulling, unique_id=document.unique_id, store=store)


def stored(annulled):
    with annulled.store.unit() as uow:
        return uow.documents.get("d1")


def test_it_is_deleted_there_and_the_record_says_when(annulled, france):
    assert annulled.annulling.run_once()

    assert france.registry.by_unique_id(annulled.unique_id).status == EntryStatus.DELETED
    assert stored(annulled).dmp_state is DmpState.NOT_DEPOSITED
    assert stored(annulled).annulled.withdrawn_at is not None


def test_a_lost_answer_is_asked_again_and_ends_well(annulled, france, clock):
    france.knobs.arm("td3.3", "drop_after_commit", times=1)
    annulled.annulling.run_once()
    assert stored(annulled).annulled.withdrawn_at is None
    assert annulled.annulling.about("d1").refusal

    france.knobs.forget()
    clock.advance(hours=2)
    annulled.annulling.run_once()

    assert france.registry.by_unique_id(annulled.unique_id).status == EntryStatus.DELETED
    assert stored(annulled).annulled.withdrawn_at is not None
    assert annulled.annulling.about("d1").refusal == ""
