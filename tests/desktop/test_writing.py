"""Writing on screen: kept as typed, sent with one key, never lost on the way out."""

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from lgc.desktop import text
from lgc.desktop.mailbox.page import MailPage
from lgc.domain.professionals import Correspondent
from lgc.errors import UserFacingError
from lgc.services.reading_back import STOPPED, ReadBack, Reading

WAIT = 10_000
COLLEAGUE = Correspondent("robert@medecin.mssante.example", "ROBERT", "Anne", verified=True)


@pytest.fixture
def desk(rooms):
    return rooms.make_desk()


@pytest.fixture
def mail(qtbot, window, desk):
    page = MailPage.join(window, desk)
    window.show_page("messages")
    qtbot.waitUntil(lambda: page.preview.view is not None, timeout=WAIT)
    return page


def write(qtbot, mail, key=Qt.Key.Key_N, modifier=Qt.KeyboardModifier.NoModifier):
    mail.table.setFocus()
    qtbot.keyClick(mail.table, key, modifier)
    qtbot.waitUntil(lambda: mail.write is not None and mail.write.isVisible(), timeout=WAIT)
    return mail.write


def test_n_opens_an_empty_message_with_the_signature(qtbot, mail):
    view = write(qtbot, mail)

    assert view.body.toPlainText().endswith("Dr Paul MEDECIN5729")
    assert view.recipients.edit.hasFocus()
    view.send.click()
    assert "destinataire" in view.form.line_of(view.recipients).text()
    assert "objet" in view.form.line_of(view.subject).text()
    assert view.recipients.edit.hasFocus() and view.isVisible()


def test_what_is_typed_is_kept_a_moment_later(qtbot, mail, desk):
    view = write(qtbot, mail)

    view.body.setFocus()
    qtbot.keyClicks(view.body, "Cher confrere")

    qtbot.waitUntil(
        lambda: bool(desk.writing.kept) and "Cher confrere" in desk.writing.kept[-1].body,
        timeout=WAIT,
    )


def test_escape_keeps_the_draft_and_says_so(qtbot, mail, desk, window):
    view = write(qtbot, mail)
    view.subject.setFocus()
    qtbot.keyClicks(view.subject, "Avis")

    qtbot.keyClick(view.subject, Qt.Key.Key_Escape)

    qtbot.waitUntil(lambda: mail.write is None, timeout=WAIT)
    qtbot.waitUntil(
        lambda: bool(desk.writing.kept) and desk.writing.kept[-1].subject == "Avis", timeout=WAIT
    )
    assert "Brouillon gardé" in window.messages.on_screen()[-1].words.text()


def test_r_answers_with_the_words_quoted_below_the_caret(qtbot, mail):
    view = write(qtbot, mail, Qt.Key.Key_R)

    assert view.subject.text() == "Re: Suivi"
    assert view.body.hasFocus()
    assert view.body.textCursor().position() == 0


def test_shift_r_answers_to_everybody(qtbot, mail):
    view = write(qtbot, mail, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)

    assert len(view.copies.chosen) == 1


def test_t_forwards_with_the_files(qtbot, mail):
    view = write(qtbot, mail, Qt.Key.Key_T)

    assert [one.name for one in view.draft.files] == ["04_SuiviGrossesse.pdf"]


def test_ctrl_enter_sends_what_is_typed_now(qtbot, mail, desk):
    view = write(qtbot, mail, Qt.Key.Key_R)
    qtbot.keyClicks(view.body, "Merci. ")

    qtbot.keyClick(view.body, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: len(desk.writing.sent) == 1, timeout=WAIT)
    assert desk.writing.sent[0].body.startswith("Merci. ")
    qtbot.waitUntil(lambda: mail.write is None, timeout=WAIT)


def test_a_refusal_leaves_the_words_where_they_are(qtbot, mail, desk):
    desk.writing.refusal = UserFacingError("Cette adresse n’est pas MSSanté.")
    view = write(qtbot, mail, Qt.Key.Key_R)

    qtbot.mouseClick(view.send, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: "pas MSSanté" in view.note.text(), timeout=WAIT)
    assert mail.write is view
    assert view.send.isEnabled()


def test_a_file_of_this_computer_becomes_a_chip(qtbot, mail, desk, tmp_path):
    view = write(qtbot, mail)
    file = tmp_path / "courrier.pdf"
    file.write_bytes(b"%PDF")

    view.attach_files([file])

    qtbot.waitUntil(lambda: [x.name for x in view.draft.files] == ["courrier.pdf"], timeout=WAIT)
    assert view._pieces.count() == 1


def test_a_patient_brings_her_documents(qtbot, mail, rooms):
    view = write(qtbot, mail)
    assert not view.from_record.isEnabled()

    view.patient.chosen.emit(rooms.CHEMIN)
    qtbot.waitUntil(lambda: view.from_record.isEnabled(), timeout=WAIT)
    view.attach_document("CHEMIN Henri-1")

    qtbot.waitUntil(lambda: len(view.draft.documents) == 1, timeout=WAIT)


def test_closing_the_exchange_is_offered_to_citizens_only(qtbot, mail, rooms):
    view = write(qtbot, mail)
    assert not view.closes.isVisible()
    view.patient.chosen.emit(rooms.CHEMIN)
    qtbot.waitUntil(lambda: view.to_patient.isEnabled(), timeout=WAIT)

    qtbot.mouseClick(view.to_patient, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: view.closes.isVisible(), timeout=WAIT)


def test_no_key_means_two_things_while_writing(qtbot, mail, window):
    write(qtbot, mail)

    keys = [k.toString() for a in (*mail.keys(), *window.everywhere()) for k in a.shortcuts()]

    assert len(keys) == len(set(keys)), sorted(k for k in keys if keys.count(k) > 1)


def test_drafts_and_outbox_are_counted(qtbot, mail):
    qtbot.waitUntil(
        lambda: mail.folders.button("outbox").accessibleName() == "Boîte d’envoi, 2", timeout=WAIT
    )


def test_what_a_colleague_will_read_of_a_document_is_in_sight_and_may_hold_it_back(
    qtbot, mail, desk, window
):
    unlike = "« Asthme » n’est pas dans le dossier."
    desk.writing.reads = ReadBack("", (Reading("Pathologies en cours", "Asthme", unlike),))
    mail.composing.write_about("CHEMIN Henri", ("CHEMIN Henri-1",))
    qtbot.waitUntil(lambda: mail.write is not None and mail.write.isVisible(), timeout=WAIT)
    view = mail.write
    view.recipients.add(COLLEAGUE)
    qtbot.waitUntil(view.will_be_read.isVisible, timeout=WAIT)
    qtbot.wait(60)
    if folder := os.environ.get("LGC_PICTURES"):
        window.grab().save(f"{folder}/message-relu.png")

    assert next(one.text() for one in view.will_be_read.findChildren(QLabel)) == (
        f"Ne part pas{text.NB}: {text.french(unlike)}"
    )
    assert not view.send.isEnabled() and view.note.text() == text.french(STOPPED)

    view._remove("", "CHEMIN Henri-1")
    qtbot.waitUntil(lambda: not view.will_be_read.isVisible(), timeout=WAIT)
    assert view.note.text() != text.french(STOPPED)
