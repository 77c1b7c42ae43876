"""The card of who works here signs the journal; no other does, and none holds anything up."""

import datetime as dt
from types import SimpleNamespace

import pytest

from lgc.card.authorities import signer
from lgc.card.reader import Pkcs11Reader
from lgc.domain.professionals import Practitioner
from lgc.services.access import Access, UnknownCard
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
