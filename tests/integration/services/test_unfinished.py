"""What a doctor still has to decide never leaves Accueil, the queue or the counts by age."""

import datetime as dt
from dataclasses import replace

import pytest

from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.domain.documents import Confidentiality
from lgc.domain.receipts import Fate, MailReceipt
from lgc.services import receipts
from lgc.services.day import Day
from lgc.services.payload import Payload
from lgc.services.queue import Queue

NOW = dt.datetime(2026, 11, 23, 9, 15, tzinfo=dt.UTC)
LATER = 1_200
OLD = {
    "refused": DeliveryState.REFUSED,
    "uncertain": DeliveryState.UNCERTAIN,
    "waiting": DeliveryState.WAITING,
}


@pytest.fixture
def old(store, make):
    """Three sends that did not end, with 1,200 later ones that did."""

    def delivery(name, state, at):
        payload = Payload(
            None, make.practitioner(), "1", "2", NOW, "Avis", Confidentiality.VISIBLE,
            rfc_message_id=f"<{name}@x>", subject="Avis",
        )  # fmt: skip
        return Delivery(name, f"share-{name}", "", "", Channel.MSSANTE, state, payload.dump(), at)

    with store.unit() as uow:
        for name, state in OLD.items():
            uow.deliveries.add(delivery(name, state, NOW - dt.timedelta(days=400)))
        for number in range(LATER):
            at = NOW + dt.timedelta(minutes=number)
            uow.deliveries.add(delivery(f"n{number}", DeliveryState.DELIVERED, at))
        uow.commit()
    return Queue(store.unit, make_clock(), lambda event: None)


def make_clock():
    class Clock:
        def now(self):
            return NOW

    return Clock()


def test_age_hides_nothing_that_is_unfinished(store, old):
    lines = old.lines()

    assert {line.share_id for line in lines[:3]} == {f"share-{name}" for name in OLD}
    assert lines[3].share_id == f"share-n{LATER - 1}"
    assert len(lines) == 203
    counts = old.counts()
    assert (counts.waiting, counts.to_retry) == (1, 2)


def test_accueil_shows_every_late_send_however_many_wait(store, old, make):
    with store.unit() as uow:
        known = uow.deliveries.get("waiting")
        for number in range(20):
            uow.deliveries.add(
                replace(known, delivery_id=f"w{number}", share_id=f"w{number}", created_at=NOW)
            )
        uow.commit()

    shown = [line.share_id for line in Day(store.unit, make_clock()).view().queue]

    assert set(shown[:2]) == {"share-refused", "share-uncertain"}
    assert len(shown) == 8


def test_a_receipt_finds_a_sending_however_old(store, old):
    receipt = MailReceipt(Fate.READ, ("<uncertain@x>",))
    with store.unit() as uow:
        told = receipts.attach(uow, receipt, NOW, lambda receipt, known: receipt.recipient)

    assert told is not None
    assert told.delivery_id == "uncertain"


def test_a_folder_of_any_size_knows_what_went_with_documents(store, old, make):
    patient, document = make.patient(), make.document()
    with store.unit() as uow:
        uow.patients.add(patient)
        uow.documents.add(document)
        known = uow.deliveries.get("waiting")
        payload = Payload.load(known.payload)
        with_document = replace(
            known,
            delivery_id="l",
            share_id="l",
            document_id=document.document.document_id,
            payload=replace(payload, letter="m7").dump(),
        )
        uow.deliveries.add(with_document)
        uow.commit()
    with store.unit() as uow:
        found = uow.deliveries.letters_with_documents([f"m{number}" for number in range(40_000)])

    assert found == {"m7"}
