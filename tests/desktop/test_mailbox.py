"""Secure messages on screen: assigned in one click, taken back in one, never mixed up."""

import datetime as dt
import html
from dataclasses import replace
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QBuffer, Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QMenu

from lgc.desktop import text
from lgc.desktop.components.buttons import Button
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.rows import CELL_ROLE, ROW_ROLE
from lgc.desktop.mailbox import message_table
from lgc.desktop.mailbox.folder_dialog import FolderDialog
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.mailbox.preview import EnclosedCard
from lgc.desktop.mailbox.printing import on_paper
from lgc.desktop.theme.glyphs import KIND
from lgc.domain.contacts import Contact
from lgc.domain.documents import DocumentKind
from lgc.domain.messages import AssignedBy, Carried, Folder, MailAttachment
from lgc.domain.professionals import Correspondent
from lgc.domain.writing import DraftDocument
from lgc.errors import UserFacingError
from lgc.services.believing import CONTESTED
from lgc.services.views import MessageLine, ReceiptAsked

WAIT = 10_000


@pytest.fixture
def desk(rooms):
    return rooms.make_desk()


@pytest.fixture
def mail(qtbot, window, desk):
    page = MailPage.join(window, desk)
    window.show_page("messages")
    qtbot.waitUntil(lambda: page.preview.view is not None, timeout=WAIT)
    return page


def look(qtbot, mail, message_id):
    mail.table.select(message_id)
    qtbot.waitUntil(
        lambda: (
            mail.preview.view is not None and mail.preview.view.message.message_id == message_id
        ),
        timeout=WAIT,
    )


BIOLOGY = Carried(
    DocumentKind.BIOLOGY, "Résultats", dt.date(2026, 11, 5), "CHEVALIER LUCIE", dt.date(1960, 3, 2)
)
LETTER = replace(BIOLOGY, kind=DocumentKind.LETTER, patient="SAUVEUR MARTINE")


def shown_carrying(qtbot, mail, desk, message_id, *carried):
    """The cells of clip and patient of a message that carries these documents."""
    line = desk.mail.lines[message_id]
    desk.mail.lines[message_id] = replace(line, message=replace(line.message, carried=carried))
    mail.reload()
    model = mail.table.model()

    def cells():
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            at = index.data(ROW_ROLE)
            if isinstance(at, MessageLine) and at.message.carried == carried:
                return [model.index(row, column).data(CELL_ROLE) for column in (2, 1)]
        return []

    qtbot.waitUntil(lambda: cells() != [], timeout=WAIT)
    return cells()


def test_a_message_that_waits_shows_what_its_document_is_and_whom_it_names(qtbot, desk, mail):
    clip, patient = shown_carrying(qtbot, mail, desk, "m3", BIOLOGY)

    assert (clip.glyph, clip.tone) == (KIND[DocumentKind.BIOLOGY].glyph, "violet")
    assert clip.tooltip == "Résultats · 05/11/2026 · CHEVALIER LUCIE · 02/03/1960"
    assert (patient.text, patient.second) == ("Aucun candidat", "CHEVALIER LUCIE")


def test_documents_that_disagree_name_nobody(qtbot, desk, mail):
    clip, patient = shown_carrying(qtbot, mail, desk, "m1", BIOLOGY, LETTER)

    assert clip.glyph == "ri.attachment-2"
    assert clip.tooltip.splitlines()[1].startswith("Résultats · 05/11/2026 · SAUVEUR MARTINE")
    assert patient.second == ""


def by(desk, message_id):
    return desk.mail.lines[message_id].message.assigned_by


def test_messages_to_assign_stand_under_their_heading(mail):
    words = [row.words for row in mail.table.rows() if not isinstance(row, MessageLine)]

    assert words == ["À assigner"]
    assert mail.table.rowHeight(0) < mail.table.rowHeight(1)


def test_a_message_of_the_day_tells_its_hour_without_seconds(mail):
    assert mail.table.cell(1, "date").text == "08:47"


