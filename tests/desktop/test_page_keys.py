"""The keys of the page in view act from the whole window; a letter alone from a list only."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget

from lgc.desktop.components.cover import Dialog
from lgc.desktop.components.keys import action
from lgc.desktop.components.letters import Letters, writes_by_alt
from lgc.desktop.page import Page

CTRL, ALT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def page(window):
    made = Page(window.stack)
    made.title, made.done = "Une page", []
    made.list, made.field = QListWidget(made), QLineEdit(made)
    made.list.addItems(["Un", "Deux"])
    made.field.setGeometry(0, 300, 200, 30)
    for keys in ("Ctrl+P", "Alt+A", "F5", "Esc", "E"):
        action(made, keys, lambda keys=keys: made.done.append(keys), keys)
    action(made.list, "Retirer", lambda: made.done.append("Del"), "Del")
    action(made.list, "Monter", lambda: made.done.append("Alt+Up"), "Alt+Up")
    window.add_page("one", made, glyph="ri.mail-line")
    window.show_page("one")
    return made


ROOMS = {
    "the rail": lambda window: window.rail.button("one"),
    "the search of the top bar": lambda window: window.top.search,
    "the window itself": lambda window: window.body,
}


@pytest.mark.parametrize("room", ROOMS)
def test_they_act_from(qtbot, window, page, room):
    there = ROOMS[room](window)
    there.setFocus()
    qtbot.keyClick(there, Qt.Key.Key_P, CTRL)
    qtbot.keyClick(there, Qt.Key.Key_A, ALT)
    qtbot.keyClick(there, Qt.Key.Key_F5)
    qtbot.keyClick(there, Qt.Key.Key_Escape)

    assert page.done == ["Ctrl+P", "Alt+A", "F5", "Esc"]


def test_from_afar_no_letter_and_no_key_of_a_text_acts(qtbot, window, page):
    there = window.rail.button("one")
    there.setFocus()
    qtbot.keyClick(there, Qt.Key.Key_E)
    qtbot.keyClick(there, Qt.Key.Key_Delete)
    qtbot.keyClick(page.field, Qt.Key.Key_Up, ALT)

    assert page.done == []


def test_a_dialog_keeps_the_keys_of_the_page_out(qtbot, window, page):
    dialog = Dialog(window, "Question")
    field = QLineEdit()
    dialog.body.addWidget(field)
    dialog.open(field)
    qtbot.keyClick(field, Qt.Key.Key_P, CTRL)

    assert page.done == []


class Clock:
    now = 10.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def letters(page, clock):
    return Letters(lambda: page.property("off") is not True, clock)


def stroke(letter, held=NONE):
    return QKeyEvent(QEvent.Type.ShortcutOverride, ord(letter.upper()), held, letter)


def test_a_letter_acts_on_a_list_after_a_pause_only(letters, page, clock):
    page.list.setFocus()
    assert not letters.refuses(stroke("e"))
    assert letters.refuses(stroke("e"))  # at once
    clock.now += 0.4
    assert letters.refuses(stroke("1"))
    clock.now += 0.6
    assert not letters.refuses(stroke("1"))


def test_dictated_words_archive_answer_and_open_nothing(letters, page, clock):
    page.list.setFocus()
    letters.refuses(stroke("x"))
    acted = []
    for letter in "merci de revoir":
        clock.now += 0.05
        if letter.isalpha() and not letters.refuses(stroke(letter)):
            acted.append(letter)
        elif not letter.isalpha():
            letters.refuses(stroke(letter))

    assert acted == []


def other(key, held=NONE, words=""):
    return QKeyEvent(QEvent.Type.ShortcutOverride, key, held, words)


@pytest.mark.parametrize(
    "before",
    [
        other(Qt.Key.Key_Return, words="\r"), other(Qt.Key.Key_Backspace, words="\b"),
        other(Qt.Key.Key_Tab, words="\t"), other(Qt.Key.Key_F5), other(Qt.Key.Key_Escape),
        other(Qt.Key.Key_Space, words=" "), other(Qt.Key.Key_Comma, words=","),
        other(Qt.Key.Key_At, CTRL | ALT, "@"), other(Qt.Key.Key_Dead_Circumflex),
    ],
    ids=lambda one: f"{one.key():x}",
)  # fmt: skip
def test_any_key_before_it_keeps_a_letter_from_acting_for_half_a_second(
    letters, page, clock, before
):
    page.list.setFocus()
    letters.refuses(before)
    clock.now += 0.4
    assert letters.refuses(stroke("e"))
    clock.now += 0.5
    assert not letters.refuses(stroke("e"))


@pytest.mark.parametrize("key", ["Up", "Down", "PageUp", "PageDown", "Home", "End", "Shift"])
def test_to_choose_in_the_list_then_to_act_is_one_gesture(letters, page, clock, key):
    page.list.setFocus()
    for _ in range(3):
        assert not letters.refuses(other(getattr(Qt.Key, f"Key_{key}")))
        clock.now += 0.05
    assert not letters.refuses(stroke("e"))


@pytest.mark.parametrize("held", [CTRL, ALT])
def test_to_go_somewhere_then_to_act_is_one_gesture(letters, page, clock, held):
    page.list.setFocus()
    letters.refuses(other(Qt.Key.Key_G, held, "g" if held == ALT else "\x07"))
    clock.now += 0.1
    assert not letters.refuses(stroke("j"))


def test_a_letter_acts_from_no_button_and_no_field(letters, window, page, clock):
    for where in (window.rail.button("one"), page.field, page):
        clock.now += 1
        where.setFocus()
        assert QApplication.focusWidget() is where or where is page
        assert letters.refuses(stroke("e"))


def test_what_is_held_with_ctrl_or_alt_is_never_refused(letters, page):
    page.field.setFocus()
    assert not letters.refuses(stroke("p", CTRL))
    assert not letters.refuses(stroke("a", ALT))


def test_letters_can_be_switched_off(letters, page):
    page.list.setFocus()
    page.setProperty("off", True)

    assert letters.refuses(stroke("e"))


def test_the_window_of_the_application_asks_before_a_letter_acts(qtbot, theme, tmp_path):
    from types import SimpleNamespace

    from lgc.desktop.app import Desktop
    from lgc.settings import Settings, letter_keys

    settings = Settings()
    assert settings[letter_keys] is True
    seen = []
    desktop = SimpleNamespace(
        _stir=lambda: None,
        frame=None,
        _letters=SimpleNamespace(refuses=lambda event: seen.append(1) or True, refused=True),
    )
    event = stroke("e")
    event.ignore()

    assert Desktop.eventFilter(desktop, None, event) is True
    assert seen == [1] and event.isAccepted()


def press_of(key, words, held):
    return QKeyEvent(QEvent.Type.KeyPress, key, held, words)


def test_a_key_of_another_screen_writes_no_letter_in_a_text(page):
    """Qt writes « a » for Alt+A that nothing takes."""
    page.field.setFocus()
    assert writes_by_alt(press_of(Qt.Key.Key_A, "a", ALT), page.field)
    assert not writes_by_alt(press_of(Qt.Key.Key_A, "a", NONE), page.field)
    assert not writes_by_alt(press_of(Qt.Key.Key_At, "@", CTRL | ALT), page.field)  # AltGr
    assert not writes_by_alt(press_of(Qt.Key.Key_F4, "", ALT), page.field)
    assert not writes_by_alt(press_of(Qt.Key.Key_A, "a", ALT), page.list)


def test_the_window_of_the_application_lets_no_such_key_through(qtbot, theme):
    from types import SimpleNamespace

    from lgc.desktop.app import Desktop

    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=4000)
    letters = SimpleNamespace(refuses=lambda event: False, refused=False)
    desktop = SimpleNamespace(_stir=lambda: None, frame=field, _letters=letters)

    assert Desktop.eventFilter(desktop, None, press_of(Qt.Key.Key_A, "a", ALT)) is True
    assert Desktop.eventFilter(desktop, None, press_of(Qt.Key.Key_A, "a", NONE)) is False
