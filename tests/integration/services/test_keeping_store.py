"""A backup opens like the original; without a folder nothing is written."""

import pytest

from lgc.errors import UserFacingError
from lgc.services.keeping_store import KeepingStore


def test_a_backup_is_a_folder_of_its_own_named_by_the_moment(store, clock, tmp_path):
    place = KeepingStore(store, clock).back_up(str(tmp_path / "copies"))

    assert place.name == "lgc-2026-11-23-090000"
    assert sorted(file.name for file in place.iterdir()) == ["practice.db", "vault.json"]
    assert b"SQLite format" not in (place / "practice.db").read_bytes()[:32]


def test_no_folder_is_a_sentence(store, clock):
    with pytest.raises(UserFacingError, match="pas choisi"):
        KeepingStore(store, clock).back_up("  ")


def test_the_audit_chain_is_counted(store, clock, tmp_path):
    keeping = KeepingStore(store, clock)
    before = keeping.verify_audit()

    keeping.back_up(str(tmp_path / "copies"))

    assert keeping.verify_audit() == before + 1