@pytest.mark.requirement("MSS/va1.28")
def test_one_click_assigns_to_the_first_candidate_and_one_undoes(qtbot, mail, desk, window):
    look(qtbot, mail, "m1")

    qtbot.mouseClick(mail.preview.assign.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: by(desk, "m1") is AssignedBy.DOCTOR, timeout=WAIT)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    toast = window.messages.on_screen()[-1]
    assert "SAUVEUR Sylvaine, 1 pièce classée" in toast.words.text()

    qtbot.mouseClick(toast.undo, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: by(desk, "m1") is AssignedBy.NOBODY, timeout=WAIT)


def test_key_2_chooses_the_second_candidate_and_enter_assigns(qtbot, mail, desk):
    look(qtbot, mail, "m1")
    mail.preview.assign.button.setFocus()

    qtbot.keyClick(mail.preview.assign.button, Qt.Key.Key_2)
    qtbot.keyClick(mail.preview.assign.button, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: by(desk, "m1") is AssignedBy.DOCTOR, timeout=WAIT)
    assert desk.mail.lines["m1"].patient.name == "LEGRAND Chantal"


def test_ctrl_z_takes_back_the_assignment(qtbot, mail, desk, window):
    look(qtbot, mail, "m1")
    qtbot.mouseClick(mail.preview.assign.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    mail.table.setFocus()

    qtbot.keyClick(mail.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: by(desk, "m1") is AssignedBy.NOBODY, timeout=WAIT)


def test_what_arrives_meanwhile_never_changes_the_choice(qtbot, mail, desk, window):
    """Enter files into the record that the doctor chose, not into the first one again."""
    look(qtbot, mail, "m1")
    mail.table.setFocus()
    qtbot.keyClick(mail.table, Qt.Key.Key_2)
    second = mail.preview.assign.chosen
    assert second == mail.preview.assign._cards[1].ranked.patient

    window.bridge.message_arrived.emit(None)
    qtbot.wait(400)
    assert mail.preview.assign.chosen == second

    line = desk.mail.lines["m1"]
    why = replace(line.message, assigned_why="Autre chose", unread=True)
    desk.mail.lines["m1"] = replace(line, message=why)
    window.bridge.message_arrived.emit(None)
    qtbot.waitUntil(lambda: mail.preview.assign._why.text() == "Autre chose", timeout=WAIT)
    assert mail.preview.assign.chosen == second


def test_another_message_starts_with_its_own_first_candidate(qtbot, mail):
    look(qtbot, mail, "m1")
    mail.table.setFocus()
    first = mail.preview.assign.chosen
    qtbot.keyClick(mail.table, Qt.Key.Key_2)
    look(qtbot, mail, "m2")
    look(qtbot, mail, "m1")

    assert mail.preview.assign.chosen == first


def test_what_arrives_meanwhile_leaves_what_is_read_in_its_place(qtbot, mail, desk, window):
    line = desk.mail.lines["m1"]
    long = replace(line.message, text="\n".join(f"Ligne {n}" for n in range(200)))
    desk.mail.lines["m1"] = replace(line, message=long)
    mail._again("m1")
    bar = mail.preview.text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500, timeout=WAIT)
    bar.setValue(500)

    window.bridge.message_arrived.emit(None)
    qtbot.wait(400)

    assert bar.value() == 500


def test_enter_before_the_answer_chooses_nobody(qtbot, mail, type_text):
    """Who was found for fewer letters is not the one who was meant."""
    look(qtbot, mail, "m3")
    panel = mail.preview.assign
    panel.search.setFocus()
    type_text("che")
    qtbot.waitUntil(panel.completion.popup.isVisible, timeout=WAIT)

    type_text("v")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.chosen is None

    qtbot.waitUntil(lambda: panel.completion.asking.fresh, timeout=WAIT)
    assert panel.chosen is None
    qtbot.keyClick(panel.search, Qt.Key.Key_Down)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.chosen is not None


def test_unassigning_from_the_message_gives_the_candidates_back(qtbot, mail, desk):
    look(qtbot, mail, "m1")
    qtbot.mouseClick(mail.preview.assign.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: mail.preview.view is not None and mail.preview.view.patient is not None,
        timeout=WAIT,
    )

    qtbot.mouseClick(mail.preview._undo, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: mail.preview.assign.isVisible(), timeout=WAIT)
    assert by(desk, "m1") is AssignedBy.NOBODY


