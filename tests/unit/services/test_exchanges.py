"""One truth about who can be reached: fed by every exchange, green only after a success."""

import datetime as dt

import pytest

from lgc.errors import UserFacingError
from lgc.services.events import ServiceState
from lgc.services.exchanges import DAY, DMP, MAILBOX, MSSANTE, REVOCATION, WAYS, Exchanges

DOWN = UserFacingError("Le DMP n’est pas joignable.", advice="Vérifiez…", may_retry=True)


class Clock:
    def __init__(self):
        self.at = dt.datetime(2026, 11, 6, 9, 31, tzinfo=dt.UTC)

    def now(self):
        return self.at

    def advance(self, minutes):
        self.at += dt.timedelta(minutes=minutes)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told():
    return []


@pytest.fixture
def exchanges(clock, told):
    return Exchanges(clock, told.append)


def test_nothing_is_reachable_before_a_real_success(exchanges, told):
    dmp = exchanges.of(DMP)
    dmp.passed(1.0)
    assert told == []
    assert exchanges.standing(DMP).reachable is None

    dmp.well()

    assert told == [ServiceState("dmp", True, "DMP joignable")]


def test_a_failure_tells_since_when_and_why_and_a_success_ends_it(exchanges, told, clock):
    dmp = exchanges.of(DMP)
    dmp.well()
    answered = clock.now()
    clock.advance(minutes=11)
    dmp.failed(DOWN, 60.0)
    clock.advance(minutes=4)
    dmp.failed(DOWN, 60.0)

    known = exchanges.standing(DMP)
    assert told[-1] == ServiceState(
        "dmp", False, "DMP : pas de réponse", DOWN.sentence, answered, DMP
    )
    assert (known.tries, known.success_at) == (2, answered)
    assert known.since == answered + dt.timedelta(minutes=11)
    assert known.next_try == clock.now() + dt.timedelta(minutes=1)

    dmp.well()
    assert told[-1] == ServiceState("dmp", True, "DMP joignable")
    assert exchanges.standing(DMP).tries == 0


def test_one_way_that_fails_speaks_for_its_service(exchanges, told):
    exchanges.of(MAILBOX).well()
    exchanges.of(MSSANTE).failed(UserFacingError("Le serveur MSSanté ne répond pas."))
    exchanges.of(MAILBOX).well()

    assert told[-1].reachable is False
    assert told[-1].words == "MSSanté : pas d’envoi"


def test_what_nobody_foresaw_has_a_french_reason_and_its_place(exchanges, told):
    try:
        raise KeyError("Mme SAUVEUR")
    except KeyError as error:
        exchanges.of(DAY).failed(error, 2.0)

    known = exchanges.standing(DAY)
    assert known.reason == "Erreur imprévue (KeyError)."
    assert "test_exchanges.py" in known.details
    assert "SAUVEUR" not in repr(known)


def test_an_accident_that_is_over_turns_grey_not_green(exchanges, told):
    lane = exchanges.of(DAY)
    lane.well()
    lane.failed(ValueError("x"), 2.0)
    lane.passed(60.0)

    assert told[-1].reachable is None
    assert exchanges.standing(DAY).success_at is not None


def test_a_pass_without_success_ends_no_silence(exchanges, told):
    exchanges.of(MAILBOX).failed(DOWN)
    exchanges.of(MAILBOX).passed(300.0)

    assert told[-1].reachable is False


def test_a_question_to_the_doctor_is_no_failure(exchanges, told):
    exchanges.of(MAILBOX).waits("Confirmez la connexion dans votre navigateur.")

    assert told[-1] == ServiceState(
        "mssante", None, "Confirmez la connexion dans votre navigateur."
    )


@pytest.mark.parametrize("key", WAYS)
def test_every_way_can_fail_in_words(exchanges, told, key):
    exchanges.of(key).failed(DOWN)

    assert told[-1].words and told[-1].reason
    assert exchanges.standings()[0].key == key


def test_only_what_has_a_voice_is_listed(exchanges):
    exchanges.of(REVOCATION)
    exchanges.of(DMP)

    assert [one.key for one in exchanges.standings()] == [DMP, REVOCATION]
