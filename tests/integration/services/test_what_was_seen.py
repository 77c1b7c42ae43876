"""An act of a dialog or a menu is of what it showed; changed meanwhile, both are told."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain.contacts import Contact
from lgc.domain.medical_data import Family, Standing
from lgc.domain.messages import Folder
from lgc.domain.professionals import Correspondent
from lgc.domain.relations import Relation, RelationKind
from lgc.errors import UserFacingError
from lgc.mssante.message import parse
from lgc.services.circle import Circle
from lgc.services.contact_book import ContactBook
from lgc.services.mail import Mail
from lgc.services.mail_folders import MailFolders
from lgc.services.medical import Medical, Suggestion
from lgc.services.records import Records
from lgc.settings import Settings

LETTER = "From: dr@x.example\r\nMessage-ID: <{0}@x>\r\nSubject: N {0}\r\n\r\nBonjour\r\n"


class Incoming:
    mailbox, uid_validity, seen, arrived_at, cut_from = "INBOX", 7, False, None, 0

    def __init__(self, number):
        self.uid, self.raw = number, LETTER.format(number).encode()


@pytest.fixture
def patient(desk, make):
    made = make.patient()
    with desk.store.unit() as uow:
        uow.patients.add(made)
        uow.commit()
    return made.patient_id


# --- the circle of a patient ----------------------------------------------------------------------


@pytest.fixture
def circle(desk):
    return Circle(desk.store.unit, desk.ids, desk.events.append)


@pytest.mark.parametrize("act", ["change", "remove"])
@pytest.mark.parametrize("meanwhile", ["changed", "gone"])
def test_a_relative_that_changed_meanwhile_is_left(circle, patient, act, meanwhile):
    seen = circle.put(patient, Relation("", RelationKind.EMERGENCY, "Élise", "fille", "06 01"))
    if meanwhile == "changed":
        circle.put(patient, replace(seen, telephone="06 02"), seen)
    else:
        circle.remove(patient, seen)
    before = circle.of(patient)

    with pytest.raises(UserFacingError, match="changé") as told:
        if act == "change":
            circle.put(patient, replace(seen, detail="nièce"), seen)
        else:
            circle.remove(patient, seen)
    assert "06 01" in told.value.advice
    assert ("06 02" if meanwhile == "changed" else "il n’y est plus") in told.value.advice
    assert circle.of(patient) == before


def test_a_relative_taken_away_comes_back_by_its_undo(circle, patient):
    seen = circle.put(patient, Relation("", RelationKind.EMERGENCY, "Élise"))
    circle.remove(patient, seen)
    circle.put(patient, seen)
    assert circle.of(patient) == (seen,)


# --- contacts -------------------------------------------------------------------------------------


@pytest.fixture
def book(desk):
    nobody = SimpleNamespace(find=lambda *words: (), with_address=lambda address: None)
    return ContactBook(desk.store.unit, desk.clock, desk.connection, nobody, lambda words: ())


@pytest.mark.parametrize("act", ["change", "remove"])
def test_a_contact_that_changed_meanwhile_is_left(book, act):
    seen = book.keep(Contact(Correspondent("a@x.example", "CŒUR"), "01 01"))
    now = book.keep(replace(seen, telephone="01 02"), seen.address, seen)

    with pytest.raises(UserFacingError, match="changé") as told:
        if act == "change":
            book.keep(replace(seen, note="Le jeudi"), seen.address, seen)
        else:
            book.remove(seen.address, seen)
    assert "01 01" in told.value.advice and "01 02" in told.value.advice
    assert book.all() == (now,)


def test_a_contact_that_is_gone_is_not_made_again_by_an_open_dialog(book):
    seen = book.keep(Contact(Correspondent("a@x.example", "CŒUR")))
    book.remove(seen.address, seen)
    with pytest.raises(UserFacingError, match="changé"):
        book.keep(replace(seen, note="x"), seen.address, seen)
    assert book.all() == ()


# --- lines of the record --------------------------------------------------------------------------


@pytest.fixture
def medical(desk):
    return Medical(desk.store.unit, desk.clock, desk.ids, desk.connection, desk.events.append)


@pytest.mark.parametrize("act", ["change", "remove"])
@pytest.mark.parametrize("meanwhile", ["changed", "gone"])
def test_a_line_of_the_record_that_changed_meanwhile_is_left(medical, patient, act, meanwhile):
    medical.add(patient, Suggestion(Family.CHRONIC, "Asthme", None), "Asthme")
    [seen] = medical.record(patient).of(Family.CHRONIC)
    if meanwhile == "changed":
        medical.update(patient, seen, replace(seen, note="sévère"))
    else:
        medical.remove(patient, seen)
    before = medical.record(patient).entries

    with pytest.raises(UserFacingError, match="changé") as told:
        if act == "change":
            medical.update(patient, seen, replace(seen, active=False))
        else:
            medical.remove(patient, seen)
    assert "Vous voyiez : Asthme." in told.value.advice
    assert ("sévère" if meanwhile == "changed" else "il n’y est plus") in told.value.advice
    assert medical.record(patient).entries == before


# --- planned acts ---------------------------------------------------------------------------------


def test_an_act_that_was_said_meanwhile_is_not_said_again(desk, medical, patient):
    records = Records(desk.store.unit, desk.clock, SimpleNamespace(known=lambda patient_id: ()))
    seen = next(one for one in records.view(patient).life_line.lanes if one.name == "Vaccin grippe")
    records.must_be_due(patient, seen)
    change = medical.tell(patient, "Vaccin grippe", Standing.FACT)

    with pytest.raises(UserFacingError, match="changé") as told:
        records.must_be_due(patient, seen)

    assert "Vous voyiez : rien de noté. Maintenant : fait le " in told.value.advice
    medical.undo(change)
    records.must_be_due(patient, seen)
    medical.tell(patient, "Vaccin grippe", Standing.ORDERED)
    with pytest.raises(UserFacingError, match="changé") as told:
        records.must_be_due(patient, seen)
    assert "Maintenant : prescrit le " in told.value.advice


# --- messages -------------------------------------------------------------------------------------


@pytest.fixture
def mail(desk):
    return Mail(desk.store.unit, desk.clock, parse, Settings())


def receive(desk, number):
    return desk.filing.receive(Incoming(number)).message_id


def test_a_message_that_was_moved_meanwhile_is_left_where_it_is(desk, mail):
    one = receive(desk, 1)
    mail.move(one, Folder.ARCHIVES)
    with pytest.raises(UserFacingError, match="changé") as told:
        mail.move(one, Folder.DELETED, seen=(Folder.INBOX, ""))

    assert "Boîte de réception" in told.value.advice and "Archives" in told.value.advice
    assert [line.message.message_id for line in mail.folder(Folder.ARCHIVES)] == [one]


def test_what_was_deleted_after_the_question_is_not_thrown_away(desk, mail):
    seen, later = receive(desk, 1), receive(desk, 2)
    mail.move(seen, Folder.DELETED)
    mail.move(later, Folder.DELETED)

    assert mail.empty_deleted([seen]) == (1, 0)
    assert [line.message.message_id for line in mail.folder(Folder.DELETED)] == [later]


def test_a_folder_that_was_renamed_meanwhile_is_not_renamed_again(desk):
    folders = MailFolders(desk.store.unit)
    folders.make("Cœur")
    folders.rename("Cœur", "Poumon")
    with pytest.raises(UserFacingError, match="n’existe plus"):
        folders.rename("Cœur", "Rein")
    assert folders.names() == (("Poumon", 0),)
