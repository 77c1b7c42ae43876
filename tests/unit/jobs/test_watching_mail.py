"""The watch on the mailbox: pokes when mail comes, waits longer and longer when it cannot."""

import itertools
from types import SimpleNamespace

import pytest

from lgc.errors import UserFacingError
from lgc.jobs.watching_mail import LONGEST, MOST_AT_ONCE, WatchingMail


class Server:
    def __init__(self):
        self.answers, self.watched = [], 0

    def watch(self, over):
        self.watched += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Connection:
    """A desk whose card may leave."""

    def __init__(self, office):
        self._office = office

    @property
    def plugged(self):
        return self._office.plugged

    def current(self):
        return SimpleNamespace(mssante=self._office.server)


@pytest.fixture
def desk():
    made = SimpleNamespace(server=Server(), came=[], now=0.0, stopping=False, plugged=True)
    made.told = []
    made.exchange = SimpleNamespace(
        well=lambda: made.told.append("well"),
        failed=lambda error, pause=None: made.told.append((error.sentence, pause)),
    )
    made.watching = WatchingMail(
        Connection(made), lambda: made.came.append(True), lambda: made.stopping, made.exchange,
        lambda: made.now,
    )  # fmt: skip
    return made


def test_mail_that_comes_pokes_and_the_watch_goes_on(desk):
    desk.server.answers = [True, False, None]

    assert [desk.watching.work() for _ in range(3)] == [True, True, False]
    assert desk.came == [True]


def test_the_watch_ends_with_the_card_or_the_lane(desk):
    desk.server.answers = [True, True]
    desk.stopping = True
    assert not desk.watching.work()
    desk.plugged = False

    assert not desk.watching.work()
    assert desk.server.watched == 1


def test_a_server_that_fails_is_left_alone_longer_and_longer(desk):
    desk.server.answers = [UserFacingError("Injoignable.")] * 20
    tries = []
    for second in range(0, 8000, 10):
        desk.now = float(second)
        before = desk.server.watched
        desk.watching.work()
        if desk.server.watched > before:
            tries.append(second)

    gaps = [b - a for a, b in itertools.pairwise(tries)]
    assert gaps[:3] == [30, 60, 120]
    assert max(gaps) <= LONGEST
    assert desk.came == []


def test_a_server_that_cries_wolf_is_left_alone_for_a_while(desk):
    desk.server.answers = [True] * 1000

    for second in range(120):
        desk.now = float(second)
        while desk.watching.work():
            pass

    assert desk.server.watched <= 4 * (MOST_AT_ONCE + 1)


def test_mail_that_comes_in_its_time_is_always_watched(desk):
    desk.server.answers = [True] * 50
    watch = desk.server.watch

    def slowly(over):
        desk.now += 10
        return watch(over)

    desk.server.watch = slowly

    assert all(desk.watching.work() for _ in range(50))


def test_the_watch_is_well_from_its_first_beat_and_its_failure_is_told(desk):
    beats = []

    def watch(over):
        over()
        beats.append(list(desk.told))
        over()
        raise UserFacingError("Le serveur MSSanté ne répond pas.", may_retry=True)

    desk.server.watch = watch
    desk.watching.work()

    assert beats == [["well"]]
    assert desk.told == ["well", ("Le serveur MSSanté ne répond pas.", 30.0)]

    desk.watching.hurry()
    desk.watching.work()
    assert len(beats) == 2
