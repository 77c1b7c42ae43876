"""What was filed in the wrong record comes out again, whole, told in both, and may be undone."""

import datetime as dt
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from lgc.cda.vsm import VsmContext, render
from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.domain.documents import Confidentiality
from lgc.domain.identity import IdentityStatus, Sex
from lgc.domain.medical_data import MedicalRecord
from lgc.domain.messages import Folder
from lgc.domain.writing import Draft, DraftDocument
from lgc.errors import UserFacingError
from lgc.services.events import RecordChanged
from lgc.services.payload import Payload
from lgc.services.reading import Reading
from lgc.services.refiling import Refiling
from lgc.services.refiling_traces import traces
from lgc.services.reusing import source_of
from lgc.store.models import AuditLineRow

WHY = "Compte rendu d’un homonyme"


@dataclass
class Incoming:
    raw: bytes
    uid: int = 1
    mailbox: str = "INBOX"
    uid_validity: int = 7
    seen: bool = False
    arrived_at: dt.datetime | None = None
    cut_from: int = 0


@pytest.fixture
def people(desk, make):
    """The one in whose record it is by mistake, and the one whose it is."""
    wrong, right = make.patient(), make.patient(birth_name="MARTIN")
    with desk.store.unit() as uow:
        uow.patients.add(wrong)
        uow.patients.add(right)
        uow.commit()
    return wrong, right


@pytest.fixture
def content(make, people):
    return paper(make, people[1])


def paper(make, patient):
    """A document that names ``patient``."""
    return render(
        VsmContext(
            patient=patient, record=MedicalRecord((make.entry(label="Asthme"),)),
            author=make.practitioner(), unique_id="2.25.901", set_id="2.25.900", version=1,
            written_at=dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC), service_start=None,
            practice_name="Cabinet",
        )
    )  # fmt: skip


def mail(content, number=1):
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "muller@chmc.example", "paul@x.example"
    message["Subject"], message["Message-ID"] = "Bilan", f"<m{number}@x>"
    message.set_content("Bonjour")
    message.add_attachment(content, maintype="text", subtype="xml", filename="bilan.xml")
    return Incoming(message.as_bytes(), uid=number)


@pytest.fixture
def filed(desk, people, content, make):
    """(message, document) filed by hand with the wrong one, and a line taken from it."""
    message = desk.filing.receive(mail(content))
    desk.filing.assign(message.message_id, people[0].patient_id)
    with desk.store.unit() as uow:
        (document,) = uow.documents.of_patient(people[0].patient_id)
        uow.medical.add(people[0].patient_id, make.entry(source=source_of(document)))
        uow.messages.move(message.message_id, Folder.ARCHIVES)
        uow.commit()
    desk.clock.advance(days=40)
    desk.events.clear()
    return message.message_id, document


@pytest.fixture
def refiling(desk):
    return Refiling(desk.store.unit, desk.clock, desk.connection, desk.events.append)


def held(desk, patient):
    """What a record holds: documents, lines, results, messages, and what the search finds."""
    with desk.store.unit() as uow:
        return (
            [one.document_id for one in uow.documents.of_patient(patient.patient_id)],
            [one.entry_id for one in uow.medical.of_patient(patient.patient_id).entries],
            [value for _, value in uow.results.of_patient(patient.patient_id)],
            [one.message_id for one in uow.messages.of_patient(patient.patient_id)],
            [one.document_id for one in uow.documents.find("asthme", patient.patient_id)],
        )


def test_it_moves_whole_weeks_afterwards_and_both_records_tell_it(desk, people, filed, refiling):
    (wrong, right), (message_id, document) = people, filed
    found = refiling.about(document.document_id)
    assert (len(found.documents), len(found.lines), found.why_not) == (1, 1, "")

    refiling.move(document.document_id, right.patient_id, WHY)

    assert held(desk, wrong) == ([], [], [], [], [])
    documents, _, _, messages, hits = held(desk, right)
    assert (documents, messages, hits) == ([document.document_id], [message_id], documents)
    with desk.store.unit() as uow:
        (left,), (came,) = traces(uow, wrong.patient_id), traces(uow, right.patient_id)
        pieces = uow.messages.get(message_id).attachments
    assert WHY in left and "dans un autre dossier le" in left
    assert WHY in came and "rangé ici" in came
    assert [one.document_id for one in pieces] == [document.document_id]
    assert {RecordChanged(wrong.patient_id), RecordChanged(right.patient_id)} <= set(desk.events)
    opened = Reading(desk.store.unit, desk.events.append).open(document.document_id)
    assert opened.faults[0] == came
    assert desk.store.verify_audit()


