"""The outbox at the hours when a wall lies: both changes of hour, and a clock that was ahead."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from tests.integration.services.test_outbox import office, share, states  # noqa: F401

from lgc.domain.deliveries import AnswerLost, Channel, DeliveryState, Postponed, Receipt, Refused

PARIS = ZoneInfo("Europe/Paris")
NIGHTS = [dt.datetime(2026, 3, 29, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, tzinfo=dt.UTC)]
# Every twentieth minute from 01:00 to 04:00 as clocks show it in summer.
HARD = [night + dt.timedelta(minutes=n) for night in NIGHTS for n in range(-60, 121, 20)]
MAIL = frozenset({Channel.MSSANTE})


def live(office, seconds, pace=1):  # noqa: F811
    """The lane as it works: at once after something left, some seconds later else."""
    left = seconds
    while left > 0:
        if not office.outbox.run_once(Channel.MSSANTE):
            office.clock.advance(seconds=pace)
            left -= pace


def test_what_waits_is_tried_at_its_pace_in_every_hour(office, make):  # noqa: F811
    for instant in HARD:
        office.clock.time = instant.astimezone(PARIS)
        share(office, make, channels=MAIL, consent_attested=False)
        office.mssante.answers = [Postponed("le serveur est occupé")] * 100
        office.mssante.sent.clear()

        live(office, 40)

        assert len(office.mssante.sent) == 3, instant  # at once, after 5 s, after 30 s more
        [line] = [one for one in office.queue.lines() if one.deliveries[0].can_withdraw]
        office.queue.withdraw(line.deliveries[0].delivery_id)


def test_a_lost_answer_leaves_once_in_every_hour(office, make):  # noqa: F811
    for instant in HARD:
        office.clock.time = instant.astimezone(PARIS)
        share(office, make, channels=MAIL, consent_attested=False)
        office.mssante.answers = [AnswerLost("pas de réponse")] * 100
        office.mssante.sent.clear()

        live(office, 40)

        assert len(office.mssante.sent) == 1, instant
    assert {one.deliveries[0].state for one in office.queue.lines()} == {DeliveryState.UNCERTAIN}


def test_a_try_planned_by_a_clock_that_was_ahead_is_due_now(office, make):  # noqa: F811
    now = office.clock.time
    office.clock.time = now.replace(year=2038)
    share(office, make, channels=MAIL, consent_attested=False)
    office.mssante.answers = [Postponed("le serveur est occupé")]
    office.outbox.run_once(Channel.MSSANTE)
    office.clock.time = now

    assert office.outbox.run_once(Channel.MSSANTE)

    assert states(office)[Channel.MSSANTE] is DeliveryState.DELIVERED


def test_a_question_settled_by_a_clock_that_was_ahead_comes_to_its_end(office, make):  # noqa: F811
    now = office.clock.time
    office.clock.time = now.replace(year=2038)
    share(office, make, channels=MAIL, consent_attested=False)
    office.mssante.answers = [AnswerLost("pas de réponse")]
    office.outbox.run_once(Channel.MSSANTE)
    office.clock.time = now

    live(office, 3600, pace=30)

    [line] = office.queue.lines()
    [delivery] = line.deliveries
    assert delivery.can_decide, "the doctor may decide once the true delay is over"


@pytest.mark.parametrize("hours", [0.2, 2, 14, 72])
def test_a_deposit_that_waited_is_dated_and_signed_when_it_leaves(office, make, hours):  # noqa: F811
    seen = []
    office.dmp.submit = lambda submission: (
        seen.append(submission) or Receipt("1", office.clock.now())
    )
    share(office, make, channels=frozenset({Channel.DMP}))
    asked = office.clock.now()
    office.connection.unplug()
    office.outbox.run_once(Channel.DMP)
    office.clock.advance(hours=hours)
    office.plug()

    assert office.outbox.run_once(Channel.DMP)

    [submission] = seen
    assert submission.submitted_at == office.clock.now() > asked
    [line] = office.queue.lines()
    assert submission.document.unique_id == office.document.document.unique_id
    assert line.deliveries[0].state is DeliveryState.DELIVERED


def test_each_try_is_signed_anew_under_the_same_identifiers(office, make):  # noqa: F811
    seen, answers = [], [Refused("hors délai", "refusé"), Receipt("1", office.clock.now())]
    office.dmp.submit = lambda submission: seen.append(submission) or answers.pop(0)
    share(office, make, channels=frozenset({Channel.DMP}))
    office.outbox.run_once(Channel.DMP)
    office.clock.advance(minutes=12)
    [line] = office.queue.lines()
    office.queue.retry(line.deliveries[0].delivery_id)

    office.outbox.run_once(Channel.DMP)

    first, second = seen
    assert second.submitted_at - first.submitted_at == dt.timedelta(minutes=12)
    assert second.submission_set_id == first.submission_set_id
    assert second.signature_document_id == first.signature_document_id
