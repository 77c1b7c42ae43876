"""The door, with a card in memory: every state, and the lock that keeps what was typed."""

import datetime as dt
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QVBoxLayout, QWidget

from lgc.desktop import clipboard
from lgc.desktop.access.view import Stage
from lgc.desktop.app import Desktop
from lgc.desktop.bridge import Bridge
from lgc.desktop.components.rows import Cell, Column
from lgc.desktop.components.suggestions import SuggestionList
from lgc.desktop.page import Page
from lgc.domain.admission import AdmittedCard
from lgc.domain.card import CardPresence, CardState
from lgc.settings import Settings

WAIT = 10_000


class NotePage(Page):
    title = "Note"

    def __init__(self):
        super().__init__()
        self.note = QLineEdit()
        QVBoxLayout(self).addWidget(self.note)

    def shown(self):
        self.note.setFocus()


@pytest.fixture
def door(scenes):
    return scenes.FakeDoor()


@pytest.fixture
def desktop(qtbot, theme, door, desk):
    made = Desktop(
        door,
        lambda: desk,
        Bridge(),
        Settings(),
        [lambda window, given: window.add_page("note", NotePage(), glyph="ri.edit-box-line")],
    )
    made.start()
    qtbot.waitExposed(made.frame)
    made.frame.activateWindow()
    yield made
    made.frame.close()
    shiboken6.delete(made.frame)


def at(qtbot, desktop, stage):
    qtbot.waitUntil(lambda: desktop.access.view.stage is stage, timeout=WAIT)


def log_in(qtbot, desktop, pin="1234"):
    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)
    qtbot.keyClicks(desktop.access.pin, pin)
    qtbot.keyClick(desktop.access.pin, Qt.Key.Key_Return)


def test_the_right_pin_opens_the_day(qtbot, desktop):
    log_in(qtbot, desktop)

    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    assert not desktop.lock.isVisible()
    assert desktop.window.current_page().title == "Accueil"


def test_the_holder_is_shown_before_the_pin(qtbot, desktop):
    at(qtbot, desktop, Stage.PIN)

    assert desktop.access.holder.isVisible()
    assert desktop.access.holder.name() == "Dr Paul MEDECIN5729"


def test_a_wrong_pin_tells_the_tries_left_and_keeps_no_digit(qtbot, desktop):
    log_in(qtbot, desktop, "9999")

    at(qtbot, desktop, Stage.WRONG_PIN)
    assert "2" in desktop.access.notice.sentence()
    assert desktop.access.tries.left() == 2
    assert desktop.access.pin.text() == ""
    assert desktop.access.pin.hasFocus()


def test_three_digits_are_not_given_to_the_card(qtbot, desktop, door):
    log_in(qtbot, desktop, "123")

    qtbot.wait(50)
    assert door.pins == 0
    assert not desktop.access.open_button.isEnabled()


def test_letters_cannot_be_typed_as_a_pin(qtbot, desktop):
    at(qtbot, desktop, Stage.PIN)

    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)
    qtbot.keyClicks(desktop.access.pin, "a1b2")

    assert desktop.access.pin.text() == "12"


