"""A late answer puts the keys into no page out of view, and takes them from no field in use."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QWidget

from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.menus import show_menu
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.page import Page
from lgc.desktop.record.record_page import Record

WAIT = 4000
WHO = "CHEMIN Henri"


@pytest.fixture
def pages(window):
    """Two pages with two fields and a button each; the first is in view."""
    made = []
    for key in ("one", "two"):
        page = Page(window.stack)
        page.title = key
        page.fields = [QLineEdit(page), QLineEdit(page)]
        page.button = QPushButton("Aller", page)
        for place, part in enumerate((*page.fields, page.button)):
            part.setGeometry(10, 10 + 40 * place, 200, 30)
        window.add_page(key, page, glyph="ri.mail-line")
        made.append(page)
    window.show_page("one")
    return made


def ask(window, page, done):
    """An answer that comes when the test says so."""
    gate = threading.Event()
    window.tasks.run(lambda: gate.wait(4), owner=page, done=lambda ok: done())
    return gate


def answered(qtbot, window, gate):
    gate.set()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)


def test_an_answer_for_a_page_that_was_left_takes_no_key(qtbot, window, pages):
    one, two = pages
    one.button.setFocus()
    taken = []
    one.fields[0].textChanged.connect(taken.append)
    gate = ask(window, one, one.fields[0].setFocus)
    window.show_page("two")
    two.fields[0].setFocus()
    gate.set()
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    qtbot.keyClicks(QApplication.focusWidget(), "x")

    assert QApplication.focusWidget() is two.fields[0]
    assert two.fields[0].text() == "x" and taken == []


def test_an_answer_takes_nothing_from_a_field_entered_meanwhile(qtbot, window, pages):
    one = pages[0]
    one.button.setFocus()
    gate = ask(window, one, one.fields[0].setFocus)
    one.fields[1].setFocus()
    answered(qtbot, window, gate)

    assert QApplication.focusWidget() is one.fields[1]


def test_an_answer_takes_nothing_from_a_field_written_in_since(qtbot, window, pages):
    one = pages[0]
    one.fields[1].setFocus()
    gate = ask(window, one, one.fields[0].setFocus)
    qtbot.keyClicks(one.fields[1], "ab")
    answered(qtbot, window, gate)

    assert QApplication.focusWidget() is one.fields[1]


def test_an_answer_leads_on_who_waits_for_it(qtbot, window, pages):
    one = pages[0]
    one.fields[1].setFocus()
    gate = ask(window, one, one.fields[0].setFocus)
    answered(qtbot, window, gate)

    assert QApplication.focusWidget() is one.fields[0]


def test_a_dialog_in_view_has_the_keys(qtbot, window, pages):
    one = pages[0]
    one.button.setFocus()
    dialog = Dialog(window, "Question")
    field = QLineEdit()
    dialog.body.addWidget(field)
    gate = ask(window, one, lambda: dialog.open(field))
    one.fields[1].setFocus()
    qtbot.keyClicks(one.fields[1], "a")
    answered(qtbot, window, gate)

    assert QApplication.focusWidget() is field


@pytest.mark.parametrize("left", ["writing", "gone"])
def test_no_menu_comes_over_who_writes_nor_for_a_page_that_was_left(qtbot, window, pages, left):
    one = pages[0]
    one.button.setFocus()
    menu = QMenu(one)
    menu.addAction("Un")
    gate = ask(window, one, lambda: show_menu(menu, one.mapToGlobal(one.rect().center())))
    if left == "writing":
        one.fields[1].setFocus()
    else:
        window.show_page("two")
    answered(qtbot, window, gate)

    assert QApplication.activePopupWidget() is None


@pytest.fixture
def desk(rooms):
    return rooms.make_desk()


def test_erc_typed_at_once_in_the_mailbox_writes_nowhere(qtbot, window, desk, pages):
    mail = MailPage.join(window, desk)
    window.show_page("messages")
    qtbot.waitUntil(lambda: mail.preview.view is not None, timeout=WAIT)
    gate, reply = threading.Event(), desk.writing.reply
    desk.writing.reply = lambda *given, **more: (gate.wait(4), reply(*given, **more))[1]
    mail.composing.reply(mail._current())
    window.show_page("two")
    pages[1].fields[0].setFocus()
    answered(qtbot, window, gate)

    assert QApplication.focusWidget() is pages[1].fields[0]
    assert mail.write is not None and mail.write.body.toPlainText() == mail.write.view.draft.body


def test_two_answers_begun_at_once_leave_one_message(qtbot, window, desk):
    mail = MailPage.join(window, desk)
    window.show_page("messages")
    qtbot.waitUntil(lambda: mail.preview.view is not None, timeout=WAIT)
    gate, new = threading.Event(), desk.writing.new
    desk.writing.new = lambda *given, **more: (gate.wait(4), new(*given, **more))[1]
    before = mail._right.count()
    mail.composing.new()
    mail.composing.new()
    answered(qtbot, window, gate)

    assert mail._right.count() == before + 1


def test_a_document_that_comes_late_leaves_the_search_its_keys(qtbot, window, desk):
    window.record_factory = lambda patient: Record(patient, desk, window.tasks, window.stack)
    page = window.open_record(WHO)
    page.load()
    qtbot.waitUntil(lambda: page.documents.table.rows() != [], timeout=WAIT)
    desk.reading.hold[f"{WHO}-1"] = gate = threading.Event()
    page.open_document(f"{WHO}-1")
    dialog = Dialog(window, "Recherche")
    field = QLineEdit()
    dialog.body.addWidget(field)
    dialog.open(field)
    qtbot.keyClicks(field, "du")
    answered(qtbot, window, gate)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_P)

    assert field.text() == "dup"


def test_a_popup_that_goes_without_a_word_gives_the_keys_back_at_once(qtbot, window, pages):
    """No grace: the next turn of the event loop finds the focus in view."""
    field = pages[0].fields[0]
    field.setFocus()
    qtbot.wait(10)
    popup = QWidget(window, Qt.WindowType.Popup)
    inside = QLineEdit(popup)
    popup.show()
    inside.setFocus()
    QApplication.processEvents()
    assert QApplication.focusWidget() is inside
    popup.hide()
    for _ in range(3):
        QApplication.processEvents()

    assert QApplication.focusWidget() is field
