"""A message finds its record, or waits; what it filed can be undone; nothing is lost."""

import datetime as dt
import io
import zipfile
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from itertools import permutations
from types import SimpleNamespace

import pytest
from reportlab.pdfgen.canvas import Canvas

from lgc.cda.vsm import VsmContext, render
from lgc.domain.contacts import Contact
from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.domain.documents import Confidentiality, DocumentKind
from lgc.domain.identity import IdentityStatus
from lgc.domain.mailboxes import ServerFolder
from lgc.domain.medical_data import MedicalRecord
from lgc.domain.messages import AssignedBy, Folder, Likelihood
from lgc.domain.unreadable import Fault
from lgc.errors import UserFacingError
from lgc.mssante.message import parse
from lgc.services import believing
from lgc.services.events import MessageArrived
from lgc.services.filing_documents import OTHER_CONTENT
from lgc.services.mail import Mail
from lgc.services.payload import Payload
from lgc.services.reading import Reading
from lgc.settings import Settings
from lgc.xds import xdm

MULLER = "899700000017"
PAPER = "20261123_CR_CHEMIN_HENRI.pdf"


def paper(words):
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, words)
    canvas.save()
    return out.getvalue()


@dataclass
class Incoming:
    raw: bytes
    uid: int = 1
    mailbox: str = "INBOX"
    uid_validity: int = 7
    seen: bool = False
    arrived_at: dt.datetime | None = None
    cut_from: int = 0


def mail(*attachments, subject="XDM/1.0/DDM+Synthèse", number=1, sender="muller@chmc.example"):
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, "paul@x.example"
    message["Subject"], message["Message-ID"] = subject, f"<m{number}@x>"
    message["Date"] = "Mon, 23 Nov 2026 08:47:00 +0100"
    message.set_content("Bonjour")
    for name, content in attachments:
        subtype = "zip" if name.endswith("zip") else "pdf"
        message.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return Incoming(message.as_bytes(), uid=number)


@pytest.fixture
def patient(make):
    return make.patient(given_names=("HENRI", "LOUIS"))


@pytest.fixture
def known(desk, patient):
    """The patient is one of the practice."""
    with desk.store.unit() as uow:
        uow.patients.add(patient)
        uow.commit()
    return patient


def muller(make):
    """The colleague who writes."""
    me = make.practitioner()
    return replace(me, holder=replace(me.holder, national_id=MULLER, family_name="MULLER"))


def version(submission_request, make, patient, number, unique_id, author=None):
    """The same document again, with another version and identifier."""
    content = render(
        VsmContext(
            patient=patient,
            record=MedicalRecord((make.entry(label=f"Pathologie {number}"),)),
            author=author or muller(make),
            unique_id=unique_id,
            set_id="2.25.900",
            version=number,
            written_at=dt.datetime(2026, 11, 23, 9, number, tzinfo=dt.UTC),
            service_start=None,
            practice_name="Cabinet",
        )
    )
    document = replace(submission_request.document, unique_id=unique_id)
    request = replace(
        submission_request,
        content=content,
        document=document,
        ins=patient.identity.qualified(),
    )
    return xdm.write(request, "2.25.42", "lgc")


@pytest.fixture
def archive(submission_request, make, patient):
    return version(submission_request, make, patient, 1, "2.25.901")


def documents(desk, patient):
    with desk.store.unit() as uow:
        return uow.documents.of_patient(patient.patient_id)


def test_an_archive_of_a_qualified_patient_files_itself(desk, known, archive):
    message = desk.filing.receive(mail(("IHE_XDM.zip", archive), ("a.pdf", b"%PDF-1.7")))

    assert message.patient_id == known.patient_id
    assert message.assigned_by is AssignedBy.ITSELF
    (document,) = documents(desk, known)
    assert document.unique_id == "2.25.901"
    assert document.message_id == message.message_id
    assert document.unread
    assert isinstance(desk.events[0], MessageArrived)


def test_nothing_files_itself_from_what_the_server_takes_for_junk(desk, known, archive):
    junk = ServerFolder("Junk", Folder.OWN, "Junk", unwanted=True)
    sure = replace(mail(("IHE_XDM.zip", archive)), mailbox="Junk")

    message = desk.filing.receive(sure, junk)

    assert message.patient_id is None
    assert message.assigned_why.startswith("Parmi les indésirables")
    assert documents(desk, known) == []
    assert [one.patient_id for one in message.candidates] == [known.patient_id]


