"""Once a key is in memory, the machine keeps nothing of it and lets nobody look."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import lgc
from lgc.store.vault import Vault

OPENED = """
import ctypes, datetime as dt, resource, sys
from pathlib import Path
from types import SimpleNamespace

from lgc.domain.professionals import CardHolder, Coded
from lgc.store.vault import Vault

def told():
    return resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)

key = SimpleNamespace(certificate=b"c", sign_challenge=lambda challenge: b"s" * 256)
holder = CardHolder("8", "A", "B", Coded("10", "1.2"), "", "1")
folder = Path(sys.argv[1])
before = told()
store, code = Vault(folder).create(key, holder)
created = told()
store.close()
store = Vault(folder).open(key, holder)
with store.unit() as uow:
    uow.notes.set("a", "b")
    uow.commit()
store.must_be_there()
store.copy_to(folder.parent / "copy", lambda: None)
store.verify_audit()
store.close()
print((before[1], created, told()))
"""
CLOSED = ((0, 0), 0)


def run(folder, *before):
    done = subprocess.run(
        [*before, sys.executable, "-c", OPENED, str(folder)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(lgc.__file__).parents[1])},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_no_core_and_no_look_from_outside_once_a_key_is_there(tmp_path):
    assert run(tmp_path / "practice") == str((1, CLOSED, CLOSED))


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_an_ordinary_user_works_all_the_same():
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("becoming another user needs root and setpriv")
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65534, 65534)
        told = run(
            Path(folder) / "practice",
            *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
        )

    assert told == str((1, CLOSED, CLOSED))


def test_the_key_is_overwritten_when_the_practice_closes(tmp_path, card, make):
    store, _ = Vault(tmp_path / "practice").create(card, make.holder())
    secret = store._secret
    assert any(secret)

    store.close()

    assert secret == bytes(32)
