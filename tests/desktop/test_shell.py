"""The shell: pages, records as tabs, the search, the keys in view."""

import datetime as dt
import os
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QVBoxLayout

from lgc.desktop.components.keys import action
from lgc.desktop.page import Page, RecordPage
from lgc.desktop.search.dialog import SearchDialog
from lgc.desktop.shortcuts import ShortcutsDialog
from lgc.errors import UserFacingError
from lgc.services.events import ServiceState, Warned
from lgc.services.views import Found, FoundPatient

WAIT, NB = 10_000, "\u00a0"


class Home(Page):
    title = "Accueil"

    def __init__(self):
        super().__init__()
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.done = []
        action(self, "Noter", lambda: self.done.append(1), "F7", hint="Noter")


class Record(RecordPage):
    may = True

    def __init__(self, patient_id, people):
        super().__init__(patient_id)
        self.items = []
        self.people = people

    def shown(self):
        self.show_patient(self.people[self.patient_id])

    def show_item(self, item):
        self.items.append(item)

    def may_close(self):
        return self.may


@pytest.fixture
def shell(qtbot, window, scenes, desk):
    people = {p.patient_id: p for p in (scenes.CHEMIN, scenes.LEGRAND, scenes.SAUVEUR)}
    window.record_factory = lambda patient_id: Record(patient_id, people)
    window.add_page("home", Home(), glyph="ri.home-5-line", shortcut="Ctrl+H")
    SearchDialog.join(window, desk)
    window.show_page("home")
    return window


def picture(widget, name):
    if folder := os.environ.get("LGC_PICTURES"):
        widget.grab().save(f"{folder}/{name}.png")


def open_three(shell):
    for name in ("LEGRAND Chantal", "CHEMIN Henri", "SAUVEUR Sylvaine"):
        shell.open_record(name)


def test_only_places_that_exist_are_in_the_rail(shell):
    assert shell.rail.keys() == ("patients", "theme", "lock", "home")


def test_a_record_is_opened_once_and_named_in_its_tab(shell):
    first = shell.open_record("CHEMIN Henri")
    shell.show_page("home")

    assert shell.open_record("CHEMIN Henri", "doc1") is first
    assert shell.top.tabs.count() == 1
    assert shell.top.tabs.tabText(0) == "CHEMIN Henri"
    assert not shell.top.tabs.tabIcon(0).isNull()
    assert first.items == ["doc1"]


def test_a_click_on_a_tab_brings_its_record(qtbot, shell):
    open_three(shell)
    tabs = shell.top.tabs

    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())

    assert shell.current_page().patient_id == "CHEMIN Henri"
    assert shell.rail.button("patients").isChecked()


def test_closing_a_record_shows_its_neighbour_then_the_home(shell):
    open_three(shell)

    shell.close_record("SAUVEUR Sylvaine")
    assert shell.current_page().patient_id == "CHEMIN Henri"
    shell.close_record("CHEMIN Henri")
    shell.close_record("LEGRAND Chantal")

    assert shell.current_page().title == "Accueil"
    assert shell.open_records() == ()


def test_a_record_with_unsaved_work_may_refuse_to_close(shell):
    page = shell.open_record("CHEMIN Henri")
    page.may = False

    assert not shell.close_record("CHEMIN Henri")
    assert shell.open_records() == ("CHEMIN Henri",)


def test_ctrl_tab_walks_the_records_and_ctrl_w_closes(qtbot, shell):
    open_three(shell)
    control = Qt.KeyboardModifier.ControlModifier

    qtbot.keyClick(shell.current_page(), Qt.Key.Key_Tab, control)
    assert shell.current_page().patient_id == "LEGRAND Chantal"
    qtbot.keyClick(shell.current_page(), Qt.Key.Key_W, control)
    assert shell.open_records() == ("CHEMIN Henri", "SAUVEUR Sylvaine")