def test_the_last_try_asks_for_a_confirmation(qtbot, desktop, door):
    door.card = replace(door.card, tries_left=1)
    at(qtbot, desktop, Stage.LAST_TRY)
    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)
    qtbot.keyClicks(desktop.access.pin, "1234")
    qtbot.keyClick(desktop.access.pin, Qt.Key.Key_Return)
    assert door.pins == 0

    desktop.access.last_try.click()
    qtbot.mouseClick(desktop.access.open_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    assert door.pins == 1


def test_a_blocked_card_offers_no_field(qtbot, desktop, door):
    door.card = replace(door.card, tries_left=0)

    at(qtbot, desktop, Stage.BLOCKED)
    assert not desktop.access.pin.isVisible()
    assert "bloquée" in desktop.access.notice.sentence()


@pytest.mark.parametrize(
    ("presence", "stage"),
    [
        (CardPresence.NO_MODULE, Stage.NO_MODULE),
        (CardPresence.NO_READER, Stage.NO_READER),
        (CardPresence.NO_CARD, Stage.NO_CARD),
        (CardPresence.UNREADABLE, Stage.UNREADABLE),
    ],
)
def test_without_a_card_the_notice_says_what_to_do(qtbot, desktop, door, presence, stage):
    door.card = CardState(presence)

    at(qtbot, desktop, stage)
    assert desktop.access.notice.isVisible()
    assert desktop.access.notice.advice()
    assert not desktop.access.buttons.isVisible()


@pytest.mark.requirement("EX_GEN-1370")
def test_several_places_of_practice_are_offered(qtbot, desktop, door, scenes):
    door.places, door.last = (scenes.CABINET, scenes.CLINIC), None
    log_in(qtbot, desktop)
    at(qtbot, desktop, Stage.PLACE)

    desktop.access.places.pick(1)
    qtbot.keyClick(desktop.access, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    assert door.last == scenes.CLINIC


def test_the_recovery_code_is_shown_once_and_must_be_confirmed(qtbot, desktop, door):
    door.recovery = "ABCD-EFGH"
    log_in(qtbot, desktop)
    at(qtbot, desktop, Stage.RECOVERY_CODE)
    assert not desktop.access.open_button.isEnabled()

    qtbot.mouseClick(desktop.access.recovery.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "ABCD-EFGH"
    desktop.access.recovery.box.click()
    qtbot.mouseClick(desktop.access.open_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    assert "ABCD" not in desktop.access.recovery._shown.text()
    assert door.kept == 1


def test_two_strokes_on_the_noted_key_enter_once(qtbot, desktop, door):
    door.recovery = "ABCD-EFGH"
    log_in(qtbot, desktop)
    at(qtbot, desktop, Stage.RECOVERY_CODE)
    desktop.access.recovery.box.click()
    entered = []
    desktop.access.entered.connect(lambda opened, practitioner: entered.append(opened))
    for _ in range(3):
        desktop.access._code_kept()
    desktop.access._place_step()
    desktop.access._place_step()
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: desktop.tasks.running == 0, timeout=WAIT)

    assert door.kept == 1
    assert [one is None for one in entered] == [False]


def test_a_card_pulled_while_the_recovery_key_shows_confirms_nothing(qtbot, desktop, door):
    door.recovery = "ABCD-EFGH"
    log_in(qtbot, desktop)
    at(qtbot, desktop, Stage.RECOVERY_CODE)

    door.remove()

    at(qtbot, desktop, Stage.NO_CARD)
    assert door.kept == 0
    assert "ABCD" not in desktop.access.recovery._shown.text()


def open_without_card(qtbot, desktop, key="ABCD-EFGH"):
    qtbot.waitUntil(desktop.access.without.isVisible, timeout=WAIT)
    desktop.access.without.click()
    at(qtbot, desktop, Stage.WITHOUT_CARD)
    assert desktop.access.code.hasFocus()
    qtbot.keyClicks(desktop.access.code, key)
    qtbot.keyClick(desktop.access.code, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    "card",
    [
        CardState(CardPresence.NO_MODULE),
        CardState(CardPresence.NO_READER),
        CardState(CardPresence.NO_CARD),
        CardState(CardPresence.UNREADABLE),
        CardState(CardPresence.READY, "Lecteur", tries_left=0),
    ],
)
def test_without_a_card_the_recovery_key_opens_and_it_is_said_everywhere(
    qtbot, desktop, door, card
):
    door.card = replace(card, holder=door.card.holder) if card.blocked else card
    open_without_card(qtbot, desktop)

    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    window = desktop.window
    assert not desktop.lock.isVisible()
    for key in ("home", "note"):
        qtbot.waitUntil(lambda key=key: key in window._pages, timeout=WAIT)
        window.show_page(key)
        assert window.band.isVisible()
        assert window.status.without_card.isVisible()
        assert "rien ne part" in window.top.holder.state()
    qtbot.wait(700)
    assert not desktop.lock.isVisible()


def test_a_wrong_recovery_key_says_so_and_may_be_typed_again(qtbot, desktop, door):
    door.remove()
    open_without_card(qtbot, desktop, "WRONG")

    qtbot.waitUntil(lambda: "pas la bonne" in desktop.access.notice.sentence(), timeout=WAIT)
    assert desktop.window is None
    desktop.access.code.clear()
    qtbot.keyClicks(desktop.access.code, "ABCD-EFGH")
    qtbot.keyClick(desktop.access.code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)


def test_escape_goes_back_from_the_recovery_key_to_the_card(qtbot, desktop, door):
    qtbot.waitUntil(desktop.access.without.isVisible, timeout=WAIT)
    desktop.access.without.click()
    at(qtbot, desktop, Stage.WITHOUT_CARD)

    qtbot.keyClick(desktop.access.code, Qt.Key.Key_Escape)

    at(qtbot, desktop, Stage.PIN)
    assert desktop.access.without.isVisible()


def test_without_a_practice_no_recovery_key_is_asked(qtbot, desktop, door):
    door.practice = False
    desktop.access._tasks.run(
        door.has_practice, owner=desktop.access, done=desktop.access._may_go_without
    )

    qtbot.waitUntil(lambda: not desktop.access.without.isVisible(), timeout=WAIT)


def test_who_sits_without_a_card_is_asked_when_several_are_admitted(qtbot, desktop, door, scenes):
    other = AdmittedCard("b" * 64, "Anne", None, False, scenes.OTHER_HOLDER, (scenes.CLINIC,))
    door.admitted = (*door.admitted, other)
    door.remove()
    open_without_card(qtbot, desktop)
    at(qtbot, desktop, Stage.HOLDER)

    desktop.access.places.pick(1)
    qtbot.keyClick(desktop.access, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    assert door.session == scenes.OTHER_HOLDER


def test_the_card_that_comes_takes_over_at_the_same_place(qtbot, desktop, door):
    door.remove()
    open_without_card(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    window = desktop.window
    door.insert()
    window.band.take_card.click()
    at(qtbot, desktop, Stage.PIN)
    log_in(qtbot, desktop)

    qtbot.waitUntil(lambda: not desktop.lock.isVisible(), timeout=WAIT)
    assert desktop.window is window
    assert not window.band.isVisible()
    assert not window.status.without_card.isVisible()
    assert "insérée" in window.top.holder.state()
    door.remove()
    qtbot.waitUntil(desktop.lock.isVisible, timeout=WAIT)


def test_a_day_without_a_card_ends_at_midnight_of_the_practice(qtbot, desktop, door, desk):
    door.remove()
    open_without_card(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    day = desktop.new_day
    day.look()
    assert not desktop.lock.isVisible()

    now = desk.clock.now()
    desk.clock.now = lambda: now.replace(hour=0, minute=0) + dt.timedelta(days=1)
    day.look()

    assert desktop.lock.isVisible()
    qtbot.waitUntil(lambda: door.locks == ["day over"], timeout=WAIT)
    assert day._timer.isActive(), "the pages under the lock hear of the next day too"


def test_an_unknown_card_is_added_with_the_recovery_code(qtbot, desktop, door):
    door.known = False
    log_in(qtbot, desktop)
    at(qtbot, desktop, Stage.UNKNOWN_CARD)

    qtbot.keyClicks(desktop.access.code, "WRONG")
    qtbot.keyClick(desktop.access.code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "pas la bonne" in desktop.access.notice.sentence(), timeout=WAIT)
    desktop.access.code.clear()
    qtbot.keyClicks(desktop.access.code, "ABCD-EFGH")
    qtbot.keyClick(desktop.access.code, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)


def test_pulling_the_card_covers_within_a_second_and_keeps_what_was_typed(qtbot, desktop, door):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    window = desktop.window
    window.show_page("note")
    note = window.page("note").note
    qtbot.keyClicks(note, "Bonne tolerance")

    with qtbot.waitSignal(desktop.locked, timeout=1000):
        door.remove()
    assert desktop.lock.isVisible()
    assert desktop.lock.size() == desktop.frame.size()
    assert not window.isEnabled()
    qtbot.waitUntil(lambda: "card removed" in door.locks, timeout=WAIT)

    door.insert()
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: not desktop.lock.isVisible(), timeout=WAIT)
    assert desktop.window is window
    assert note.text() == "Bonne tolerance"
    assert QApplication.focusWidget() is note


def test_nothing_typed_under_the_lock_reaches_the_pages(qtbot, desktop, door):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    desktop.window.show_page("note")
    door.remove()
    qtbot.waitUntil(desktop.lock.isVisible, timeout=WAIT)
    qtbot.wait(50)

    focus = QApplication.focusWidget()
    assert focus is None or desktop.lock.isAncestorOf(focus) or focus is desktop.lock
    for _ in range(6):
        qtbot.keyClick(desktop.frame, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is None or not desktop.window.isAncestorOf(focus)


def test_another_card_opens_another_window(qtbot, desktop, door, scenes):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    first = desktop.window
    door.remove()
    qtbot.waitUntil(desktop.lock.isVisible, timeout=WAIT)

    door.insert(scenes.OTHER_HOLDER)
    qtbot.waitUntil(lambda: desktop.access.view.title == "Une autre carte", timeout=WAIT)
    log_in(qtbot, desktop)

    qtbot.waitUntil(lambda: not desktop.lock.isVisible(), timeout=WAIT)
    assert desktop.window is not first


def test_a_telephone_number_is_no_code(qtbot, desktop, door):
    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)

    log_in(qtbot, desktop, "0612345678")

    assert door.pins == 0
    assert "Plus de 4 chiffres" in desktop.access.pin_words.text()
    assert not desktop.access.open_button.isEnabled()
    qtbot.keyClick(desktop.access.pin, Qt.Key.Key_Escape)
    assert desktop.access.pin_words.text() == "4 chiffres"


def test_what_was_being_typed_when_the_lock_came_is_no_code(qtbot, desktop, door):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    door.remove()
    qtbot.waitUntil(desktop.lock.isVisible, timeout=WAIT)
    door.insert()
    qtbot.waitUntil(desktop.access.pin.isVisible, timeout=WAIT)
    tried = door.pins

    for digit in "0612":  # a hand that goes on as if nothing had happened
        qtbot.keyClick(desktop.access.pin, digit)
        qtbot.wait(200)
    assert desktop.access.pin.text() == ""
    assert "ignorées" in desktop.access.pin_words.text()
    qtbot.keyClick(desktop.access.pin, Qt.Key.Key_Return)
    assert door.pins == tried

    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: not desktop.lock.isVisible(), timeout=WAIT)


def test_a_card_that_left_and_came_back_never_leaves_half_a_code(qtbot, desktop, door):
    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)
    qtbot.keyClicks(desktop.access.pin, "12")
    door.remove()
    at(qtbot, desktop, Stage.NO_CARD)
    door.insert()
    at(qtbot, desktop, Stage.PIN)

    qtbot.keyClicks(desktop.access.pin, "34")

    assert desktop.access.pin.text() == ""


def test_another_card_put_in_meanwhile_is_shown_and_not_tried(qtbot, desktop, door, scenes):
    qtbot.waitUntil(lambda: desktop.access.pin.takes_keys, timeout=WAIT)
    qtbot.keyClicks(desktop.access.pin, "1234")
    door.insert(scenes.OTHER_HOLDER)
    qtbot.keyClick(desktop.access.pin, Qt.Key.Key_Return)

    at(qtbot, desktop, Stage.WRONG_PIN)
    assert door.pins == 0
    assert "même carte" in desktop.access.notice.sentence()
    qtbot.waitUntil(
        lambda: (
            desktop.access.holder.name()
            == "Dr " + " ".join((scenes.OTHER_HOLDER.given_name, scenes.OTHER_HOLDER.family_name))
        ),
        timeout=WAIT,
    )


def test_a_card_of_an_unknown_authority_shows_no_name_and_no_field(qtbot, desktop, door):
    door.card = CardState(CardPresence.FOREIGN, "Lecteur de test 01")

    at(qtbot, desktop, Stage.FOREIGN)

    assert not desktop.access.pin.isVisible()
    assert not desktop.access.holder.isVisible()


def test_the_lock_key_locks(qtbot, desktop, door):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)

    qtbot.keyClick(desktop.window.current_page(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)

    assert desktop.lock.isVisible()


def test_no_part_ever_flashes_as_a_window_of_its_own(qtbot, desktop, door):
    shown = []

    class Watcher(QObject):
        def eventFilter(self, watched, event):  # noqa: N802
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
                shown.extend([type(watched).__name__] if watched.isWindow() else [])
            return False

    watcher = Watcher()
    QApplication.instance().installEventFilter(watcher)
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    home = desktop.window.page("home")
    qtbot.waitUntil(lambda: home.days.table.rows() != [], timeout=WAIT)
    desktop.window.show_page("queue")
    qtbot.waitUntil(lambda: desktop.window.page("queue").cards != [], timeout=WAIT)
    desktop.window.show_shortcuts()
    door.remove()
    qtbot.waitUntil(desktop.lock.isVisible, timeout=WAIT)
    QApplication.instance().removeEventFilter(watcher)

    assert shown == []


@pytest.mark.parametrize("end", ["lock", "close"])
def test_what_was_copied_goes_with_the_session(qtbot, desktop, end):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    clipboard.copy("CHEMIN Henri")

    if end == "lock":
        desktop.lock_now()
    else:
        desktop.frame.close()

    assert not QApplication.clipboard().text()


def test_unlocked_where_the_focus_was_is_gone_the_page_takes_the_keys(qtbot, desktop):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    desktop.window.show_page("note")
    desktop.window.page("note").note.setFocus()
    desktop.lock_now()
    desktop.window.page("note").note.hide()
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: not desktop.lock.isVisible(), timeout=WAIT)

    qtbot.waitUntil(lambda: QApplication.focusWidget() is desktop.window.page("note"))


def test_no_menu_stays_above_the_lock(qtbot, desktop):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    menu = QMenu(desktop.window)
    inner = menu.addMenu("Plus")
    inner.addAction("Effacer")
    menu.popup(desktop.window.mapToGlobal(QPoint(40, 40)))
    inner.popup(desktop.window.mapToGlobal(QPoint(80, 40)))

    desktop.lock_now()

    assert not menu.isVisible() and not inner.isVisible()
    assert QApplication.activePopupWidget() is None


def test_a_list_that_comes_late_stays_under_the_lock(qtbot, desktop):
    log_in(qtbot, desktop)
    qtbot.waitUntil(lambda: desktop.window is not None, timeout=WAIT)
    desktop.window.show_page("note")
    note = desktop.window.page("note").note
    found = SuggestionList(
        [Column("name", "Nom", lambda row: Cell(row))], name="Patients", key=str, row_height=30
    )
    desktop.lock_now()

    found.show_below(note, ["CHEMIN Henri"])

    assert desktop.window.isAncestorOf(found)
    seen = desktop.frame.childAt(found.mapTo(desktop.frame, QPoint(5, 5)))
    assert seen is desktop.lock or desktop.lock.isAncestorOf(seen)
