"""Closing over a real store: what the day made is proposed once, and leaves only when asked."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain.agenda import Presence, Visit
from lgc.domain.deliveries import Channel
from lgc.domain.documents import Confidentiality
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services.closing import Closing, ClosingChoice
from lgc.services.drafting import CONSULTATION, Draft, Drafting
from lgc.services.planning import Planning
from lgc.services.sharing import Sharing
from lgc.settings import Settings, lps_oid

COLLEAGUE = Correspondent("robert@medecin.mssante.example", "SPECIALISTE", "Robert", "Dr")
NOTE = Draft({"reason": "Toux", "conclusion": "Bronchite."})


@pytest.fixture
def office(desk, make):
    settings, sent = Settings(), []
    settings[lps_oid] = "2.25.999"
    unit, clock, ids, card = desk.store.unit, desk.clock, desk.ids, desk.connection
    drafting = Drafting(unit, clock, ids, card, settings, sent.append)
    planning = Planning(unit, clock, ids, settings, sent.append)
    sharing = Sharing(unit, clock, ids, card, sent.append, lambda: None, settings)
    patient = make.patient()
    with unit() as uow:
        uow.patients.add(patient)
        uow.patients.set_dmp(
            patient.patient_id, DmpStatus(DmpAccess.AUTHORISED, False, clock.now())
        )
        uow.agenda.add(
            Visit("v1", patient.patient_id, clock.now(), 15, "Consultation", Presence.ARRIVED)
        )
        uow.commit()
    return SimpleNamespace(
        closing=Closing(unit, clock, card, settings, sharing, drafting),
        drafting=drafting, planning=planning, patient=patient.patient_id, unit=unit, clock=clock,
    )  # fmt: skip


def deliveries(office):
    with office.unit() as uow:
        return uow.deliveries.recent()


def test_a_record_in_which_nothing_was_made_closes_without_a_question(office):
    proposal = office.closing.propose(office.patient)

    assert proposal.empty
    assert proposal.visit.visit_id == "v1"


def test_what_was_made_today_is_proposed_until_it_is_sent(office):
    made = office.drafting.finish(office.patient, CONSULTATION, NOTE)
    office.drafting.keep(office.patient, "letter", Draft({"body": "Cher confrère"}))
    proposal = office.closing.propose(office.patient)
    assert [one.document_id for one in proposal.documents] == [made]
    assert (proposal.drafts, proposal.dmp) == (("letter",), True)

    chosen = (ClosingChoice(proposal.documents[0], Confidentiality.INVISIBLE_TO_PATIENT),)
    sent = office.closing.send(chosen, (COLLEAGUE,), dmp=True, consent_attested=False)

    assert sent == (1, None)
    assert {one.channel for one in deliveries(office)} == {Channel.DMP, Channel.MSSANTE}
    assert office.closing.propose(office.patient).documents == ()


def test_yesterday_and_older_versions_are_left_alone(office, monkeypatch):
    first = office.drafting.finish(office.patient, CONSULTATION, NOTE)
    kind, draft = office.drafting.reopen(first)
    second = office.drafting.finish(office.patient, kind, draft)
    documents = office.closing.propose(office.patient).documents
    assert [one.document_id for one in documents] == [second]

    tomorrow = office.clock.now() + dt.timedelta(days=1)
    monkeypatch.setattr(office.closing, "_clock", SimpleNamespace(now=lambda: tomorrow))
    assert office.closing.propose(office.patient).documents == ()


def test_at_five_past_midnight_the_notes_of_the_visit_are_still_proposed(office):
    office.clock.advance(hours=14, minutes=46)  # 23:46
    [waiting] = office.planning.view(office.clock.now().date(), 1).visits
    late = office.planning.move(waiting, waiting.starts_at.replace(hour=23, minute=45), 15)
    office.planning.set_presence(
        replace(waiting, starts_at=late.visits[0][1].starts_at), Presence.IN_CONSULTATION
    )
    made = office.drafting.finish(office.patient, CONSULTATION, NOTE)
    office.clock.advance(minutes=19)

    proposal = office.closing.propose(office.patient)
    assert [one.document_id for one in proposal.documents] == [made]
    assert proposal.under_way
    office.planning.set_presence(proposal.visit, Presence.DONE)
    again = office.closing.propose(office.patient)
    assert (again.visit, [one.document_id for one in again.documents]) == (None, [made])
    office.clock.advance(days=1)
    assert office.closing.propose(office.patient).documents == ()


def test_a_dmp_that_wants_the_consent_sends_nothing_without_it(office):
    with office.unit() as uow:
        uow.patients.set_dmp(
            office.patient, DmpStatus(DmpAccess.TO_AUTHORISE, False, office.clock.now())
        )
        uow.commit()
    office.drafting.finish(office.patient, CONSULTATION, NOTE)
    proposal = office.closing.propose(office.patient)
    assert proposal.consent_needed
    chosen = (ClosingChoice(proposal.documents[0]),)

    number, error = office.closing.send(chosen, (), dmp=True, consent_attested=False)
    assert (number, "autorisé" in error.sentence) == (0, True)
    assert deliveries(office) == []
    assert office.closing.send(chosen, (), dmp=True, consent_attested=True) == (1, None)


def test_the_visit_ends_once_and_is_taken_back(office):
    visit = office.closing.propose(office.patient).visit
    undo = office.planning.set_presence(visit, Presence.DONE)
    with pytest.raises(UserFacingError, match="changé"):
        office.planning.set_presence(visit, Presence.DONE)

    with office.unit() as uow:
        assert uow.agenda.get("v1").presence is Presence.DONE
    assert office.closing.propose(office.patient).visit is None
    office.planning.take_back(undo)
    assert office.closing.propose(office.patient).visit == visit