def test_the_status_line_shows_the_keys_of_the_page_in_view(shell):
    assert "F7 Noter" in shell.status.hints()
    assert "? Tous les raccourcis" in shell.status.hints()

    shell.open_record("CHEMIN Henri")

    assert "F7 Noter" not in shell.status.hints()


def test_f1_lists_the_keys_and_the_keys_below_stay_quiet(qtbot, shell):
    home = shell.page("home")
    home.field.setFocus()
    qtbot.keyClick(home.field, Qt.Key.Key_F1)
    dialog = shell.findChild(ShortcutsDialog)
    assert dialog is not None and dialog.isVisible()

    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F7)
    assert home.done == []
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    qtbot.keyClick(home.field, Qt.Key.Key_F7)
    assert home.done == [1]


def test_a_question_mark_typed_in_a_field_is_text(qtbot, shell):
    home = shell.page("home")
    home.field.setFocus()
    qtbot.keyClicks(home.field, "ok?")

    assert home.field.text() == "ok?"
    assert shell.findChild(ShortcutsDialog) is None


def test_services_are_told_in_the_status_line(qtbot, shell):
    mark = shell.status.services["dmp"]
    assert mark.words() == f"DMP{NB}: pas encore vérifié"

    shell.bridge.post(ServiceState("dmp", True, "DMP joignable"))

    qtbot.waitUntil(lambda: mark.words() == "DMP joignable", timeout=WAIT)
    assert not mark.retry.isVisible()


def test_what_the_doctor_must_know_now_is_a_notice_that_stays(qtbot, shell):
    shell.bridge.post(Warned(UserFacingError("Le dossier du cabinet a disparu.", advice="Copié.")))

    qtbot.waitUntil(lambda: len(shell.messages.on_screen()) == 1, timeout=WAIT)
    [notice] = shell.messages.on_screen()
    assert any("a disparu" in one.text() for one in notice.findChildren(QLabel))


def test_a_narrow_window_moves_the_caps_to_the_tooltips(qtbot, shell):
    shell.resize(1366, 768)
    assert shell.window().property("compact") is True
    shell.resize(1500, 900)
    assert shell.window().property("compact") is False


def searching(qtbot, shell, desk, type_text, words):
    qtbot.keyClick(shell.current_page(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = shell.findChild(SearchDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.list.results.rows), timeout=WAIT)
    type_text(words)
    qtbot.waitUntil(lambda: desk.finding.asked[-1] == words, timeout=WAIT)
    qtbot.waitUntil(lambda: dialog._found.words == words, timeout=WAIT)
    return dialog


def test_ctrl_k_finds_a_patient_and_enter_opens_the_record(qtbot, shell, desk, type_text):
    dialog = searching(qtbot, shell, desk, type_text, "chémin")
    assert dialog.person_name.text() == "M. CHEMIN Henri"

    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)

    assert shell.open_records() == ("CHEMIN Henri",)
    assert not shell.covered()


def test_enter_before_the_answer_waits_for_it(qtbot, shell, desk, type_text):
    """Whoever stands first for nothing typed is not the one who was meant."""
    qtbot.keyClick(shell.current_page(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = shell.findChild(SearchDialog)
    qtbot.waitUntil(lambda: bool(dialog.list.results.rows), timeout=WAIT)
    type_text("zzz")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog._found.words == "zzz", timeout=WAIT)
    assert shell.open_records() == () and dialog.isVisible()

    dialog.field.clear()
    type_text("chemin")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: shell.open_records() == ("CHEMIN Henri",), timeout=WAIT)