def test_without_candidate_nothing_can_be_assigned_by_mistake(qtbot, mail):
    look(qtbot, mail, "m3")

    assert mail.preview.assign.chosen is None
    assert not mail.preview.assign.button.isEnabled()


def test_a_message_archived_can_be_brought_back(qtbot, mail, desk, window):
    look(qtbot, mail, "m2")
    mail.table.setFocus()
    qtbot.keyClick(mail.table, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: desk.mail.lines["m2"].message.folder is Folder.ARCHIVES, timeout=WAIT)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)

    window.messages.undo_last()

    qtbot.waitUntil(lambda: desk.mail.lines["m2"].message.folder is Folder.INBOX, timeout=WAIT)


def test_several_messages_leave_together_and_come_back_together(qtbot, mail, desk, window):
    look(qtbot, mail, "m1")
    mail.table.setFocus()
    qtbot.keyClick(mail.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert [row.message.message_id for row in mail.table.selected()] == ["m1", "m2"]

    qtbot.keyClick(mail.table, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)

    assert {desk.mail.lines[one].message.folder for one in ("m1", "m2")} == {Folder.ARCHIVES}
    assert window.messages.on_screen()[-1].words.text().startswith("2\u00a0messages archivés")
    window.messages.undo_last()
    qtbot.waitUntil(
        lambda: {line.message.folder for line in desk.mail.lines.values()} == {Folder.INBOX},
        timeout=WAIT,
    )


def test_after_a_move_the_message_below_is_read_next(qtbot, mail, desk):
    look(qtbot, mail, "m2")
    mail.table.setFocus()
    qtbot.keyClick(mail.table, Qt.Key.Key_Delete)

    qtbot.waitUntil(
        lambda: mail.preview.view is not None and mail.preview.view.message.message_id == "m3",
        timeout=WAIT,
    )


def test_a_message_on_its_way_stays_where_it_is(qtbot, mail, desk, window):
    line = desk.mail.lines["m1"]
    desk.mail.lines["m1"] = replace(line, message=replace(line.message, folder=Folder.OUTBOX))
    mail.folders.button("outbox").click()
    qtbot.waitUntil(lambda: len(mail.table.rows()) == 1, timeout=WAIT)
    mail.table.setFocus()

    for key in (Qt.Key.Key_E, Qt.Key.Key_Delete):
        qtbot.keyClick(mail.table, key)

    assert desk.mail.lines["m1"].message.folder is Folder.OUTBOX
    assert "Envois" in window.messages.on_screen()[-1].words.text()


def test_what_was_never_sent_goes_back_to_be_written(qtbot, mail, desk):
    line = desk.mail.lines["m1"]
    unsent = replace(line.message, folder=Folder.DELETED, rfc_message_id="")
    desk.mail.lines["m1"] = replace(line, message=unsent)
    mail.folders.button("deleted").click()
    qtbot.waitUntil(lambda: len(mail.table.rows()) == 1, timeout=WAIT)
    mail.table.setFocus()
    qtbot.keyClick(mail.table, Qt.Key.Key_V)

    menu = mail.findChild(QMenu, "arrangeMenu")
    [back] = [one for one in menu.actions() if one.text() == "Brouillons"]
    back.trigger()

    qtbot.waitUntil(lambda: desk.mail.lines["m1"].message.folder is Folder.DRAFTS, timeout=WAIT)


def test_an_empty_folder_says_so(qtbot, mail):
    qtbot.mouseClick(mail.folders.button(Folder.DELETED.value), Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: mail._empty.isVisible(), timeout=WAIT)
    assert mail.preview.view is None


def test_assigned_and_unassigned_are_two_views_of_the_inbox(qtbot, mail, desk):
    desk.mail.assign("m1", "SAUVEUR Sylvaine")

    def shown():
        return {r.message.message_id for r in mail.table.rows() if isinstance(r, MessageLine)}

    qtbot.mouseClick(mail.folders.button("unassigned"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown() == {"m2", "m3"}, timeout=WAIT)
    assert mail.folders.button("unassigned").accessibleName() == "Non assignés, 2"
    qtbot.mouseClick(mail.folders.button("assigned"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown() == {"m1"}, timeout=WAIT)


def test_a_group_of_one_message_is_read_like_any_other(qtbot, mail, desk):
    for message_id in ("m2", "m3"):
        desk.mail.assign(message_id, "SAUVEUR Sylvaine")

    qtbot.mouseClick(mail.folders.button(Folder.DELETED.value), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: mail._empty.isVisible(), timeout=WAIT)
    qtbot.mouseClick(mail.folders.button(Folder.INBOX.value), Qt.MouseButton.LeftButton)

    qtbot.waitUntil(
        lambda: mail.preview.view is not None and mail.preview.view.message.message_id == "m1",
        timeout=WAIT,
    )


def test_a_piece_asked_for_another_message_is_not_shown(qtbot, mail, rooms):
    look(qtbot, mail, "m1")

    mail._show_piece("m2", rooms.opened(rooms.document("CHEMIN Henri"), "<p>secret</p>"))

    assert mail._right.currentIndex() == 0


def test_rows_that_move_keep_their_height(qtbot, mail, desk):
    look(qtbot, mail, "m1")
    desk.mail.assign("m1", "SAUVEUR Sylvaine")
    mail.reload()
    qtbot.waitUntil(lambda: mail.table.rows()[-1].message.message_id == "m1", timeout=WAIT)

    heights = {
        mail.table.rowHeight(number)
        for number, row in enumerate(mail.table.rows())
        if isinstance(row, MessageLine)
    }
    assert len(heights) == 1


def test_the_rail_counts_what_waits_for_a_record(qtbot, mail, window):
    qtbot.waitUntil(lambda: window.rail.button("messages").count() == 3, timeout=WAIT)


def test_no_key_means_two_things_among_the_messages(qtbot, mail, window):
    look(qtbot, mail, "m1")

    keys = [k.toString() for a in (*mail.keys(), *window.everywhere()) for k in a.shortcuts()]

    assert len(keys) == len(set(keys)), sorted(k for k in keys if keys.count(k) > 1)


# --- the doctor's folders, search, what is thrown away ----------------------------------------


def own(mail):
    return mail.folders.names()


def test_a_folder_is_made_from_the_list_and_shown_empty(qtbot, mail, window, type_text):
    qtbot.waitUntil(lambda: own(mail) == ["Cardiologie"], timeout=WAIT)
    qtbot.mouseClick(mail.folders.make, Qt.MouseButton.LeftButton)
    dialog = window.findChild(FolderDialog)
    dialog.name.setFocus()
    type_text("Été")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: mail._place == "own:Été", timeout=WAIT)
    assert own(mail) == ["Cardiologie", "Été"]
    qtbot.waitUntil(lambda: not mail.table.rows(), timeout=WAIT)
    assert mail._empty.accessibleName() == "Ce dossier est vide"


def test_a_name_that_cannot_be_is_said_where_it_is_typed(qtbot, mail, window, type_text):
    qtbot.waitUntil(lambda: own(mail) != [], timeout=WAIT)
    qtbot.mouseClick(mail.folders.make, Qt.MouseButton.LeftButton)
    dialog = window.findChild(FolderDialog)
    dialog.name.setFocus()
    type_text("Cardiologie")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: "existe déjà" in dialog.form.line_of(dialog.name).text(), timeout=WAIT)
    assert dialog.isVisible()


def test_a_message_is_arranged_by_the_keyboard_and_put_back(qtbot, mail, desk, window):
    qtbot.waitUntil(lambda: own(mail) != [], timeout=WAIT)
    look(qtbot, mail, "m1")
    mail.table.setFocus()
    qtbot.keyClick(mail.table, Qt.Key.Key_V)
    menu = mail.findChild(QMenu, "arrangeMenu")
    next(one for one in menu.actions() if one.text() == "Cardiologie").trigger()

    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    assert desk.mail.lines["m1"].message.own_folder == "Cardiologie"
    qtbot.mouseClick(window.messages.on_screen()[-1].undo, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: desk.mail.lines["m1"].message.folder is Folder.INBOX, timeout=WAIT)


def another(mail):
    """A message of the list that is not the first one."""
    lines = (row for row in mail.table.rows() if isinstance(row, MessageLine))
    return next(row.message for row in lines if row.message.message_id != "m1")


def test_a_menu_arranges_the_message_that_it_was_opened_on(qtbot, mail, desk, window):
    qtbot.waitUntil(lambda: own(mail) != [], timeout=WAIT)
    look(qtbot, mail, "m1")
    mail.table.setFocus()
    qtbot.keyClick(mail.table, Qt.Key.Key_V)
    menu = mail.findChild(QMenu, "arrangeMenu")
    other = another(mail)
    mail.table.select(other.message_id)  # the list moved under the menu
    next(one for one in menu.actions() if one.text() == "Cardiologie").trigger()

    qtbot.waitUntil(lambda: desk.mail.lines["m1"].message.own_folder == "Cardiologie", timeout=WAIT)
    assert desk.mail.lines[other.message_id].message.folder is other.folder


def test_of_several_messages_the_one_that_changed_stays_and_is_told(qtbot, mail, desk, window):
    move = desk.mail.move

    def moved(message_id, folder, own_folder="", seen=None):
        if message_id == "m1":
            raise UserFacingError("Le message a changé entre-temps.")
        return move(message_id, folder, own_folder, seen)

    desk.mail.move = moved
    qtbot.waitUntil(lambda: own(mail) != [], timeout=WAIT)
    other = another(mail)
    mail.table.select("m1")
    mail.table._select_all({"m1", other.message_id})
    mail.moving.archive()

    there = lambda one: desk.mail.lines[one].message.folder  # noqa: E731
    qtbot.waitUntil(lambda: there(other.message_id) is Folder.ARCHIVES, timeout=WAIT)
    assert there("m1") is Folder.INBOX
    qtbot.waitUntil(lambda: len(window.messages.on_screen()) == 2, timeout=WAIT)


def test_a_refusal_answers_the_message_that_the_menu_was_opened_on(qtbot, mail, desk):
    look(qtbot, mail, "m1")
    qtbot.mouseClick(mail.preview.assign.refuse, Qt.MouseButton.LeftButton)
    menu = mail.preview.assign.findChild(QMenu, "refuseMenu")
    other = another(mail)
    mail.preview.show_message(desk.mail.view(other.message_id))
    [one for one in menu.actions() if not one.isSeparator()][2].trigger()

    qtbot.waitUntil(lambda: desk.mail.refusals == [("m1", "902")], timeout=WAIT)


def test_a_folder_taken_away_comes_back_by_undo(qtbot, mail, desk, window):
    qtbot.waitUntil(lambda: own(mail) != [], timeout=WAIT)
    button = mail.folders.button("own:Cardiologie")
    button.setFocus()
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(button, Qt.Key.Key_Delete, held)

    qtbot.waitUntil(lambda: own(mail) == [], timeout=WAIT)
    qtbot.mouseClick(window.messages.on_screen()[-1].undo, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: own(mail) == ["Cardiologie"], timeout=WAIT)


def test_a_search_goes_on_in_the_other_folders_and_marks_the_words(qtbot, mail, desk, type_text):
    line = desk.mail.lines["m1"]
    there = replace(
        line.message, message_id="m9", folder=Folder.ARCHIVES, text="Épanchement discret"
    )
    desk.mail.lines["m9"] = replace(line, message=there)
    mail.search.setFocus()
    type_text("discret")

    qtbot.waitUntil(
        lambda: (
            [r.words for r in mail.table.rows() if not isinstance(r, MessageLine)]
            == ["Ailleurs dans la messagerie"]
        ),
        timeout=WAIT,
    )
    found = mail.table.rows()[-1]
    assert mail.table.cell(1, "patient").second == "Archives"
    look(qtbot, mail, found.message.message_id)
    qtbot.waitUntil(lambda: len(mail.preview.text.extraSelections()) == 1, timeout=WAIT)


def test_a_word_of_a_text_is_found_in_its_place(qtbot, mail, desk, type_text):
    line = desk.mail.lines["m1"]
    desk.mail.lines["m1"] = replace(line, message=replace(line.message, text="Un mot introuvable"))
    mail.search.setFocus()
    type_text("introuvable")

    def shown():
        rows = mail.table.rows()
        return [getattr(row, "words", "") or row.message.message_id for row in rows]

    qtbot.waitUntil(lambda: shown() == ["À assigner", "m1"], timeout=WAIT)


def test_what_was_deleted_is_thrown_away_after_a_question(qtbot, mail, desk, window):
    line = desk.mail.lines["m1"]
    desk.mail.lines["m1"] = replace(line, message=replace(line.message, folder=Folder.DELETED))
    mail.folders.button("deleted").click()
    qtbot.waitUntil(lambda: len(mail._lines) == 1, timeout=WAIT)
    qtbot.mouseClick(mail.empty_button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(Dialog, "emptyDialog")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: "m1" not in desk.mail.lines, timeout=WAIT)


def test_the_other_messages_of_an_exchange_are_one_click_away(qtbot, mail, desk):
    line = desk.mail.lines["m1"]
    other = replace(line.message, message_id="m9", folder=Folder.ARCHIVES, subject="Avant")
    desk.mail.lines["m9"] = replace(line, message=other)
    desk.mail.exchange = (other,)
    look(qtbot, mail, "m2")
    look(qtbot, mail, "m1")
    button = mail.preview.exchange.findChild(Button)
    assert "Archives" in button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: mail._folder is Folder.ARCHIVES, timeout=WAIT)
    qtbot.waitUntil(lambda: mail.preview.view.message.message_id == "m9", timeout=WAIT)


