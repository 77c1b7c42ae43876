"""The card room on a real PKCS#11 token: holder, tries, PIN, keys, removal."""

import hashlib
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from lgc.card.reader import Pkcs11Reader
from lgc.domain.card import CardGone, CardPresence, MalformedPin, WrongPin

pytestmark = pytest.mark.xdist_group("softhsm")


@pytest.fixture
def reader(card):
    made = Pkcs11Reader(card.module, card.trust)
    yield made
    made.close()


def test_the_holder_is_read_before_any_pin(reader):
    state = reader.observe()

    assert state.presence is CardPresence.READY
    assert state.tries_left == 3
    assert (state.holder.family_name, state.holder.given_name) == ("MEDECIN5729", "Paul")
    assert (state.holder.national_id, state.holder.rpps) == ("899700057294", "99700057294")
    assert state.holder.profession.code == "10"
    assert state.holder.speciality == "SM26"


def test_places_of_practice_need_the_pin_and_a_broken_one_is_skipped(reader):
    places = reader.open("1234").places

    assert [place.sector for place in places] == ["SA07", "SA08"]
    assert places[1].structure_name == "MAISON DE SANTÉ"
    assert places[0].structure_id == "499700057294007"


def test_a_wrong_pin_tells_the_tries_that_the_token_reports(reader):
    with pytest.raises(WrongPin) as refused:
        reader.open("9999")

    assert refused.value.tries_left == 2
    assert reader.observe().tries_left == 2


def test_the_right_pin_after_a_wrong_one_gives_the_tries_back(reader):
    with pytest.raises(WrongPin):
        reader.open("9999")

    reader.open("1234").close()

    assert reader.observe().tries_left == 3


@pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "１２３４", "12 4"])
def test_a_pin_that_is_not_four_digits_never_reaches_the_card(reader, pin):
    with pytest.raises(MalformedPin):
        reader.open(pin)

    assert reader.observe().tries_left == 3


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_signature_key_signs_what_its_certificate_verifies(reader, algorithm):
    key = reader.open("1234").signature_key
    digest = hashlib.new(algorithm, b"submission").digest()

    signature = key.sign(digest, algorithm)

    public = x509.load_der_x509_certificate(key.certificate).public_key()
    kind = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[algorithm]
    public.verify(signature, digest, padding.PKCS1v15(), Prehashed(kind))


def test_the_answer_to_a_challenge_is_always_the_same(reader):
    key = reader.open("1234").authentication_key

    assert key.sign_challenge(b"store 1") == key.sign_challenge(b"store 1")
    assert key.sign_challenge(b"store 1") != key.sign_challenge(b"store 2")


def test_the_two_keys_are_not_the_same_thing(reader):
    session = reader.open("1234")

    assert session.authentication_key.certificate != session.signature_key.certificate
    assert not hasattr(session.authentication_key, "sign")
    assert not hasattr(session.signature_key, "sign_challenge")


def test_the_signature_certificate_comes_with_its_authority(reader, card):
    session = reader.open("1234")

    (issuer,) = session.signature_key.chain

    assert x509.load_der_x509_certificate(issuer) == card.authority.certificate


def test_a_pulled_card_is_noticed_within_a_second_and_its_keys_are_dead(reader, card):
    session = reader.open("1234")

    card.pull()
    started = time.monotonic()
    state = reader.observe()

    assert state.presence is CardPresence.NO_CARD
    assert time.monotonic() - started < 1
    with pytest.raises(CardGone):
        session.signature_key.sign(bytes(20), "sha1")


def test_the_same_card_put_back_opens_again(reader, card):
    reader.open("1234")
    card.pull()
    reader.observe()

    card.insert()

    assert reader.observe().presence is CardPresence.READY
    assert reader.open("1234").holder.national_id == "899700057294"


def test_a_key_used_after_removal_nobody_noticed_says_that_the_card_is_gone(reader, card):
    session = reader.open("1234")

    card.pull()

    with pytest.raises(CardGone):
        session.signature_key.sign(bytes(20), "sha1")


def test_without_a_module_the_screen_learns_it():
    assert Pkcs11Reader(None).observe().presence is CardPresence.NO_MODULE
