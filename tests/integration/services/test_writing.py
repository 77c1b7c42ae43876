"""Writing over a real store: kept as typed, checked, one sending per click."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.cda import documents
from lgc.cda.parse import parse as read_cda
from lgc.domain import media_types
from lgc.domain.clock_doubt import ServerTime
from lgc.domain.contacts import Contact
from lgc.domain.deliveries import AnswerLost, Channel, DeliveryState, Receipt, Refused
from lgc.domain.documents import DocumentContent
from lgc.domain.identity import IdentityStatus
from lgc.domain.messages import Folder, Message
from lgc.domain.writing import DraftDocument
from lgc.errors import UserFacingError
from lgc.jobs.outbox import Outbox
from lgc.jobs.owner import Owner
from lgc.mssante import submission
from lgc.mssante.message import parse, salvage
from lgc.mssante.submission import Product
from lgc.services.archiving_by_age import ArchivingByAge
from lgc.services.connection import DeskConnection
from lgc.services.delivering import Delivering
from lgc.services.filing_incoming import FilingIncoming
from lgc.services.mail import Mail
from lgc.services.queue import Queue
from lgc.services.sharing import Sharing
from lgc.services.understanding import Understanding
from lgc.services.writing import Writing
from lgc.settings import Settings, mail_signature, mail_size_limit_mb

NOW = dt.datetime(2026, 11, 23, 9, 15, tzinfo=dt.UTC)
PRODUCT = Product("2.25.42", "lgc", "DEV1", 10 * 1024 * 1024)


class Server:
    """Builds what it is given, as the real one does, then answers as planned."""

    def __init__(self):
        self.sent, self.answers, self.there, self.outside = [], [], None, ()
        self.raws = []

    def send(self, mail):
        self.raws.append(submission.build(mail, PRODUCT))
        self.sent.append(parse(self.raws[-1]))
        answer = self.answers.pop(0) if self.answers else None
        return answer or Receipt(mail.rfc_message_id.strip("<>"), NOW, ("Pris en charge",))

    def was_sent(self, rfc_message_id):
        return self.there

    def is_listed(self, address):
        return address not in self.outside


@pytest.fixture
def office(store, clock, ids, make, submission_request):
    connection, server, settings = DeskConnection(), Server(), Settings()
    connection.plug(make.practitioner(), SimpleNamespace(mssante=server))
    patient, ins = make.patient(), submission_request.ins
    patient = replace(patient, identity=replace(patient.identity, ins=ins.ins, traits=ins.traits))
    document = DocumentContent(
        replace(submission_request.document, patient_id=patient.patient_id),
        submission_request.content,
        documents.twin(submission_request.content),
    )
    with store.unit() as uow:
        uow.patients.add(patient)
        uow.documents.add(document)
        for entry in read_cda(document.content).entries:
            uow.medical.add(patient.patient_id, entry)
        uow.commit()
    events = []
    sharing = Sharing(store.unit, clock, ids, connection, events.append, lambda: None, Settings())
    writing = Writing(
        store.unit,
        clock,
        ids,
        connection,
        sharing,
        settings,
        parse,
        media_types.of_bytes,
        events.append,
        lambda: None,
    )
    outbox = Outbox(
        store.unit, Delivering(connection), clock, events.append, settings, Owner("one run")
    )
    return SimpleNamespace(
        store=store, server=server, settings=settings, patient=patient, document=document,
        writing=writing, outbox=outbox, queue=Queue(store.unit, clock, events.append),
        mail=Mail(store.unit, clock, parse, settings), clock=clock,
        filing=FilingIncoming(
            store.unit, clock, ids, connection, Understanding(parse, salvage), events.append
        ),
    )  # fmt: skip


def written(office, make, **fields):
    draft = office.writing.new(office.patient.patient_id).draft
    typed = {"recipients": (make.correspondent(),), "subject": "Avis", "body": "Cher confrère,"}
    return replace(draft, **{**typed, **fields})


def in_folder(office, folder):
    return [line.message for line in office.mail.folder(folder)]


def test_a_draft_is_found_again_as_it_was_typed(office, make):
    draft = written(office, make, body="À moitié écri")
    office.writing.keep(draft)

    assert office.writing.open(draft.draft_id).draft == draft
    assert [one.text for one in in_folder(office, Folder.DRAFTS)] == ["À moitié écri"]


def test_an_empty_new_message_leaves_no_draft(office):
    office.writing.new()

    assert in_folder(office, Folder.DRAFTS) == []


def test_the_message_leaves_once_and_is_then_among_the_sent_ones(office, make):
    draft = written(office, make)
    office.writing.send(draft)
    assert [one.subject for one in in_folder(office, Folder.OUTBOX)] == ["Avis"]

    office.outbox.run_once(Channel.MSSANTE)
    office.outbox.run_once(Channel.MSSANTE)

    assert len(office.server.sent) == 1
    assert [one.subject for one in in_folder(office, Folder.SENT)] == ["Avis"]
    assert in_folder(office, Folder.OUTBOX) == []


def test_a_document_of_the_record_travels_as_archive_and_pdf(office, make):
    draft = written(office, make)
    view = office.writing.attach_document(draft, office.document.document.document_id)
    office.writing.send(view.draft)
    office.outbox.run_once(Channel.MSSANTE)

    (mail,) = office.server.sent
    names = [one.name for one in mail.attachments]
    assert names[0] == "IHE_XDM.zip"
    assert names[1].endswith(".pdf")
    assert mail.raw_subject.startswith("XDM/1.0/DDM+")
    assert dict(mail.x_mss)["ins"] == "O"


def test_what_left_still_shows_its_documents_and_passes_them_on(office, make):
    draft = written(office, make)
    paper = office.document.document
    office.writing.send(office.writing.attach_document(draft, paper.document_id).draft)
    office.outbox.run_once(Channel.MSSANTE)

    (line,) = office.mail.folder(Folder.SENT)
    (shown,) = office.mail.view(draft.draft_id).enclosed
    assert line.enclosed and (shown.document_id, shown.title) == (paper.document_id, paper.title)
    again = office.writing.forward(draft.draft_id).draft
    assert again.documents == (shown,) and again.patient_id == office.patient.patient_id
    answer = office.writing.reply(draft.draft_id).draft
    assert answer.recipients == draft.recipients


def test_a_message_that_looks_like_a_draft_is_no_draft(office, make):
    """Its documents would be those that a stranger names."""
    paper = office.document.document.document_id
    forged = replace(
        office.writing.new().draft, draft_id="m", documents=(DraftDocument(paper, "Compte rendu"),)
    )
    received = Message(
        "m2", Folder.INBOX, "<m@x>", "R", "r@x.example", (), "Avis", "Avis", NOW, "Bonjour"
    )
    with office.store.unit() as uow:
        uow.messages.add(received, forged.dump(), {})
        uow.messages.add(replace(received, message_id="m3"), b'{"draft_id": [', {})
        uow.commit()

    for message_id in ("m2", "m3"):
        assert office.mail.view(message_id).enclosed == ()
        assert office.writing.forward(message_id).draft.documents == ()
        assert office.writing.reply(message_id).draft.recipients[0].address == "r@x.example"


def test_an_answer_knows_the_contact_who_wrote(office, make):
    robert = make.correspondent(speciality="Pneumologie", verified=True)
    raw = f"From: R <{robert.address}>\r\nTo: x@x.example\r\nSubject: Avis\r\n\r\nBonjour\r\n"
    received = Message(
        "m", Folder.INBOX, "<m@x>", "R", robert.address, ("x@x.example",), "Avis", "Avis", NOW, "B"
    )
    sent = replace(received, message_id="s", folder=Folder.SENT, recipients=(robert.address,))
    with office.store.unit() as uow:
        uow.contacts.remember(robert)
        uow.messages.add(received, raw.encode(), {})
        uow.messages.add(sent, raw.encode(), {})
        uow.commit()

    assert office.writing.reply("m").draft.recipients == (robert,)
    (line,) = office.mail.folder(Folder.SENT)
    assert line.message.recipients == (robert.display_name,)


def test_a_file_travels_with_its_name_and_bytes(office, make):
    view = office.writing.attach(written(office, make), "Électro.pdf", b"%PDF-1.7 e")
    office.writing.send(view.draft)
    office.outbox.run_once(Channel.MSSANTE)

    (file,) = office.server.sent[0].attachments
    assert (file.name, file.content) == ("Électro.pdf", b"%PDF-1.7 e")


def test_a_lost_answer_asks_the_mailbox_and_never_sends_twice(office, make):
    office.server.answers = [AnswerLost("perdu")]
    office.writing.send(written(office, make))
    office.outbox.run_once(Channel.MSSANTE)
    office.server.there = Receipt("x", NOW, ("Retrouvé",))
    office.clock.advance(minutes=5)

    office.outbox.run_once(Channel.MSSANTE)

    assert len(office.server.sent) == 1
    assert len(in_folder(office, Folder.SENT)) == 1


def test_what_was_refused_and_withdrawn_is_a_draft_again(office, make):
    office.server.answers = [Refused("550", "inconnu")]
    office.writing.send(written(office, make))
    office.outbox.run_once(Channel.MSSANTE)
    (line,) = office.queue.lines()
    assert line.deliveries[0].state is DeliveryState.REFUSED

    office.queue.withdraw(line.deliveries[0].delivery_id)

    assert [one.subject for one in in_folder(office, Folder.DRAFTS)] == ["Avis"]


def test_a_message_about_nobody_has_its_line_in_the_queue(office, make):
    office.writing.send(written(office, make, patient_id=None))

    (line,) = office.queue.lines()
    assert (line.title, line.patient) == ("Avis", None)


def test_a_recipient_outside_the_white_list_stops_the_sending(office, make):
    draft = written(office, make)
    office.server.outside = (draft.recipients[0].address,)

    with pytest.raises(UserFacingError, match="n’est pas une adresse MSSanté"):
        office.writing.send(draft)

    assert in_folder(office, Folder.OUTBOX) == []


def test_without_a_list_the_message_says_that_nobody_can_tell(office, make):
    office.server.is_listed = lambda address: None
    draft = written(office, make)

    assert "liste blanche" in office.writing.keep(draft).doubt
    assert office.writing.missing(draft) == ""
    office.server.is_listed = lambda address: True
    assert office.writing.keep(draft).doubt == ""


def test_the_size_is_said_before_the_sending(office, make):
    office.settings[mail_size_limit_mb] = 1

    with pytest.raises(UserFacingError, match="1 Mo"):
        office.writing.attach(written(office, make), "a.bin", b"0" * 1024 * 1024)


@pytest.mark.requirement("ECO.2.2.6")
def test_a_citizen_is_written_to_only_from_a_qualified_ins(office, make):
    identity = replace(office.patient.identity, status=IdentityStatus.VALIDATED)
    with office.store.unit() as uow:
        uow.patients.update(replace(office.patient, identity=identity))
        uow.commit()

    with pytest.raises(UserFacingError):
        office.writing.citizen(office.patient.patient_id)


def refuses(office, **what):
    with office.store.unit() as uow:
        known = uow.patients.get(office.patient.patient_id)
        uow.patients.update(replace(known, **what))
        uow.commit()


@pytest.mark.requirement("MSS/va1.20")
def test_a_patient_who_refuses_messages_is_not_written_to(office, make):
    citizen = office.writing.citizen(office.patient.patient_id)
    refuses(office, refuses_own_mail=True)

    with pytest.raises(UserFacingError, match="ne veut pas recevoir"):
        office.writing.citizen(office.patient.patient_id)
    with pytest.raises(UserFacingError, match="ne veut pas recevoir"):
        office.writing.send(written(office, make, recipients=(citizen,)))
    office.writing.send(written(office, make))


@pytest.mark.requirement("MSS/va1.22")
def test_documents_of_a_patient_who_refuses_stay_home(office, make):
    refuses(office, refuses_shared_mail=True)
    draft = office.writing.keep(written(office, make)).draft
    with_paper = office.writing.attach_document(draft, office.document.document.document_id).draft

    with pytest.raises(UserFacingError, match="s’oppose à l’envoi"):
        office.writing.send(with_paper)
    office.writing.send(draft)


def test_the_address_of_another_citizen_is_refused(office, make):
    other = make.correspondent(address="279035121518989@patient.mssante.fr")

    with pytest.raises(UserFacingError, match="INS qualifiée"):
        office.writing.send(written(office, make, recipients=(other,)))


@pytest.mark.requirement("ECO.2.2.8")
def test_closing_the_exchange_is_told_in_a_header(office, make):
    citizen = office.writing.citizen(office.patient.patient_id)
    office.writing.send(written(office, make, recipients=(citizen,), closes=True))
    office.outbox.run_once(Channel.MSSANTE)

    assert dict(office.server.sent[0].x_mss)["mes"] == "FIN"


def test_a_typed_address_is_proposed_as_it_is(office):
    assert office.writing.directory("Nom@Hopital.example")[-1].address == "nom@hopital.example"


def test_the_signature_of_the_settings_stands_below(office):
    office.settings[mail_signature] = "Cabinet du Port"

    assert office.writing.new().draft.body.endswith("Cabinet du Port")


def test_a_draft_thrown_away_is_gone_and_a_sent_message_is_not(office, make):
    draft, other = written(office, make), written(office, make)
    office.writing.keep(draft)
    office.writing.send(other)

    assert office.writing.discard(draft) is not None
    assert office.writing.discard(other) is None

    assert in_folder(office, Folder.DRAFTS) == []
    assert len(in_folder(office, Folder.OUTBOX)) == 1


def test_a_draft_thrown_away_comes_back_with_its_files_and_its_last_words(office, make):
    view = office.writing.attach(written(office, make), "a.txt", b"douze")
    typed = replace(view.draft, body="les derniers mots")

    office.writing.bring_back(office.writing.discard(typed))

    [back] = in_folder(office, Folder.DRAFTS)
    again = office.writing.open(back.message_id).draft
    assert again.body == "les derniers mots"
    with office.store.unit() as uow:
        assert [uow.messages.attachment(one.attachment_id) for one in again.files] == [b"douze"]


def test_what_is_read_and_filed_leaves_the_inbox_with_age(office, make):
    inbox = replace(
        office.writing._message(written(office, make)), folder=Folder.INBOX, sent_at=NOW
    )
    kept = {"unread": {"unread": True}, "unassigned": {"patient_id": None}}
    with office.store.unit() as uow:
        uow.messages.add(replace(inbox, message_id="old"), b"", {})
        for name, fields in kept.items():
            uow.messages.add(replace(inbox, message_id=name, **fields), b"", {})
        uow.commit()

    told = ServerTime()
    told.hear(NOW)
    archiving = ArchivingByAge(office.store.unit, office.clock, told)
    assert archiving.run(dt.timedelta(days=-1)) == 1
    assert {one.message_id for one in in_folder(office, Folder.INBOX)} == set(kept)
    assert [one.message_id for one in in_folder(office, Folder.ARCHIVES)] == ["old"]


PIRATE = Message(
    "p", Folder.INBOX, "", "Dr Robert SPECIALISTE5737", "pirate@x.example", (), "Avis", "Avis",
    NOW, "Bonjour",
)  # fmt: skip


@pytest.fixture
def pirate(office, make):
    """A stranger writes under the name of a contact."""
    with office.store.unit() as uow:
        uow.contacts.put(Contact(make.correspondent()))
        uow.messages.add(PIRATE, b"From: x", {})
        uow.commit()
    return PIRATE.message_id


def test_a_known_name_with_another_address_is_said_when_read_and_before_answering(office, pirate):
    said = (office.mail.view(pirate).doubt, office.writing.reply(pirate).doubt)

    assert set(said) == {
        "Ce nom est connu avec une autre adresse : robert.specialiste5737@medecin.mssante.example"
    }


def test_the_contact_under_their_own_address_or_another_name_is_not_doubted(office, pirate, make):
    one = make.correspondent()
    for name, address in ((PIRATE.sender_name, one.address), ("Dr Luc AUTRE", "luc@x.example")):
        known = replace(PIRATE, message_id=address, sender_name=name, sender_address=address)
        with office.store.unit() as uow:
            uow.messages.add(known, b"From: x", {})
            uow.commit()
        assert office.mail.view(address).doubt == ""


def test_nobody_becomes_a_contact_by_an_answer_alone(office, pirate):
    draft = office.writing.reply(pirate).draft

    office.writing.send(replace(draft, subject="Re: Avis"))

    with office.store.unit() as uow:
        assert uow.contacts.get("pirate@x.example") is None
    (first, *_) = office.writing.directory("SPECIALISTE5737")
    assert first.address == "robert.specialiste5737@medecin.mssante.example"


def test_who_the_directory_answers_for_becomes_a_contact(office, make):
    office.writing.send(written(office, make, recipients=(make.correspondent(verified=True),)))

    with office.store.unit() as uow:
        assert uow.contacts.get(make.correspondent().address) is not None


def test_an_answer_names_the_address_beside_the_name(office, pirate):
    body = office.writing.reply(pirate).draft.body

    assert "Dr Robert SPECIALISTE5737 <pirate@x.example> a écrit" in body


def arrived(raw):
    return SimpleNamespace(
        mailbox="INBOX", uid_validity=7, uid=1, raw=raw, seen=False, arrived_at=None, cut_from=0
    )


@pytest.mark.parametrize("enclosed", [False, True])
def test_the_copy_that_comes_back_is_the_message_that_was_written(office, make, enclosed):
    draft = written(office, make, body="Cher confrère,\n\n\u2003à bientôt \U0001f600")
    if enclosed:
        document_id = office.document.document.document_id
        draft = office.writing.attach_document(draft, document_id).draft
    office.writing.send(draft)
    office.outbox.run_once(Channel.MSSANTE)

    assert office.filing.receive(arrived(office.server.raws[0])) is None
    assert in_folder(office, Folder.INBOX) == []


def test_another_text_under_the_message_id_of_what_was_written_is_not_swallowed(office, make):
    office.writing.send(written(office, make))
    office.outbox.run_once(Channel.MSSANTE)
    forged = office.server.raws[0].replace(b"confr=C3=A8re", b"confr=C3=A8re, stop")

    message = office.filing.receive(arrived(forged))

    assert (message.folder, message.unread) == (Folder.INBOX, True)


def test_a_second_answer_finds_the_one_begun_and_an_answer_to_all_completes_it(office):
    raw = b"From: R <r@x.example>\r\nTo: x@x.example, a@x.example\r\nSubject: Avis\r\n\r\nB\r\n"
    received = Message(
        "m", Folder.INBOX, "<m@x>", "R", "r@x.example", ("x@x.example", "a@x.example"),
        "Avis", "Avis", NOW, "B",
    )  # fmt: skip
    with office.store.unit() as uow:
        uow.messages.add(received, raw, {})
        uow.messages.add(replace(received, message_id="other"), raw, {})
        uow.commit()
    first = office.writing.reply("m")
    assert not first.begun_before
    office.writing.keep(replace(first.draft, body="Cher confrère, je pense que"))

    again = office.writing.reply("m")
    assert again.begun_before
    assert again.draft.draft_id == first.draft.draft_id
    assert again.draft.body == "Cher confrère, je pense que"

    everybody = office.writing.reply("m", everybody=True)
    assert everybody.draft.draft_id == first.draft.draft_id
    assert "a@x.example" in [one.address for one in everybody.draft.copies]
    assert not office.writing.reply("other").begun_before

    forwarded = office.writing.forward("m")
    assert office.writing.forward("m").draft.draft_id == forwarded.draft.draft_id
    office.writing.discard(first.draft)
    assert not office.writing.reply("m").begun_before
