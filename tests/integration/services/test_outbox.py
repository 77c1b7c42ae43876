"""The outbox over a real store: waits, refusals, lost answers; one branch never harms the other."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain.card import CardGone
from lgc.domain.deliveries import AnswerLost, Channel, DeliveryState, Postponed, Receipt, Refused
from lgc.domain.documents import Confidentiality, DmpState
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.errors import UserFacingError
from lgc.jobs.outbox import Outbox
from lgc.services.connection import DeskConnection
from lgc.services.delivering import Delivering
from lgc.services.queue import Queue
from lgc.services.sharing import ShareRequest, Sharing
from lgc.settings import Settings

NOW = dt.datetime(2026, 11, 23, 9, 15, tzinfo=dt.UTC)
RECEIPT = Receipt("1.2.3", NOW, ("Remis : SPECIALISTE5737",))


class Destination:
    """A DMP or a mail server that answers what the test planned, and remembers the questions."""

    def __init__(self):
        self.answers, self.sent, self.authorised, self.there = [], [], [], None
        self.modes = []

    def within(self, access):
        self.modes.append(access)
        return self

    def submit(self, submission):
        self.sent.append(submission.document.unique_id)
        return self._answer()

    def send(self, mail):
        self.sent.append(mail.rfc_message_id)
        return self._answer()

    def authorise(self, ins, action):
        self.authorised.append(ins)

    def reference(self, ins, unique_id):
        return self._found()

    def was_sent(self, rfc_message_id):
        return RECEIPT if self._found() else None

    def _found(self):
        if isinstance(self.there, Exception):
            raise self.there
        return SimpleNamespace(created_at=NOW) if self.there else None

    def _answer(self):
        answer = self.answers.pop(0) if self.answers else RECEIPT
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def office(store, clock, ids, make):
    """One patient, one document, both destinations, and the outbox between them."""
    connection = DeskConnection()
    dmp, mssante = Destination(), Destination()
    author = make.practitioner()

    def plug(practitioner=author):
        connection.plug(practitioner, SimpleNamespace(dmp=dmp, mssante=mssante))

    plug()
    events = []
    patient = make.patient(dmp=DmpStatus(DmpAccess.TO_AUTHORISE))
    document = make.document(patient_id=patient.patient_id, pdf=b"%PDF")
    with store.unit() as uow:
        uow.patients.add(patient)
        uow.documents.add(document)
        uow.commit()
    sharing = Sharing(store.unit, clock, ids, connection, events.append, lambda: None, Settings())
    settings = Settings()
    outbox = Outbox(store.unit, Delivering(connection), clock, events.append, settings)
    return SimpleNamespace(
        store=store, clock=clock, connection=connection, dmp=dmp, mssante=mssante, plug=plug,
        patient=patient, document=document, sharing=sharing, outbox=outbox, events=events,
        queue=Queue(store.unit, clock, events.append),
    )  # fmt: skip


def share(office, make, **fields):
    request = {
        "document": office.document.document.document_id,
        "channels": frozenset(Channel),
        "confidentiality": Confidentiality.VISIBLE,
        "recipients": (make.correspondent(),),
        "consent_attested": True,
        **fields,
    }
    return office.sharing.share(ShareRequest(**request))


def run(office, times=1):
    for _ in range(times):
        for channel in Channel:
            office.outbox.run_once(channel)


def states(office):
    (line,) = office.queue.lines()
    return {delivery.channel: delivery.state for delivery in line.deliveries}


def test_one_click_orders_two_deliveries_and_both_arrive(office, make):
    share(office, make)
    assert set(states(office).values()) == {DeliveryState.WAITING}

    run(office)

    assert set(states(office).values()) == {DeliveryState.DELIVERED}
    assert len(office.dmp.authorised) == 1
    with office.store.unit() as uow:
        stored = uow.documents.get(office.document.document.document_id)
        patient = uow.patients.get(office.patient.patient_id)
    assert stored.dmp_state is DmpState.DEPOSITED
    assert patient.dmp.access is DmpAccess.AUTHORISED


@pytest.mark.requirement("MSS/va1.22")
def test_documents_of_a_patient_who_refuses_go_to_the_dmp_only(office, make):
    with office.store.unit() as uow:
        uow.patients.update(replace(office.patient, refuses_shared_mail=True))
        uow.commit()

    with pytest.raises(UserFacingError, match="s’oppose à l’envoi"):
        share(office, make)
    assert office.queue.lines() == ()

    share(office, make, channels=frozenset({Channel.DMP}), recipients=())
    assert states(office) == {Channel.DMP: DeliveryState.WAITING}


def test_only_the_branch_that_failed_is_tried_again(office, make):
    office.dmp.answers = [Postponed("Le DMP ne répond pas.")]
    share(office, make)

    run(office)
    assert states(office) == {
        Channel.DMP: DeliveryState.WAITING,
        Channel.MSSANTE: DeliveryState.DELIVERED,
    }
    office.clock.advance(minutes=5)
    run(office)

    assert set(states(office).values()) == {DeliveryState.DELIVERED}
    assert len(office.mssante.sent) == 1
    assert office.dmp.sent == [office.document.document.unique_id] * 2


def test_a_postponed_delivery_waits_its_hour(office, make):
    office.dmp.answers = [Postponed("occupé")] * 3
    share(office, make)

    run(office, times=5)

    assert len(office.dmp.sent) == 1


def test_a_lost_answer_asks_before_sending_again(office, make):
    office.dmp.answers = [AnswerLost("réponse perdue")]
    office.dmp.there = True
    share(office, make)

    run(office)
    assert states(office)[Channel.DMP] is DeliveryState.UNCERTAIN
    office.clock.advance(minutes=5)
    run(office)

    assert states(office)[Channel.DMP] is DeliveryState.DELIVERED
    assert len(office.dmp.sent) == 1


def test_what_never_arrived_is_sent_again_with_the_same_identifiers(office, make):
    office.mssante.answers = [AnswerLost("réponse perdue")]
    share(office, make)

    run(office)
    office.clock.advance(minutes=5)
    run(office, times=2)

    assert states(office)[Channel.MSSANTE] is DeliveryState.DELIVERED
    assert len(set(office.mssante.sent)) == 1
    assert len(office.mssante.sent) == 2


def test_nobody_sends_again_while_nobody_can_tell(office, make):
    office.dmp.answers = [AnswerLost("réponse perdue")]
    office.dmp.there = UserFacingError("injoignable", may_retry=True)
    share(office, make)

    for _ in range(4):
        run(office)
        office.clock.advance(hours=1)

    assert states(office)[Channel.DMP] is DeliveryState.UNCERTAIN
    assert len(office.dmp.sent) == 1


def test_a_refusal_keeps_its_code_and_waits_for_the_doctor(office, make):
    office.dmp.answers = [Refused("XDSPatientIdDoesNotMatch", "patient inconnu")]
    share(office, make)
    run(office, times=3)

    (line,) = office.queue.lines()
    refused = line.deliveries[0]
    assert (refused.state, refused.code) == (DeliveryState.REFUSED, "XDSPatientIdDoesNotMatch")
    assert refused.can_retry

    office.queue.retry(refused.delivery_id)
    run(office)
    assert states(office)[Channel.DMP] is DeliveryState.DELIVERED


def test_unplugging_the_card_keeps_the_delivery_waiting(office, make):
    share(office, make)
    office.connection.unplug()

    run(office)
    assert set(states(office).values()) == {DeliveryState.WAITING}

    office.plug()
    run(office)
    assert set(states(office).values()) == {DeliveryState.DELIVERED}


def test_a_card_pulled_during_the_sending_is_a_reason_to_wait(office, make):
    office.dmp.answers = [CardGone()]
    share(office, make)

    run(office)

    assert states(office)[Channel.DMP] is DeliveryState.WAITING


def test_the_card_of_another_doctor_does_not_sign_this_share(office, make):
    share(office, make)
    other = make.practitioner(holder=make.holder(national_id="899700059786"))
    office.plug(other)

    run(office)

    assert office.dmp.sent == []
    assert set(states(office).values()) == {DeliveryState.WAITING}


def test_rows_found_sending_at_start_are_asked_about(office, make):
    office.dmp.answers = [RuntimeError("the process dies here")]
    share(office, make)
    with pytest.raises(RuntimeError):
        office.outbox.run_once(Channel.DMP)
    assert states(office)[Channel.DMP] is DeliveryState.SENDING

    assert office.outbox.recover() == 1

    assert states(office)[Channel.DMP] is DeliveryState.UNCERTAIN


def test_what_waits_may_be_withdrawn_and_never_leaves(office, make):
    share(office, make)
    (line,) = office.queue.lines()
    office.queue.withdraw(line.deliveries[0].delivery_id)

    run(office)

    assert states(office)[Channel.DMP] is DeliveryState.WITHDRAWN
    assert office.dmp.sent == []
    with pytest.raises(UserFacingError, match="changer"):
        office.queue.withdraw(line.deliveries[1].delivery_id)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"channels": frozenset()}, "Choisissez"),
        ({"recipients": ()}, "destinataire"),
        ({"consent_attested": False}, "autorisé"),
    ],
)
@pytest.mark.requirement("EX_0.3-1010")
def test_an_answer_that_is_missing_stores_nothing(office, make, fields, words):
    with pytest.raises(UserFacingError, match=words):
        share(office, make, **fields)

    assert office.queue.lines() == ()


def test_an_unqualified_ins_never_reaches_the_dmp(office, make, store):
    from dataclasses import replace

    from lgc.domain.identity import IdentityStatus

    identity = replace(office.patient.identity, status=IdentityStatus.VALIDATED)
    with store.unit() as uow:
        known = uow.patients.get(office.patient.patient_id)
        uow.patients.update(replace(known, identity=identity))
        uow.commit()

    with pytest.raises(UserFacingError, match="qualifiée"):
        share(office, make)
    share(office, make, channels=frozenset({Channel.MSSANTE}))
    run(office)

    assert office.dmp.sent == []
    assert len(office.mssante.sent) == 1


@pytest.mark.requirement("EX_0.1-1100")
@pytest.mark.parametrize("choice", Confidentiality)
def test_what_parents_must_not_see_leaves_in_a_secret_connection(office, make, choice):
    share(office, make, channels=frozenset({Channel.DMP}), confidentiality=choice)

    office.outbox.run_once(Channel.DMP)

    secret = choice is Confidentiality.INVISIBLE_TO_GUARDIANS
    assert [mode.secret_connection for mode in office.dmp.modes] == [True] * secret
    assert office.dmp.sent != []