def test_a_picture_inside_the_message_is_shown_and_an_enormous_one_is_not(mail, desk):
    logo, bomb = QBuffer(), QBuffer()
    QImage(1200, 400, QImage.Format.Format_RGB32).save(logo, "PNG")
    QImage(9000, 9000, QImage.Format.Format_Mono).save(bomb, "PNG")
    words = '<p>Logo <img src="cid:logo@x"><img src="cid:bomb@x"></p>'
    pictures = {"logo@x": bytes(logo.data()), "bomb@x": bytes(bomb.data())}

    mail.preview.show_message(replace(desk.mail.view("m1"), formatted=words, pictures=pictures))

    kind = QTextDocument.ResourceType.ImageResource
    paper = mail.preview.text.document()
    assert paper.resource(kind, QUrl("cid:logo@x")).width() == 620
    assert paper.resource(kind, QUrl("cid:bomb@x")) is None


def test_a_refusal_is_chosen_among_the_official_reasons(qtbot, mail, desk, window):
    look(qtbot, mail, "m1")
    qtbot.mouseClick(mail.preview.assign.refuse, Qt.MouseButton.LeftButton)
    menu = mail.preview.assign.findChild(QMenu, "refuseMenu")
    reasons = [one for one in menu.actions() if not one.isSeparator()]
    assert [one.text() for one in reasons][2] == "Patient inconnu"
    reasons[2].trigger()
    menu.close()

    qtbot.waitUntil(lambda: desk.mail.refusals == [("m1", "902")], timeout=WAIT)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)


