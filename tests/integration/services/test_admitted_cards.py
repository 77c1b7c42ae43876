"""The cards that open the practice: named inside the encrypted base, withdrawn with a trace."""

from types import SimpleNamespace

import pytest

from lgc.domain.card import CardGone, WrongPin
from lgc.errors import UserFacingError
from lgc.services.admitted_cards import AdmittedCards
from lgc.services.connection import DeskConnection
from lgc.store.vault import Vault


class Card:
    usage = "authentication"

    def __init__(self, name):
        self.certificate = name

    def sign_challenge(self, challenge):
        return self.certificate * 64


@pytest.fixture
def practice(tmp_path, clock, make):
    """An open practice that two cards open; the first one is in use."""
    mine, other = Card(b"mine"), Card(b"other")
    vault = Vault(tmp_path / "practice", clock.now)
    store, code = vault.create(mine, make.holder())
    store.close()
    vault.enrol(code, other, make.holder(given_name="LUC", family_name="AUTRE")).close()
    store = vault.open(mine, make.holder())
    connection, proved = DeskConnection(), []
    session = SimpleNamespace(authentication_key=mine, holder=make.holder())
    connection.plug(make.practitioner(), SimpleNamespace(session=session))
    yield SimpleNamespace(
        vault=vault, store=store, connection=connection, mine=mine, other=other,
        cards=AdmittedCards(vault, store, connection, proved.append), proved=proved,
        folder=tmp_path / "practice",
    )  # fmt: skip
    store.close()


def test_each_card_is_listed_with_its_holder_and_its_date(practice, clock, make):
    mine, other = practice.cards.all()

    assert (mine.in_use, other.in_use) == (True, False)
    assert other.name == "LUC AUTRE"
    assert other.since == clock.now()
    assert b"AUTRE" not in (practice.folder / "vault.json").read_bytes()


def test_a_card_is_withdrawn_with_a_line_of_the_journal(practice, make):
    before = practice.store.verify_audit()

    practice.cards.remove(practice.vault.fingerprint(practice.other))

    assert [card.in_use for card in practice.cards.all()] == [True]
    assert practice.store.verify_audit() == before + 1
    practice.store.close()
    with pytest.raises(UserFacingError, match="pas encore admise"):
        practice.vault.open(practice.other, make.holder())


def test_the_card_in_use_is_not_withdrawn_nor_is_anything_noted(practice):
    before = practice.store.verify_audit()

    with pytest.raises(UserFacingError, match="session en cours"):
        practice.cards.remove(practice.vault.fingerprint(practice.mine))

    assert practice.store.verify_audit() == before


def test_a_card_admitted_before_names_were_noted_is_listed_all_the_same(practice):
    for card in (practice.mine, practice.other):
        with practice.store.unit() as uow:
            uow.notes.set(f"card.{practice.vault.fingerprint(card)}", "")
            uow.commit()

    assert [card.name for card in practice.cards.all()] == ["", ""]


def test_without_a_card_nothing_is_shown(practice):
    practice.connection.unplug()

    with pytest.raises(CardGone):
        practice.cards.all()


def test_a_new_recovery_key_is_behind_the_pin_written_down_and_to_be_confirmed(practice, make):
    practice.vault.confirm()
    new = practice.cards.renew("1234")

    assert practice.proved == ["1234"]
    assert not practice.vault.confirmed()
    practice.cards.confirm()
    assert practice.vault.confirmed()
    practice.store.close()
    practice.vault.open_with_code(new).close()


def test_a_refused_pin_makes_no_new_recovery_key(practice, make):
    def refuse(pin):
        raise WrongPin(2)

    before = (practice.folder / "vault.json").read_bytes()
    cards = AdmittedCards(practice.vault, practice.store, practice.connection, refuse)
    with pytest.raises(WrongPin):
        cards.renew("9999")

    assert (practice.folder / "vault.json").read_bytes() == before
