"""The sending queue: two deliveries per document, receipts to select, one action each."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from lgc.desktop.queue.page import QueuePage
from lgc.domain.deliveries import DeliveryState
from lgc.errors import UserFacingError
from lgc.services.events import DeliveryMoved

WAIT = 8000


@pytest.fixture
def queue(qtbot, window, desk):
    page = QueuePage.join(window, desk)
    window.show_page("queue")
    qtbot.waitUntil(lambda: page.table.rows() != [], timeout=WAIT)
    return page


def choose(qtbot, queue, share):
    queue.show_item(share)
    qtbot.waitUntil(lambda: queue.table.current().share_id == share, timeout=WAIT)


def test_what_needs_the_doctor_comes_first(queue):
    states = [line.deliveries[0].state for line in queue.table.rows()[:2]]

    assert set(states) == {DeliveryState.REFUSED, DeliveryState.UNCERTAIN}


def shares(queue):
    return {line.share_id for line in queue.table.rows()}


def test_shares_of_the_day_are_shown_with_those_that_wait(queue, scenes):
    today = {x.share_id for x in queue.lines if x.shared_at.date() == scenes.TODAY}

    assert "s1" in today
    assert today <= shares(queue)


def test_what_is_delivered_leaves_the_sends_under_way(qtbot, queue):
    qtbot.mouseClick(queue.filter.button("open"), Qt.MouseButton.LeftButton)
    assert "s1" not in shares(queue)

    qtbot.mouseClick(queue.filter.button("all"), Qt.MouseButton.LeftButton)
    assert "s1" in shares(queue)


def test_a_share_shows_its_two_deliveries_with_receipts_to_select(qtbot, queue):
    choose(qtbot, queue, "s1")

    assert [card.accessibleName() for card in queue.cards] == [
        "DMP : Remis",
        "MSSanté, 3\u00a0destinataires : Remis",
    ]
    receipt = queue.cards[0].findChild(QLineEdit, "reference")
    receipt.selectAll()
    assert receipt.selectedText() == "1.2.250.1.213.4.1.1.250.1.5729.88412"


@pytest.mark.parametrize(
    ("share", "word", "decision"),
    [
        ("s2", "Réessayer", ("retry", "d4")),
        ("s4", "Retirer", ("withdraw", "d6")),
        ("s5", "Vérifier maintenant", ("verify", "d3")),
    ],
)
def test_each_state_offers_its_one_action(qtbot, queue, desk, share, word, decision):
    choose(qtbot, queue, share)
    button = queue.cards[0].button
    assert button.text() == word

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: desk.queue.decided == [decision], timeout=WAIT)


def test_a_delivery_under_way_offers_nothing(qtbot, queue):
    choose(qtbot, queue, "s3")

    assert not queue.cards[0].button.isVisible()


def test_r_acts_on_the_current_line(qtbot, queue, desk):
    choose(qtbot, queue, "s2")
    queue.table.setFocus()

    qtbot.keyClick(queue.table, Qt.Key.Key_R)

    qtbot.waitUntil(lambda: desk.queue.decided == [("retry", "d4")], timeout=WAIT)


def test_the_status_line_and_the_rail_count(qtbot, queue, window):
    qtbot.waitUntil(lambda: "2 à réessayer" in window.status.queue.words(), timeout=WAIT)

    assert "2 en attente" in window.status.queue.words()
    assert window.rail.button("queue").count() == 4


def test_a_moved_delivery_repaints_the_line(qtbot, queue, window, desk):
    desk.queue.shown = desk.queue.shown[:1]

    window.bridge.post(DeliveryMoved("d1", "s1", "doc1", "p1"))

    qtbot.waitUntil(lambda: len(queue.table.rows()) == 1, timeout=WAIT)


def test_receipts_are_copied(qtbot, queue):
    choose(qtbot, queue, "s1")
    queue.copy_action.trigger()

    assert "20261106.091432@mssante" in QApplication.clipboard().text()


def test_a_decision_refused_by_the_service_is_told(qtbot, queue, window, desk):
    desk.queue.refuse = UserFacingError("Cet envoi vient de changer d'état.")
    choose(qtbot, queue, "s2")

    queue.cards[0].button.click()

    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)


def test_ctrl_e_opens_the_queue(qtbot, queue, window):
    window.stack.setCurrentIndex(-1)
    window.body.setFocus()

    qtbot.keyClick(window.body, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)

    assert window.current_page() is queue


def test_an_empty_queue_says_so(qtbot, window, desk):
    desk.queue.shown = ()
    page = QueuePage.join(window, desk)
    window.show_page("queue")

    qtbot.waitUntil(page.empty.isVisible, timeout=WAIT)