def asked(mail, desk, **how):
    """The message in view asks to know that it was read."""
    plain = {"to": "r@x.example", "elsewhere": False, "by_itself": False}
    desk.mail.asked = ReceiptAsked(**plain | how)
    mail._again(mail.preview.view.message.message_id)


def test_a_reading_receipt_leaves_when_the_doctor_says_so(qtbot, mail, desk, window):
    asked(mail, desk)
    qtbot.waitUntil(mail.preview.receipt.isVisible, timeout=WAIT)
    message_id = mail.preview.view.message.message_id

    mail.preview.findChild(Button, "sendReceipt").click()

    qtbot.waitUntil(lambda: not mail.preview.receipt.isVisible(), timeout=WAIT)
    assert desk.receipts.answers == [("sent", message_id)]


def test_declining_a_receipt_is_asked_again_with_the_undo(qtbot, mail, desk, window):
    asked(mail, desk)
    qtbot.waitUntil(mail.preview.receipt.isVisible, timeout=WAIT)
    mail.preview.findChild(Button, "declineReceipt").click()
    qtbot.waitUntil(lambda: not mail.preview.receipt.isVisible(), timeout=WAIT)

    window.messages.undo_last()

    qtbot.waitUntil(mail.preview.receipt.isVisible, timeout=WAIT)
    assert [what for what, _ in desk.receipts.answers] == ["declined", "reopened"]


