"""Closing a record: one question when something was made, none otherwise, nothing blocked."""

import os
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from lgc.cda.allowed import Allowed
from lgc.desktop.closing.dialog import ClosingDialog
from lgc.desktop.sharing.will_be_read import WillBeRead
from lgc.desktop.start import _record
from lgc.domain.agenda import Presence
from lgc.domain.documents import Confidentiality
from lgc.errors import UserFacingError
from lgc.services.closing import ClosingProposal
from lgc.services.reading_back import ReadBack, Reading

WAIT = 10_000
CHEMIN = "CHEMIN Henri"
CTRL = Qt.KeyboardModifier.ControlModifier


def visit_of(scenes):
    return next(one for one in scenes.visits() if one.visit_id == "v4")


class FakeClosing:
    """services.closing.Closing that writes down what it is asked."""

    def __init__(self, proposal):
        self.proposal, self.asked, self.error = proposal, [], None

    def propose(self, patient_id):
        if isinstance(self.proposal, Exception):
            raise self.proposal
        return self.proposal

    def send(self, chosen, recipients, *, dmp, consent_attested):
        seen = [(one.document.document_id, one.confidentiality) for one in chosen]
        self.asked.append((seen, [one.address for one in recipients], dmp, consent_attested))
        return (0, self.error) if self.error is not None else (len(chosen), None)

    def set_presence(self, seen, presence):
        """services.planning.Planning: closing only ends."""
        assert presence is Presence.DONE
        self.asked.append(("ended", seen.visit_id))
        return seen


@pytest.fixture
def proposal(rooms, scenes):
    documents = tuple(rooms.document(CHEMIN, n, f"Document {n}") for n in (1, 2))
    return ClosingProposal(
        scenes.CHEMIN, documents, ("letter",), visit_of(scenes), True, False, False
    )


@pytest.fixture
def desk(rooms, proposal):
    made = rooms.make_desk()
    made.acting = SimpleNamespace()
    made.closing = FakeClosing(proposal)
    made.planning = SimpleNamespace(
        set_presence=made.closing.set_presence,
        take_back=lambda undo: made.closing.asked.append(("back", undo)),
    )
    return made


@pytest.fixture
def office(qtbot, window, desk, scenes):
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)
    page = window.open_record(CHEMIN)
    qtbot.waitUntil(lambda: page.documents.table.rows() != [], timeout=WAIT)
    yield window


def asked(qtbot, window):
    assert not window.close_record(CHEMIN)
    qtbot.waitUntil(lambda: window.findChild(ClosingDialog) is not None, timeout=WAIT)
    dialog = window.findChild(ClosingDialog)
    qtbot.waitUntil(dialog.isVisible, timeout=WAIT)
    return dialog


def closed(qtbot, window):
    qtbot.waitUntil(lambda: window.open_records() == (), timeout=WAIT)


def test_the_documents_of_the_visit_leave_with_one_button(qtbot, office, desk):
    dialog = asked(qtbot, office)
    dialog.rows[1].seen.setCurrentIndex(1)
    qtbot.wait(60)
    if folder := os.environ.get("LGC_PICTURES"):
        office.grab().save(f"{folder}/fermeture.png")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, CTRL)

    closed(qtbot, office)
    seen = [
        (f"{CHEMIN}-1", Confidentiality.VISIBLE),
        (f"{CHEMIN}-2", Confidentiality.MASKED_TO_PROFESSIONALS),
    ]
    qtbot.waitUntil(
        lambda: desk.closing.asked == [(seen, [], True, False), ("ended", "v4")], timeout=WAIT
    )


def test_nothing_chosen_nothing_sent_and_the_record_still_closes(qtbot, office, desk):
    dialog = asked(qtbot, office)
    for row in dialog.rows:
        row.send.setChecked(False)
    assert dialog.missing() == "Aucun document choisi."
    dialog.visit.setChecked(False)
    dialog.later.click()

    closed(qtbot, office)
    assert desk.closing.asked == []


def test_staying_keeps_the_record_open_and_it_asks_again(qtbot, office, desk):
    dialog = asked(qtbot, office)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    assert office.open_records() == (CHEMIN,)
    qtbot.waitUntil(lambda: office.findChild(ClosingDialog) is None, timeout=WAIT)
    assert asked(qtbot, office).isVisible()


def test_a_consent_that_is_needed_is_asked_only_for_the_dmp(qtbot, office, desk, proposal, scenes):
    desk.closing.proposal = replace(proposal, consent_needed=True)
    dialog = asked(qtbot, office)
    assert "accord" in dialog.missing()
    dialog.dmp.setChecked(False)
    assert dialog.missing() == "Choisissez le DMP ou un destinataire."
    dialog.dmp.setChecked(True)
    dialog.consent.setChecked(True)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, CTRL)

    closed(qtbot, office)
    assert desk.closing.asked[0][2:] == (True, True)


def test_a_patient_who_refuses_keeps_colleagues_out(qtbot, office, desk, proposal, scenes):
    who = replace(scenes.CHEMIN, refuses_shared_mail=True)
    desk.closing.proposal = replace(proposal, patient=who)
    dialog = asked(qtbot, office)

    assert not dialog.recipients.isVisible()
    assert dialog.missing() == ""
    dialog.dmp.setChecked(False)
    assert dialog.missing() == "Choisissez le DMP."


