"""The door with real cards and a real vault: who uncovers, who begins, who is shown out."""

import datetime as dt
from types import SimpleNamespace

import pytest

from lgc.card.reader import Pkcs11Reader
from lgc.domain.card import CardChanged
from lgc.domain.professionals import Practitioner
from lgc.errors import UserFacingError
from lgc.services.access import Access, UnknownCard
from lgc.services.connection import DeskConnection
from lgc.store.vault import Vault

pytestmark = pytest.mark.xdist_group("softhsm")
OTHER = ("899700059786", "MEDECIN5978")


@pytest.fixture
def door(card, tmp_path):
    """An access with its journal of what began and ended."""
    told = []
    reader = Pkcs11Reader(card.module, card.trust)
    vault = Vault(tmp_path / "practice", now=lambda: dt.datetime.now(dt.UTC))
    access = Access(
        reader=reader,
        vault=vault,
        connection=DeskConnection(),
        connect=lambda session, author: SimpleNamespace(session=session),
        describe=Practitioner,
        started=lambda store: told.append("started"),
        ended=lambda: told.append("ended"),
        plugged=lambda: None,
    )
    opened = access.open("1234")
    access.choose(opened.places[0])
    yield SimpleNamespace(access=access, told=told, code=opened.recovery_code, vault=vault)
    access.close()


def test_the_same_card_uncovers_the_same_session(door):
    door.access.lock("asked")

    assert door.access.open("1234").same_session
    assert door.told == ["started"]


def test_another_certificate_of_the_same_person_is_admitted_or_stays_outside(door, card):
    """A renewed card: « works today, unknown tomorrow » was the fault."""
    door.access.lock("card removed")
    card.pull()
    card.write()

    with pytest.raises(UnknownCard):
        door.access.open("1234")
    assert door.told == ["started"]
    with pytest.raises(UserFacingError):
        door.access.enrol("AAAA-AAAA-AAAA-AAAA")
    assert door.access.enrol(door.code).same_session
    assert door.told == ["started"]
    door.access.lock("asked")
    assert door.access.open("1234").same_session


def test_a_card_unknown_to_the_practice_ends_nothing(door, card):
    door.access.lock("card removed")
    card.pull()
    card.write(*OTHER)
    with pytest.raises(UnknownCard):
        door.access.open("1234")
    door.access.lock("log-in abandoned")

    assert door.told == ["started"]
    (card.folder / "tokens").rename(card.folder / "theirs")
    card.insert()
    assert door.access.open("1234").same_session
    assert door.told == ["started"]


def test_another_doctor_of_the_practice_begins_when_the_place_is_chosen(door, card):
    door.access.lock("card removed")
    card.pull()
    card.write(*OTHER)
    with pytest.raises(UnknownCard):
        door.access.open("1234")
    opened = door.access.enrol(door.code)
    assert not opened.same_session
    assert door.told == ["started"]

    practitioner = door.access.choose(opened.places[0])

    assert practitioner.holder.national_id == OTHER[0]
    assert door.told == ["started", "ended", "started"]


def test_what_is_unwrapped_is_compared_with_the_key_in_use(door, card, tmp_path):
    """Somebody's own vault.json, made with an admitted card's certificate, is no key."""
    door.access.lock("asked")
    reader = Pkcs11Reader(card.module, card.trust)
    session = reader.open("1234")
    stranger = Vault(tmp_path / "elsewhere")
    theirs, _ = stranger.create(session.authentication_key, session.holder)
    ours = door.access._store

    assert stranger.recognises(session.authentication_key, theirs)
    assert not stranger.recognises(session.authentication_key, ours)
    assert not door.vault.recognises(session.authentication_key, theirs)
    theirs.close()
    reader.close()


def test_a_key_file_that_vanished_under_the_lock_does_not_lock_the_doctor_out(door, tmp_path):
    door.access.lock("asked")
    (tmp_path / "practice" / "vault.json").unlink()

    assert door.access.open("1234").same_session


def test_the_serial_that_was_shown_travels_with_the_pin(door):
    door.access.lock("asked")

    with pytest.raises(CardChanged):
        door.access.open("1234", serial="somebody else's")
    assert door.access.observe().tries_left == 3
