"""A late answer puts the keys into no page out of view, and takes them from no field in use."""

import threading
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QWidget

from lgc.desktop import start
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.menus import show_menu
from lgc.desktop.documents.annulling_on_page import AnnullingOnPage
from lgc.desktop.mailbox.page import MailPage
from lgc.desktop.messages import Offer
from lgc.desktop.page import Page
from lgc.desktop.record.record_page import Record
from lgc.desktop.reusing import opening
from lgc.services.reusing import ReuseView

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


def asked_dialog(window):
    dialog = Dialog(window, "Question", subtitle="CHEMIN Henri")
    dialog.field = QLineEdit()
    dialog.body.addWidget(dialog.field)
    return dialog


def offers(window):
    return [one for one in window.messages.on_screen() if isinstance(one, Offer)]


def test_a_dialog_that_was_waited_for_opens_and_has_the_keys(qtbot, window, pages):
    one = pages[0]
    one.button.setFocus()
    dialog = asked_dialog(window)
    gate = ask(window, one, lambda: dialog.open(dialog.field))
    answered(qtbot, window, gate)

    assert QApplication.focusWidget() is dialog.field and offers(window) == []


def test_a_dialog_that_comes_while_one_writes_is_offered_by_a_line(qtbot, window, pages):
    one = pages[0]
    one.button.setFocus()
    dialog = asked_dialog(window)
    gate = ask(window, one, lambda: dialog.open(dialog.field))
    one.fields[1].setFocus()
    qtbot.keyClicks(one.fields[1], "a")
    answered(qtbot, window, gate)
    qtbot.keyClicks(QApplication.focusWidget(), "b")

    assert one.fields[1].text() == "ab" and not dialog.isVisible()
    assert "Question · CHEMIN Henri" in offers(window)[0].accessibleName()
    offers(window)[0].opens.click()
    assert QApplication.focusWidget() is dialog.field and offers(window) == []


def test_a_dialog_asked_on_a_page_that_was_left_is_offered_and_opens_there(qtbot, window, pages):
    one, two = pages
    one.button.setFocus()
    dialog = asked_dialog(window)
    gate = ask(window, one, lambda: dialog.open(dialog.field))
    window.show_page("two")
    two.fields[0].setFocus()
    answered(qtbot, window, gate)

    assert not dialog.isVisible() and QApplication.focusWidget() is two.fields[0]
    window.messages.turn_page()
    offers(window)[0].opens.click()
    assert window.current_page() is one and dialog.isVisible()
    assert QApplication.focusWidget() is dialog.field


def test_an_offer_that_is_left_leaves_no_dialog_behind(qtbot, window, pages):
    one = pages[0]
    dialog = asked_dialog(window)
    gate = ask(window, one, lambda: dialog.open())
    window.show_page("two")
    answered(qtbot, window, gate)
    offers(window)[0].leave()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog), timeout=WAIT)


def test_what_a_late_answer_asks_next_is_late_too(qtbot, window, pages):
    one = pages[0]
    dialog = asked_dialog(window)

    def then():
        window.tasks.run(lambda: 1, owner=one, done=lambda ok: dialog.open())

    gate = ask(window, one, then)
    window.show_page("two")
    answered(qtbot, window, gate)
    qtbot.waitUntil(lambda: offers(window) != [], timeout=WAIT)
    assert not dialog.isVisible()


@pytest.mark.parametrize("what", ["share", "reuse", "annul"])
def test_sharing_reuse_and_annulment_open_over_no_other_page(
    qtbot, window, desk, pages, scenes, what
):
    window.record_factory = lambda patient: Record(patient, desk, window.tasks, window.stack)
    record = window.open_record(WHO)
    record.load()
    qtbot.waitUntil(lambda: record.documents.table.rows() != [], timeout=WAIT)
    record.open_document(f"{WHO}-1")
    qtbot.waitUntil(record._reading, timeout=WAIT)
    qtbot.waitUntil(lambda: window.tasks.running == 0, timeout=WAIT)
    gate = threading.Event()

    def slowly(work):
        return lambda *given, **more: (gate.wait(4), work(*given, **more))[1]

    desk.sharing.propose = slowly(desk.sharing.propose)
    desk.annulling.about = slowly(desk.annulling.about)
    desk.records.patient = lambda patient_id: scenes.CHEMIN
    desk.reusing = SimpleNamespace(
        propose=slowly(lambda *given: ReuseView(WHO, "CR", "CH", (), ()))
    )
    if what == "share":
        start.share(window, desk, f"{WHO}-1")
    elif what == "reuse":
        opening.reuse(window, desk, WHO, record.document.opened)
    else:
        AnnullingOnPage(record.document, desk, window.tasks)._ask()
    window.show_page("two")
    pages[1].fields[0].setFocus()
    answered(qtbot, window, gate)

    assert [one for one in window.findChildren(Dialog) if one.isVisible()] == []
    assert QApplication.focusWidget() is pages[1].fields[0]
    assert len(offers(window)) == 1
    offers(window)[0].opens.click()
    assert window.current_page() is record
    assert [one.isVisible() for one in window.findChildren(Dialog)] == [True]


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
