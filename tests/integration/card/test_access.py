"""The door with real cards and a real vault: who uncovers, who begins, who is shown out."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lgc.card.reader import Pkcs11Reader
from lgc.domain.card import CardChanged, CardGone, WrongPin
from lgc.domain.professionals import Practitioner
from lgc.errors import UserFacingError
from lgc.services.access import Access, UnknownCard
from lgc.services.connection import DeskConnection
from lgc.services.delivering import Delivering
from lgc.store.vault import Vault

pytestmark = pytest.mark.xdist_group("softhsm")
OTHER = ("899700059786", "MEDECIN5978")


@pytest.fixture
def door(card, tmp_path):
    """An access with its journal of what began and ended."""
    told = []
    reader = Pkcs11Reader(card.module, card.trust)
    vault = Vault(tmp_path / "practice", now=lambda: dt.datetime.now(dt.UTC))

    def again():
        """The application, started anew on the same practice."""
        return Access(
            reader=reader,
            vault=Vault(vault._folder, vault._now),
            connection=DeskConnection(),
            connect=lambda session, author: SimpleNamespace(session=session),
            describe=Practitioner,
            started=lambda store: told.append("started"),
            ended=lambda: told.append("ended"),
            plugged=lambda: told.append("plugged"),
        )

    access = again()
    opened = access.open("1234")
    access.keep_code()
    access.choose(opened.places[0])
    yield SimpleNamespace(
        access=access, told=told, code=opened.recovery_code, vault=vault, again=again
    )
    access.close()


def began(door):
    """What began and ended."""
    return [word for word in door.told if word != "plugged"]


def journal(access):
    with Session(access._store._engine) as session:
        rows = session.execute(text("SELECT who, action, detail FROM audit_line ORDER BY number"))
        return [tuple(row) for row in rows]


def test_the_same_card_uncovers_the_same_session(door):
    door.access.lock("asked")

    assert door.access.open("1234").same_session
    assert began(door) == ["started"]


def test_another_certificate_of_the_same_person_is_admitted_or_stays_outside(door, card):
    """A renewed card: « works today, unknown tomorrow » was the fault."""
    door.access.lock("card removed")
    card.pull()
    card.write()

    with pytest.raises(UnknownCard):
        door.access.open("1234")
    assert began(door) == ["started"]
    with pytest.raises(UserFacingError):
        door.access.enrol("AAAA-AAAA-AAAA-AAAA")
    assert door.access.enrol(door.code).same_session
    assert began(door) == ["started"]
    door.access.lock("asked")
    assert door.access.open("1234").same_session


def test_a_card_unknown_to_the_practice_ends_nothing(door, card):
    door.access.lock("card removed")
    card.pull()
    card.write(*OTHER)
    with pytest.raises(UnknownCard):
        door.access.open("1234")
    door.access.lock("log-in abandoned")

    assert began(door) == ["started"]
    (card.folder / "tokens").rename(card.folder / "theirs")
    card.insert()
    assert door.access.open("1234").same_session
    assert began(door) == ["started"]


def test_another_doctor_of_the_practice_begins_when_the_place_is_chosen(door, card):
    door.access.lock("card removed")
    card.pull()
    card.write(*OTHER)
    with pytest.raises(UnknownCard):
        door.access.open("1234")
    opened = door.access.enrol(door.code)
    assert not opened.same_session
    assert began(door) == ["started"]

    practitioner = door.access.choose(opened.places[0])

    assert practitioner.holder.national_id == OTHER[0]
    assert began(door) == ["started", "ended", "started"]


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


def test_a_recovery_key_that_was_not_confirmed_is_made_anew_at_the_next_log_in(door):
    """The card was pulled, or the window closed, while it was on the screen."""
    door.access.close()
    first = door.again()
    new = None
    door.vault._write(replace(door.vault._read(), confirmed=False))
    new = first.open("1234").recovery_code
    assert new and new != door.code
    first.lock("card removed")
    newer = first.open("1234").recovery_code
    assert newer and newer != new
    first.keep_code()
    first.lock("asked")

    assert first.open("1234").recovery_code is None
    for lost in (door.code, new):
        with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
            first.open_without_card(lost)
    assert first.open_without_card(newer)
    assert [line[1:] for line in journal(first) if line[1].startswith("recovery key re")] == [
        ("recovery key renewed", "never confirmed"),
        ("recovery key renewed", "never confirmed"),
        ("recovery key refused", "1"),
        ("recovery key refused", "2"),
    ]
    first.close()


def test_without_a_card_the_recovery_key_opens_for_reading_and_writing(door, card):
    door.access.close()
    card.pull()
    access = door.again()
    (mine,) = access.open_without_card(door.code)
    access.lock("log-in abandoned")
    with pytest.raises(UserFacingError):
        access.sit(mine)

    (mine,) = access.open_without_card(door.code)
    opened = access.sit(mine)
    practitioner = access.choose(opened.places[0])

    assert opened.without_card
    assert practitioner.holder.national_id == "899700057294"
    assert access._connection.practitioner == practitioner
    assert not access._connection.plugged
    with pytest.raises(CardGone):
        access._connection.current()
    with access._store.unit() as uow:
        uow.audit("document filed", "1")
        uow.commit()
    assert journal(access)[-2][:2] == ("899700057294 sans carte", "session opened without card")
    assert journal(access)[-1][:2] == ("899700057294 sans carte", "document filed")
    access.close()


def test_the_card_that_comes_goes_on_with_the_day_begun_without_it(door, card):
    door.access.close()
    card.pull()
    access = door.again()
    began_before = len(began(door))
    opened = access.sit(access.open_without_card(door.code)[0])
    access.choose(opened.places[0])
    access.lock("asked")
    card.insert()

    mine = access.open("1234")
    access.choose(mine.places[0])

    assert mine.same_session
    assert not mine.without_card
    assert began(door)[began_before:] == ["started"]
    assert access._connection.plugged
    assert journal(access)[-1][:2] == ("899700057294", "session opened")
    access.close()


def test_under_the_lock_the_recovery_key_brings_the_same_session_back(door, card):
    door.access.lock("card removed")
    card.pull()

    opened = door.access.sit(door.access.open_without_card(door.code)[0])
    door.access.choose(opened.places[0])

    assert opened.same_session
    assert began(door) == ["started"]
    assert not door.access._connection.plugged


def test_what_waits_to_leave_waits_for_the_card(door, card):
    door.access.lock("card removed")
    sitting = door.access.sit(door.access.open_without_card(door.code)[0])
    plugged = door.told.count("plugged")

    door.access.choose(sitting.places[0])

    assert not Delivering(door.access._connection).ready
    assert door.told.count("plugged") == plugged


def test_a_right_recovery_key_alone_lets_nobody_write(door, card):
    door.access.close()
    card.pull()
    access = door.again()
    before = len(began(door))
    access.open_without_card(door.code)
    access.lock("log-in abandoned")

    assert access._store is None
    assert began(door)[before:] == []
    with pytest.raises(UserFacingError):
        access.choose(SimpleNamespace(structure_id="1"))


def test_several_admitted_holders_are_told_apart_the_one_under_the_lock_first(door, card):
    door.access.lock("card removed")
    card.pull()
    card.write(*OTHER)
    with pytest.raises(UnknownCard):
        door.access.open("1234")
    door.access.choose(door.access.enrol(door.code).places[0])
    door.access.lock("card removed")

    first, second = door.access.open_without_card(door.code)

    assert first.holder.national_id == OTHER[0]
    assert second.holder.national_id == "899700057294"
    opened = door.access.sit(second)
    assert not opened.same_session
    door.access.choose(opened.places[0])
    assert began(door) == ["started", "ended", "started", "ended", "started"]


def test_the_pin_typed_again_keeps_the_desk_and_a_wrong_one_closes_the_card(door):
    practitioner = door.access._connection.practitioner
    door.access.prove("1234")
    assert door.access._connection.plugged
    assert door.access._connection.practitioner == practitioner

    with pytest.raises(WrongPin):
        door.access.prove("9999")
    assert not door.access._connection.plugged
    with pytest.raises(UserFacingError):
        door.access.prove("1234")


def test_nobody_sits_under_the_lock_before_the_recovery_key_was_right(door):
    door.access.lock("asked")
    (mine,) = door.access.open_without_card(door.code)
    door.access.lock("log-in abandoned")

    with pytest.raises(UserFacingError):
        door.access.sit(mine)


def test_whoever_sits_down_without_a_card_has_no_connection_of_another(door):
    connection = door.access._connection
    assert connection.plugged

    connection.sit(connection.practitioner)

    assert not connection.plugged


def test_a_card_that_the_vault_does_not_know_proves_nothing(door):
    vault = door.access._vault
    vault._write(replace(vault._read(), cards={}))

    with pytest.raises(CardChanged):
        door.access.prove("1234")
    assert not door.access._connection.plugged
