"""The one queue of acts on the agenda: in order, joined, dropped with what they counted on."""

import time

import pytest

from lgc.errors import UserFacingError

WAIT = 10_000


@pytest.fixture
def done():
    return []


def slow(done, name, error=None):
    def work():
        time.sleep(0.05)
        if error is not None:
            raise error
        done.append(name)

    return work


def nothing(answer):
    """Nothing follows."""


def settled(qtbot, window):
    qtbot.waitUntil(lambda: not window.acts.running, timeout=WAIT)


def test_acts_of_every_screen_end_in_the_order_they_were_asked(qtbot, window, done):
    for number in range(5):
        window.acts.add(slow(done, number), nothing, {f"v{number % 2}"})
    settled(qtbot, window)

    assert done == [0, 1, 2, 3, 4]


def test_what_counted_on_a_failed_act_is_dropped_and_nothing_else(qtbot, window, done):
    refused = UserFacingError("L’agenda a changé entre-temps.")
    window.acts.add(slow(done, "a", refused), nothing, {"v1"}, "CHEMIN Henri, 10 h")
    window.acts.add(slow(done, "b"), nothing, {"v1"})
    window.acts.add(slow(done, "c"), nothing, {"v2"})
    settled(qtbot, window)

    assert done == ["c"]
    [told] = window.messages.on_screen()
    assert told.about.replace("\u00a0", " ") == "CHEMIN Henri, 10 h"


def test_what_is_taken_back_comes_before_what_was_asked_meanwhile(qtbot, window, done):
    acts = window.acts
    acts.add(slow(done, "act"), nothing)
    acts.in_turn(lambda: acts.add(slow(done, "back"), nothing))
    acts.add(slow(done, "later"), nothing)
    settled(qtbot, window)

    assert done == ["act", "back", "later"]


def test_pushes_of_one_visit_that_wait_are_one(qtbot, window, scenes, done):
    line = scenes.visits()[4]
    window.acts.add(slow(done, "act"), nothing)
    for number in range(4):
        window.acts.push(line, lambda seen, number=number: done.append((seen, number)), nothing)
    settled(qtbot, window)

    assert done == ["act", (line, 3)]


def test_the_screens_are_told_once_all_is_stored(qtbot, window, done):
    window.acts.settled.connect(lambda: done.append("settled"))
    for number in range(3):
        window.acts.add(slow(done, number), nothing)
    settled(qtbot, window)

    assert done == [0, 1, 2, "settled"]
