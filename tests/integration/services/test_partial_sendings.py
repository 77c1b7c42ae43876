"""Some recipients have a message and others must wait: they alone are tried again."""

import datetime as dt
from types import SimpleNamespace

import pytest

from lgc.domain.deliveries import (
    AnswerLost,
    Channel,
    DeliveryState,
    Partial,
    Postponed,
    Receipt,
    Refused,
)
from lgc.domain.documents import Confidentiality
from lgc.domain.receipts import Fate
from lgc.errors import UserFacingError
from lgc.jobs.outbox import Outbox
from lgc.jobs.owner import Owner
from lgc.services.connection import DeskConnection
from lgc.services.delivering import Delivering
from lgc.services.queue import Queue
from lgc.services.sharing import ShareRequest, Sharing
from lgc.settings import Settings

NOW = dt.datetime(2026, 11, 23, 9, 15, tzinfo=dt.UTC)
ONE, TWO = "one@x.example", "two@x.example"


class Server:
    """Answers as planned, and remembers who was left out."""

    def __init__(self):
        self.answers, self.left_out, self.asked = [], [], 0
        self.found = True  # our copy of the first attempt

    def send(self, mail):
        self.left_out.append(set(mail.already))
        return self.answers.pop(0)

    def is_listed(self, address):
        return None

    def was_sent(self, rfc_message_id):
        self.asked += 1
        return Receipt(rfc_message_id, NOW, ("Retrouvé",)) if self.found else None


@pytest.fixture
def office(store, clock, ids, make):
    connection, server = DeskConnection(), Server()
    connection.plug(make.practitioner(), SimpleNamespace(dmp=server, mssante=server))
    patient = make.patient()
    document = make.document(patient_id=patient.patient_id, pdf=b"%PDF")
    with store.unit() as uow:
        uow.patients.add(patient)
        uow.documents.add(document)
        uow.commit()
    sharing = Sharing(
        store.unit, clock, ids, connection, lambda event: None, lambda: None, Settings()
    )
    sharing.share(
        ShareRequest(
            document=document.document.document_id,
            channels=frozenset({Channel.MSSANTE}),
            confidentiality=Confidentiality.VISIBLE,
            recipients=(make.correspondent(address=ONE), make.correspondent(address=TWO)),
        )
    )
    outbox = Outbox(
        store.unit,
        Delivering(connection),
        clock,
        lambda event: None,
        Settings(),
        Owner("one run"),
    )
    return SimpleNamespace(
        server=server, clock=clock, outbox=outbox, queue=Queue(store.unit, clock, lambda e: None)
    )


@pytest.fixture
def partly(office):
    """One has it, two must wait."""
    receipt = Receipt(
        "1@x",
        office.clock.now(),
        ("Pris en charge : UN", "En attente : DEUX (452 plein)"),
        ((ONE, Fate.TAKEN),),
    )
    office.server.answers = [
        Partial(receipt, Postponed("Le serveur MSSanté manque de place.", "", "452 – plein"))
    ]
    office.outbox.run_once(Channel.MSSANTE)
    return office


def delivery(office):
    (line,) = office.queue.lines()
    return line.deliveries[0]


def again(office, answer):
    office.server.answers = [answer]
    office.clock.advance(seconds=3600)
    office.outbox.run_once(Channel.MSSANTE)


def taken(office, fate=Fate.TAKEN):
    return Receipt("1@x", office.clock.now(), ("Pris en charge : DEUX",), ((TWO, fate),))


def test_it_waits_and_says_who_has_it(partly):
    shown = delivery(partly)

    assert shown.state is DeliveryState.WAITING
    assert shown.reason == "Le serveur MSSanté manque de place."
    assert "En attente : DEUX (452 plein)" in [words for _, words in shown.steps]
    assert partly.server.left_out == [set()]


def test_only_who_must_wait_is_tried_again(partly):
    again(partly, taken(partly))

    assert partly.server.left_out == [set(), {ONE}]
    shown = delivery(partly)
    assert (shown.state, shown.fate, shown.words) == (
        DeliveryState.DELIVERED,
        None,
        "Pris en charge",
    )
    assert "Pris en charge : UN" in [words for _, words in shown.steps]


def test_it_may_wait_again(partly):
    again(partly, Postponed("Le serveur MSSanté ne répond pas."))
    again(partly, taken(partly))

    assert partly.server.left_out == [set(), {ONE}, {ONE}]
    assert delivery(partly).state is DeliveryState.DELIVERED


def test_who_is_refused_at_last_is_told(partly):
    again(partly, taken(partly, Fate.NOT_DELIVERED))

    assert delivery(partly).words == "Non distribué (1 sur 2)"


def test_our_first_copy_does_not_prove_a_second_attempt(partly):
    again(partly, AnswerLost("Le serveur MSSanté n’a pas confirmé."))
    partly.clock.advance(seconds=3600)
    partly.outbox.run_once(Channel.MSSANTE)

    shown = delivery(partly)
    assert shown.state is DeliveryState.UNCERTAIN
    assert shown.can_decide
    assert partly.server.asked == 0

    partly.queue.resend(shown.delivery_id)
    again(partly, taken(partly))
    assert partly.server.left_out == [set(), {ONE}, {ONE}]
    assert delivery(partly).state is DeliveryState.DELIVERED


def test_whom_the_server_refused_beforehand_is_told_even_when_its_answer_is_lost(office):
    line = "Refusé : DEUX (550 inconnu)"
    lost = AnswerLost("Non confirmé.", "", "", (line,), ((TWO, Fate.NOT_DELIVERED),))
    office.server.answers = [lost]
    office.outbox.run_once(Channel.MSSANTE)
    assert delivery(office).state is DeliveryState.UNCERTAIN

    office.clock.advance(seconds=3600)
    office.outbox.run_once(Channel.MSSANTE)

    shown = delivery(office)
    assert (shown.state, shown.words) == (DeliveryState.DELIVERED, "Non distribué (1 sur 2)")
    assert line in [words for _, words in shown.steps]


def test_sent_again_to_everybody_former_refusals_are_forgotten(office):
    lost = AnswerLost("Non confirmé.", "", "", (), ((TWO, Fate.NOT_DELIVERED),))
    office.server.answers, office.server.found = [lost], False
    office.outbox.run_once(Channel.MSSANTE)
    office.clock.advance(seconds=3600)
    office.outbox.run_once(Channel.MSSANTE)
    office.queue.resend(delivery(office).delivery_id)

    again(office, Receipt("1@x", office.clock.now(), ("Pris en charge : UN, DEUX",)))

    assert office.server.left_out == [set(), set()]
    assert delivery(office).words == "Pris en charge"


def test_taken_back_it_stays_sent_to_who_has_it(partly):
    partly.queue.withdraw(delivery(partly).delivery_id)

    shown = delivery(partly)
    assert (shown.state, shown.words) == (DeliveryState.DELIVERED, "Non distribué (1 sur 2)")
    assert any("Abandonné pour" in words for _, words in shown.steps)
    with pytest.raises(UserFacingError):
        partly.queue.withdraw(shown.delivery_id)


def test_refused_it_may_still_be_tried_for_the_others_alone(partly):
    again(partly, Refused("535", "Le serveur MSSanté n’a pas reconnu votre carte."))
    partly.queue.retry(delivery(partly).delivery_id)
    again(partly, taken(partly))

    assert partly.server.left_out == [set(), {ONE}, {ONE}]
    assert delivery(partly).state is DeliveryState.DELIVERED
