"""Pro Santé Connect against the sandbox's provider: browser, phone, silence, and every « no »."""

import contextlib
import threading
import time
import urllib.error
import urllib.request

import pytest

from lgc.errors import UserFacingError
from lgc.transport.openid import Provider, TokenSource, identities
from lgc_sandbox.openid import CLIENT, OpenIdProvider

DOCTOR = "899700057294"


@pytest.fixture
def france():
    provider = OpenIdProvider(DOCTOR)
    yield provider
    provider.stop()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def source(france, clock):
    at = france.base
    provider = Provider(at, f"{at}/auth", f"{at}/token", f"{at}/certs", f"{at}/ciba", CLIENT)
    return TokenSource(provider, lambda: DOCTOR, clock)


def browser(address):
    """A browser follows where it is sent."""
    threading.Thread(target=lambda: _open(address), daemon=True).start()


def _open(address):
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(address, timeout=5).read()


def test_the_browser_brings_a_token_back(france, source):
    claims = source.log_in(browser, 5)

    assert claims["SubjectNameID"] == DOCTOR
    assert france.holder(source.token()) == DOCTOR


def test_the_phone_is_asked_until_it_answers(france, source):
    waited = []

    source.log_in_on_phone(DOCTOR, "42", pause=waited.append)

    assert waited == [1, 1]
    assert france.holder(source.token()) == DOCTOR


def test_an_old_token_is_renewed_in_silence(france, source, clock):
    source.log_in(browser, 5)
    first = source.token()
    clock.now += france.lifetime - 10

    assert source.token() != first
    assert france.holder(source.token()) == DOCTOR


def test_a_young_token_asks_nobody(france, source):
    source.log_in(browser, 5)
    asked = france.questions

    source.token()

    assert france.questions == asked


def test_when_the_session_is_closed_the_doctor_must_log_in_again(france, source, clock):
    source.log_in(browser, 5)
    france.closed = True
    clock.now += france.lifetime

    with pytest.raises(UserFacingError, match="fermée"):
        source.token()

    assert not source.open


def test_a_provider_that_does_not_answer_closes_nothing(france, source, clock):
    source.log_in(browser, 5)
    france.stop()
    clock.now += france.lifetime

    with pytest.raises(UserFacingError, match="ne répond pas") as told:
        source.token()

    assert told.value.may_retry
    assert source.open


def test_without_a_session_there_is_no_token(source):
    with pytest.raises(UserFacingError, match="fermée"):
        source.token()


def test_the_card_leaving_takes_the_session_along(source):
    source.log_in(browser, 5)
    source.forget()

    assert not source.open


def test_an_answer_with_another_state_is_not_ours(source):
    def forged(address):
        back = address.partition("redirect_uri=")[2].partition("&")[0]
        browser(f"{urllib.request.unquote(back)}?code=stolen&state=guessed")

    with pytest.raises(UserFacingError, match="confirmée"):
        source.log_in(forged, 0.4)


def test_an_identity_for_another_software_is_refused(france, clock):
    at = france.base
    provider = Provider(
        "https://other.example", f"{at}/auth", f"{at}/token", f"{at}/certs", f"{at}/ciba", CLIENT
    )
    source = TokenSource(provider, lambda: DOCTOR, clock)

    with pytest.raises(UserFacingError, match="pas valable"):
        source.log_in(browser, 5)

    assert not source.open


def test_a_token_is_never_sent_in_clear_over_the_network(clock):
    far = Provider(
        "i", "http://x.example/auth", "http://x.example/token", "k", "http://x.example/c", "c"
    )

    with pytest.raises(UserFacingError, match="pas sûre"):
        TokenSource(far, lambda: DOCTOR, clock).log_in_on_phone(DOCTOR, "42")


def source_of(france, holder, clock):
    at = france.base
    provider = Provider(at, f"{at}/auth", f"{at}/token", f"{at}/certs", f"{at}/ciba", CLIENT)
    return TokenSource(provider, holder, clock)


def test_a_token_of_somebody_else_than_the_card_s_holder_is_not_used(france, clock):
    source = source_of(france, lambda: "899700057302", clock)

    with pytest.raises(UserFacingError, match="n’est pas celle de la carte"):
        source.log_in(browser, 5)
    with pytest.raises(UserFacingError, match="n’est pas celle de la carte"):
        source.log_in_on_phone(DOCTOR, "42", pause=lambda seconds: None)

    assert not source.open


def test_who_works_here_is_asked_when_the_browser_comes_back(france, clock):
    here = [DOCTOR]
    source = source_of(france, lambda: here[0], clock)

    def another_card_came(address):
        here[0] = "899700057302"
        browser(address)

    with pytest.raises(UserFacingError, match="n’est pas celle de la carte"):
        source.log_in(another_card_came, 5)


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({"sub": f"f:550d-11:{DOCTOR}"}, {DOCTOR}),
        ({"preferred_username": DOCTOR, "sub": "1"}, {DOCTOR}),
        ({"SubjectNameID": DOCTOR, "preferred_username": "899700057302"}, {DOCTOR, "899700057302"}),
        ({"SubjectNameID": [DOCTOR], "sub": 1}, set()),
        ({"SubjectNameID": f"{DOCTOR}\n"}, set()),
        ({"SubjectNameID": "８99700057294"}, set()),
        ({}, set()),
    ],
)
def test_each_way_of_saying_who_is_heard(claims, found):
    assert identities(claims) == found


def test_without_a_browser_it_is_said_at_once(source):
    began = time.monotonic()

    with pytest.raises(UserFacingError, match="Aucun navigateur") as told:
        source.log_in(lambda address: False, 30)

    assert "téléphone" in told.value.advice
    assert time.monotonic() - began < 5


ODD = [None, "", "dans une heure", [], {}, True, -1, 1e30, float("nan"), float("inf")]


@pytest.mark.parametrize("field", ["auth_req_id", "interval"])
@pytest.mark.parametrize("odd", ODD)
def test_a_start_on_the_phone_that_makes_no_sense_is_a_sentence(france, source, field, odd):
    honest = france.start
    france.start = lambda form: honest(form) | {field: odd}

    with pytest.raises(UserFacingError):
        source.log_in_on_phone(DOCTOR, "42", 1, pause=lambda seconds: None)

    assert not source.open


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        *[("expires_in", odd) for odd in ODD],
        *[("access_token", odd) for odd in [*ODD, "a b", "a\r\nX: y", "é", "a" * 20_000]],
        *[("id_token", odd) for odd in [*ODD, "a.b.c", "....", "e30.e30.e30"]],
        *[("refresh_token", odd) for odd in ["a b", ["x"], 7]],
    ],
)
def test_a_token_that_makes_no_sense_is_a_sentence(france, source, field, odd):
    honest = france.grant
    france.grant = lambda form: honest(form) | {field: odd}

    with pytest.raises(UserFacingError, match="pas valable"):
        source.log_in(browser, 5)

    assert not source.open


@pytest.mark.parametrize("keys", [[], {"keys": None}, {"keys": [7]}, {"keys": [{"kty": "RSA"}]}])
def test_keys_that_make_no_sense_are_a_sentence(france, source, keys):
    france.keys = lambda: keys

    with pytest.raises(UserFacingError, match="pas valable"):
        source.log_in(browser, 5)


@pytest.mark.requirement("SC.MSS/CONF.28")
def test_nothing_secret_shows_in_words(france, source):
    source.log_in(browser, 5)

    assert source.token() not in repr(source._session)
