"""Everything of a record is found to its last word, as soon as it is stored."""

import io
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from types import SimpleNamespace

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from lgc.domain.medical_data import Family
from lgc.services.drafting import CONSULTATION, Draft, Drafting
from lgc.services.events import RecordChanged
from lgc.services.listing import Listing, Where
from lgc.services.medical import Medical, Suggestion
from lgc.services.reading import Reading
from lgc.services.records import Records
from lgc.settings import Settings


def pdf_saying(*pages):
    out = io.BytesIO()
    canvas = Canvas(out)
    for words in pages:
        canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def mail(content, subject="Avis", text="Bonjour"):
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@x.example", "b@x.example", subject
    message["Message-ID"] = "<m1@x>"
    message.set_content(text)
    message.add_attachment(content, maintype="application", subtype="pdf", filename="avis.pdf")
    return SimpleNamespace(
        raw=message.as_bytes(),
        uid=1,
        mailbox="INBOX",
        uid_validity=7,
        seen=False,
        arrived_at=None,
        cut_from=0,
    )


@pytest.fixture
def patient(desk, make):
    made = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made.patient_id


@pytest.fixture
def drafting(desk):
    return Drafting(
        desk.store.unit, desk.clock, desk.ids, desk.connection, Settings(), desk.events.append
    )


@pytest.fixture
def listing(desk, drafting):
    dmp = SimpleNamespace(known=lambda patient_id: ())
    records = Records(desk.store.unit, desk.clock, dmp)
    reading = Reading(desk.store.unit, desk.events.append)
    return Listing(desk.store.unit, desk.connection, records, reading, drafting, desk.events.append)


def test_the_text_of_a_received_pdf_and_its_message_are_found(desk, listing, patient):
    message = desk.filing.receive(mail(pdf_saying("Fibrose évolutive", "page deux"), text="Urgent"))
    assert listing.find(patient, "fibrose") == ()
    desk.filing.assign(message.message_id, patient)

    (found,) = listing.find(patient, "FIBROSE evol")
    assert found.where is Where.DOCUMENT
    assert "Fibrose évolutive" in found.excerpt
    assert [hit.where for hit in listing.find(patient, "urgent")] == [Where.MESSAGE]

    desk.filing.undo(message.message_id)
    assert listing.find(patient, "fibrose") == ()


def test_lines_of_the_record_and_the_note_being_written_are_found(
    desk, listing, drafting, patient, make
):
    entry = make.entry(label="Pénicilline", family=Family.ALLERGY, reaction="Œdème de Quincke")
    with desk.store.unit() as uow:
        uow.medical.add(patient, entry)
        uow.commit()
    drafting.keep(patient, CONSULTATION, Draft({"history": "Œdème des chevilles"}))

    found = listing.find(patient, "oedeme")

    assert [hit.where for hit in found] == [Where.ENTRY, Where.NOTE]
    assert found[0].family is Family.ALLERGY
    assert "Œdème de Quincke" in found[0].excerpt


def test_the_words_as_they_were_typed_are_found_beside_the_label_of_their_code(
    desk, listing, patient, make
):
    entry = make.entry(label="Maladie rénale chronique, sans précision", typed="IRC")
    with desk.store.unit() as uow:
        uow.medical.add(patient, entry)
        uow.commit()

    (found,) = listing.find(patient, "irc")

    assert (found.key, "IRC" in found.excerpt) == (entry.entry_id, True)


def test_an_allergy_that_is_entered_is_in_the_banner_at_the_next_reading(desk, patient, make):
    records = Records(desk.store.unit, desk.clock, SimpleNamespace(known=lambda patient_id: ()))
    medical = Medical(desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append)
    assert records.view(patient).allergies == ()

    chosen = Suggestion(Family.ALLERGY, "Pénicilline", None)
    added = medical.add(patient, chosen, "pénicilline (urticaire)").after

    assert desk.events[-1] == RecordChanged(patient)
    assert records.view(patient).allergies == ("Allergie ou intolérance : Pénicilline (urticaire)",)
    medical.update(patient, added, replace(added, active=False))
    assert records.view(patient).allergies == ()


def test_nothing_of_another_record_is_ever_found(desk, listing, patient, make):
    other = replace(make.patient(), patient_id="other", identity=make.identity(ins=None))
    with desk.store.unit() as uow:
        uow.patients.add(other)
        uow.documents.add(make.document(patient_id="other"), "lupus")
        uow.commit()

    assert listing.find(patient, "lupus") == ()
    assert len(listing.find("other", "lupus")) == 1


def test_documents_are_marked_and_printed_together(desk, listing, patient, make):
    first = make.document(
        b"%PDF broken", document_id="d1", patient_id=patient, mime_type="application/pdf"
    )
    second = make.document(
        pdf_saying("un", "deux"), document_id="d2", patient_id=patient, unique_id="1.2.9",
        mime_type="application/pdf",
    )  # fmt: skip
    with desk.store.unit() as uow:
        uow.documents.add(first)
        uow.documents.add(second)
        uow.commit()

    listing.mark_read(patient, ["d1", "d2"], read=False)
    printed = listing.printable(["d1", "d2"])

    assert all(line.unread for line in listing.lines(patient).lines)
    assert printed.left_out == (first.document.title,)
    with pikepdf.open(io.BytesIO(printed.pdf)) as whole:
        assert len(whole.pages) == 2


def test_columns_are_kept_and_nonsense_is_no_column(desk, listing):
    listing.keep_columns({"hidden": ["dmp"]})
    assert listing.columns() == {"hidden": ["dmp"]}
    with desk.store.unit() as uow:
        uow.notes.set("columns of the document list", "[")
        uow.commit()
    assert listing.columns() == {}