def test_a_refusal_is_told_and_the_record_stays(qtbot, office, desk):
    desk.closing.error = UserFacingError("Ce patient n’a pas de DMP ouvert.")
    qtbot.keyClick(asked(qtbot, office), Qt.Key.Key_Return, CTRL)

    qtbot.waitUntil(lambda: office.messages.on_screen() != [], timeout=WAIT)
    assert office.open_records() == (CHEMIN,)
    assert ("ended", "v4") not in desk.closing.asked


def test_nothing_made_or_nothing_known_closes_at_once(qtbot, office, desk, proposal):
    desk.closing.proposal = replace(proposal, documents=(), drafts=())
    assert not office.close_record(CHEMIN)
    closed(qtbot, office)
    desk.closing.proposal = UserFacingError("La carte a été retirée.")
    office.open_record(CHEMIN)
    assert not office.close_record(CHEMIN)
    closed(qtbot, office)

    assert office.findChild(ClosingDialog) is None


def test_a_consultation_under_way_ends_with_its_record_though_nothing_was_written(
    qtbot, office, desk, proposal, scenes
):
    under_way = replace(visit_of(scenes), presence=Presence.IN_CONSULTATION)
    desk.closing.proposal = replace(proposal, documents=(), drafts=(), visit=under_way)
    assert not office.close_record(CHEMIN)
    closed(qtbot, office)

    qtbot.waitUntil(lambda: desk.closing.asked == [("ended", "v4")], timeout=WAIT)
    qtbot.waitUntil(lambda: office.messages.on_screen() != [], timeout=WAIT)
    assert "consultation de 10:00 terminée" in office.messages.on_screen()[-1].words.text()
    office.messages.undo_last()
    qtbot.waitUntil(lambda: ("back", under_way) in desk.closing.asked, timeout=WAIT)


def test_the_record_of_who_only_waits_is_looked_at_and_closed_without_ending_anything(
    qtbot, office, desk, proposal
):
    desk.closing.proposal = replace(proposal, documents=(), drafts=())
    assert not office.close_record(CHEMIN)
    closed(qtbot, office)

    assert desk.closing.asked == []


def test_the_visit_that_ends_is_shown_with_its_hour(qtbot, office):
    assert asked(qtbot, office).visit.text() == "La consultation de 10:00 est terminée"


def test_what_a_colleague_will_read_is_in_sight_and_what_says_otherwise_stays(
    qtbot, office, desk, proposal
):
    first, second = proposal.documents
    since = Reading("Traitements", "Metformine", "« Metformine », fin…", Allowed.CHANGED_SINCE)
    lies = Reading("Pathologies en cours", "Asthme", "« Asthme » n’est pas dans le dossier.")
    reads = {
        first.document_id: ReadBack(first.title, (since,)),
        second.document_id: ReadBack(second.title, (lies,)),
    }
    desk.closing.proposal = replace(proposal, reads=reads)
    dialog = asked(qtbot, office)
    qtbot.wait(60)
    if folder := os.environ.get("LGC_PICTURES"):
        office.grab().save(f"{folder}/fermeture-relue.png")

    words = [one.text() for one in dialog.findChild(WillBeRead).findChildren(QLabel)]
    assert "ne part pas" in words[0] and second.title in words[0]
    assert words[1] == first.title and second.title in words
    assert any(one.startswith("Le dossier a changé depuis") for one in words)
    assert not dialog.rows[1].send.isEnabled()
    dialog.rows[1].send.setChecked(True)  # as a kept answer would
    assert [one.document for one in dialog.chosen()] == [first]


def test_what_a_key_noted_a_moment_before_is_stored_when_the_closing_looks(qtbot, office, desk):
    """A on Accueil, Ctrl+W at once: the visit that ends is the one that the key leaves."""
    told = []
    propose = desk.closing.propose

    def slow():
        time.sleep(0.2)
        told.append("stored")

    desk.closing.propose = lambda patient_id: told.append("looked") or propose(patient_id)
    office.acts.add(slow, lambda nothing: None)
    assert not office.close_record(CHEMIN)
    qtbot.waitUntil(lambda: "looked" in told, timeout=WAIT)

    assert told == ["stored", "looked"]


def test_the_end_is_taken_back_after_what_the_keys_did_meanwhile(
    qtbot, office, desk, proposal, scenes
):
    """One queue for closing, Accueil and agenda: an undo never overtakes an act."""
    under_way = replace(visit_of(scenes), presence=Presence.IN_CONSULTATION)
    desk.closing.proposal = replace(proposal, documents=(), drafts=(), visit=under_way)
    asked = desk.closing.asked
    assert not office.close_record(CHEMIN)
    qtbot.waitUntil(lambda: asked == [("ended", "v4")], timeout=WAIT)

    def slow():
        time.sleep(0.2)
        asked.append("another")

    office.acts.add(slow, lambda undo: office.messages.toast("autre", lambda: None))
    qtbot.keyClick(office, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: "another" in asked, timeout=WAIT)
    qtbot.keyClick(office, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: len(asked) == 3, timeout=WAIT)

    assert asked == [("ended", "v4"), "another", ("back", under_way)]


def test_the_cross_of_another_tab_asks_over_its_own_record(qtbot, office):
    other = office.open_record("LEGRAND Chantal")
    qtbot.waitUntil(lambda: office.tasks.running == 0, timeout=WAIT)
    assert office.current_page() is other

    dialog = asked(qtbot, office)

    assert dialog.isVisible() and office.current_page().patient_id == CHEMIN