@pytest.mark.requirement("MSS/va1.25")
def test_the_list_tells_what_the_document_says_of_itself(desk, archive):
    desk.filing.receive(mail(("IHE_XDM.zip", archive), ("a.pdf", b"%PDF-1.7")))

    box = Mail(desk.store.unit, desk.clock, parse, Settings())
    (line,) = box.folder(Folder.INBOX)
    (carried,) = line.message.carried
    assert carried.kind is DocumentKind.VSM
    assert carried.title.startswith("Synthèse")
    assert carried.day == dt.date(2026, 11, 23)
    assert carried.patient.startswith("CHEMIN HENRI")
    assert carried.birth_date == dt.date(1948, 8, 18)


@pytest.mark.requirement("SC.CDA/DD.15")
def test_the_pdf_beside_a_structured_document_is_its_twin_not_a_second_line(desk, known, archive):
    twin = paper("Mme CHEMIN Henri, née le 18/08/1948")
    message = desk.filing.receive(mail(("IHE_XDM.zip", archive), (PAPER, twin)))

    (document,) = documents(desk, known)
    with desk.store.unit() as uow:
        assert uow.documents.content(document.document_id).pdf == twin
        pieces = uow.messages.get(message.message_id).attachments
    assert {one.document_id for one in pieces} == {document.document_id}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.pdf", "CHEMIN Henri"),
        (PAPER, "AUTRE Luc"),
        (PAPER, "CHEMIN Paul"),
        ("20261123_CR_AUTRE_LUC.pdf", "CHEMIN Henri"),
        (PAPER, ""),
    ],
)
def test_a_pdf_that_does_not_name_the_patient_is_a_piece_of_its_own_that_waits(
    desk, known, archive, name, words
):
    raw = mail(("IHE_XDM.zip", archive), ("x.pdf", paper(words))).raw
    message = desk.filing.receive(Incoming(raw.replace(b"x.pdf", name.encode())))

    if message.patient_id is None:  # the name of the file says somebody else
        assert documents(desk, known) == []
        return
    (document,) = documents(desk, known)
    with desk.store.unit() as uow:
        assert uow.documents.content(document.document_id).pdf is None
        archived, waiting = uow.messages.get(message.message_id).attachments
    assert (archived.document_id, waiting.document_id) == (document.document_id, None)

    assert desk.filing.file_rest(message.message_id) == 1
    assert desk.filing.file_rest(message.message_id) == 0
    assert name in [one.title for one in documents(desk, known)]


def test_a_piece_of_another_kind_waits_beside_the_document_that_files_itself(desk, known, archive):
    desk.filing.receive(mail(("IHE_XDM.zip", archive), ("a.pdf", b"\xff\xd8\xff picture")))

    assert [one.unique_id for one in documents(desk, known)] == ["2.25.901"]


def test_the_doctors_name_with_another_address_is_said(desk, make):
    raw = mail().raw.replace(b"From: ", f"From: {make.practitioner().display_name} <".encode())
    raw = raw.replace(b"muller@chmc.example", b"muller@chmc.example>")

    message = desk.filing.receive(Incoming(raw))

    assert any(fault.startswith("Votre nom, avec une autre adresse") for fault in message.faults)


def test_the_same_message_twice_is_stored_once(desk, known, archive):
    incoming = mail(("IHE_XDM.zip", archive))
    desk.filing.receive(incoming)

    assert desk.filing.receive(replace(incoming, uid=2)) is None
    assert len(documents(desk, known)) == 1


def test_another_message_under_the_same_message_id_is_not_lost(desk, known, archive):
    desk.filing.receive(mail(("IHE_XDM.zip", archive)))

    other = desk.filing.receive(mail(("note.pdf", b"%PDF-1.4 another result")))

    assert other is not None
    assert [one.name for one in other.attachments] == ["note.pdf"]