def test_a_receipt_that_would_go_elsewhere_says_where(qtbot, mail, desk):
    asked(mail, desk, to="autre@y.example", elsewhere=True)

    qtbot.waitUntil(mail.preview.receipt.isVisible, timeout=WAIT)
    assert "autre@y.example" in mail.preview.receipt.advice()


def test_a_receipt_that_leaves_by_itself_asks_nothing(qtbot, mail, desk):
    asked(mail, desk, by_itself=True)

    qtbot.waitUntil(lambda: bool(desk.receipts.answers), timeout=WAIT)
    assert desk.receipts.answers[0][0] == "sent by itself"
    assert not mail.preview.receipt.isVisible()


def test_a_document_that_went_along_opens_in_its_record(qtbot, mail, desk, scenes):
    opened = []
    mail.preview.record_asked.connect(lambda *asked: opened.append(asked))
    view = desk.mail.view(next(iter(desk.mail.lines)))
    paper = DraftDocument("d1", "Compte rendu")
    mail.preview.show_message(replace(view, patient=scenes.CHEMIN, enclosed=(paper,)))

    [card] = mail.preview.findChildren(EnclosedCard)
    assert card.accessibleName() == "Document joint Compte rendu"
    qtbot.keyClick(card, Qt.Key.Key_Return)

    assert opened == [(scenes.CHEMIN.patient_id, "d1")]


