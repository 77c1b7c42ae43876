"""The sending queue: two deliveries per document, receipts to select, one action each."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from lgc.desktop.queue.acting import SAID
from lgc.desktop.queue.page import QueuePage
from lgc.desktop.queue.question import QuestionDialog
from lgc.desktop.queue.words import SEE, actions_of
from lgc.domain.deliveries import Channel, DeliveryState
from lgc.errors import UserFacingError
from lgc.services.events import DeliveryMoved

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
WAIT = 10_000


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
        "DMP : Déposé",
        "MSSanté, 3\u00a0destinataires : Lu (1 sur 3)",
    ]
    receipt = queue.cards[0].findChild(QLineEdit, "reference")
    receipt.selectAll()
    assert receipt.selectedText() == "1.2.250.1.213.4.1.1.250.1.5729.88412"


@pytest.mark.parametrize(
    ("share", "word", "decision"),
    [
        ("s2", "Réessayer", ("retry", "d4")),
        ("s4", "Retirer", ("withdraw", "d6")),
        ("s5", "Vérifier", ("verify", "d3")),
        ("s3", "Vérifier", ("verify", "d5")),
    ],
)
def test_each_state_offers_its_first_act(qtbot, queue, desk, share, word, decision):
    choose(qtbot, queue, share)
    button = queue.cards[0].buttons[0]
    assert button.text() == word

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: desk.queue.decided == [decision], timeout=WAIT)


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.parametrize("channel", Channel)
def test_every_state_offers_an_act_that_the_queue_can_do(scenes, state, channel):
    view = scenes.delivery("d", channel, state, "")

    acts = actions_of(view)

    assert acts
    assert all(act.name in (*SAID, SEE) and act.word and act.tip for act in acts)
    assert (acts[0].name == SEE) is (state in (DeliveryState.DELIVERED, DeliveryState.WITHDRAWN))


@pytest.mark.parametrize(
    ("word", "decision", "said"),
    [
        ("Renvoyer", ("resend", "d3"), "deux fois"),
        ("Considérer comme parti", ("assume", "d3"), "jamais compté comme reçu"),
    ],
)
def test_without_a_trace_the_doctor_is_told_what_is_known_and_decides(
    qtbot, queue, window, desk, scenes, word, decision, said
):
    lost = desk.queue.shown[-1]
    settled = replace(
        lost.deliveries[0], can_decide=True, asked_at=scenes.NOW,
        found="Le DMP ne montre pas ce document.",
    )  # fmt: skip
    desk.queue.shown = (replace(lost, deliveries=(settled,)),)
    window.bridge.post(DeliveryMoved("d3", "s5", "doc5", "p1"))
    qtbot.waitUntil(lambda: len(queue.table.rows()) == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in queue.cards[0].buttons), timeout=WAIT)
    buttons = [one for one in queue.cards[0].buttons if one.isVisible()]
    assert [one.text() for one in buttons] == ["Vérifier", "Renvoyer", "Considérer comme parti"]

    next(one for one in buttons if one.text() == word).click()

    dialog = window.findChild(QuestionDialog)
    words = " ".join(one.text() for one in dialog.findChildren(QLabel))
    assert said in words
    assert "le DMP ne montre pas ce document" in words
    assert desk.queue.decided == []
    dialog.confirm.click()
    qtbot.waitUntil(lambda: desk.queue.decided == [decision], timeout=WAIT)


def test_before_the_delay_is_over_an_unanswered_send_is_only_verified(qtbot, queue):
    choose(qtbot, queue, "s5")

    assert [one.text() for one in queue.cards[0].buttons if not one.isHidden()] == ["Vérifier"]


def test_r_acts_on_the_current_line(qtbot, queue, desk):
    choose(qtbot, queue, "s2")
    queue.table.setFocus()

    qtbot.keyClick(queue.table, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)

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

    queue.cards[0].buttons[0].click()

    qtbot.waitUntil(lambda: window.messages.on_screen() != [], timeout=WAIT)


def test_its_key_opens_the_queue(qtbot, queue, window):
    window.stack.setCurrentIndex(-1)
    window.body.setFocus()

    qtbot.keyClick(window.body, Qt.Key.Key_E, CTRL_SHIFT)

    assert window.current_page() is queue


def test_an_empty_queue_says_so(qtbot, window, desk):
    desk.queue.shown = ()
    page = QueuePage.join(window, desk)
    window.show_page("queue")

    qtbot.waitUntil(page.empty.isVisible, timeout=WAIT)
