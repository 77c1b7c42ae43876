"""Damage is found, told as damage, and never copied: any bit, any page, at the opening or later."""

import importlib.util
import os
import random
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lgc.domain.copies import CopyState
from lgc.errors import Cancelled, DamagedBase, UserFacingError
from lgc.services.keeping_store import KeepingStore
from lgc.store import looking, upgrade
from lgc.store.engine import connect
from lgc.store.pages import PAGE_SIZE, PageFile, WaitingPages
from lgc.store.vault import Vault

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "faults_bits.py"


def go_on():
    pass


def _script():
    found = importlib.util.spec_from_file_location("faults_bits", SCRIPT)
    module = importlib.util.module_from_spec(found)
    sys.modules["faults_bits"] = module
    found.loader.exec_module(module)
    return module


bits = _script()


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    return bits.Practice(tmp_path_factory.mktemp("bits"))


@pytest.mark.parametrize("number", range(40))
def test_a_flipped_bit_is_found_told_and_never_copied(practice, number):
    chance = random.Random(number)
    page = 1 if number % 5 == 0 else chance.randint(1, practice.pages)

    outcome = practice.attempt(page, chance.randrange(PAGE_SIZE * 8), at_work=number % 2 == 1)

    assert outcome.found and not outcome.laundered
    assert outcome.wrongs == []


@pytest.mark.parametrize("byte", [0, 15, 16, 21, 100, 4015, 4016, 4032, 4095])
@pytest.mark.parametrize("noted", [True, False], ids=["noted", "never noted"])
def test_a_damaged_first_page_is_no_wrong_key(practice, byte, noted):
    if noted:
        assert practice.attempt(1, byte * 8, at_work=False).wrongs == []
        return
    note = practice.made / "practice.db.head"
    kept = note.read_bytes()
    note.unlink()
    try:
        assert practice.attempt(1, byte * 8, at_work=False).wrongs == []
    finally:
        note.write_bytes(kept)


def test_a_first_page_wholly_gone_is_no_wrong_key(vaulted, make, card):
    vault, database = vaulted
    content = bytearray(database.read_bytes())
    content[:PAGE_SIZE] = random.Random(1).randbytes(PAGE_SIZE)
    database.write_bytes(content)

    with pytest.raises(DamagedBase, match=r"abîmée \(1 page\)") as told:
        vault.open(card, make.holder())

    assert looking.last(looking.beside(database)).broken == (1,)
    assert "clés ne sont pas en cause" in told.value.advice


@pytest.mark.parametrize("left", [100, 4096, 40960, -4096, -100])
def test_a_file_cut_short_is_damage(vaulted, make, card, left):
    vault, database = vaulted
    content = database.read_bytes()
    database.write_bytes(content[:left])

    with pytest.raises(DamagedBase):
        store = vault.open(card, make.holder())
        with closing(store):
            assert store.look(go_on).damaged
            store.copy_to(database.parent / "copies", go_on)


def test_a_page_of_zeros_is_damage(practice):
    """SQLCipher takes it for one that was never written."""
    for page in (3, 30):
        with closing(practice._open(practice.made)) as store:
            database = practice.made / "practice.db"
            kept = database.read_bytes()
            database.write_bytes(
                kept[: (page - 1) * PAGE_SIZE] + bytes(PAGE_SIZE) + kept[page * PAGE_SIZE :]
            )
            assert store.look(go_on).broken == (page,)
            database.write_bytes(kept)


@pytest.fixture
def vaulted(tmp_path, card, make):
    """A closed practice with its vault."""
    vault = Vault(tmp_path / "practice")
    store, _ = vault.create(card, make.holder())
    with store.unit() as uow:
        uow.patients.add(make.patient())
        uow.commit()
    store.close()
    return vault, tmp_path / "practice" / "practice.db"


def test_damage_of_what_waits_in_the_log_is_found(store, saved, make, tmp_path):
    for _ in range(3):
        saved(lambda uow: uow.patients.add(make.patient()))
    log = tmp_path / "practice.db-wal"
    with log.open("r+b") as file:
        file.seek(-2000, os.SEEK_END)
        file.write(b"damage")

    with pytest.raises(DamagedBase):
        store.copy_to(tmp_path / "copies", go_on)

    assert store.look(go_on).broken
    assert store.copies(tmp_path / "copies") == []


