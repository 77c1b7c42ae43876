"""The lock covers everything of ours: menus, tips, dialogs of the system, the screen reader."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QCompleter,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QScrollArea,
    QTextEdit,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from lgc.desktop import system_dialogs, text
from lgc.desktop.app import Desktop
from lgc.desktop.bridge import Bridge
from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.menus import show_menu
from lgc.desktop.page import Page
from lgc.desktop.start import _record
from lgc.services.drafting import Draft
from lgc.services.events import AgendaChanged
from lgc.settings import Settings

WAIT = 10_000
CHEMIN = "CHEMIN Henri"
SECRET = "Angoisse depuis mars"


class FormPage(Page):
    """A field, a list, a long text and what scrolls, each with something of the hand in it."""

    title = "Saisie"

    def __init__(self):
        super().__init__()
        self.line, self.note, self.choice = QLineEdit(), QTextEdit(), QComboBox()
        self.choice.addItems(["un", "deux"])
        self.long = QScrollArea()
        self.long.setWidget(QLabel("\n".join(f"{CHEMIN} {n}" for n in range(200))))
        column = QVBoxLayout(self)
        for part in (self.line, self.choice, self.note, self.long):
            column.addWidget(part)


@pytest.fixture
def desk(scenes, rooms):
    drafts = SimpleNamespace(
        may_reopen=lambda document_id: "",
        draft=lambda patient_id, kind: Draft(words={"reason": SECRET}),
        keep=lambda patient_id, kind, draft: scenes.NOW,
    )
    return SimpleNamespace(
        **{
            **vars(rooms.make_desk()),
            "day": scenes.FakeDay(),
            "planning": scenes.FakeDay(),
            "queue": scenes.FakeQueue(),
            "finding": scenes.FakeFinding(),
            "settings": Settings(),
            "drafting": drafts,
        }
    )


@pytest.fixture
def desktop(qtbot, theme, scenes, desk):
    def records(window, given):
        window.record_factory = lambda patient_id: _record(window, given, patient_id)

    made = Desktop(
        scenes.FakeDoor(),
        lambda: desk,
        Bridge(),
        Settings(),
        [lambda window, given: window.add_page("form", FormPage(), glyph="ri.edit-line"), records],
    )
    made.start()
    qtbot.waitExposed(made.frame)
    made.frame.activateWindow()
    unlock(qtbot, made)
    qtbot.waitUntil(lambda: made.window.record_factory is not None, timeout=WAIT)
    yield made
    made.frame.close()
    system_dialogs.take_cancelled()
    shiboken6.delete(made.frame)


def unlock(qtbot, desktop):
    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)
    if QApplication.activeWindow() is None:
        desktop.frame.activateWindow()  # as a desktop does when a dialog closes
        qtbot.waitUntil(desktop.frame.isActiveWindow, timeout=WAIT)
    qtbot.keyClicks(desktop.access.pin, "1234")
    qtbot.keyClick(desktop.access.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not desktop.lock.isVisible(), timeout=WAIT)


def form(desktop):
    desktop.window.show_page("form")
    return desktop.window.page("form")


def in_view(desktop):
    return [
        one
        for one in QApplication.topLevelWidgets()
        if one.isVisible() and one is not desktop.frame
    ]


# --- what stands above ----------------------------------------------------------------------------


def a_tip(page):
    QToolTip.showText(page.mapToGlobal(QPoint(9, 9)), CHEMIN, page)


def a_menu(page):
    menu = QMenu(page)
    menu.addAction(CHEMIN)
    show_menu(menu, page.mapToGlobal(QPoint(9, 9)))


def a_list(page):
    page.choice.showPopup()


def a_completion(page):
    completer = QCompleter([CHEMIN], page.line)
    page.line.setCompleter(completer)
    page.line.setText("CHE")
    completer.complete()


def a_file_dialog(page):
    system_dialogs.ask_save(page, "Enregistrer en PDF", "x.pdf", lambda file: None)


def a_printer_dialog(page):
    system_dialogs.ask_printer(page, QPrinter(), lambda printer: None)


def a_message_box(page):
    QMessageBox(QMessageBox.Icon.Question, "Remplacer", CHEMIN, parent=page).open()


def a_window_of_its_own(page):
    viewer = QWidget()
    page.viewer = viewer
    viewer.show()


ABOVE = [
    a_tip,
    a_menu,
    a_list,
    a_completion,
    a_file_dialog,
    a_printer_dialog,
    a_message_box,
    a_window_of_its_own,
]


@pytest.mark.parametrize("above", ABOVE, ids=lambda one: one.__name__)
def test_nothing_stays_above_the_lock(qtbot, desktop, above):
    page = form(desktop)
    above(page)
    assert in_view(desktop)

    desktop.lock_now()

    assert in_view(desktop) == []
    unlock(qtbot, desktop)


@pytest.mark.parametrize("above", ABOVE, ids=lambda one: one.__name__)
def test_nothing_opens_above_the_lock(qtbot, desktop, above):
    page = form(desktop)
    desktop.lock_now()

    above(page)

    qtbot.waitUntil(lambda: in_view(desktop) == [], timeout=10_000)
    unlock(qtbot, desktop)


@pytest.mark.parametrize("above", [a_menu, a_file_dialog, a_printer_dialog])
def test_what_a_late_answer_opens_is_not_seen_for_a_moment(desktop, above):
    page = form(desktop)
    desktop.lock_now()

    above(page)

    assert in_view(desktop) == []


def test_a_dialog_that_holds_its_caller_lets_go_at_the_lock(qtbot, desktop):
    """A file that would be replaced is asked about by Qt itself, which waits."""
    page = form(desktop)
    box = QMessageBox(QMessageBox.Icon.Question, "Remplacer", "?", parent=page)
    QTimer.singleShot(50, desktop, desktop.lock_now)

    answer = box.exec()

    assert answer != QDialog.DialogCode.Accepted
    assert desktop.lock.isVisible()


@pytest.mark.parametrize("when", ["before", "under"])
def test_what_the_lock_cancelled_is_said_once(qtbot, desktop, when):
    page, kept, said = form(desktop), [], []
    desktop.window.messages.toast = lambda words, *rest, **more: said.append(words)
    if when == "under":
        desktop.lock_now()
    system_dialogs.ask_save(page, "Enregistrer en PDF", "x.pdf", kept.append)

    desktop.lock_now()
    unlock(qtbot, desktop)

    assert kept == []
    assert said == [text.french("Annulé au verrouillage : « Enregistrer en PDF »")]
    assert QApplication.focusWidget() is not None
    desktop.lock_now()
    unlock(qtbot, desktop)
    assert len(said) == 1


def test_the_pin_is_typed_at_once_after_a_dialog_of_the_system(qtbot, desktop):
    page = form(desktop)
    page.line.setFocus()
    a_file_dialog(page)
    desktop.lock_now()

    unlock(qtbot, desktop)

    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.line, timeout=WAIT)


def test_a_window_of_its_own_comes_back(qtbot, desktop):
    page = form(desktop)
    a_window_of_its_own(page)
    desktop.lock_now()

    unlock(qtbot, desktop)

    assert page.viewer.isVisible()
    page.viewer.close()


def test_a_dialog_of_the_application_that_comes_late_waits_for_the_unlock(qtbot, desktop):
    desktop.lock_now()
    dialog = Dialog(desktop.window, "Partager")
    dialog.open()
    assert not dialog.isVisible()
    assert desktop.lock.isAncestorOf(QApplication.focusWidget())

    unlock(qtbot, desktop)

    assert dialog.isVisible()


def test_the_lock_itself_may_ask(qtbot, desktop, tmp_path):
    """« Réglages du poste » stands in the lock, and looks for a file."""
    desktop.lock_now()
    got = []

    system_dialogs.ask_file(desktop.access, "Module", str(tmp_path), got.append)
    qtbot.wait(300)

    (dialog,) = in_view(desktop)
    dialog.reject()
    unlock(qtbot, desktop)


@pytest.mark.parametrize("why", ["sleep", "system lock", "idle"])
def test_a_machine_that_sleeps_or_locks_locks_this_too(qtbot, desktop, why):
    desktop._sleeping.left.emit(why)

    assert desktop.lock.isVisible()
    qtbot.waitUntil(lambda: desktop.access._door.locks[-1:] == [why], timeout=WAIT)
    unlock(qtbot, desktop)


# --- the same place -------------------------------------------------------------------------------


def test_everything_is_at_the_same_place_after_the_lock(qtbot, desktop):
    page = form(desktop)
    page.line.setText("Bonne tolerance")
    page.note.setPlainText("\n".join(f"ligne {n}" for n in range(300)))
    cursor = page.note.textCursor()
    cursor.setPosition(40)
    cursor.setPosition(90, cursor.MoveMode.KeepAnchor)
    page.note.setTextCursor(cursor)
    page.note.verticalScrollBar().setValue(120)
    page.long.verticalScrollBar().setValue(345)
    page.line.setFocus()
    page.line.setSelection(2, 5)
    qtbot.wait(20)

    def place():
        return (
            page.line.text(),
            page.line.selectedText(),
            page.line.cursorPosition(),
            page.note.textCursor().selectedText(),
            page.note.verticalScrollBar().value(),
            page.long.verticalScrollBar().value(),
            QApplication.focusWidget(),
            desktop.window.geometry(),
        )

    before = place()
    desktop.lock_now()
    assert not desktop.window.isVisible()
    unlock(qtbot, desktop)
    qtbot.wait(50)

    assert place() == before


def test_what_a_lane_tells_under_the_lock_is_there_after_it(qtbot, desktop):
    page = form(desktop)
    heard = []
    desktop.window.bridge.agenda_changed.connect(lambda event: heard.append(page.isHidden()))
    desktop.lock_now()

    desktop.window.bridge.post(AgendaChanged())

    qtbot.waitUntil(lambda: heard == [False], timeout=WAIT)


# --- the screen reader ----------------------------------------------------------------------------


def spoken(root):
    """Every word that a screen reader finds from here, by name, value and text."""
    words, waiting, seen = [], [root], 0
    while waiting:
        one = waiting.pop()
        seen += 1
        words += [
            one.text(kind)
            for kind in (
                QAccessible.Text.Name,
                QAccessible.Text.Value,
                QAccessible.Text.Description,
                QAccessible.Text.Help,
            )
        ]
        text = one.textInterface()
        if text is not None:
            words.append(text.text(0, text.characterCount()))
        value = one.valueInterface()
        if value is not None:
            words.append(str(value.currentValue()))
        children = (one.child(n) for n in range(min(one.childCount(), 400)))
        waiting += [child for child in children if child is not None and child.isValid()]
    return "\n".join(words), seen


def application():
    return QAccessible.queryAccessibleInterface(QApplication.instance())


@pytest.fixture
def note(qtbot, desktop):
    """A record with its note open."""
    record = desktop.window.open_record(CHEMIN)
    qtbot.waitUntil(lambda: record.patient is not None, timeout=WAIT)
    panel = record.show_part("note").panel
    qtbot.waitUntil(lambda: panel.loaded, timeout=WAIT)
    return panel.fields["reason"]


def test_a_screen_reader_finds_no_patient_under_the_lock(qtbot, desktop, note):
    words, _ = spoken(application())
    assert "CHEMIN" in words and SECRET in words

    desktop.lock_now()

    words, seen = spoken(application())
    assert seen > 20 and "Dr Paul MEDECIN5729" in words
    for secret in ("CHEMIN", "LEGRAND", "SAUVEUR", SECRET, "Angoisse"):
        assert secret not in words
    unlock(qtbot, desktop)
    words, _ = spoken(application())
    assert "CHEMIN" in words and SECRET in words


def test_what_a_screen_reader_held_reads_and_writes_no_more(qtbot, desktop, note):
    """By the number it was given before the lock, as AT-SPI keeps it."""
    QAccessible.setActive(True)
    try:
        number = QAccessible.uniqueId(QAccessible.queryAccessibleInterface(note))
        assert QAccessible.accessibleInterface(number).editableTextInterface() is not None

        desktop.lock_now()

        assert QAccessible.accessibleInterface(number) is None
        unlock(qtbot, desktop)
        again = QAccessible.queryAccessibleInterface(note)
        assert again.textInterface().text(0, 8) == SECRET[:8]
    finally:
        QAccessible.setActive(False)


# --- the dialogs of the system --------------------------------------------------------------------


def answered(qtbot, kind=QFileDialog):
    (dialog,) = system_dialogs.opened()
    assert isinstance(dialog, kind)
    return dialog


def test_a_file_is_chosen_without_holding_anybody(qtbot, desktop, tmp_path):
    page, got = form(desktop), []
    system_dialogs.ask_save(page, "Copie", str(tmp_path / "copie.pdf"), got.append, "PDF (*.pdf)")
    dialog = answered(qtbot)
    assert Path(dialog.selectedFiles()[0]) == tmp_path / "copie.pdf"

    dialog.accept()

    assert got == [tmp_path / "copie.pdf"]
    assert system_dialogs.opened() == ()


def test_files_and_folders_are_chosen(qtbot, desktop, tmp_path):
    page, got = form(desktop), []
    (tmp_path / "a.txt").write_text("a")
    system_dialogs.ask_file(page, "Un", str(tmp_path), got.append)
    answered(qtbot).selectFile("a.txt")
    answered(qtbot).accept()
    system_dialogs.ask_files(page, "Des", got.append, str(tmp_path))
    answered(qtbot).selectFile("a.txt")
    answered(qtbot).accept()
    system_dialogs.ask_folder(page, "Dossier", str(tmp_path), got.append)
    answered(qtbot).accept()

    assert got == [tmp_path / "a.txt", [tmp_path / "a.txt"], tmp_path]


def test_a_printer_is_chosen(qtbot, desktop):
    page, got = form(desktop), []
    system_dialogs.ask_printer(page, QPrinter(), got.append)

    answered(qtbot, QPrintDialog).done(QDialog.DialogCode.Accepted)

    assert len(got) == 1


def test_the_code_of_a_card_that_left_is_no_more_printed(qtbot, desktop):
    desktop.lock_now()
    code = desktop.access.recovery
    code.show()
    code.set("ABCD-EFGH")
    system_dialogs.ask_printer(code, QPrinter(), lambda printer: None)
    code.hide()
    assert len(system_dialogs.opened()) == 1

    code.forget()

    assert system_dialogs.opened() == ()
    assert system_dialogs.take_cancelled() == ()
    unlock(qtbot, desktop)