def test_a_click_beside_the_search_leaves_the_hands_in_it(qtbot, shell, desk, type_text):
    qtbot.keyClick(shell.current_page(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = shell.findChild(SearchDialog)
    qtbot.waitUntil(lambda: bool(dialog.list.results.rows), timeout=WAIT)

    for place in (QPoint(4, 4), dialog.card.mapTo(dialog, QPoint(30, 70))):
        qtbot.mouseClick(dialog, Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseClick(dialog.childAt(place) or dialog, Qt.MouseButton.LeftButton)
        assert dialog.field.hasFocus()
    type_text("chemin")

    assert dialog.field.text() == "chemin"


def test_ctrl_k_over_the_search_takes_its_words_up_anew(qtbot, shell, desk, type_text):
    dialog = searching(qtbot, shell, desk, type_text, "chemin")
    dialog.setFocus()

    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)

    assert dialog.field.hasFocus()
    assert (dialog.field.text(), dialog.field.selectedText()) == ("chemin", "chemin")
    type_text("zzz")
    assert dialog.field.text() == "zzz"


def test_enter_with_nothing_typed_opens_nobody(qtbot, shell, desk):
    """The first patient of the day is not the one who was meant."""
    qtbot.keyClick(shell.current_page(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = shell.findChild(SearchDialog)
    qtbot.waitUntil(lambda: bool(dialog.list.results.rows), timeout=WAIT)

    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)

    assert shell.open_records() == () and dialog.isVisible()
    qtbot.keyClick(dialog.field, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert shell.open_records() == ("CHEMIN Henri",)


def test_of_two_homonyms_enter_opens_neither(qtbot, shell, desk, scenes, type_text):
    twins = tuple(
        replace(scenes.patient("PETIT Marie", born=dt.date(1980, 2, day)), patient_id=f"p{day}")
        for day in (14, 15)
    )
    desk.finding.find = lambda words, limit=8: Found(
        words, tuple(FoundPatient(one, None) for one in twins), ()
    )
    qtbot.keyClick(shell.current_page(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = shell.findChild(SearchDialog)
    type_text("petit marie")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog._found.words == "petit marie", timeout=WAIT)

    assert dialog.list.current() is None and shell.open_records() == ()
    assert dialog.hint.text() == "Plusieurs réponses : ↓ pour choisir"
    assert not dialog.person.isVisible()
    picture(shell, "recherche-homonymes")


def test_ctrl_k_opens_a_document_in_its_record(qtbot, shell, desk, type_text):
    dialog = searching(qtbot, shell, desk, type_text, "cr")
    for _ in range(4):
        qtbot.keyClick(dialog.field, Qt.Key.Key_Down)

    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)

    assert shell.current_page().items == ["doc-biology"]


def test_ctrl_k_runs_an_action(qtbot, shell, desk, type_text):
    dialog = searching(qtbot, shell, desk, type_text, "noter")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Backtab)
    assert dialog.filter.value() == "actions"

    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)

    assert shell.page("home").done == [1]


def test_nothing_found_says_what_to_try(qtbot, shell, desk, type_text):
    dialog = searching(qtbot, shell, desk, type_text, "zzz")

    assert dialog.nothing.isVisible()
    assert not dialog.person.isVisible()


def test_a_page_out_of_view_never_takes_the_keys(qtbot, shell):
    record = shell.open_record("CHEMIN Henri")
    late = QLineEdit(record)
    shell.show_page("home")
    typing = shell.page("home").field
    typing.setFocus()
    qtbot.wait(1)

    late.setFocus()  # its answer came late

    qtbot.waitUntil(lambda: QApplication.focusWidget() is typing, timeout=WAIT)


def test_a_list_that_is_still_hidden_leaves_the_keys_to_its_page(qtbot, shell):
    home = shell.page("home")
    home.field.hide()

    home.field.setFocus()

    qtbot.waitUntil(lambda: QApplication.focusWidget() is home, timeout=WAIT)


def test_a_menu_that_goes_once_its_page_changed_gives_the_keys_back(qtbot, shell):
    home = shell.page("home")
    home.field.setFocus()
    menu = QMenu(home)
    menu.addAction("Ouvrir")
    menu.popup(home.mapToGlobal(QPoint(40, 40)))
    qtbot.waitUntil(menu.isVisible)
    menu.setFocus()
    qtbot.wait(20)
    home.field.hide()

    menu.hide()

    def in_view():
        focus = QApplication.focusWidget()
        return focus is not None and focus.isVisible() and shell.isAncestorOf(focus)

    qtbot.waitUntil(in_view, timeout=WAIT)