def test_a_base_that_was_sealed_again_over_its_damage_is_found(store, tmp_path, empty_practice):
    """What earlier versions copied: every seal holds, the tree does not."""
    with closing(connect(tmp_path / "practice.db", empty_practice[1])) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master"
            " WHERE name = 'note') WHERE name = 'contact'"
        )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    found = store.look(go_on)

    assert found.broken == ()
    assert found.structure
    with pytest.raises(DamagedBase):
        store.copy_to(tmp_path / "copies", go_on)
    assert store.copies(tmp_path / "copies") == []


def test_a_whole_base_is_whole_while_others_write(store, saved, make, tmp_path, clock):
    saved(lambda uow: uow.patients.add(make.patient()))

    found = store.look(go_on)

    assert not found.damaged and found.journal == 0
    assert store.last_look() == found
    assert found.at == clock.now()


def test_a_look_stops_when_asked_and_the_last_one_stays(store):
    found = store.look(go_on)

    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        store.look(stop)

    assert store.last_look() == found


def test_an_upgrade_does_not_go_over_a_damaged_base(tmp_path, empty_practice):
    path, key = tmp_path / "practice.db", empty_practice[1]
    path.write_bytes(empty_practice[0].read_bytes())
    _say_older(path, key)
    with PageFile(path) as file:
        last = file.pages
    content = bytearray(path.read_bytes())
    content[(last - 1) * PAGE_SIZE + 200] ^= 1
    path.write_bytes(content)

    with pytest.raises(DamagedBase):
        upgrade.bring_up_to_date(path, key)

    assert [file.name for file in tmp_path.iterdir()] == ["practice.db"]


def _say_older(path, key):
    known = upgrade.known_revisions(upgrade.bundled("alembic"))
    with closing(connect(path, key)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (known[-2],))


def test_a_refused_backup_says_how_much_and_leaves_its_trace(practice, clock):
    with closing(practice._open(practice.made)) as store:
        database = practice.made / "practice.db"
        kept = database.read_bytes()
        bits.flip(database, 7, 900)
        bits.flip(database, 9, 900)
        try:
            with pytest.raises(DamagedBase, match=r"abîmée \(2 pages\), vu ") as told:
                KeepingStore(store, clock).back_up(str(practice.copies))
            newest = store.copies(practice.copies)[0]
        finally:
            database.write_bytes(kept)
    newest.place.unlink()

    assert "sauvegardes d’avant sont intactes" in told.value.advice
    assert (newest.state, newest.size) == (CopyState.REFUSED, 0)
    assert newest.why == "source abîmée : rien n’a été copié"


def test_another_practice_s_base_is_not_called_damaged(vaulted, tmp_path, renewed_card, card, make):
    vault, database = vaulted
    other, _ = Vault(tmp_path / "other").create(renewed_card, make.holder())
    other.close()
    (tmp_path / "other" / "practice.db").replace(database)

    with pytest.raises(UserFacingError, match="ne s’ouvre pas avec ces clés") as told:
        vault.open(card, make.holder())

    assert not isinstance(told.value, DamagedBase)


def test_a_log_begun_again_while_it_is_read_counts_for_nothing(store, saved, make, tmp_path):
    """Its pages are all in the file by then, and what is read may be half of two logs."""
    saved(lambda uow: uow.patients.add(make.patient()))
    with closing(connect(tmp_path / "practice.db", store._key)) as connection:
        [(_, frames, _)] = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchall()
        log = WaitingPages(tmp_path / "practice.db", frames)
        seal = store._file.seal(store._key)
        assert len(log.seals(seal, lambda number, page: None)) > 2

        def begin_again(number, page):
            connection.execute("PRAGMA wal_checkpoint(RESTART)")
            connection.execute("INSERT OR REPLACE INTO note VALUES ('a', 'b')")

        assert log.seals(seal, begin_again) == {}