@pytest.mark.requirement("SC.CDA/INT.18", "LGC.MDV.06")
def test_the_same_document_in_another_message_is_not_filed_twice(desk, known, archive):
    desk.filing.receive(mail(("IHE_XDM.zip", archive)))
    desk.filing.receive(mail(("IHE_XDM.zip", archive), number=2))

    assert len(documents(desk, known)) == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_document_leaves_with_the_last_message_that_carries_it(desk, known, archive, order):
    received = [desk.filing.receive(mail(("IHE_XDM.zip", archive), number=n)) for n in (1, 2)]
    first, last = (received[place].message_id for place in order)

    desk.filing.undo(first)
    (kept,) = documents(desk, known)
    assert kept.message_id == last

    desk.filing.undo(last)
    assert documents(desk, known) == []


def test_a_copy_classed_before_copies_were_linked_keeps_the_document(desk, known, archive):
    received = [desk.filing.receive(mail(("IHE_XDM.zip", archive), number=n)) for n in (1, 2)]
    with desk.store.unit() as uow:
        for piece in uow.messages.get(received[1].message_id).attachments:
            uow.messages.file_attachment(piece.attachment_id, None)
        uow.commit()

    desk.filing.undo(received[0].message_id)

    (kept,) = documents(desk, known)
    assert kept.message_id == received[1].message_id
    desk.filing.undo(received[1].message_id)
    assert documents(desk, known) == []


def test_another_document_of_the_record_keeps_nothing(desk, known, archive):
    first = desk.filing.receive(mail(("IHE_XDM.zip", archive)))
    second = desk.filing.receive(mail(("note.pdf", b"%PDF-1.4 another"), number=2))
    desk.filing.assign(second.message_id, known.patient_id)
    with desk.store.unit() as uow:
        for piece in uow.messages.get(second.message_id).attachments:
            uow.messages.file_attachment(piece.attachment_id, None)
        uow.commit()

    desk.filing.undo(first.message_id)

    assert first.message_id not in {one.message_id for one in documents(desk, known)}


def test_a_document_of_two_messages_stays_in_each_record(desk, known, archive, make):
    other = make.patient(patient_id="other", given_names=("HENRI", "LOUIS"))
    with desk.store.unit() as uow:
        uow.patients.add(other)
        uow.commit()
    first = desk.filing.receive(mail(("IHE_XDM.zip", archive)))
    second = desk.filing.receive(mail(("IHE_XDM.zip", archive), number=2))
    desk.filing.assign(first.message_id, known.patient_id)
    desk.filing.assign(second.message_id, other.patient_id)

    desk.filing.undo(first.message_id)

    assert documents(desk, known) == []
    assert len(documents(desk, other)) == 1


@pytest.mark.parametrize("order", list(permutations([1, 2, 3, 2])))
def test_versions_and_copies_end_the_same_in_every_order(
    desk, known, submission_request, make, patient, order
):
    for place, number in enumerate(order):
        content = version(submission_request, make, patient, number, f"2.25.90{number}")
        desk.filing.receive(mail(("IHE_XDM.zip", content), number=place))

    held = documents(desk, known)
    ids = {one.document_id: one.version for one in held}
    assert {d.version: ids.get(d.replaced_by) for d in held} == {1: 2, 2: 3, 3: None}


def test_taking_a_version_back_leaves_the_older_one_under_the_next(
    desk, known, submission_request, make, patient
):
    messages = []
    for number in (1, 2, 3):
        content = version(submission_request, make, patient, number, f"2.25.90{number}")
        messages.append(desk.filing.receive(mail(("IHE_XDM.zip", content), number=number)))

    desk.filing.undo(messages[1].message_id)

    by_version = {d.version: d for d in documents(desk, known)}
    assert by_version[1].replaced_by == by_version[3].document_id


