"""A practice's file is opened once, whichever way one comes to it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import lgc
from lgc.errors import UserFacingError
from lgc.store.held_file import HeldFile
from lgc.store.vault import Vault

HOLD = """
import sys
from pathlib import Path
from lgc.store.held_file import HeldFile
HeldFile(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def base(tmp_path):
    folder = tmp_path / "practice"
    folder.mkdir()
    (folder / "practice.db").touch()
    return folder / "practice.db"


@pytest.fixture
def other_application(base):
    """Another process that works on the base, until the end of the test."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(base)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(lgc.__file__).parents[1])},
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def lock_file_deleted(base, elsewhere):
    base.with_suffix(".lock").unlink(missing_ok=True)
    return base


def hard_link(base, elsewhere):
    (elsewhere / "linked").mkdir()
    os.link(base, elsewhere / "linked" / "practice.db")
    return elsewhere / "linked" / "practice.db"


def second_path(base, elsewhere):
    (elsewhere / "other").symlink_to(base.parent, target_is_directory=True)
    return elsewhere / "other" / "practice.db"


def link_to_the_file(base, elsewhere):
    (elsewhere / "practice.db").symlink_to(base)
    return elsewhere / "practice.db"


@pytest.mark.parametrize("way", [lock_file_deleted, hard_link, second_path, link_to_the_file])
def test_no_other_way_leads_to_a_file_that_is_open(tmp_path, base, other_application, way):
    with pytest.raises(UserFacingError, match="déjà ouvert"):
        HeldFile(way(base, tmp_path))


def test_a_killed_application_leaves_the_file_free(base, other_application):
    other_application.kill()
    other_application.wait()

    HeldFile(base).release()


def test_a_practice_open_here_is_not_opened_again_by_another_path(tmp_path, card, make):
    store, _ = Vault(tmp_path / "practice").create(card, make.holder())
    (tmp_path / "again").mkdir()
    for name in ("practice.db", "vault.json"):
        os.link(tmp_path / "practice" / name, tmp_path / "again" / name)

    with pytest.raises(UserFacingError, match="déjà ouvert"):
        Vault(tmp_path / "again").open(card, make.holder())

    store.close()
    Vault(tmp_path / "again").open(card, make.holder()).close()


def test_the_lock_stands_while_sqlite_opens_and_closes_the_file(tmp_path, card, make):
    store, _ = Vault(tmp_path / "practice").create(card, make.holder())
    store.copy_to(tmp_path / "copy", lambda: None)
    store.verify_audit()

    with pytest.raises(UserFacingError, match="déjà ouvert"):
        HeldFile(tmp_path / "practice" / "practice.db")

    store.close()


def test_a_file_that_moved_or_was_replaced_is_known(base):
    held = HeldFile(base)
    journal = base.with_name("practice.db-wal")
    journal.touch()
    held.watch(journal)
    assert held.is_there()

    journal.unlink()
    assert not held.is_there()
    journal.touch()
    base.rename(base.with_name("moved.db"))
    assert not held.is_there()
    base.touch()
    assert not held.is_there()
    held.release()


def test_a_file_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserFacingError, match="n’est pas là"):
        HeldFile(tmp_path / "file" / "practice.db", new=True)


def test_a_new_file_is_for_this_user_alone(tmp_path):
    former = os.umask(0)
    HeldFile(tmp_path / "practice.db", new=True).release()
    os.umask(former)

    assert stat.S_IMODE((tmp_path / "practice.db").stat().st_mode) == 0o600
