"""« Reprendre dans le dossier »: chosen item by item, duplicates left out with their reason."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox

from lgc.desktop.mailbox.folder_list import ASSIGNED
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.reusing.dialog import ReuseDialog
from lgc.desktop.start import _record
from lgc.domain.documents import Origin
from lgc.domain.medical_data import (
    Family,
    KnownAbsence,
    MedicalEntry,
    MedicalRecord,
    Posology,
    Standing,
)
from lgc.domain.professionals import Coded
from lgc.services.comparing import Alert, Comparison
from lgc.services.reusing import ReuseView, Taken, judged

WAIT = 10_000
CHEMIN = "CHEMIN Henri"
I10 = Coded("I10", "2.16.840.1.113883.6.3", "Hypertension essentielle")
C09 = Coded("C09AA05", "2.16.840.1.113883.6.73", "Ramipril")
HELD = MedicalEntry("held", Family.CHRONIC, "HTA", I10)
FOUND = (
    MedicalEntry("1", Family.CHRONIC, "Hypertension artérielle", I10),
    MedicalEntry("2", Family.ALLERGY, "Pénicilline", reaction="urticaire"),
    MedicalEntry("3", Family.LONG_TERM_TREATMENT, "Ramipril 5 mg"),
)

MET = Alert(0, "Ramipril 5 mg", "a1", "Intolérance : Énalapril (toux)", "du groupe « IEC »", "")


class FakeReusing:
    """services.reusing.Reusing over two lists."""

    def __init__(self, absence) -> None:
        self.taken: list[str] = []
        self.undone = 0
        self._absence = absence

    def propose(self, patient_id, opened):
        proposals = list(judged(opened.readable.entries, MedicalRecord((HELD,))))
        proposals[2] = replace(proposals[2], alerts=(MET,))
        compared = Comparison(1, 1, (MET,))
        stated = (self._absence,)
        return ReuseView(patient_id, "VSM", "VSM du 02/09/2026", tuple(proposals), stated, compared)

    def take(self, view, chosen):
        self.taken = [entry.label for entry in chosen]
        return Taken(view.patient_id, tuple(e.entry_id for e in chosen), ())

    def undo(self, taken):
        self.undone += 1


@pytest.fixture
def desk(rooms, scenes):
    made = rooms.make_desk()
    paper = replace(rooms.document(CHEMIN, title="Volet de synthèse"), origin=Origin.MSSANTE)
    received = rooms.opened(paper, "<p>Synthèse</p>", entries=FOUND)
    own = rooms.opened(rooms.document(CHEMIN, 2), "<p>Note</p>", entries=FOUND)
    made.reading.open = lambda document_id: received if document_id.endswith("-1") else own
    made.records.patient = lambda patient_id: scenes.CHEMIN
    made.reusing = FakeReusing(KnownAbsence(Family.ALLERGY, scenes.NOW, "Dr X"))
    return made


@pytest.fixture
def page(qtbot, window, desk):
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)
    made = window.open_record(CHEMIN)
    qtbot.waitUntil(lambda: made.documents.table.rows() != [], timeout=WAIT)
    return made


def read(qtbot, page, number):
    page.show_home()
    page.open_document(f"{CHEMIN}-{number}")
    qtbot.waitUntil(lambda: page.document.isVisible(), timeout=WAIT)


@pytest.fixture
def dialog(qtbot, window, page):
    read(qtbot, page, 1)
    qtbot.mouseClick(page.document._reuse_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(ReuseDialog) is not None, timeout=WAIT)
    return window.findChild(ReuseDialog)


def boxes(dialog):
    return [box.isChecked() for box in dialog.findChildren(QCheckBox)]


def test_a_received_document_with_entries_offers_them_and_our_own_does_not(qtbot, page):
    read(qtbot, page, 1)
    assert page.document._reuse_button.isVisible()

    read(qtbot, page, 2)
    assert not page.document._reuse_button.isVisible()


def test_a_duplicate_is_left_out_and_says_why(dialog):
    assert [row.proposal.why_not for row in dialog.rows] == [
        "déjà dans le dossier, même code", "", "",
    ]  # fmt: skip
    assert boxes(dialog) == [False, True, True]
    assert dialog.take.text() == "Reprendre 2\u00a0éléments"


def test_what_was_chosen_enters_and_one_undo_takes_it_back(qtbot, window, desk, dialog):
    qtbot.mouseClick(dialog.rows[2], Qt.MouseButton.LeftButton, pos=QPoint(200, 20))
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: desk.reusing.taken == ["Pénicilline"], timeout=WAIT)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    window.messages.undo_last()
    qtbot.waitUntil(lambda: desk.reusing.undone == 1, timeout=WAIT)


def test_an_absence_the_choice_contradicts_is_named(qtbot, dialog):
    assert "Allergies" in dialog._warning.sentence()

    dialog.rows[1].box.setFocus()
    qtbot.keyClick(dialog.rows[1].box, Qt.Key.Key_Space)

    assert not dialog._warning.isVisible()


def test_nothing_chosen_cannot_be_taken_and_escape_changes_nothing(qtbot, desk, dialog):
    qtbot.keyClick(dialog, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert boxes(dialog) == [False, False, False]
    assert not dialog.take.isEnabled()

    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert desk.reusing.taken == []


def test_a_change_waits_with_what_it_was_and_would_be(qtbot, window, desk, page):
    line = {"family": Family.LONG_TERM_TREATMENT, "code": C09}
    before = MedicalEntry("held", label="Ramipril", posology=Posology("1 cp"), **line)
    after = MedicalEntry("1", label="Ramipril", posology=Posology("2 cp"), **line)
    planned = MedicalEntry("2", Family.VACCINATION, "Grippe", standing=Standing.PLANNED)
    desk.reusing.propose = lambda patient_id, opened: ReuseView(
        patient_id, "VSM", "VSM", judged((after, planned), MedicalRecord((before,))), ()
    )
    read(qtbot, page, 1)
    qtbot.mouseClick(page.document._reuse_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(ReuseDialog) is not None, timeout=WAIT)
    dialog = window.findChild(ReuseDialog)

    assert boxes(dialog) == [False, False]
    assert "posologie : 1 cp → 2 cp" in dialog.rows[0].box.accessibleName().replace("\u00a0", " ")
    assert "prévu, pas fait" in dialog.rows[1].box.accessibleName()
    assert not dialog.take.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert boxes(dialog) == [False, False]


@pytest.fixture
def mail(qtbot, window, desk):
    made = MailPage.join(window, desk)
    window.show_page("messages")
    qtbot.waitUntil(lambda: made.preview.view is not None, timeout=WAIT)
    return made


def piece_of(qtbot, mail, message_id):
    mail.table.select(message_id)
    qtbot.waitUntil(lambda: mail.preview.view.message.message_id == message_id, timeout=WAIT)
    attachment = mail.preview.view.message.attachments[0].attachment_id
    mail._open_attachment(message_id, attachment)
    qtbot.waitUntil(mail.document.isVisible, timeout=WAIT)


def test_a_summary_in_a_message_is_offered_once_its_patient_is_known(
    qtbot, window, desk, mail, scenes
):
    desk.reading.understand = lambda content: desk.reading.open(f"{CHEMIN}-1")
    piece_of(qtbot, mail, "m1")
    assert not mail.document._reuse_button.isVisible()

    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    desk.mail.assign("m1", CHEMIN)
    mail.folders.button(ASSIGNED).click()
    qtbot.waitUntil(
        lambda: mail.preview.view is not None and mail.preview.view.patient is not None,
        timeout=WAIT,
    )
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    piece_of(qtbot, mail, "m1")
    qtbot.waitUntil(mail.document._reuse_button.isVisible, timeout=WAIT)
    qtbot.mouseClick(mail.document._reuse_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: window.findChild(ReuseDialog) is not None, timeout=WAIT)
    assert window.findChild(ReuseDialog)._view.patient_id == CHEMIN


def test_a_treatment_that_meets_an_allergy_of_the_record_says_so_while_it_is_chosen(dialog):
    assert dialog.alert.isVisible()
    assert "Ramipril 5 mg : Intolérance : Énalapril (toux)" in dialog.alert.sentence()
    assert "certifié" in dialog.alert.advice()

    dialog.rows[2].box.setChecked(False)

    assert not dialog.alert.isVisible()