@pytest.mark.parametrize("out", [False, True])
def test_one_undo_puts_everything_back(desk, people, filed, refiling, out):
    (wrong, right), (message_id, document) = people, filed
    before = held(desk, wrong)
    with desk.store.unit() as uow:
        message = uow.messages.get(message_id)

    done = refiling.move(document.document_id, None if out else right.patient_id, WHY)
    refiling.take_back(done)

    assert held(desk, wrong) == before
    assert held(desk, right) == ([], [], [], [], [])
    with desk.store.unit() as uow:
        assert uow.messages.get(message_id) == message
        assert traces(uow, wrong.patient_id) == traces(uow, right.patient_id) == ()


def test_taken_out_it_waits_again_with_its_message_and_is_the_same_one_when_filed(
    desk, people, filed, refiling
):
    (wrong, right), (message_id, document) = people, filed

    refiling.move(document.document_id, None, WHY)

    assert held(desk, wrong) == ([], [], [], [], [])
    with desk.store.unit() as uow:
        message = uow.messages.get(message_id)
        assert [one.message_id for one in uow.messages.unassigned()] == [message_id]
    assert (message.folder, message.attachments[0].document_id) == (Folder.INBOX, None)

    assert desk.filing.assign(message_id, right.patient_id) == 1
    assert held(desk, right)[0] == [document.document_id]


def test_what_it_replaced_stands_again_and_it_is_replaced_where_it_goes(
    desk, people, filed, refiling, content
):
    (wrong, _), (_, document) = people, filed
    newer = content.replace(b'"2.25.901"', b'"2.25.902"').replace(
        b'versionNumber value="1"', b'versionNumber value="2"'
    )
    second = desk.filing.receive(mail(newer, 2))
    desk.filing.assign(second.message_id, wrong.patient_id)
    with desk.store.unit() as uow:
        newest = next(d for d in uow.documents.of_patient(wrong.patient_id) if d.version == 2)
        assert uow.documents.get(document.document_id).replaced_by == newest.document_id

    done = refiling.move(newest.document_id, people[1].patient_id, WHY)
    with desk.store.unit() as uow:
        assert uow.documents.get(document.document_id).replaced_by is None

    refiling.take_back(done)
    with desk.store.unit() as uow:
        assert uow.documents.get(document.document_id).replaced_by == newest.document_id


@pytest.mark.parametrize("state", DeliveryState)
def test_never_while_a_send_is_under_way_and_what_left_stays_where_it_left_from(
    desk, people, filed, refiling, make, state
):
    (wrong, right), (_, document) = people, filed
    payload = Payload(
        None, make.practitioner(), "1", "2", desk.clock.now(), "Avis", Confidentiality.VISIBLE
    )
    sent = Delivery(
        "d1", "s1", document.document_id, wrong.patient_id, Channel.MSSANTE, state,
        payload.dump(), desk.clock.now(),
    )  # fmt: skip
    with desk.store.unit() as uow:
        uow.deliveries.add(sent)
        uow.commit()
    before = held(desk, wrong)

    if state in (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.UNCERTAIN):
        with pytest.raises(UserFacingError, match="en cours"):
            refiling.move(document.document_id, right.patient_id, WHY)
        assert held(desk, wrong) == before
        return
    refiling.move(document.document_id, right.patient_id, WHY)
    with desk.store.unit() as uow:
        assert uow.deliveries.get("d1").patient_id == wrong.patient_id