def test_a_stranger_who_wrote_is_kept_with_one_key(qtbot, mail, desk, window, scenes):
    kept = []
    one = Contact(Correspondent("r@x.example", "ROBERT"))
    desk.contacts = SimpleNamespace(
        keep_sender=lambda address, name: kept.append(address) or one,
        remove=lambda address: kept.remove(kept[0]),
    )
    view = desk.mail.view("m1")
    mail.preview.show_message(replace(view, stranger=True))
    assert mail.preview.findChild(Button, "keepSender").isVisible()
    mail.table.setFocus()

    qtbot.keyClick(mail.table, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)

    qtbot.waitUntil(lambda: kept == [view.message.sender_address], timeout=WAIT)
    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)
    window.messages.undo_last()
    qtbot.waitUntil(lambda: kept == [], timeout=WAIT)


def test_a_known_sender_is_not_offered_again(mail):
    assert not mail.preview.findChild(Button, "keepSender").isVisible()


def test_a_page_of_an_ended_session_hears_no_more_events(qtbot, window, mail):
    shiboken6.delete(mail)

    with qtbot.captureExceptions() as raised:
        window.bridge.mailbox_changed.emit(None)

    assert not raised


def test_the_address_stands_beside_the_name_in_list_head_and_print(qtbot, mail, desk):
    message = mail.preview.view.message
    line = desk.mail.lines[message.message_id]

    assert message.full_sender == f"{message.sender_name} <{message.sender_address}>"
    assert message_table._subject(line).tooltip == message.full_sender
    assert mail.preview._address.whole() == message.sender_address
    assert html.escape(message.full_sender) in on_paper(mail.preview.view)


def test_a_known_name_with_another_address_is_said_above_the_message(qtbot, mail):
    said = "Ce nom est connu avec une autre adresse : a@x.example"
    mail.preview.show_message(replace(mail.preview.view, doubt=said))

    assert not mail.preview.doubt.isHidden()
    assert mail.preview.doubt.sentence() == text.french(said)