def test_what_a_new_version_no_longer_holds_is_said_above_it(
    desk, known, submission_request, make, patient
):
    for number in (2, 1):
        content = version(submission_request, make, patient, number, f"2.25.90{number}")
        desk.filing.receive(mail(("IHE_XDM.zip", content), number=number))
    newest = next(d for d in documents(desk, known) if d.version == 2)

    opened = Reading(desk.store.unit, desk.events.append).open(newest.document_id)

    assert opened.faults[0] == (
        "Ne contient plus, depuis la version du 23/11/2026 : « Pathologie 1 »."
    )


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_another_content_under_a_known_identifier_stands_beside_it_and_both_say_so(
    desk, known, submission_request, make, patient, order
):
    for number in order:
        content = version(submission_request, make, patient, number, "2.25.901")
        message = desk.filing.receive(mail(("IHE_XDM.zip", content), number=number))

    held = documents(desk, known)
    assert [one.replaced_by for one in held] == [None, None]
    assert OTHER_CONTENT in message.faults
    for one in held:
        opened = Reading(desk.store.unit, desk.events.append).open(one.document_id)
        assert opened.faults[0].startswith("Un autre contenu porte le même identifiant")


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_new_version_replaces_the_old_one_whatever_the_order(
    desk, known, submission_request, make, patient, order
):
    for number in order:
        content = version(submission_request, make, patient, number, f"2.25.90{number}")
        desk.filing.receive(mail(("IHE_XDM.zip", content), number=number))

    by_version = {d.version: d for d in documents(desk, known)}
    assert by_version[1].replaced_by == by_version[2].document_id
    assert by_version[2].replaced_by is None


def test_undoing_a_new_version_lets_the_old_one_stand_again(
    desk, known, submission_request, make, patient
):
    for number in (2, 1):
        content = version(submission_request, make, patient, number, f"2.25.90{number}")
        desk.filing.receive(mail(("IHE_XDM.zip", content), number=number))
    newest = next(d for d in documents(desk, known) if d.version == 2)

    desk.filing.undo(newest.message_id)

    (left,) = documents(desk, known)
    assert (left.version, left.replaced_by) == (1, None)


def test_an_unqualified_identity_waits_with_its_candidate(desk, make, patient, archive):
    provisional = replace(
        patient, identity=replace(patient.identity, status=IdentityStatus.VALIDATED)
    )
    with desk.store.unit() as uow:
        uow.patients.add(provisional)
        uow.commit()

    message = desk.filing.receive(mail(("IHE_XDM.zip", archive)))

    assert message.patient_id is None
    assert [c.patient_id for c in message.candidates] == [patient.patient_id]
    assert documents(desk, patient) == []


def test_a_pdf_alone_waits_whatever_it_says(desk, known):
    message = desk.filing.receive(
        mail(("chemin.pdf", b"%PDF-1.7"), subject="CHEMIN HENRI 18/08/1948")
    )

    assert message.patient_id is None
    assert message.candidates


def test_assigning_files_the_piece_and_undoing_takes_it_back(desk, known):
    message = desk.filing.receive(mail(("chemin.pdf", b"%PDF-1.7"), subject="Suivi CHEMIN"))

    assert desk.filing.assign(message.message_id, known.patient_id) == 1
    assert [d.title for d in documents(desk, known)] == ["chemin.pdf"]

    desk.filing.undo(message.message_id)

    assert documents(desk, known) == []
    with desk.store.unit() as uow:
        again = uow.messages.get(message.message_id)
    assert again.patient_id is None
    assert again.candidates


def test_assigning_to_another_patient_moves_the_piece(desk, known, make):
    other = make.patient(birth_name="AUTRE")
    with desk.store.unit() as uow:
        uow.patients.add(other)
        uow.commit()
    message = desk.filing.receive(mail(("x.pdf", b"%PDF-1.7"), subject="Suivi"))

    desk.filing.assign(message.message_id, known.patient_id)
    desk.filing.assign(message.message_id, other.patient_id)

    assert documents(desk, known) == []
    assert len(documents(desk, other)) == 1


def test_an_altered_archive_waits_and_says_why(desk, known, archive):
    original = zipfile.ZipFile(io.BytesIO(archive))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as altered:
        for name in original.namelist():
            content = original.read(name)
            altered.writestr(name, content + b"\n" if name.endswith("DOC00001.XML") else content)

    message = desk.filing.receive(mail(("IHE_XDM.zip", made.getvalue())))

    assert message.patient_id is None
    assert "annoncé" in message.assigned_why


@pytest.mark.parametrize(
    "hostile", [b"PK\x03\x04" + bytes(64), b"not a zip", b"PK\x05\x06" + bytes(18)]
)
def test_a_hostile_attachment_keeps_the_message_and_its_original(desk, known, hostile):
    incoming = mail(("IHE_XDM.zip", hostile), subject="Mise à jour")

    message = desk.filing.receive(incoming)

    with desk.store.unit() as uow:
        assert uow.messages.raw(message.message_id) == incoming.raw
        assert uow.messages.attachment(message.attachments[0].attachment_id) == hostile
    assert message.patient_id is None


