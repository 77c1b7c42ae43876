"""Pro Santé Connect against the sandbox's provider: browser, phone, silence, and every « no »."""

import contextlib
import threading
import urllib.error
import urllib.request

import pytest

from lgc.errors import UserFacingError
from lgc.transport.openid import Provider, TokenSource
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
    return TokenSource(provider, clock)


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
    source = TokenSource(provider, clock)

    with pytest.raises(UserFacingError, match="pas valable"):
        source.log_in(browser, 5)

    assert not source.open


def test_a_token_is_never_sent_in_clear_over_the_network(clock):
    far = Provider(
        "i", "http://x.example/auth", "http://x.example/token", "k", "http://x.example/c", "c"
    )

    with pytest.raises(UserFacingError, match="pas sûre"):
        TokenSource(far, clock).log_in_on_phone(DOCTOR, "42")


@pytest.mark.requirement("SC.MSS/CONF.28")
def test_nothing_secret_shows_in_words(france, source):
    source.log_in(browser, 5)

    assert source.token() not in repr(source._session)
