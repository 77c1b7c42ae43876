"""A patient's record on screen: it opens, follows what changes, and never shows another's."""

import threading
import time
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from lgc.desktop.start import _record
from lgc.domain.medical_data import Standing
from lgc.services.events import RecordChanged
from lgc.tour.driver import floor

WAIT = 10_000
FLOOR_SECONDS, NOISE = 0.02, 1.5  # as in the tour: the fixed work on a machine of its own
CHEMIN, LEGRAND = "CHEMIN Henri", "LEGRAND Chantal"


@pytest.fixture
def desk(rooms):
    return rooms.make_desk()


@pytest.fixture
def office(window, desk):
    """The shell whose records read the small practice."""
    window.record_factory = lambda patient_id: _record(window, desk, patient_id)
    return window


def titles(page):
    return [line.title for line in page.documents.table.rows()]


def opened(qtbot, office, patient_id=CHEMIN):
    page = office.open_record(patient_id)
    qtbot.waitUntil(lambda: titles(page) != [], timeout=WAIT)
    return page


def test_a_record_opens_on_its_banner_its_pathway_and_its_documents(qtbot, office, desk):
    page = opened(qtbot, office)

    assert page.patient.name == CHEMIN
    assert titles(page) == [f"CR de consultation de {CHEMIN}"] * 2
    assert page.care_path._late.text() == "1 en retard"
    assert desk.records.opens == [CHEMIN]


def test_a_change_of_this_record_reads_it_again(qtbot, office, desk):
    page = opened(qtbot, office)
    desk.records.more[CHEMIN] = 3

    office.bridge.post(RecordChanged(LEGRAND))
    office.bridge.post(RecordChanged(CHEMIN))

    qtbot.waitUntil(lambda: len(titles(page)) == 5, timeout=WAIT)


def test_nothing_in_the_banner_covers_anything_else(qtbot, office, desk):
    """However often it was folded before its style came, or its words changed."""
    page = opened(qtbot, office)
    banner = page.banner

    def apart():
        shown = [one for one in banner.parts if one.isVisible()]
        boxes = [one.geometry() for one in shown]
        within = all(banner._identity.rect().contains(box) for box in boxes)
        return within and not any(a.intersects(b) for a, b in combinations(boxes, 2))

    qtbot.waitUntil(apart, timeout=WAIT)
    page.open_document(page.documents.table.rows()[0].key)
    qtbot.waitUntil(page.document.isVisible, timeout=WAIT)
    office.grab()
    assert apart()
    for part in (banner._age, banner._sex):
        part.setText("des mots bien plus longs qu’avant")
        qtbot.waitUntil(apart, timeout=WAIT)


def test_an_allergy_reaches_the_banner_as_soon_as_it_is_entered(qtbot, office, desk):
    page = opened(qtbot, office)
    desk.records.allergies[CHEMIN] = ("Allergie : Pénicilline (urticaire)",)

    office.bridge.post(RecordChanged(CHEMIN))

    title = page.banner.important.title
    qtbot.waitUntil(lambda: title.text() == "Allergie : Pénicilline (urticaire)", timeout=WAIT)
    assert page.banner.important.isVisible()


def test_a_late_answer_is_never_painted_in_another_record(qtbot, office, desk):
    gate = desk.records.hold[CHEMIN] = threading.Event()
    slow = office.open_record(CHEMIN)
    quick = opened(qtbot, office, LEGRAND)

    gate.set()
    qtbot.waitUntil(lambda: titles(slow) != [], timeout=WAIT)

    assert office.current_page() is quick
    assert quick.patient.name == LEGRAND
    assert all(LEGRAND in title for title in titles(quick))
    assert all(CHEMIN in title for title in titles(slow))


def test_a_closed_record_drops_its_late_answer(qtbot, office, desk):
    gate = desk.records.hold[CHEMIN] = threading.Event()
    office.open_record(CHEMIN)
    quick = opened(qtbot, office, LEGRAND)

    # Nothing to ask: it closes by itself once the services said so.
    office.close_record(CHEMIN)
    qtbot.waitUntil(lambda: CHEMIN not in office.open_records(), timeout=WAIT)
    gate.set()
    qtbot.waitUntil(lambda: office.tasks.running == 0, timeout=WAIT)

    assert office.current_page() is quick
    assert office.messages.on_screen() == []


def test_the_document_asked_last_is_the_one_shown(qtbot, office, desk):
    page = opened(qtbot, office)
    gate = desk.reading.hold[f"{CHEMIN}-1"] = threading.Event()

    page.open_document(f"{CHEMIN}-1")
    page.open_document(f"{CHEMIN}-2")
    qtbot.waitUntil(lambda: page.document.opened is not None, timeout=WAIT)
    gate.set()
    qtbot.waitUntil(lambda: office.tasks.running == 0, timeout=WAIT)

    assert page.document.opened.content.document.title == f"Document {CHEMIN}-2"


def test_going_home_forgets_the_document_on_its_way(qtbot, office, desk):
    page = opened(qtbot, office)
    gate = desk.reading.hold[f"{CHEMIN}-1"] = threading.Event()

    page.open_document(f"{CHEMIN}-1")
    page.show_home()
    gate.set()
    qtbot.waitUntil(lambda: office.tasks.running == 0, timeout=WAIT)

    assert page.stack.currentWidget() is page.home


