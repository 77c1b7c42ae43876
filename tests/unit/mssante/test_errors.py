"""Every way in which an exchange with an operator may fail has its row."""

import pytest

from lgc.domain.deliveries import AnswerLost, Postponed
from lgc.mssante import errors
from lgc.transport.errors import MalformedAnswer, NoAnswer, NothingSent
from lgc.transport.mail_imap import MailboxRefused, Oversize


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (NothingSent, Postponed),
        (MalformedAnswer, Postponed),
        (Oversize, Postponed),
        (MailboxRefused, Postponed),
        (NoAnswer, AnswerLost),
    ],
)
def test_what_the_transport_raises_has_an_outcome_and_an_error(kind, outcome):
    verdict = errors.of_exchange(kind("TooMuch"))

    assert type(verdict.outcome) is outcome
    assert verdict.error.may_retry
    assert "TooMuch" in verdict.error.details
