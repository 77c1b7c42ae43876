"""A finished document annulled by its author: kept, struck, stopped, withdrawn."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain.deliveries import Channel, DeliveryState, Receipt
from lgc.domain.dmp import DocumentAction, Existence
from lgc.domain.documents import Confidentiality, DmpState
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.jobs.outbox import Outbox
from lgc.jobs.owner import Owner
from lgc.services.annulling import GRACE, Annulling
from lgc.services.closing import Closing
from lgc.services.delivering import Delivering
from lgc.services.drafting import CONSULTATION, DRUGS, LETTER, Draft, HollowDraft
from lgc.services.prescribing import LINES, Prescribing, PrescriptionLine, text_of
from lgc.services.queue import Queue
from lgc.services.records import Records
from lgc.services.sharing import ShareRequest, Sharing
from lgc.settings import Settings

NOW = dt.datetime(2026, 11, 23, 9, 15, tzinfo=dt.UTC)
COLLEAGUE = Correspondent("robert@medecin.mssante.example", "SPECIALISTE", "Robert", "Dr")
NOTE = Draft({"reason": "Toux", "conclusion": "Bronchite."})
DOWN = UserFacingError("Le DMP ne répond pas.", may_retry=True)
GONE = UserFacingError(
    "Ce document n’est plus dans le DMP.", details="XDSDocumentUniqueIdError", final=True
)


class Outside:
    """A DMP and a mailbox that take everything; ``error`` is what the next deletion raises."""

    def __init__(self):
        self.sent, self.acts, self.error = [], [], None

    def existence(self, ins):
        return Existence(DmpAccess.AUTHORISED)

    def within(self, access):
        return self

    def submit(self, submission):
        self.sent.append(submission.document.unique_id)
        return Receipt("1.2.3", NOW)

    def send(self, mail):
        self.sent.append(mail.rfc_message_id)
        return Receipt("1.2.3", NOW)

    def is_listed(self, address):
        return None

    def trusts(self, address):
        return True

    def act(self, action, change):
        self.acts.append((action, change.unique_id, change.status))
        if self.error is not None:
            raise self.error


@pytest.fixture
def office(desk, drafting, patient):
    outside, settings = Outside(), Settings()
    unit, clock, ids, card, tell = (
        desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append,
    )  # fmt: skip
    card.plug(card.practitioner, SimpleNamespace(dmp=outside, mssante=outside))
    with unit() as uow:
        uow.patients.set_dmp(patient, DmpStatus(DmpAccess.AUTHORISED, False, clock.now()))
        uow.commit()
    sharing = Sharing(unit, clock, ids, card, tell, lambda: None, settings)
    return SimpleNamespace(
        unit=unit, clock=clock, card=card, outside=outside, patient=patient, drafting=drafting,
        sharing=sharing, queue=Queue(unit, clock, tell),
        annulling=Annulling(unit, clock, ids, card, tell, lambda: None),
        outbox=Outbox(unit, Delivering(card), clock, tell, settings, Owner("one run")),
        closing=Closing(unit, clock, card, settings, sharing, drafting),
        records=Records(unit, clock, SimpleNamespace(known=lambda patient_id: ())),
    )  # fmt: skip


def share(office, document_id, *channels):
    request = ShareRequest(
        document_id, frozenset(channels), Confidentiality.VISIBLE,
        (COLLEAGUE,) if Channel.MSSANTE in channels else (), "CR", "Bonjour",
    )  # fmt: skip
    office.sharing.share(request)


def send_all(office):
    for channel in Channel:
        while office.outbox.run_once(channel):
            pass


def stored(office, document_id):
    with office.unit() as uow:
        return uow.documents.get(document_id)


def states(office):
    with office.unit() as uow:
        return {one.channel: one.state for one in uow.deliveries.recent()}


def finished(office, draft=NOTE):
    return office.drafting.finish(office.patient, CONSULTATION, draft)


def test_an_annulled_document_stays_with_its_date_and_its_reason(office):
    made = finished(office)

    found = office.annulling.annul(made, "  Mauvais   patient ")

    said = stored(office, made).annulled
    assert (said.why, said.by) == ("Mauvais patient", office.card.practitioner.holder.national_id)
    assert said.at == office.clock.now()
    assert not found.in_dmp
    assert found.sent_to == ()
    lines = office.records.view(office.patient)
    assert [line.key for line in lines.documents] == [made]
    assert lines.life_line.documents == ()


def test_only_its_author_by_national_number_and_with_a_reason(office):
    made = finished(office)
    with pytest.raises(UserFacingError, match="raison"):
        office.annulling.annul(made, " . ")

    me = office.card.practitioner
    namesake = replace(me, holder=replace(me.holder, national_id="899700000001"))
    assert namesake.display_name == me.display_name
    office.card.plug(namesake, office.card.current())
    assert not office.annulling.may_annul(made)
    assert office.drafting.may_reopen(made) == ""
    assert office.closing.propose(office.patient).documents == ()
    with pytest.raises(UserFacingError, match="auteur"):
        office.annulling.annul(made, "Mauvais patient")
    assert stored(office, made).annulled is None


def test_what_waits_stops_and_says_why(office):
    made = finished(office)
    share(office, made, Channel.DMP, Channel.MSSANTE)

    assert office.annulling.about(made).waiting == 2
    office.annulling.annul(made, "Erreur")
    send_all(office)

    assert office.outside.sent == []
    assert set(states(office).values()) == {DeliveryState.WITHDRAWN}
    steps = [step for line in office.queue.lines() for one in line.deliveries for step in one.steps]
    assert all("annulé par son auteur" in words for _, words in steps)
    assert len(steps) == 2


def test_the_outbox_itself_sends_nothing_annulled(office):
    """Whatever brought the row back to waiting: the last door looks too."""
    made = finished(office)
    share(office, made, Channel.DMP)
    with office.unit() as uow:
        (waiting,) = uow.deliveries.recent()
        uow.commit()
    office.annulling.annul(made, "Erreur")
    with office.unit() as uow:
        uow.deliveries.add(replace(waiting, delivery_id="again"))
        uow.commit()

    send_all(office)

    assert office.outside.sent == []


def test_it_is_shared_and_proposed_no_more(office):
    made = finished(office)
    office.annulling.annul(made, "Erreur")

    for asked in (
        lambda: office.sharing.propose(made),
        lambda: share(office, made, Channel.MSSANTE),
    ):
        with pytest.raises(UserFacingError, match="annulé"):
            asked()
    assert office.closing.propose(office.patient).documents == ()
    assert office.drafting.may_reopen(made) == ""
    assert not office.annulling.may_annul(made)


def test_what_was_deposited_is_withdrawn_once_it_can_no_longer_be_taken_back(office):
    made = finished(office)
    share(office, made, Channel.DMP)
    send_all(office)
    assert stored(office, made).dmp_state is DmpState.DEPOSITED
    unique_id = stored(office, made).unique_id

    assert office.annulling.annul(made, "Erreur").in_dmp
    assert not office.annulling.run_once()
    assert office.outside.acts == []
    office.clock.advance(seconds=GRACE.seconds)
    assert office.annulling.run_once()

    assert office.outside.acts == [(DocumentAction.DELETE, unique_id, office.outside.acts[0][2])]
    document = stored(office, made)
    assert document.dmp_state is DmpState.NOT_DEPOSITED
    assert document.annulled.withdrawn_at == office.clock.now()
    assert not office.annulling.run_once()
    with pytest.raises(UserFacingError, match="ne se défait plus"):
        office.annulling.take_back(made)


def test_it_is_taken_back_as_long_as_nothing_left(office):
    made = finished(office)
    share(office, made, Channel.DMP)
    send_all(office)
    assert office.annulling.annul(made, "Erreur").may_take_back

    office.annulling.take_back(made)
    office.clock.advance(seconds=GRACE.seconds)

    assert stored(office, made).annulled is None
    assert not office.annulling.run_once()
    assert office.outside.acts == []


def test_a_dmp_that_does_not_answer_is_asked_again_and_the_refusal_is_said(office):
    made = finished(office)
    share(office, made, Channel.DMP)
    send_all(office)
    office.annulling.annul(made, "Erreur")
    office.clock.advance(seconds=GRACE.seconds)
    office.outside.error = DOWN
    office.annulling.run_once()

    assert office.annulling.about(made).refusal == "Le DMP ne répond pas."
    assert not office.annulling.run_once()
    # Its answer was lost: the document is gone there, and the second question says so.
    office.outside.error = GONE
    office.clock.advance(minutes=2)
    office.annulling.run_once()

    assert stored(office, made).dmp_state is DmpState.NOT_DEPOSITED
    assert office.annulling.about(made).refusal == ""


def test_a_newer_version_that_never_left_does_not_hide_the_one_in_the_dmp(office):
    first = finished(office)
    share(office, first, Channel.DMP)
    send_all(office)
    deposited = stored(office, first).unique_id
    kind, draft = office.drafting.reopen(first)
    second = office.drafting.finish(office.patient, kind, draft)

    office.annulling.annul(second, "Erreur")
    office.clock.advance(seconds=GRACE.seconds)
    office.annulling.run_once()

    assert [one[1] for one in office.outside.acts] == [deposited]
    assert stored(office, first).annulled is not None


def test_who_has_it_by_mssante_is_named_and_can_be_told(office):
    made = finished(office)
    share(office, made, Channel.MSSANTE)
    send_all(office)

    found = office.annulling.annul(made, "Mauvais dosage")
    whose, people, subject, words = office.annulling.warning(made)

    assert [one.address for one in found.sent_to] == [COLLEAGUE.address]
    assert people == found.sent_to
    assert subject.startswith("Document annulé")
    assert "Mauvais dosage" in words
    assert whose == office.patient


def test_a_draft_of_its_next_version_becomes_another_document(office):
    first = finished(office)
    kind, draft = office.drafting.reopen(first)
    office.annulling.annul(first, "Erreur")

    second = stored(office, office.drafting.finish(office.patient, kind, draft))

    assert second.version == 1
    assert second.set_id != stored(office, first).set_id


def test_an_annulled_prescription_is_not_the_last_one(office):
    lines = text_of([PrescriptionLine("Amoxicilline 1 g", "1 g matin et soir pendant 6 jours")])
    made = office.drafting.finish(office.patient, DRUGS, Draft({LINES: lines}))
    prescribing = Prescribing(office.unit)
    assert prescribing.last(office.patient)

    office.annulling.annul(made, "Allergie")

    assert prescribing.last(office.patient) == ()


# --- empty ones -----------------------------------------------------------------------------------


def test_an_empty_letter_is_asked_about_and_not_ticked_at_closing(office):
    empty = Draft({"reason": "Avis", "body": "  \n"})
    with pytest.raises(HollowDraft, match="pas de texte"):
        office.drafting.finish(office.patient, LETTER, empty)
    assert office.drafting.draft(office.patient, LETTER) == empty

    made = office.drafting.finish(office.patient, LETTER, empty, hollow=True)

    assert office.closing.propose(office.patient).hollow == {made}
    office.annulling.annul(made, "Vide")
    assert office.closing.propose(office.patient).documents == ()


def test_people_chosen_before_the_first_word_are_kept(office):
    draft = Draft({"reason": "", "body": ""}, (COLLEAGUE,))

    office.drafting.keep(office.patient, LETTER, draft)

    assert office.drafting.draft(office.patient, LETTER) == draft
