"""A lane that fails says so, never spins, and goes on."""

import threading
import time

import pytest

from lgc.jobs import lanes
from lgc.jobs.lanes import Lane


class Voice:
    """Remembers what the lane says of itself."""

    def __init__(self):
        self.said, self.heard = [], threading.Event()

    def failed(self, error, pause=None):
        self.said.append((type(error).__name__, pause))
        self.heard.set()

    def passed(self, pause):
        self.said.append(("passed", pause))
        self.heard.set()


@pytest.fixture
def voice():
    return Voice()


@pytest.fixture
def run(voice):
    made = []

    def start(work, pause=60.0, voice=voice):
        lane = Lane("test", work, pause, voice)
        made.append(lane)
        lane.start()
        return lane

    yield start
    for lane in made:
        lane.stop(2)


def test_what_nobody_foresaw_is_told_with_the_next_try(run, voice):
    def work():
        raise ZeroDivisionError

    run(work)

    assert voice.heard.wait(2)
    assert voice.said == [("ZeroDivisionError", 1.0)]


def test_a_failing_lane_waits_a_second_whatever_pokes_it(run, voice):
    tries = []

    def work():
        tries.append(time.monotonic())
        lane.poke()
        raise ValueError

    lane = Lane("test", work, 0.0, voice)
    lane.start()
    time.sleep(1.6)
    lane.stop(2)

    assert len(tries) == 2
    assert tries[1] - tries[0] >= lanes.SHORTEST


def test_a_lane_goes_on_after_a_failure_and_says_that_it_passed(run, voice, monkeypatch):
    monkeypatch.setattr(lanes, "SHORTEST", 0.01)
    answers = iter([RuntimeError("once"), False])

    def work():
        answer = next(answers, False)
        if isinstance(answer, Exception):
            raise answer
        return answer

    lane = run(work, pause=30.0)
    assert voice.heard.wait(2)
    deadline = time.monotonic() + 2
    while len(voice.said) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)

    assert voice.said == [("RuntimeError", 0.01), ("passed", 30.0)]
    assert lane._failures == 0


def test_a_listener_that_is_gone_stops_no_lane(run):
    passes = threading.Semaphore(0)

    class Gone:
        def failed(self, error, pause=None):
            raise RuntimeError("already deleted")

        passed = failed

    def work():
        passes.release()
        return False

    lane = run(work, voice=Gone())
    assert passes.acquire(timeout=2)
    lane.poke()

    assert passes.acquire(timeout=2)