def test_what_cannot_be_read_at_all_is_kept(desk):
    message = desk.filing.receive(Incoming(b"x" * (61 * 1024 * 1024)))

    assert message.unreadable.flaw.fault is Fault.SIZE
    with desk.store.unit() as uow:
        assert uow.mailboxes.known("INBOX").uid_next == 2


def test_the_cursor_moves_with_the_message_it_stored(desk, known, archive):
    desk.filing.receive(mail(("IHE_XDM.zip", archive), number=41))

    with desk.store.unit() as uow:
        assert uow.mailboxes.known("INBOX").uid_next == 42


def ours(desk, make, rfc_message_id="<m1@x>"):
    """A sending of ours, known by its Message-ID."""
    payload = Payload(
        None, make.practitioner(), "1", "2", desk.clock.now(), "Avis", Confidentiality.VISIBLE,
        rfc_message_id=rfc_message_id, recipients=(make.correspondent(),),
    )  # fmt: skip
    delivery = Delivery(
        "d", "s", "", "", Channel.MSSANTE, DeliveryState.DELIVERED, payload.dump(),
        desk.clock.now(),
    )  # fmt: skip
    with desk.store.unit() as uow:
        uow.deliveries.add(delivery)
        uow.commit()
    return make.practitioner().mssante_address


def test_our_own_copy_is_a_sent_message(desk, make):
    message = desk.filing.receive(mail(sender=ours(desk, make), subject="Synthèse"))

    assert message.folder is Folder.SENT
    assert not message.unread


def test_what_lies_in_the_sent_folder_of_the_server_was_sent(desk, make):
    mine = make.practitioner().mssante_address

    message = desk.filing.receive(mail(sender=mine), ServerFolder("Sent", Folder.SENT))

    assert (message.folder, message.unread) == (Folder.SENT, False)


def test_a_message_in_the_doctors_name_that_never_left_here_waits_unread_and_says_so(
    desk, known, archive, make
):
    mine = make.practitioner().mssante_address

    message = desk.filing.receive(mail(("IHE_XDM.zip", archive), sender=mine))

    assert (message.folder, message.unread, message.patient_id) == (Folder.INBOX, True, None)
    assert believing.IN_YOUR_NAME in message.faults
    assert message.assigned_why == believing.IN_YOUR_NAME


def test_another_message_under_the_message_id_of_ours_is_no_copy_of_it(desk, make):
    mine = ours(desk, make)
    desk.filing.receive(mail(sender=mine))

    forged = desk.filing.receive(mail(("x.pdf", b"%PDF-1.7"), sender=mine))

    assert (forged.folder, forged.unread) == (Folder.INBOX, True)
    assert believing.IN_YOUR_NAME in forged.faults


def test_a_sender_hidden_before_the_brackets_is_not_the_doctor(desk, make):
    ours(desk, make)
    raw = mail().raw.replace(
        b"From: muller@chmc.example",
        f"From: {make.practitioner().mssante_address})<b@y.example>".encode(),
    )

    message = desk.filing.receive(Incoming(raw))

    assert (message.folder, message.unread) == (Folder.INBOX, True)
    assert message.sender_address == ""


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("pirate@ailleurs.example", believing.OUTSIDE),
        ("255069900000024@patient.mssante.fr", believing.BY_A_PATIENT),
    ],
)
def test_nothing_files_itself_but_from_a_professional_of_the_space_of_trust(
    desk, known, archive, sender, why
):
    message = desk.filing.receive(mail(("IHE_XDM.zip", archive), sender=sender))

    assert (message.patient_id, message.assigned_by) == (None, AssignedBy.NOBODY)
    assert message.assigned_why == why
    assert [one.likelihood for one in message.candidates][:1] == [Likelihood.CERTAIN]
    assert documents(desk, known) == []


def test_nothing_files_itself_while_no_card_tells_who_is_trusted(desk, known, archive):
    desk.connection.unplug()

    assert desk.filing.receive(mail(("IHE_XDM.zip", archive))).patient_id is None


