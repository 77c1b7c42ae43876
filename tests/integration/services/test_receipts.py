"""A receipt that comes in becomes a step of the sending it speaks of, and files nothing."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from lgc.desktop.record.message_cell import message_cell
from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.domain.documents import Confidentiality
from lgc.domain.messages import Folder, Message
from lgc.mssante.message import parse as parse_mail
from lgc.services.events import DeliveryMoved
from lgc.services.mail import Mail
from lgc.services.payload import Payload
from lgc.services.queue import Queue
from lgc.services.records import Records
from lgc.services.searching_dmp import SearchingDmp
from lgc.settings import Settings

NOW = dt.datetime(2026, 11, 23, 9, 15, tzinfo=dt.UTC)
DISPOSITION = (
    'From: robert@x.example\r\nMessage-ID: <{number}@x>\r\nSubject: Avis\r\n'
    'Content-Type: multipart/report; report-type=disposition-notification; boundary="B"\r\n\r\n'
    "--B\r\nContent-Type: message/disposition-notification\r\n\r\n"
    "Final-Recipient: rfc822;robert@x.example\r\nOriginal-Message-ID: {original}\r\n"
    "Disposition: automatic-action/MDN-sent-automatically; {said}\r\n\r\n--B--\r\n"
)  # fmt: skip


class Incoming:
    mailbox, uid_validity, uid, seen, arrived_at, cut_from = "INBOX", 7, 1, False, None, 0

    def __init__(self, number, said, original="<sent@x>"):
        self.raw = DISPOSITION.format(number=number, said=said, original=original).encode()


@pytest.fixture
def sent(desk, make):
    """A message that the server took yesterday."""
    payload = Payload(
        None, make.practitioner(), "1", "2", NOW, "Avis", Confidentiality.VISIBLE,
        rfc_message_id="<sent@x>",
        recipients=(replace(make.correspondent(), address="robert@x.example"),),
    )  # fmt: skip
    delivery = Delivery(
        "d", "s", "", "", Channel.MSSANTE, DeliveryState.DELIVERED, payload.dump(), NOW
    )
    with desk.store.unit() as uow:
        uow.deliveries.add(delivery)
        uow.commit()
    return json.loads(delivery.payload)["recipients"][0]["family_name"]


def steps(desk):
    with desk.store.unit() as uow:
        return [words for _, words in uow.deliveries.get("d").steps]


def shown(desk):
    """The same delivery on the card of the queue, and in the list of the record's documents."""
    (line,) = Queue(desk.store.unit, desk.clock, desk.events.append).lines()
    return line.deliveries[0].words


def test_what_the_operator_took_is_in_charge_until_a_receipt_says_more(desk, sent):
    said = [shown(desk)]
    for number, told in enumerate(("dispatched", "displayed", "processed", "displayed"), 1):
        desk.filing.receive(Incoming(number, told))
        said.append(shown(desk))

    assert said == ["Pris en charge", "Distribué", "Lu", "Intégré", "Intégré"]


def test_the_card_the_message_and_the_record_say_the_same_word(desk, patient, make):
    document = make.document(patient_id=patient)
    address = "robert@x.example"
    payload = Payload(
        None, make.practitioner(), "1", "2", NOW, "Avis", Confidentiality.VISIBLE,
        rfc_message_id="<sent@x>",
        recipients=tuple(
            replace(make.correspondent(), address=one) for one in (address, "b@x.example")
        ),
    )  # fmt: skip
    delivery = Delivery(
        "d", "s", document.document.document_id, patient, Channel.MSSANTE,
        DeliveryState.DELIVERED, payload.dump(), NOW,
    )  # fmt: skip
    copy = Message("m", Folder.SENT, "<sent@x>", "", "", (), "Avis", "", NOW, "")
    with desk.store.unit() as uow:
        uow.documents.add(document)
        uow.deliveries.add(delivery)
        uow.messages.add(copy, b"", {})
        uow.commit()
    desk.filing.receive(Incoming(1, "displayed"))

    mail = Mail(desk.store.unit, desk.clock, parse_mail, Settings())
    records = Records(
        desk.store.unit, desk.clock,
        SearchingDmp(desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append),
    )  # fmt: skip
    (line,) = records.documents(patient)
    words = {shown(desk), mail.view("m").delivery.words, line.sent.words}
    assert words == {"Lu (1 sur 2)"}
    assert message_cell(line).spoken == "MSSanté\u00a0: Lu (1 sur 2)"


def test_a_reading_is_told_with_the_name_of_who_read(desk, sent):
    message = desk.filing.receive(Incoming(1, "displayed"))

    assert steps(desk)[0].endswith(": lu")
    assert sent in steps(desk)[0]
    assert message.folder is Folder.ARCHIVES
    assert any(isinstance(event, DeliveryMoved) for event in desk.events)


def test_a_refusal_waits_to_be_read(desk, sent):
    message = desk.filing.receive(Incoming(1, "processed/Error: 902^Patient inconnu"))

    assert steps(desk)[0].endswith("refusé : patient inconnu (902)")
    assert (message.folder, message.unread) == (Folder.INBOX, True)


def test_the_same_receipt_twice_is_one_step(desk, sent):
    desk.filing.receive(Incoming(1, "displayed"))
    desk.filing.receive(Incoming(2, "displayed"))

    assert len(steps(desk)) == 1


@pytest.mark.parametrize("said", ["displayed", "processed"])
def test_a_receipt_from_another_than_the_recipient_stands_apart(desk, sent, said):
    forged = Incoming(1, said)
    forged.raw = forged.raw.replace(b"From: robert@x.example", b"From: autre@x.example")

    message = desk.filing.receive(forged)

    assert (message.folder, message.unread) == (Folder.INBOX, True)
    assert any("pas compté" in fault for fault in message.faults)
    assert steps(desk) == []
    assert shown(desk) == "Pris en charge"


def bounce(sender, about="robert@x.example"):
    made = Incoming(1, "displayed")
    made.raw = (
        f"From: {sender}\r\nMessage-ID: <1@x>\r\nSubject: Echec\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        f"Final-Recipient: rfc822; {about}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <sent@x>\r\n\r\n--B--\r\n"
    ).encode()
    return made


@pytest.mark.parametrize(
    ("sender", "counted"),
    [
        ("MAILER-DAEMON@x.example", True),
        ("postmaster@mx.x.example", True),
        ("Mail Delivery System <MAILER-DAEMON@operateur.example>", True),
        ("MAILER-DAEMON@ailleurs.example", False),
        ("autre@x.example", False),
        ("robert@x.example", False),
    ],
)
def test_only_a_server_tells_what_was_not_delivered(desk, sent, sender, counted):
    desk.filing.receive(bounce(sender))

    assert bool(steps(desk)) is counted


def test_a_server_speaks_of_our_recipients_only(desk, sent):
    desk.filing.receive(bounce("postmaster@x.example", about="autre@x.example"))

    assert steps(desk) == []


def test_a_receipt_about_nothing_of_ours_is_an_ordinary_message(desk, sent):
    message = desk.filing.receive(Incoming(1, "displayed", original="<unknown@x>"))

    assert message.folder is Folder.INBOX
    assert steps(desk) == []
