"""A backup opens with the same cards, and is taken while the practice works."""

import pytest

from lgc.errors import UserFacingError
from lgc.store.vault import Vault


def count(store):
    with store.unit() as uow:
        found = uow.patients.count()
    store.close()
    return found


def test_a_backup_holds_the_last_commit_and_opens_with_the_same_card(
    tmp_path, card, renewed_card, make
):
    store, code = Vault(tmp_path / "practice").create(card, make.holder())
    with store.unit() as uow:
        uow.patients.add(make.patient(birth_name="ZYXEVANOUI"))
        uow.commit()
    with store.unit() as writer:
        writer.patients.add(make.patient())
        assert writer.patients.count() == 2
        store.copy_to(tmp_path / "backup")
        writer.commit()

    copies = {file.name: file.read_bytes() for file in (tmp_path / "backup").iterdir()}
    assert set(copies) == {"practice.db", "vault.json"}
    assert b"ZYXEVANOUI" not in copies["practice.db"]
    assert count(Vault(tmp_path / "backup").open(card, make.holder())) == 1
    assert count(Vault(tmp_path / "backup").enrol(code, renewed_card, make.holder())) == 1
    assert count(store) == 2


def test_a_backup_replaces_the_one_before(tmp_path, card, make):
    store, _ = Vault(tmp_path / "practice").create(card, make.holder())
    for _ in range(2):
        store.copy_to(tmp_path / "backup")
        with store.unit() as uow:
            uow.patients.add(make.patient())
            uow.commit()
    store.close()

    assert count(Vault(tmp_path / "backup").open(card, make.holder())) == 1


def test_a_practice_is_not_backed_up_upon_itself(tmp_path, card, make):
    store, _ = Vault(tmp_path / "practice").create(card, make.holder())

    with pytest.raises(UserFacingError, match="celui du cabinet"):
        store.copy_to(tmp_path / "practice" / ".." / "practice")

    assert count(store) == 0


def test_a_place_that_cannot_be_written_is_told(tmp_path, card, make):
    store, _ = Vault(tmp_path / "practice").create(card, make.holder())
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(UserFacingError, match="sauvegarde"):
        store.copy_to(tmp_path / "file" / "inside")

    store.close()