def second(desk, submission_request, make, patient, **fields):
    """The second version of a document that muller@chmc.example sent."""
    first = version(submission_request, make, patient, 1, "2.25.901")
    desk.filing.receive(mail(("IHE_XDM.zip", first), number=1))
    content = version(submission_request, make, patient, 2, "2.25.902")
    return desk.filing.receive(mail(("IHE_XDM.zip", content), number=2, **fields))


def test_a_colleague_does_not_hide_the_document_of_another(
    desk, known, submission_request, make, patient
):
    message = second(desk, submission_request, make, patient, sender="autre@chmc.example")
    assert (message.patient_id, message.assigned_why) == (None, believing.CONTESTED)

    desk.filing.assign(message.message_id, known.patient_id)

    assert [d.replaced_by for d in documents(desk, known)] == [None, None]
    with desk.store.unit() as uow:
        assert believing.CONTESTED in uow.messages.get(message.message_id).faults
    assert desk.filing.accept_replacement(message.message_id) == 1
    assert desk.filing.accept_replacement(message.message_id) == 0
    by_version = {d.version: d for d in documents(desk, known)}
    assert by_version[1].replaced_by == by_version[2].document_id
    desk.filing.undo(message.message_id)
    assert [d.replaced_by for d in documents(desk, known)] == [None]


def test_its_author_replaces_it_from_another_mailbox(
    desk, known, submission_request, make, patient
):
    with desk.store.unit() as uow:
        at = make.correspondent(address="muller@autre.example", national_id=MULLER)
        uow.contacts.put(Contact(at))
        uow.commit()

    message = second(desk, submission_request, make, patient, sender="muller@autre.example")

    assert message.patient_id == known.patient_id
    assert sorted(d.replaced_by is None for d in documents(desk, known)) == [False, True]


def test_a_version_said_high_does_not_hide_the_true_one_that_follows(
    desk, known, submission_request, make, patient
):
    high = version(submission_request, make, patient, 9, "2.25.909")
    forged = desk.filing.receive(mail(("IHE_XDM.zip", high), number=9, sender="autre@chmc.example"))
    desk.filing.assign(forged.message_id, known.patient_id)

    true = version(submission_request, make, patient, 1, "2.25.901")
    desk.filing.receive(mail(("IHE_XDM.zip", true), number=1))

    assert [d.replaced_by for d in documents(desk, known)] == [None, None]


def test_another_document_under_a_known_identifier_is_not_lost(
    desk, known, submission_request, make, patient
):
    for number in (1, 2):
        content = version(submission_request, make, patient, number, "2.25.901")
        desk.filing.receive(mail(("IHE_XDM.zip", content), number=number))

    assert len(documents(desk, known)) == 2


def test_a_document_said_signed_by_the_doctor_and_never_made_here_waits_and_says_so(
    desk, known, submission_request, make, patient
):
    mine = version(submission_request, make, patient, 1, "2.25.901", make.practitioner())

    message = desk.filing.receive(mail(("IHE_XDM.zip", mine)))

    assert (message.patient_id, message.assigned_why) == (None, believing.SAID_YOURS)
    assert any(fault.startswith(believing.SAID_YOURS) for fault in message.faults)
    desk.filing.assign(message.message_id, known.patient_id)
    (document,) = documents(desk, known)
    assert believing.SAID_YOURS.lower() in document.author.lower()


def test_a_message_taken_in_part_says_so_and_a_stranger_cannot_write_that_mark(desk):
    plain = b"X-LGC-Cut: 5\r\nFrom: a@x.example\r\nSubject: s\r\n\r\nx"

    whole = desk.filing.receive(Incoming(plain))
    part = desk.filing.receive(Incoming(plain, uid=2, cut_from=900))

    assert not any("seul son début" in fault for fault in whole.faults)
    assert any("seul son début" in fault for fault in part.faults)
    assert (whole.cut_from, part.cut_from) == (0, 900)


def test_two_of_which_no_byte_could_be_had_are_two_messages(desk):
    first = desk.filing.receive(Incoming(b"", uid=1, cut_from=900))
    second = desk.filing.receive(Incoming(b"", uid=2, cut_from=900))

    assert first is not None
    assert second is not None


