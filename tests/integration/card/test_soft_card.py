"""The card room on a real PKCS#11 token: holder, tries, PIN, keys, removal."""

import hashlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from pkcs11 import Mechanism

from lgc.card.reader import Pkcs11Reader
from lgc.domain.card import CardChanged, CardGone, CardPresence, MalformedPin, WrongPin
from lgc.errors import UserFacingError

pytestmark = pytest.mark.xdist_group("softhsm")

LABEL = "whatever"


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


def test_a_pulled_card_is_noticed_at_the_next_look_and_its_keys_are_dead(reader, card):
    session = reader.open("1234")

    card.pull()
    state = reader.observe()

    assert state.presence is CardPresence.NO_CARD
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


def test_a_module_that_does_not_load_is_no_module(tmp_path):
    broken = tmp_path / "module.so"
    broken.write_bytes(b"not a library")

    assert Pkcs11Reader(broken).observe().presence is CardPresence.NO_MODULE


def test_a_card_inserted_after_the_start_is_seen(card):
    card.pull()
    reader = Pkcs11Reader(card.module, card.trust)
    assert reader.observe().presence is CardPresence.NO_CARD

    card.insert()

    assert reader.observe().presence is CardPresence.READY


def test_a_token_without_the_pairs_of_a_cps_is_unreadable(reader, card):
    card.pull()
    card.blank("someone else's token")

    assert reader.observe().presence is CardPresence.UNREADABLE
    with pytest.raises(CardGone):
        reader.open("1234")


def test_a_foreign_token_in_another_slot_does_not_hide_the_card(reader, card):
    card.blank("someone else's token")

    assert reader.observe().holder.national_id == "899700057294"
    assert reader.open("1234").holder.national_id == "899700057294"


def test_another_card_ends_the_session_even_when_nobody_saw_the_change(reader, card):
    session = reader.open("1234")
    first = reader.observe().holder

    card.pull()
    card.write("899700059786", "MEDECIN5978")

    assert reader.observe().presence is CardPresence.NO_CARD
    second = reader.observe().holder
    assert (second.national_id, second.family_name) == ("899700059786", "MEDECIN5978")
    assert second.card_serial != first.card_serial
    with pytest.raises(CardGone):
        session.signature_key.sign(bytes(20), "sha1")


def test_a_home_made_card_is_believed_in_nothing(reader, card):
    """Own authority of the same name, own keys, own PIN, the doctor's public number."""
    card.pull()
    card.write(maker=type(card.authority)())

    state = reader.observe()

    assert (state.presence, state.holder) == (CardPresence.FOREIGN, None)
    with pytest.raises(CardGone):
        reader.open("1234")


def test_a_home_made_card_left_in_place_does_not_hide_the_card_that_comes_after(reader, card):
    card.pull()
    card.write(maker=type(card.authority)())
    assert reader.observe().presence is CardPresence.FOREIGN

    for token in (card.folder / "pulled").iterdir():
        token.rename(card.folder / "tokens" / token.name)

    assert reader.observe().presence is CardPresence.READY


def test_the_pin_goes_to_the_card_that_was_shown_or_to_none(reader, card):
    shown = reader.observe().holder.card_serial
    card.pull()
    card.write("899700059786", "MEDECIN5978")

    with pytest.raises(CardChanged):
        reader.open("9999", serial=shown)

    assert reader.observe().tries_left == 3
    there = reader.observe().holder.card_serial
    assert reader.open("1234", serial=there).holder.family_name == "MEDECIN5978"


def test_a_session_that_we_closed_is_no_card_that_left(reader):
    session = reader.open("1234")
    assert reader.observe().presence is CardPresence.READY

    session.close()

    assert reader.observe().presence is CardPresence.READY


def test_looking_at_a_card_that_stays_is_cheap(reader):
    reader.open("1234")
    reader.observe()

    started = time.process_time()  # of the work: others of this machine are not counted
    for _ in range(20):
        reader.observe()

    assert (time.process_time() - started) / 20 < 0.05


def test_a_session_is_alive_until_it_is_closed(reader):
    session = reader.open("1234")
    assert session.alive()

    session.close()

    assert not session.alive()
    with pytest.raises(CardGone):
        session.authentication_key.sign_challenge(b"store 1")


def test_opening_again_ends_the_first_session(reader):
    first = reader.open("1234")

    second = reader.open("1234")

    assert second.alive()
    assert not first.alive()


def test_a_closed_session_closed_late_does_no_harm_to_the_next_one(reader):
    first = reader.open("1234")
    second = reader.open("1234")

    first.close()

    assert second.alive()


def test_a_session_left_open_in_the_library_does_not_forbid_the_next_login(reader, card):
    stray = next(t for t in pkcs11.lib(str(card.module)).get_tokens() if t.label == LABEL)
    stray.open(user_pin="1234")

    assert reader.open("1234").alive()


def test_a_digest_of_another_size_is_never_signed(reader):
    key = reader.open("1234").signature_key

    with pytest.raises(ValueError, match="sha256"):
        key.sign(bytes(20), "sha256")


def test_what_the_card_does_not_offer_is_not_taken_for_a_departure(reader):
    key = reader.open("1234").signature_key

    with pytest.raises(UserFacingError, match="refuse") as refused:
        key.raw(bytes(300), Mechanism.RSA_PKCS)

    assert not isinstance(refused.value, CardGone)
    assert key.sign(bytes(20), "sha1")


def test_keys_may_be_used_from_many_threads_while_the_card_is_watched(reader):
    key = reader.open("1234").signature_key
    with ThreadPoolExecutor(8) as pool:
        signatures = [pool.submit(key.sign, bytes(32), "sha256") for _ in range(24)]
        looks = [pool.submit(reader.observe) for _ in range(24)]

    assert len({one.result() for one in signatures}) == 1
    assert {one.result().presence for one in looks} == {CardPresence.READY}


def test_the_pin_is_neither_kept_nor_logged(reader, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(WrongPin) as refused:
        reader.open("9753")
    session = reader.open("1234")

    kept = [repr(vars(thing)) for thing in (reader, session, session.authentication_key)]
    for pin in ("9753", "1234"):
        assert pin not in caplog.text
        assert pin not in str(refused.value) + refused.value.details
        assert not [words for words in kept if f"'{pin}'" in words]
