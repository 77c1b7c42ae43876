"""The outbox over a real store: waits, refusals, lost answers; one branch never harms the other."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain.card import CardGone
from lgc.domain.deliveries import AnswerLost, Channel, DeliveryState, Postponed, Receipt, Refused
from lgc.domain.dmp import Existence
from lgc.domain.documents import Confidentiality, DmpState
from lgc.domain.patients import DmpAccess, DmpStatus
from lgc.domain.receipts import Fate, MailReceipt
from lgc.errors import UserFacingError
from lgc.jobs.outbox import Outbox
from lgc.jobs.owner import Owner, this_process
from lgc.services import receipts
from lgc.services.connection import DeskConnection
from lgc.services.delivering import Delivering
from lgc.services.queue import Queue
from lgc.services.sharing import ShareRequest, Sharing
from lgc.settings import Settings

NOW = dt.datetime(2026, 11, 23, 9, 15, tzinfo=dt.UTC)
RECEIPT = Receipt("1.2.3", NOW, ("Pris en charge : SPECIALISTE5737",))


class Destination:
    """A DMP or a mail server that answers what the test planned, and remembers the questions."""

    def __init__(self):
        self.answers, self.sent, self.authorised, self.there = [], [], [], None
        self.modes, self.access = [], DmpAccess.AUTHORISED

    def existence(self, ins):
        if isinstance(self.access, Exception):
            raise self.access
        return Existence(self.access)

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

    def is_listed(self, address):
        return None

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
    outbox = Outbox(
        store.unit, Delivering(connection), clock, events.append, settings, Owner("one run")
    )
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


def test_nothing_is_shared_outside_of_the_space_of_trust(office, make):
    office.mssante.is_listed = lambda address: False

    with pytest.raises(UserFacingError, match="n’est pas une adresse MSSanté"):
        share(office, make)

    assert not office.queue.lines()


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


def test_without_a_trace_only_the_doctor_sends_again(office, make):
    office.mssante.answers = [AnswerLost("réponse perdue")]
    share(office, make)

    for _ in range(6):
        run(office)
        office.clock.advance(minutes=30)
    (line,) = office.queue.lines()
    lost = line.deliveries[1]
    assert (lost.state, lost.can_decide) == (DeliveryState.UNCERTAIN, True)
    assert "Aucune copie" in lost.found
    assert len(office.mssante.sent) == 1

    office.queue.resend(lost.delivery_id)
    run(office)

    assert states(office)[Channel.MSSANTE] is DeliveryState.DELIVERED
    assert len(office.mssante.sent) == 2
    assert len(set(office.mssante.sent)) == 1


def lost(office, make, channel=Channel.MSSANTE):
    """A sending whose answer was lost just now, and its destination."""
    destination = office.mssante if channel is Channel.MSSANTE else office.dmp
    destination.answers = [AnswerLost("réponse perdue")]
    share(office, make, channels=frozenset({channel}))
    run(office)
    (line,) = office.queue.lines()
    return destination, line.deliveries[0].delivery_id


@pytest.mark.parametrize("channel", Channel)
def test_nothing_is_concluded_before_the_other_side_had_its_time(office, make, channel):
    destination, delivery_id = lost(office, make, channel)

    for _ in range(4):
        office.clock.advance(seconds=5)
        office.queue.verify_now(delivery_id)
        run(office)
        for decide in (office.queue.resend, office.queue.assume_sent):
            with pytest.raises(UserFacingError, match="trop tôt"):
                decide(delivery_id)
    assert len(destination.sent) == 1

    destination.there = True
    office.clock.advance(seconds=5)
    office.queue.verify_now(delivery_id)
    run(office)
    assert states(office) == {channel: DeliveryState.DELIVERED}


def test_the_delay_survives_a_restart_and_begins_there_when_nobody_knows(office, make):
    _, delivery_id = lost(office, make)
    with office.store.unit() as uow:
        before = uow.deliveries.get(delivery_id).settle_until
    office.clock.advance(seconds=59)
    restarted(office).recover()
    with office.store.unit() as uow:
        assert uow.deliveries.get(delivery_id).settle_until == before

    killed = share(office, make, channels=frozenset({Channel.DMP}))
    with office.store.unit() as uow:
        [leased] = [d for d in uow.deliveries.recent() if d.share_id == killed]
        uow.deliveries.lease(leased.delivery_id, "another run", office.clock.now())
        uow.commit()
    assert restarted(office).recover() == 1
    with office.store.unit() as uow:
        found = uow.deliveries.get(leased.delivery_id)
    assert found.state is DeliveryState.UNCERTAIN
    assert found.settle_until == office.clock.now() + dt.timedelta(seconds=60)


def restarted(office):
    return Outbox(
        office.store.unit, Delivering(office.connection), office.clock, office.events.append,
        Settings(), Owner("the next run"),
    )  # fmt: skip


def test_what_the_doctor_sends_again_is_looked_for_a_last_time(office, make):
    mssante, delivery_id = lost(office, make)
    office.clock.advance(minutes=5)
    run(office)
    office.queue.resend(delivery_id)
    mssante.there = True

    run(office)

    assert states(office) == {Channel.MSSANTE: DeliveryState.DELIVERED}
    assert len(mssante.sent) == 1


def test_closed_without_proof_is_not_received_and_may_still_be_found(office, make):
    mssante, delivery_id = lost(office, make)
    office.clock.advance(minutes=5)
    run(office)

    office.queue.assume_sent(delivery_id)
    run(office, times=3)
    (line,) = office.queue.lines()
    closed = line.deliveries[0]
    assert (closed.state, closed.words) == (DeliveryState.CLOSED, "Considéré comme parti")
    assert (closed.reference, closed.can_verify) == ("", True)
    assert office.queue.counts().to_retry == office.queue.counts().waiting == 0

    mssante.there = True
    office.queue.verify_now(delivery_id)
    run(office)
    assert states(office) == {Channel.MSSANTE: DeliveryState.DELIVERED}
    assert len(mssante.sent) == 1


def test_the_doctor_decides_also_when_nobody_can_be_asked(office, make):
    mssante, delivery_id = lost(office, make)
    mssante.there = UserFacingError("MSSanté ne répond pas.", may_retry=True)
    office.clock.advance(minutes=5)
    run(office)

    (line,) = office.queue.lines()
    assert line.deliveries[0].can_decide
    assert line.deliveries[0].found == "MSSanté ne répond pas."
    office.queue.assume_sent(delivery_id)
    assert states(office) == {Channel.MSSANTE: DeliveryState.CLOSED}


@pytest.fixture
def two_versions(office, make):
    """A first version whose answer was lost, and the next one, ordered after it."""
    office.dmp.answers = [AnswerLost("réponse perdue")]
    share(office, make, channels=frozenset({Channel.DMP}))
    run(office)
    office.clock.advance(seconds=1)
    first = office.document.document
    second = make.document(
        patient_id=office.patient.patient_id, set_id=first.set_id, version=2, pdf=b"%PDF"
    )
    with office.store.unit() as uow:
        uow.documents.add(second)
        uow.documents.set_replaced(first.document_id, second.document.document_id)
        uow.commit()
    share(office, make, channels=frozenset({Channel.DMP}), document=second.document.document_id)
    return first.unique_id, second.document.unique_id


def by_version(office):
    """The lines of the queue, the first version first."""
    return sorted(office.queue.lines(), key=lambda line: line.shared_at)


def test_a_version_waits_for_the_one_that_it_follows_and_says_so(office, make, two_versions):
    first, second = two_versions
    office.clock.advance(minutes=5)
    run(office, times=3)
    (old, new) = (line.deliveries[0] for line in by_version(office))
    assert new.reason == "La version précédente est à vérifier : décidez d’abord pour elle."
    assert office.dmp.sent == [first]

    office.dmp.there = True
    office.queue.verify_now(old.delivery_id)
    run(office, times=2)

    assert office.dmp.sent == [first, second]


@pytest.mark.parametrize(("seconds", "sent"), [(5, 1), (90, 2)])
def test_a_version_waits_until_the_dmp_shows_the_one_just_taken_but_not_for_ever(
    office, make, two_versions, seconds, sent
):
    office.dmp.there = True
    office.clock.advance(minutes=5)
    with office.store.unit() as uow:
        [old] = [d for d in uow.deliveries.recent() if d.state is DeliveryState.UNCERTAIN]
        uow.deliveries.save(
            replace(old, state=DeliveryState.DELIVERED, receipt=Receipt("r", office.clock.now()))
        )
        uow.commit()
    office.dmp.there = None
    office.clock.advance(seconds=seconds)

    run(office)

    assert len(office.dmp.sent) == sent


@pytest.mark.parametrize("decide", ["assume_sent", "resend"])
def test_no_version_waits_for_ever(office, make, two_versions, decide):
    _, second = two_versions
    office.clock.advance(minutes=5)
    run(office)
    old = by_version(office)[0].deliveries[0]

    getattr(office.queue, decide)(old.delivery_id)
    run(office, times=3)
    office.clock.advance(minutes=2)
    run(office)

    assert office.dmp.sent[-1] == second


def test_a_refused_version_lets_the_next_one_go_and_no_longer_overtakes_it(
    office, make, two_versions
):
    first, second = two_versions
    office.dmp.answers = [Refused("XDSRegistryError", "non")]
    office.clock.advance(minutes=5)
    run(office)
    old = by_version(office)[0].deliveries[0]
    office.queue.resend(old.delivery_id)
    run(office, times=3)
    assert office.dmp.sent == [first, first, second]

    with pytest.raises(UserFacingError, match="plus récente"):
        office.queue.retry(old.delivery_id)
    office.queue.withdraw(old.delivery_id)


def test_what_the_doctor_orders_again_is_not_overtaken_by_an_old_reading(
    office, make, two_versions
):
    new = by_version(office)[1].deliveries[0]

    with pytest.raises(UserFacingError, match="changer"), office.store.unit() as uow:
        uow.deliveries.lease(new.delivery_id, "run", office.clock.now())


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


@pytest.mark.parametrize("act", ["retry", "withdraw"])
def test_a_decision_on_a_sending_that_moved_meanwhile_is_left(office, make, act):
    office.dmp.answers = [Refused("XDSPatientIdDoesNotMatch", "patient inconnu")]
    share(office, make, channels=frozenset({Channel.DMP}))
    run(office, times=3)
    (line,) = office.queue.lines()
    seen = line.deliveries[0]
    office.queue.retry(seen.delivery_id, seen)  # another desk, the same line

    with pytest.raises(UserFacingError, match="changé") as told:
        getattr(office.queue, act)(seen.delivery_id, seen)

    assert "Vous voyiez : Refusé, patient inconnu" in told.value.advice
    assert "Maintenant : En attente" in told.value.advice
    assert states(office)[Channel.DMP] is DeliveryState.WAITING


@pytest.mark.parametrize("act", ["resend", "assume_sent"])
def test_what_was_asked_without_proof_is_of_what_was_known_then(office, make, act):
    office.mssante.answers = [AnswerLost("réponse perdue")]
    share(office, make, channels=frozenset({Channel.MSSANTE}))
    for _ in range(6):
        run(office)
        office.clock.advance(minutes=30)
    (line,) = office.queue.lines()
    seen = line.deliveries[0]
    with office.store.unit() as uow:
        held = uow.deliveries.get(seen.delivery_id)
        uow.deliveries.save(replace(held, waiting_for="Une copie est dans Envoyés"))
        uow.commit()

    with pytest.raises(UserFacingError, match="changé") as told:
        getattr(office.queue, act)(seen.delivery_id, seen)

    assert "Aucune copie" in told.value.advice
    assert "Une copie est dans Envoyés" in told.value.advice
    assert states(office)[Channel.MSSANTE] is DeliveryState.UNCERTAIN


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


def test_whatever_fails_after_the_lease_leaves_a_question(office, make):
    office.dmp.answers = [RuntimeError("nobody foresaw this")]
    share(office, make)

    office.outbox.run_once(Channel.DMP)

    assert states(office)[Channel.DMP] is DeliveryState.UNCERTAIN
    office.clock.advance(minutes=5)
    office.dmp.there = True
    run(office)
    assert states(office) == dict.fromkeys(Channel, DeliveryState.DELIVERED)
    assert len(office.dmp.sent) == 1


def test_a_disk_full_at_the_settling_is_told_at_the_next_pass(office, make, monkeypatch):
    share(office, make)

    def full(*arguments, **fields):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(office.outbox, "_save", full)
        for _ in range(2):
            with pytest.raises(OSError, match="space"):
                office.outbox.run_once(Channel.DMP)
    assert states(office)[Channel.DMP] is DeliveryState.SENDING

    office.outbox.run_once(Channel.DMP)

    assert states(office)[Channel.DMP] is DeliveryState.UNCERTAIN
    assert len(office.dmp.sent) == 1


def test_one_unreadable_delivery_does_not_stop_the_queue(office, make):
    broken = share(office, make, channels=frozenset({Channel.DMP}))
    with office.store.unit() as uow:
        [row] = [d for d in uow.deliveries.recent() if d.share_id == broken]
        uow.deliveries.save(replace(row, payload="{}"))
        uow.commit()
    office.clock.advance(seconds=1)
    share(office, make, channels=frozenset({Channel.DMP}))

    assert not office.outbox.run_once(Channel.DMP)  # the lane rests, whatever waits
    assert office.outbox.run_once(Channel.DMP)

    with office.store.unit() as uow:
        assert sorted(d.state for d in uow.deliveries.recent()) == ["delivered", "waiting"]


def test_a_living_owner_keeps_its_lease_whatever_the_time(office, make):
    share(office, make, channels=frozenset({Channel.DMP}))
    (line,) = office.queue.lines()
    delivery_id = line.deliveries[0].delivery_id
    with office.store.unit() as uow:
        uow.deliveries.lease(delivery_id, this_process().identity, office.clock.now())
        uow.commit()
    office.clock.advance(hours=1000)

    assert office.outbox.recover() == 0
    run(office)

    assert states(office) == {Channel.DMP: DeliveryState.SENDING}
    assert office.dmp.sent == []


def test_a_receipt_that_comes_during_the_sending_keeps_its_step(office, make):
    share(office, make, channels=frozenset({Channel.MSSANTE}))
    (line,) = office.queue.lines()
    delivery_id = line.deliveries[0].delivery_id

    def told_meanwhile(mail):
        with office.store.unit() as uow:
            receipts.attach(
                uow,
                MailReceipt(Fate.DELIVERED, (mail.rfc_message_id,)),
                office.clock.now(),
                lambda receipt, known: known[0],
            )
            uow.commit()
        return RECEIPT

    office.mssante.send = told_meanwhile
    run(office)

    with office.store.unit() as uow:
        said = [words for _, words in uow.deliveries.get(delivery_id).steps]
    assert states(office) == {Channel.MSSANTE: DeliveryState.DELIVERED}
    assert any(words.endswith(": distribué") for words in said)
    assert "Accepté par le serveur" in said


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


# --- ordered while the DMP was away ------------------------------------------------------------

AWAY = UserFacingError("Le DMP n’est pas joignable.", may_retry=True)


def ordered_while_away(office, make, **fields):
    """A deposit that waited for the DMP, asked about once before it answered."""
    with office.store.unit() as uow:
        uow.patients.set_dmp(office.patient.patient_id, DmpStatus(DmpAccess.UNKNOWN))
        uow.commit()
    office.dmp.access = AWAY
    share(office, make, channels=frozenset({Channel.DMP}), recipients=(), dmp_asked=False, **fields)
    run(office)
    office.clock.advance(minutes=1)


def test_a_deposit_waits_for_the_dmp_with_its_consent(office, make):
    ordered_while_away(office, make)
    assert states(office) == {Channel.DMP: DeliveryState.WAITING}
    assert (office.dmp.authorised, office.dmp.sent) == ([], [])
    office.dmp.access = DmpAccess.TO_AUTHORISE

    run(office)

    assert states(office) == {Channel.DMP: DeliveryState.DELIVERED}
    assert len(office.dmp.authorised) == 1


def test_a_right_that_is_open_already_is_not_recorded_again(office, make):
    ordered_while_away(office, make)
    office.dmp.access = DmpAccess.AUTHORISED

    run(office)

    assert states(office) == {Channel.DMP: DeliveryState.DELIVERED}
    assert office.dmp.authorised == []


@pytest.mark.parametrize(
    ("access", "sentence", "again"),
    [
        (DmpAccess.NONE, "Aucun DMP", False),
        (DmpAccess.CLOSED, "fermé", False),
        (DmpAccess.FORBIDDEN, "refusé", False),
        (DmpAccess.UNKNOWN, "n’a pas dit", True),
    ],
)
def test_nothing_is_deposited_where_the_dmp_says_no(office, make, access, sentence, again):
    ordered_while_away(office, make)
    office.dmp.access = access

    run(office)

    assert (office.dmp.authorised, office.dmp.sent) == ([], [])
    (line,) = office.queue.lines()
    (delivery,) = line.deliveries
    assert delivery.state is DeliveryState.REFUSED
    assert sentence in delivery.reason and "reste dans le dossier" in delivery.advice
    assert delivery.can_retry is again


def test_no_consent_and_no_right_deposit_nothing(office, make):
    """It was authorised when it was ordered, and no longer is."""
    with office.store.unit() as uow:
        uow.patients.set_dmp(office.patient.patient_id, DmpStatus(DmpAccess.AUTHORISED))
        uow.commit()
    share(
        office, make, channels=frozenset({Channel.DMP}), recipients=(), dmp_asked=False,
        consent_attested=False,
    )  # fmt: skip
    office.dmp.access = DmpAccess.TO_AUTHORISE

    run(office)

    assert (office.dmp.authorised, office.dmp.sent) == ([], [])
    (line,) = office.queue.lines()
    assert "accord du patient" in line.deliveries[0].advice


def test_a_dmp_that_is_away_and_unknown_asks_for_the_consent_first(office, make):
    with office.store.unit() as uow:
        uow.patients.set_dmp(office.patient.patient_id, DmpStatus(DmpAccess.UNKNOWN))
        uow.commit()

    with pytest.raises(UserFacingError, match="pas encore"):
        share(office, make, dmp_asked=False, consent_attested=False)

    assert office.queue.lines() == ()
