"""The contacts over a real store and a real directory file: kept, renamed, taken back, found."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from lgc.domain.contacts import Contact
from lgc.domain.messages import Folder
from lgc.domain.professionals import Correspondent
from lgc.domain.relations import Relation, RelationKind
from lgc.errors import UserFacingError
from lgc.services.contact_book import ContactBook
from lgc.store.directory_file import DirectoryFile

LISE = Contact(
    Correspondent("lise.coeur@medecin.mssante.example", "CŒUR", "Lise", "Dr", "Cardiologie"),
    "01 99 00 00 01",
    "Le jeudi.",
)
EXTRACTION = """Adresse BAL|Nom d'exercice|Prénom d'exercice|Libellé savoir-faire
lise.coeur@medecin.mssante.example|COEUR|Lise|Cardiologie
luc.coeur@medecin.mssante.example|COEUR|Luc|Cardiologie
"""


@pytest.fixture
def online():
    """What the directory online knows, or how it fails."""
    found = []

    def find(words):
        if isinstance(found, list) and found and isinstance(found[0], Exception):
            raise found[0]
        return found

    find.found = found
    return find


@pytest.fixture
def book(desk, tmp_path, online):
    listed = SimpleNamespace(is_listed=lambda address: address.endswith(".example"))
    desk.connection.plug(desk.connection.practitioner, SimpleNamespace(mssante=listed))
    extraction = tmp_path / "extraction.txt"
    extraction.write_text(EXTRACTION, "utf-8")
    directory = DirectoryFile(tmp_path / "directory.sqlite", extraction)
    return ContactBook(desk.store.unit, desk.clock, desk.connection, directory, online)


def test_contacts_stand_in_the_order_of_their_names(book):
    for family in ("Zola", "Éluard", "dupont", "Œuvrard"):
        book.keep(Contact(Correspondent(f"{len(book.all())}@x.example", family)))

    assert [one.name for one in book.all()] == ["dupont", "Éluard", "Œuvrard", "Zola"]


def test_a_contact_whose_address_changes_stays_one(book):
    book.keep(LISE)
    moved = replace(LISE, correspondent=replace(LISE.correspondent, address="lise@chu.example"))

    book.keep(moved, was=LISE.address.upper())

    assert book.all() == (moved,)


def test_an_address_has_one_contact_only(book):
    book.keep(LISE)
    luc = Contact(Correspondent("luc@x.example", "CŒUR", "Luc"))
    book.keep(luc)

    for was in ("", luc.address):
        with pytest.raises(UserFacingError, match="déjà celle de CŒUR Lise"):
            book.keep(replace(LISE, note="autre"), was=was)
    assert book.all() == (LISE, luc)


def test_what_was_removed_comes_back_whole(book):
    book.keep(LISE)

    book.remove(LISE.address)
    assert book.all() == ()
    book.keep(LISE)

    assert book.all() == (LISE,)
    book.remove("personne@x.example")


def test_the_card_tells_what_the_practice_and_they_have_in_common(book, desk, patient):
    book.keep(LISE)
    relation = Relation("r", RelationKind.CORRESPONDENT, "Dr CŒUR", address=LISE.address)
    with desk.store.unit() as uow:
        uow.relations.put(patient, relation)
        uow.commit()
    received, sent, other = (desk.filing.receive(mail).message_id for mail in MAILS)
    with desk.store.unit() as uow:
        uow.messages.move(sent, Folder.SENT)
        uow.messages.move(other, Folder.SENT)
        uow.commit()

    view = book.view(LISE.correspondent)

    assert view.known and view.listed and view.contact == LISE
    assert [one.message_id for one in view.messages] == [sent, received]
    assert [one.patient_id for one in view.patients] == [patient]


def test_somebody_of_the_directory_is_no_contact_yet(book):
    [luc] = [one for one in book.elsewhere("coeur") if one.given_name == "Luc"]

    view = book.view(luc)

    assert not view.known and view.contact.correspondent == luc
    book.keep(view.contact)
    assert [one.given_name for one in book.elsewhere("coeur")] == ["Lise"]


def test_a_directory_online_that_is_silent_changes_nothing(book, online):
    online.found.append(UserFacingError("L’annuaire en ligne ne répond pas."))
    assert book.online("coeur") == ()

    online.found[:] = [LISE.correspondent]
    assert book.online("coeur") == (LISE.correspondent,)
    book.keep(LISE)
    assert book.online("coeur") == ()


def test_who_wrote_is_kept_as_the_directory_knows_them(book):
    luc = book.keep_sender("LUC.coeur@medecin.mssante.example", "luc")
    other = book.keep_sender("autre@x.example", "Autre")

    assert (luc.name, luc.correspondent.verified) == ("COEUR Luc", True)
    assert (other.name, other.correspondent.verified) == ("Autre", False)


def test_without_a_card_nothing_is_said_of_the_white_list(book, desk):
    desk.connection.unplug()

    assert book.view(LISE.correspondent).listed is None


def test_the_audit_names_nobody(book, desk):
    book.keep(LISE)
    book.remove(LISE.address)

    assert desk.store.verify_audit() == 2


class Incoming:
    mailbox, uid_validity, seen, arrived_at, cut_from = "INBOX", 7, False, None, 0

    def __init__(self, uid, day, sender, to):
        self.uid = uid
        self.raw = (
            f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <{uid}@x>\r\n"
            f"Date: {day} Nov 2026 08:00:00 +0000\r\nSubject: Avis\r\n\r\nBonjour\r\n"
        ).encode()


MAILS = (
    Incoming(1, "20", "Lise <LISE.coeur@medecin.mssante.example>", "moi@x.example"),
    Incoming(2, "21", "moi@x.example", "Dr Lise CŒUR <lise.coeur@medecin.mssante.example>"),
    Incoming(3, "22", "moi@x.example", "Dr Luc CŒUR <luc.coeur@medecin.mssante.example>"),
)
