"""Accueil from the keyboard and the mouse, over fake services."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QVBoxLayout

from lgc.desktop.home.page import HomePage
from lgc.desktop.page import Page, RecordPage
from lgc.desktop.queue.page import QueuePage
from lgc.domain.agenda import Presence
from lgc.errors import UserFacingError
from lgc.services.events import MessageArrived

WAIT = 10_000


class Record(RecordPage):
    def __init__(self, patient_id):
        super().__init__(patient_id)
        self.items = []
        QVBoxLayout(self)

    def show_item(self, item):
        self.items.append(item)


class Mail(Page):
    title = "Messages"

    def __init__(self):
        super().__init__()
        self.items = []

    def show_item(self, item):
        self.items.append(item)


@pytest.fixture
def home(qtbot, window, desk):
    window.record_factory = Record
    page = HomePage.join(window, desk)
    window.add_page("messages", Mail(), glyph="ri.mail-line")
    QueuePage.join(window, desk)
    window.show_page("home")
    qtbot.waitUntil(lambda: page.days.table.rows() != [], timeout=WAIT)
    return page


def test_the_day_is_told_in_words(home):
    assert home.heading.text() == "Vendredi 6 novembre 2026"
    assert "14\u00a0rendez-vous" in home.summary.whole()
    assert home.days.table.cell(0, "dmp").text == "À autoriser"
    assert home.days.table.cell(5, "presence").text == "Arrivée, 4\u00a0min"


def test_the_first_patient_who_waits_is_under_the_cursor(home):
    assert home.days.table.current().patient.name == "CHEMIN Henri"


def test_a_notes_the_arrival_and_takes_it_back(qtbot, home, desk):
    table = home.days.table
    table.select("v6")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: desk.day.visits["v6"].presence is Presence.ARRIVED, timeout=WAIT)
    qtbot.waitUntil(lambda: "Arrivée" in table.cell(6, "presence").text, timeout=WAIT)
    assert table.current().visit_id == "v6"

    qtbot.keyClick(table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: desk.day.visits["v6"].presence is Presence.EXPECTED, timeout=WAIT)


def test_enter_opens_the_record(qtbot, home, window):
    home.days.table.setFocus()
    qtbot.keyClick(home.days.table, Qt.Key.Key_Return)

    assert window.open_records() == ("CHEMIN Henri",)


def test_a_double_click_opens_the_record_once(qtbot, home, window):
    table = home.days.table
    where = table.visualRect(table.model().index(3, 2)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)

    assert window.open_records() == ("CARTON Jules",)


def test_news_are_grouped_by_patient_and_open_in_the_record(qtbot, home, window):
    table = home.news.table
    heads = [table.model().head(n) for n in range(len(table.rows()))]
    assert next((head.text, head.count) for head in heads if head) == ("M. CHEMIN Henri", 3)

    table.select("CHEMIN Henri/CHEMIN Henri-1")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)

    page = window.current_page()
    assert page.patient_id == "CHEMIN Henri"
    assert page.items == ["CHEMIN Henri-1"]


def test_a_group_of_news_folds_and_unfolds(qtbot, home):
    table = home.news.table
    before = len(table.rows())
    table.select("CHEMIN Henri/")
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert len(table.rows()) == before - 3

    where = table.visualRect(table.model().index(0, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert len(table.rows()) == before


def test_assign_goes_to_the_message(qtbot, home, window):
    table = home.unassigned.table
    index = table.model().index(1, 5)
    rect = table.visualRect(index)
    qtbot.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=rect.center() + (rect.topRight() - rect.center()) / 2,
    )

    assert window.current_page().title == "Messages"
    assert window.page("messages").items == ["m2"]


def test_a_refused_send_is_retried_from_here(qtbot, home, desk):
    table = home.sends.table
    assert table.cell(0, "state").text == "Refusé\u00a0: INS à vérifier"

    table.press(table.rows()[0], "action")

    qtbot.waitUntil(lambda: desk.queue.decided == [("retry", "d4")], timeout=WAIT)


def test_mark_all_read_empties_the_news(qtbot, home):
    home.read_all.trigger()

    qtbot.waitUntil(home.news.empty.isVisible, timeout=WAIT)


def test_a_message_that_arrives_refreshes_the_day(qtbot, home, window, desk):
    before = len(desk.day.asked)

    window.bridge.post(MessageArrived("m9", None, "Bonjour", 0))

    qtbot.waitUntil(lambda: len(desk.day.asked) > before, timeout=WAIT)


def test_f6_walks_through_the_four_lists(qtbot, home):
    home.days.table.setFocus()
    qtbot.keyClick(home.days.table, Qt.Key.Key_F6)
    assert home.news.table.hasFocus()
    qtbot.keyClick(home.news.table, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert home.days.table.hasFocus()


def test_an_empty_day_says_so(qtbot, home, desk):
    desk.day.empty = True
    home.reload()

    qtbot.waitUntil(home.days.empty.isVisible, timeout=WAIT)
    assert home.unassigned.empty.isVisible()


def test_the_next_day_is_asked_and_named(qtbot, home, desk, scenes):
    home.days.day_asked.emit(1)

    qtbot.waitUntil(lambda: home.days.day.text() == "Demain", timeout=WAIT)
    assert desk.day.asked[-1].day == 7


def test_the_menu_of_a_send_offers_every_act_and_the_queue(qtbot, home, desk):
    table = home.sends.table
    table.select("d4")
    table.customContextMenuRequested.emit(table.visualRect(table.currentIndex()).center())
    menu = home.sends.findChild(QMenu, "sendMenu")
    words = [one.text() for one in menu.actions() if one.text()]
    assert words == ["Réessayer", "Retirer", "Voir dans Envois"]

    menu.actions()[1].trigger()
    menu.close()

    qtbot.waitUntil(lambda: desk.queue.decided == [("withdraw", "d4")], timeout=WAIT)


def test_an_arrow_held_shows_the_day_it_ends_on(qtbot, home, desk):
    """Answers come in any order; only that of the last question is shown."""
    view, late = desk.day.view, []

    def slow(day=None):
        if not late:
            late.append(day)
            time.sleep(0.4)
        return view(day)

    desk.day.view = slow
    for _ in range(3):
        home._go_day(+1)
    qtbot.waitUntil(lambda: not home._window.tasks.running, timeout=WAIT)

    assert home.heading.text() == "Lundi 9 novembre 2026"


@pytest.mark.parametrize(
    ("key", "visit", "presence"),
    [(Qt.Key.Key_C, "v4", Presence.IN_CONSULTATION), (Qt.Key.Key_D, "v3", Presence.DONE)],
)
def test_a_key_begins_and_ends_the_consultation_from_here(qtbot, home, desk, key, visit, presence):
    before = desk.day.visits[visit]
    home.days.table.select(visit)
    home.days.table.setFocus()
    qtbot.keyClick(home.days.table, key)
    qtbot.waitUntil(lambda: desk.day.visits[visit].presence is presence, timeout=WAIT)
    qtbot.waitUntil(lambda: home._window.messages.on_screen() != [], timeout=WAIT)
    home._window.messages.undo_last()

    qtbot.waitUntil(lambda: desk.day.visits[visit] == before, timeout=WAIT)


def test_a_visit_that_is_gone_is_a_sentence_not_a_crash(qtbot, home, desk):
    def refused(seen, presence):
        raise UserFacingError("L’agenda a changé entre-temps.")

    desk.planning.set_presence = refused
    home.days.table.select("v6")
    home.days.table.setFocus()
    qtbot.keyClick(home.days.table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: home._window.messages.on_screen() != [], timeout=WAIT)

    assert home._window.messages.on_screen()[-1].objectName() == "errorNotice"
    qtbot.waitUntil(lambda: not home._window.tasks.running, timeout=WAIT)
    assert "Arriv" not in home.days.table.cell(6, "presence").text
