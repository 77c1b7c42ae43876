"""Each exchange with the operator tells its way and whether it was answered."""

import datetime as dt
from types import SimpleNamespace

import pytest

from lgc.errors import UserFacingError
from lgc.mssante.client import READING, SENDING, DirectMssante
from lgc.mssante.submission import Product
from lgc.services.ports import OutgoingMail
from lgc.transport.errors import NoAnswer, NothingSent
from lgc.transport.mail_smtp import Accepted, MailBusy, MailRefused

NOW = dt.datetime(2026, 11, 6, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def send(make):
    """``send(answer)``: what is heard when the operator answers so."""

    def sent(answer):
        heard = []

        class Smtp:
            def submit(self, *content, **options):
                if isinstance(answer, Exception):
                    raise answer
                return answer

        client = DirectMssante(
            Smtp(), None, "me@x.mssante.fr", Product("1.2", "lgc", "", 10**6),
            SimpleNamespace(now=lambda: NOW), heard=lambda way, error: heard.append((way, error)),
        )  # fmt: skip
        author = make.practitioner()
        client.send(
            OutgoingMail(
                "<1@x>", author, (make.correspondent(),), "Avis", "Bonjour", None, None, NOW
            )
        )
        return heard

    return sent


@pytest.mark.parametrize(
    ("answer", "reachable"),
    [
        (Accepted("250", {}), True),
        (MailRefused(550, "unknown"), True),
        (MailRefused(535, "who are you"), False),
        (MailBusy(451, "later"), False),
        (NothingSent("gaierror"), False),
        (NoAnswer("TimeoutError"), False),
    ],
)
def test_a_sending_tells_whether_the_operator_answers(send, answer, reachable):
    ((way, error),) = send(answer)

    assert way == SENDING
    assert (error is None) is reachable


def test_nothing_leaves_for_a_provider_of_the_general_public(make):
    class Smtp:
        def submit(self, *content, **options):
            raise AssertionError("something left")

    client = DirectMssante(
        Smtp(), None, "me@x.mssante.fr", Product("1.2", "lgc", "", 10**6),
        SimpleNamespace(now=lambda: NOW),
    )  # fmt: skip
    people = (make.correspondent(), make.correspondent(address="somebody@gmail.com"))

    outcome = client.send(
        OutgoingMail("<1@x>", make.practitioner(), people, "Avis", "Bonjour", None, None, NOW)
    )

    assert "n’est pas une adresse MSSanté" in outcome.words


def test_a_copy_that_cannot_be_looked_for_tells_that_the_mailbox_is_away():
    heard = []

    class Mailbox:
        def was_sent(self, name):
            raise NothingSent("TimeoutError")

    client = DirectMssante(
        None, Mailbox(), "me@x", None, None, heard=lambda way, error: heard.append(way)
    )

    with pytest.raises(UserFacingError):
        client.was_sent("<1@x>")

    assert heard == [READING]