def test_who_wrote_without_a_clean_address_is_said(qtbot, mail):
    view = mail.preview.view
    nobody = replace(view.message, sender_name="me@x)<b@y>", sender_address="")
    mail.preview.show_message(replace(view, message=nobody))

    assert mail.preview._address.whole() == "adresse illisible"


def test_a_piece_that_waited_joins_the_record_in_one_click(qtbot, mail, desk, rooms):
    view = mail.preview.view
    pieces = tuple(
        MailAttachment(name, f"{name}.pdf", "application/pdf", 9, document_id)
        for name, document_id in (("a", "d"), ("b", None))
    )
    filed = replace(
        view.message, attachments=pieces, assigned_by=AssignedBy.ITSELF,
        patient_id=rooms.SAUVEUR.patient_id, folder=Folder.INBOX,
    )  # fmt: skip
    mail.preview.show_message(replace(view, message=filed, patient=rooms.SAUVEUR))
    button = mail.preview.findChild(Button, "fileRest")

    assert not button.isHidden()
    assert button.text() == "Classer aussi la pièce jointe"
    button.click()
    qtbot.waitUntil(lambda: desk.mail.rest == [filed.message_id], timeout=WAIT)


def test_a_name_however_long_never_hides_the_address(qtbot, mail):
    view = mail.preview.view
    mail.preview.show_message(replace(view, message=replace(view.message, sender_name="Dr " * 66)))
    qtbot.wait(50)

    assert mail.preview._address.width() >= min(mail.preview._address.sizeHint().width(), 260)
    assert mail.preview.width() <= mail.width()


def test_a_replacement_by_another_is_asked_and_accepted_in_one_click(qtbot, mail, desk, rooms):
    view = mail.preview.view
    button = mail.preview.findChild(Button, "acceptReplacement")
    known = replace(view, patient=rooms.SAUVEUR)
    mail.preview.show_message(known)
    assert button.isHidden()

    contested = replace(view.message, faults=(CONTESTED,), folder=Folder.INBOX)
    mail.preview.show_message(replace(known, message=contested))
    assert not button.isHidden()
    button.click()

    qtbot.waitUntil(lambda: desk.mail.replacing == [contested.message_id], timeout=WAIT)


def test_a_date_a_day_off_its_arrival_is_shown_beside_it(qtbot, mail, desk):
    line = desk.mail.lines["m1"]
    came = line.message.sent_at
    message = replace(line.message, sent_at=came.replace(year=2010), arrived_at=came)
    desk.mail.lines["m1"] = replace(line, message=message)
    mail.reload()
    look(qtbot, mail, "m1")
    said = f"daté du\u00a0{text.date(message.sent_at)}"

    qtbot.waitUntil(lambda: said in mail.preview._date.text(), timeout=WAIT)
    assert text.date_time(came) in mail.preview._date.text()
    assert said in on_paper(mail.preview.view)
    model = mail.table.model()
    cells = [
        model.index(row, column).data(CELL_ROLE)
        for row in range(model.rowCount()) for column in range(model.columnCount())
    ]  # fmt: skip
    assert any(cell and cell.tooltip == said and cell.spoken.endswith(said) for cell in cells)
    assert text.odd_date(replace(message, arrived_at=None)) == ""


def test_what_age_archived_comes_back_in_one_act_of_the_archives(qtbot, mail, desk):
    line = desk.mail.lines["m1"]
    desk.mail.lines["m1"] = replace(line, message=replace(line.message, folder=Folder.ARCHIVES))
    desk.archiving.ids = ["m1"]
    assert not mail.by_age.button.isVisible()
    mail.folders.button("archives").click()
    qtbot.waitUntil(mail.by_age.button.isVisible, timeout=WAIT)
    assert mail.by_age.notice.sentence().startswith("1\u00a0message archivé par")

    qtbot.mouseClick(mail.by_age.button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: desk.mail.lines["m1"].message.folder is Folder.INBOX, timeout=WAIT)
    qtbot.waitUntil(lambda: not mail.by_age.button.isVisible(), timeout=WAIT)
    assert mail._lines == ()
    mail.folders.button("inbox").click()
    assert not mail.by_age.button.isVisible()