def test_to_write_a_document_is_a_choice_before_it_is_a_document(qtbot, office, desk):
    page = opened(qtbot, office)

    qtbot.mouseClick(page.menu.button("write"), Qt.MouseButton.LeftButton)
    menu = page.findChild(QMenu)
    assert menu.isVisible() and desk.vsm.drafts == []
    while not menu.activeAction().text().startswith("Synthèse"):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: desk.vsm.drafts == [CHEMIN], timeout=WAIT)


def test_ctrl_shift_p_shares_the_chosen_document(qtbot, office):
    page, asked = opened(qtbot, office), []
    page.share_asked.disconnect()
    page.share_asked.connect(asked.append)
    page.documents.table.setFocus()

    qtbot.keyClick(
        page.documents.table, Qt.Key.Key_P,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip

    assert asked == [page.documents.table.current().document.document_id]


def test_a_small_window_keeps_the_rows_of_the_documents(qtbot, office):
    page = opened(qtbot, office)
    tall = page.care_path._shown
    office.resize(1366, 768)
    qtbot.waitUntil(lambda: page.care_path._shown < tall, timeout=WAIT)

    rows = page.documents.table.viewport().height() // 32
    assert rows >= 5


@pytest.mark.parametrize("width", [1024, 1366, 1440])
def test_the_words_of_the_period_are_never_cut(qtbot, office, width):
    page = opened(qtbot, office)
    office.resize(width, 900)
    QApplication.processEvents()

    for key in ("12", "15", "60", "240"):
        button = page.care_path._periods.button(key)
        assert button.width() >= button.sizeHint().width()


def test_no_key_means_two_things_in_a_record(qtbot, office):
    page = opened(qtbot, office)
    page.open_document(f"{CHEMIN}-1")
    qtbot.waitUntil(lambda: page.document.isVisible(), timeout=WAIT)

    for place in (page.document, page.home):
        page.stack.setCurrentWidget(place)
        keys = [k.toString() for a in (*page.keys(), *office.everywhere()) for k in a.shortcuts()]
        assert len(keys) == len(set(keys)), sorted(k for k in keys if keys.count(k) > 1)


def test_a_protocol_is_followed_from_the_care_path(qtbot, office, desk):
    page = opened(qtbot, office)
    qtbot.mouseClick(page.care_path._choose_button, Qt.MouseButton.LeftButton)
    menu = page.care_path.findChild(QMenu)
    assert [(a.text(), a.isChecked()) for a in menu.actions()] == [
        ("Protocole diabète", True), ("Protocole hypertension", False),
    ]  # fmt: skip

    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: desk.records.followed == [("hypertension", True)], timeout=WAIT)


@pytest.mark.parametrize("meanwhile", [False, True])
def test_what_is_said_of_an_act_is_of_the_act_that_was_shown(qtbot, office, desk, rooms, meanwhile):
    page = opened(qtbot, office)
    told = []
    desk.medical = SimpleNamespace(tell=None, undo=None)
    desk.medical.tell = lambda *given: told.append(given) or "change"
    seen = rooms.life_line().lanes[0]
    if meanwhile:
        seen = replace(seen, every="un autre rythme")

    page.care_path.act_said.emit(seen, Standing.REFUSED)

    words = "a changé" if meanwhile else "refusé"
    qtbot.waitUntil(lambda: words in told_by(office), timeout=WAIT)
    assert told == ([] if meanwhile else [(CHEMIN, seen.name, Standing.REFUSED)])


def told_by(window):
    return " ".join(one.text() for one in window.findChildren(QLabel) if one.isVisible())


def test_a_record_of_two_hundred_documents_is_painted_in_two_hundred_milliseconds(
    qtbot, office, desk
):
    opened(qtbot, office, LEGRAND)  # what only the first record of the day loads
    desk.records.more[CHEMIN] = 198
    before, started = floor(), time.thread_time()

    page = office.open_record(CHEMIN)
    qtbot.waitUntil(lambda: len(titles(page)) == 200, timeout=WAIT)
    office.repaint()

    spent = time.thread_time() - started
    slow = max(before, floor()) / FLOOR_SECONDS
    assert spent < 0.2 * NOISE * max(1.0, slow)
    assert page.menu.button("new").isVisible()


def test_a_record_fits_the_window_of_the_pictures(qtbot, office):
    office.resize(1440, 900)
    opened(qtbot, office)
    qtbot.wait(50)

    assert office.minimumSizeHint().width() <= 1440
    assert office.width() == 1440


def test_a_record_that_does_not_close_shows_what_keeps_it(qtbot, office, desk):
    """Its part says why, and stands in view; from another page too."""
    page = opened(qtbot, office)
    kept = page.show_part("visits")
    kept.may_close = lambda: False
    page.show_home()
    assert page.stack.currentWidget() is not kept

    assert not office.close_record(CHEMIN)
    assert page.stack.currentWidget() is kept and kept.isVisible()

    opened(qtbot, office, LEGRAND)
    assert not office.close_record(CHEMIN)
    assert office.current_page() is page
