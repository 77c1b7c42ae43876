"""A pass over the mailbox tells how it went: well after a real one, its reason otherwise."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from lgc.domain.card import CardGone
from lgc.errors import UserFacingError
from lgc.jobs.fetching_mail import FetchingMail
from lgc.settings import Settings

DOWN = UserFacingError("Le serveur MSSanté ne répond pas.", may_retry=True)


class Server:
    error = None

    @contextmanager
    def mailbox(self):
        if self.error:
            raise self.error
        yield self


@pytest.fixture
def desk():
    made = SimpleNamespace(told=[], server=Server(), refused="", arrivals=0, plugged=True)
    exchange = SimpleNamespace(
        well=lambda brought="": made.told.append(("well", brought)),
        failed=lambda error, pause=None: made.told.append(("failed", error.sentence)),
    )

    def run(remote, over, arrived):
        message = SimpleNamespace(folder=None, assigned_by=None)
        for _ in range(made.arrivals):
            arrived(message, None)
        return made.refused

    class Connection:
        @property
        def plugged(self):
            return made.plugged

        def current(self):
            return SimpleNamespace(mssante=made.server)

    made.lane = FetchingMail(
        Connection(), SimpleNamespace(run=run), exchange, Settings(), lambda after: 0
    )
    return made


def test_a_whole_pass_is_a_success_with_what_it_brought(desk):
    desk.arrivals = 14
    desk.lane.work()
    desk.arrivals = 0
    desk.lane.work()

    assert desk.told == [("well", "14 messages"), ("well", "")]


def test_a_server_that_does_not_answer_is_told_with_its_reason(desk):
    desk.server.error = DOWN
    desk.lane.work()

    assert desk.told == [("failed", DOWN.sentence)]


def test_what_the_server_would_not_do_is_told(desk):
    desk.refused = "Le serveur n’a pas voulu ranger."
    desk.lane.work()

    assert desk.told == [("failed", desk.refused)]


def test_a_card_that_leaves_is_no_failure(desk):
    desk.server.error = CardGone()
    desk.lane.work()
    desk.plugged = False
    desk.lane.work()

    assert desk.told == []
