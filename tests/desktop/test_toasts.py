"""What is said in passing: counted when it comes in numbers, gone with the page, under dialogs."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.messages import Messages
from lgc.desktop.page import Page
from lgc.desktop.start import Arrivals
from lgc.domain.messages import Folder
from lgc.errors import UserFacingError
from lgc.services.events import MessageArrived


@pytest.fixture(autouse=True)
def arrivals(window):
    return Arrivals(window)


def words(window):
    return [floating.words.text() for floating in window.messages.on_screen()]


def arrives(window, number):
    window.bridge.message_arrived.emit(
        MessageArrived(f"m{number}", "p1", f"Compte rendu {number}", 1)
    )


def test_one_message_is_told_by_its_subject(window):
    arrives(window, 1)

    assert words(window) == ["«\u00a0Compte rendu 1\u00a0» classé de lui-même"]


def test_several_messages_are_told_by_their_number(window):
    for number in range(5):
        arrives(window, number)

    assert words(window) == ["5\u00a0messages classés d’eux-mêmes"]


def test_a_message_without_record_is_not_said_filed(window):
    window.bridge.message_arrived.emit(MessageArrived("m1", None, "Bonjour", 0))

    assert words(window) == []


def test_another_page_sweeps_what_cannot_be_undone(window):
    window.messages.toast("Relève demandée")
    window.messages.toast("Message archivé", undo=lambda: None)

    window.messages.turn_page()

    assert words(window) == ["Message archivé"]


def test_undone_twice_is_undone_once(window):
    undone = []
    toast = window.messages.toast("Message archivé", undo=lambda: undone.append(1))

    window.messages.undo_last()
    toast.take_back()
    window.messages.undo_last()

    assert undone == [1]


@pytest.mark.parametrize("late", [True, False])
def test_a_toast_never_stands_above_a_dialog(qtbot, window, late):
    if not late:
        window.messages.toast("Message archivé", undo=lambda: None)
    dialog = Dialog(window, "Partager")
    dialog.open()
    if late:
        window.messages.toast("Message archivé", undo=lambda: None)

    toast = window.messages.on_screen()[0]
    assert window.childAt(toast.geometry().center()) is not toast
    order = window.children()
    assert order.index(dialog) > order.index(toast)


def test_an_error_stands_above_the_dialog_that_caused_it(window):
    dialog = Dialog(window, "Partager")
    dialog.open()

    window.messages.show(UserFacingError("L’envoi n’a pas pu être enregistré."), "Envois")

    notice = window.messages.on_screen()[0]
    order = window.children()
    assert order.index(notice) > order.index(dialog)


def test_what_cannot_be_undone_stays_a_shorter_while(window):
    said = window.messages.toast("Relève demandée")
    undoable = window.messages.toast("Message archivé", undo=lambda: None)

    assert said._timer.interval() < undoable._timer.interval()


def test_a_window_without_undo_key_still_undoes_by_click(qtbot, theme):
    from PySide6.QtWidgets import QWidget

    host, undone = QWidget(), []
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    toast = Messages(host).toast("Message archivé", undo=lambda: undone.append(Folder.INBOX))

    qtbot.mouseClick(toast.undo, Qt.MouseButton.LeftButton)

    assert undone == [Folder.INBOX]


def ctrl_z(qtbot, window):
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_ctrl_z_says_what_it_takes_back_then_that_there_is_nothing(qtbot, window):
    undone = []
    window.messages.toast("Message archivé", undo=lambda: undone.append(1))
    window.body.setFocus()

    ctrl_z(qtbot, window)
    assert undone == [1]
    assert words(window) == ["Annulation\u00a0: Message archivé"]

    window.messages.clear()
    ctrl_z(qtbot, window)
    assert words(window) == ["Rien à annuler"]


def test_ctrl_z_that_comes_too_late_names_what_it_leaves_as_it_is(qtbot, window):
    undone = []
    toast = window.messages.toast("Message archivé", undo=lambda: undone.append(1))
    toast.leave()
    window.body.setFocus()

    ctrl_z(qtbot, window)

    assert undone == []
    assert words(window) == ["Trop tard pour annuler d’ici\u00a0: Message archivé"]


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_ctrl_z_is_the_text_s_while_it_has_something_to_take_back(qtbot, window, kind):
    field = kind(window.body)
    field.show()
    field.setFocus()
    qtbot.wait(20)
    qtbot.keyClicks(field, "a")
    undone = []
    window.messages.toast("Message archivé", undo=lambda: undone.append(1))

    ctrl_z(qtbot, window)
    typed = field.text() if kind is QLineEdit else field.toPlainText()
    assert (typed, undone) == ("", [])

    ctrl_z(qtbot, window)
    assert undone == [1]


def refused(window, **more):
    error = UserFacingError("Le rendez-vous de PETIT Marie ne peut pas changer.", may_retry=True)
    window.messages.show(error, "PETIT Marie, 9 h", **more)


def test_a_notice_does_not_follow_to_another_page(window):
    refused(window)
    window.messages.turn_page()

    assert window.messages.on_screen() == []


def test_what_waits_to_be_tried_again_or_speaks_of_no_page_follows(window):
    refused(window, retry=lambda: None)
    window.messages.turn_page()
    assert len(window.messages.on_screen()) == 1

    window.messages.clear()
    refused(window, lasts=True)
    window.messages.turn_page()
    assert len(window.messages.on_screen()) == 1


def test_escape_closes_the_notice_before_the_screen_leaves(qtbot, window):
    left, page = [], Page(window.stack)
    action(page, "Retour", lambda: left.append(1), "Esc")
    field = QLineEdit(page)
    window.add_page("one", page, glyph="ri.mail-line")
    window.show_page("one")
    field.setFocus()
    qtbot.wait(10)
    refused(window)

    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert window.messages.on_screen() == [] and left == []
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert left == [1]


def test_an_error_takes_the_keys_from_nobody(qtbot, window):
    """A part of it shown before it has its place would be a window of its own, with the keys."""
    field = QLineEdit(window.body)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    window.messages.show(UserFacingError("Non.", advice="Rien n’a été fait."), "Agenda")
    qtbot.wait(50)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_X)

    assert QApplication.activeWindow() is window
    assert field.text() == "x"