@pytest.mark.requirement("SC.MSS/CONF.17")
def test_filing_leaves_its_line_in_the_journal(desk, known, archive):
    before = desk.store.verify_audit()

    desk.filing.receive(mail(("IHE_XDM.zip", archive)))

    assert desk.store.verify_audit() > before


class Refusing:
    """A mailbox that says whether a refusal could leave."""

    def __init__(self, leaves=True):
        self.leaves, self.said = leaves, []

    def acknowledge(self, raw, code=""):
        self.said.append(code)
        return self.leaves


def test_a_message_refused_is_put_away_with_its_reason(desk, make):
    message = desk.filing.receive(mail(subject="Suivi"))
    server = Refusing()
    desk.connection.plug(make.practitioner(), SimpleNamespace(mssante=server))

    desk.filing.refuse(message.message_id, "902")

    with desk.store.unit() as uow:
        kept = uow.messages.get(message.message_id)
    assert server.said == ["902"]
    assert kept.folder is Folder.ARCHIVES
    assert kept.assigned_why == "refusé à l’expéditeur : patient inconnu"


def test_a_refusal_that_could_not_leave_changes_nothing(desk, make):
    message = desk.filing.receive(mail(subject="Suivi"))
    desk.connection.plug(make.practitioner(), SimpleNamespace(mssante=Refusing(leaves=False)))

    with pytest.raises(UserFacingError, match="pas d’expéditeur"):
        desk.filing.refuse(message.message_id, "902")

    with desk.store.unit() as uow:
        assert uow.messages.get(message.message_id).folder is Folder.INBOX


def from_citizen(matricule, number=1):
    return mail(subject="Bonjour", sender=f"{matricule}@patient.mssante.fr", number=number)


@pytest.mark.requirement("ECO.2.1.2")
def test_a_patient_who_writes_is_named_and_proposed_but_nothing_files_itself(desk, known):
    """ECO.2.1.2, SC.MSS/UX.31: the address says who; only the doctor decides."""
    received = desk.filing.receive(from_citizen(known.identity.ins.matricule))
    stranger = desk.filing.receive(from_citizen("279035121518989", 2))

    assert received.patient_id is None
    [candidate] = received.candidates
    assert candidate.patient_id == known.patient_id
    assert candidate.likelihood is Likelihood.PROBABLE
    [reason] = candidate.reasons
    assert reason.words == "écrit depuis sa messagerie Mon espace santé"
    assert stranger.candidates == ()
    lines = Mail(desk.store.unit, desk.clock, parse, Settings()).folder(Folder.INBOX)
    assert {line.message.sender for line in lines} == {
        known.identity.display_name,
        "Patient inconnu du cabinet",
    }


def test_a_matricule_of_two_records_names_nobody(desk, known):
    with desk.store.unit() as uow:
        uow.patients.add(replace(known, patient_id="twin"))
        uow.commit()

    received = desk.filing.receive(from_citizen(known.identity.ins.matricule))

    assert received.candidates == ()
    view = Mail(desk.store.unit, desk.clock, parse, Settings()).view(received.message_id)
    assert view.message.sender == "Patient inconnu du cabinet"


def test_one_damaged_file_of_an_archive_leaves_the_others_to_be_filed(desk, known, archive):
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as original, zipfile.ZipFile(other, "w") as made:
        for info in original.infolist():
            content = original.read(info)
            made.writestr(info.filename, content)
            if info.filename.endswith(("METADATA.XML", "DOC00001.XML")):
                again = info.filename.replace("SUBSET01", "SUBSET02")
                made.writestr(again, content.replace(b"2.25.901", b"2.25.902"))
        place = made.getinfo("IHE_XDM/SUBSET02/DOC00001.XML").header_offset + 200
    spoilt = bytearray(other.getvalue())
    spoilt[place : place + 4] = b"????"

    message = desk.filing.receive(mail(("IHE_XDM.zip", bytes(spoilt))))

    assert message.unreadable.flaw.fault is Fault.ARCHIVE
    assert message.unreadable.flaw.told == "1 fichier sur 6 ne s’ouvre pas."
    assert message.patient_id is None
    assert [one.patient_id for one in message.candidates] == [known.patient_id]
    assert documents(desk, known) == []
    assert desk.filing.assign(message.message_id, known.patient_id) == 1
    assert [one.unique_id for one in documents(desk, known)] == ["2.25.901"]
