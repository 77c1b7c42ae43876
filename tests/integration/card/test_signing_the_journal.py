"""The card of who works here signs the journal; no other does, and none holds anything up."""

import datetime as dt
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from lgc.card.authorities import signer
from lgc.card.reader import Pkcs11Reader
from lgc.domain.card import WrongPin
from lgc.domain.professionals import Practitioner
from lgc.services.access import REFUSED, UNKNOWN, Access, UnknownCard
from lgc.services.connection import DeskConnection
from lgc.store.signed_heads import Anchor
from lgc.store.vault import Vault

pytestmark = pytest.mark.xdist_group("softhsm")
OTHER = ("899700059786", "MEDECIN5978")


@pytest.fixture
def door(card, tmp_path):
    stores = []
    anchor = Anchor(lambda der: signer(der, card.trust), tmp_path / "apart")
    vault = Vault(tmp_path / "practice", now=lambda: dt.datetime.now(dt.UTC), anchor=anchor)
    access = Access(
        reader=Pkcs11Reader(card.module, card.trust),
        vault=vault,
        connection=DeskConnection(),
        connect=lambda session, author: SimpleNamespace(session=session),
        describe=Practitioner,
        started=stores.append,
        ended=lambda: None,
        plugged=lambda: None,
    )
    opened = access.open("1234")
    access.keep_code()
    access.choose(opened.places[0])
    yield SimpleNamespace(access=access, stores=stores)
    access.close()


def test_the_journal_is_signed_when_the_session_opens_and_locks(door, card):
    [store] = door.stores
    [first] = store.verify_journal().signed
    assert "MEDECIN" in first.by

    door.access.lock("asked")

    [second] = store.verify_journal().signed
    assert second.end.lines > first.end.lines
    door.access.open("1234")
    card.pull()
    door.access.lock("card removed")
    assert store.verify_journal().signed == (second,)


def test_a_stranger_s_card_signs_nothing(door, card):
    [store] = door.stores
    door.access.lock("card removed")
    before = store.verify_journal().signed
    card.pull()
    card.write(*OTHER)
    with pytest.raises(UnknownCard):
        door.access.open("1234")

    door.access.lock("log-in abandoned")

    assert store.verify_journal().signed == before


def lines(store):
    """(action, times) of what the door refused."""
    with store.unit() as uow:
        found = uow._session.execute(text("SELECT action, detail FROM audit_line ORDER BY number"))
        return [tuple(one) for one in found if one[0] in (UNKNOWN, *REFUSED.values())]


def test_a_wrong_pin_and_an_unknown_card_have_their_line(door, card):
    [store] = door.stores
    door.access.lock("asked")
    with pytest.raises(WrongPin):
        door.access.open("9999")
    card.pull()
    card.write(*OTHER)
    with pytest.raises(UnknownCard):
        door.access.open("1234")

    assert lines(store) == [("wrong pin", "1"), ("card unknown", "1")]


def test_what_was_refused_before_the_opening_is_written_at_it(door):
    for _ in range(2):
        door.access._refusals.note("wrong pin", "1")
    for number in range(500):
        door.access._refusals.note("card unknown", str(number))
    door.access.choose(door.access.open("1234").places[0])

    told = lines(door.stores[0])
    assert told[0] == ("wrong pin", "2")
    assert len(told) <= 51
    assert sum(int(times) for _, times in told) == 502