def test_never_while_it_is_joined_to_what_is_being_written(desk, people, filed, refiling):
    (_, right), (message_id, document) = people, filed
    with desk.store.unit() as uow:
        known = uow.messages.get(message_id)
        draft = Draft("w", documents=(DraftDocument(document.document_id, "Bilan"),))
        mine = replace(known, message_id="w", folder=Folder.DRAFTS, attachments=(), subject="Avis")
        uow.messages.add(mine, draft.dump(), {})
        uow.commit()

    with pytest.raises(UserFacingError, match="joint au message « Avis »"):
        refiling.move(document.document_id, right.patient_id, WHY)


def test_what_was_written_here_is_annulled_and_a_reason_is_asked(
    desk, people, filed, refiling, make
):
    own = make.document(patient_id=people[0].patient_id)
    with desk.store.unit() as uow:
        uow.documents.add(own)
        uow.commit()

    with pytest.raises(UserFacingError, match="écrit ici"):
        refiling.move(own.document.document_id, people[1].patient_id, WHY)
    with pytest.raises(UserFacingError, match="raison"):
        refiling.move(filed[1].document_id, people[1].patient_id, " ")


def test_an_undo_that_comes_too_late_changes_nothing(desk, people, filed, refiling):
    (_, right), (message_id, document) = people, filed
    done = refiling.move(document.document_id, None, WHY)
    desk.filing.assign(message_id, right.patient_id)

    with pytest.raises(UserFacingError, match="depuis"):
        refiling.take_back(done)
    assert held(desk, right)[0] == [document.document_id]


def named(make, **fields):
    """One who is nobody of the two, without an INS unless told."""
    identity = replace(make.identity(**fields), status=IdentityStatus.PROVISIONAL, ins=None)
    return replace(make.patient(), identity=identity)


def came(desk, people, content):
    """It lies in the first record, by mistake."""
    message = desk.filing.receive(mail(content))
    desk.filing.assign(message.message_id, people[0].patient_id)
    with desk.store.unit() as uow:
        return uow.documents.of_patient(people[0].patient_id)[0].document_id


def test_what_names_nobody_else_asks_nothing_more(people, filed, refiling):
    assert refiling.against(filed[1].document_id, people[1].patient_id) == ()


@pytest.mark.parametrize(
    ("fields", "differs"),
    [
        ({"birth_name": "DURAND"}, ("nom de naissance",)),
        ({"birth_name": "MARTIN", "birth_date": dt.date(1948, 8, 19)}, ("date de naissance",)),
        ({"birth_name": "MARTIN", "sex": Sex.FEMALE}, ("sexe",)),
        ({"birth_name": "MARTIN", "given_names": ("PAUL",)}, ("prénom",)),
    ],
)
def test_one_that_names_somebody_else_wants_a_second_yes_that_stays_told(
    desk, people, refiling, make, fields, differs
):
    right = people[1]
    document_id = came(desk, people, paper(make, named(make, **fields)))
    (found,) = seen = refiling.against(document_id, right.patient_id)
    assert (found.differs, found.refused) == (differs, False)

    with pytest.raises(UserFacingError, match="nomme"):
        refiling.move(document_id, right.patient_id, WHY)
    with pytest.raises(UserFacingError, match="nomme"):
        refiling.move(document_id, right.patient_id, WHY, [replace(found, differs=("sexe", "x"))])
    assert held(desk, right)[0] == []

    refiling.move(document_id, right.patient_id, WHY, seen)

    assert held(desk, right)[0] == [document_id]
    with desk.store.unit() as uow:
        (told,) = traces(uow, right.patient_id)
        lines = [row.action for row in uow._session.query(AuditLineRow)]
    assert differs[0] in told and "une autre personne" in told
    assert "other identity overridden" in lines
    assert desk.store.verify_audit()


def test_what_another_record_holds_for_sure_goes_nowhere_else(desk, people, refiling, make):
    third = make.patient(birth_name="DURAND")
    with desk.store.unit() as uow:
        uow.patients.add(third)
        uow.commit()
    document_id = came(desk, people, paper(make, third))
    (found,) = seen = refiling.against(document_id, people[1].patient_id)
    assert found.refused and "DURAND" in found.holder and "INS" in found.differs

    with pytest.raises(UserFacingError, match="DURAND"):
        refiling.move(document_id, people[1].patient_id, WHY, seen)

    refiling.move(document_id, third.patient_id, WHY)
    assert held(desk, third)[0] == [document_id]
