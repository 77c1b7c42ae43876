"""The key of the base changes while the practice works: what was withdrawn opens nothing any more,
and a kill at any moment leaves a practice that opens."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import lgc
from lgc.errors import UserFacingError
from lgc.store import audit_head, practice_store
from lgc.store.vault import Vault


@pytest.fixture
def vault(tmp_path, clock):
    return Vault(tmp_path / "practice", clock.now)


@pytest.fixture
def created(vault, card, make):
    """A practice with one patient, closed; gives the recovery code."""
    store, code = vault.create(card, make.holder())
    with store.unit() as uow:
        uow.patients.add(make.patient(birth_name="ZYXEVANOUI", important="secretissime"))
        uow.commit()
    store.close()
    return code


def count(store):
    with store.unit() as uow:
        found = uow.patients.count()
    store.close()
    return found


def test_a_former_key_file_with_its_former_code_opens_the_base_of_today_no_more(
    vault, tmp_path, card, renewed_card, created, make
):
    keys = tmp_path / "practice" / "vault.json"
    former = keys.read_bytes()
    store = vault.open(card, make.holder())
    vault.renew_recovery_code(store)
    store.close()

    keys.write_bytes(former)

    for opens in (
        lambda: Vault(tmp_path / "practice").enrol(created, renewed_card, make.holder()),
        lambda: Vault(tmp_path / "practice").open(card, make.holder()),
    ):
        with pytest.raises(UserFacingError, match="ne s’ouvre pas avec ces clés"):
            opens()


def test_a_withdrawn_card_with_a_former_key_file_opens_the_base_of_today_no_more(
    vault, tmp_path, card, renewed_card, created, make
):
    keys = tmp_path / "practice" / "vault.json"
    vault.enrol(created, renewed_card, make.holder()).close()
    former = keys.read_bytes()
    store = vault.open(card, make.holder())
    vault.remove(vault.fingerprint(renewed_card), card, store)
    store.close()
    today = keys.read_bytes()

    keys.write_bytes(former)
    with pytest.raises(UserFacingError, match="ne s’ouvre pas avec ces clés"):
        Vault(tmp_path / "practice").open(renewed_card, make.holder())

    keys.write_bytes(today)
    assert count(Vault(tmp_path / "practice").open(card, make.holder())) == 1


def test_a_colleague_who_is_away_while_the_key_changes_still_opens(
    vault, card, renewed_card, created, make
):
    vault.enrol(created, renewed_card, make.holder()).close()
    store = vault.open(card, make.holder())
    vault.renew_recovery_code(store)
    store.close()

    assert count(vault.open(renewed_card, make.holder())) == 1


def test_a_copy_made_before_the_key_changed_keeps_its_own_keys_and_is_still_verified(
    vault, tmp_path, card, created, make
):
    store = vault.open(card, make.holder())
    copy = store.copy_to(tmp_path / "copies", lambda: None)
    vault.renew_recovery_code(store)

    assert store.verify_copy(copy.place, lambda: None).contents.rows == copy.contents.rows
    later = store.copy_to(tmp_path / "copies", lambda: None)
    store.close()
    assert count(Vault(copy.place).open_with_code(created)) == 1
    assert count(Vault(later.place).open(card, make.holder())) == 1
    with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
        Vault(later.place).open_with_code(created)


def test_the_practice_works_while_its_key_changes(vault, card, created, make):
    store = vault.open(card, make.holder())
    stop, faults, written = threading.Event(), [], []

    def write():
        while not stop.is_set():
            try:
                with store.unit() as uow:
                    uow.patients.count()
                    uow.notes.set(f"n{len(written)}", "x")
                    uow.commit()
                written.append(1)
            except UserFacingError as error:
                if not error.may_retry or "occupée" not in error.sentence:
                    faults.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(5):
        vault.renew_recovery_code(store)
    stop.set()
    thread.join()

    assert not faults
    assert not store.met_damage()
    assert not store.look(lambda: None).damaged
    store.verify_audit()
    store.close()
    assert count(vault.open(card, make.holder())) == 1


KILLED_AT = ("coming written", "base resealed", "log folded", "keys replaced")
CHANGE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from lgc.domain.professionals import CardHolder, Coded
from lgc.store import practice_store, vault
from lgc.store.vault import Vault

at = int(sys.argv[2])
def dying(one, name):
    def done(*arguments, **named):
        found = one(*arguments, **named)
        if name == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    return done
practice_store.reseal = dying(practice_store.reseal, "base resealed")
practice_store.folded = dying(practice_store.folded, "log folded")
class Key:
    certificate = b"c"
    def sign_challenge(self, challenge):
        return b"s" * 256
who = CardHolder("8", "A", "B", Coded("10", "1.2"), "", "1")
made = Vault(Path(sys.argv[1]))
store = made.open(Key(), who)
writing = vault.KeyFile.write
def write(file, path):
    dying(writing, "coming written" if file.coming else "keys replaced")(file, path)
vault.KeyFile.write = write
if at:
    import threading, time
    threading.Thread(
        target=lambda: (time.sleep(at / 1e6), os.kill(os.getpid(), signal.SIGKILL)), daemon=True
    ).start()
made.renew_recovery_code(store)
os.kill(os.getpid(), signal.SIGKILL)
"""


class Same:
    usage = "authentication"
    certificate = b"c"

    def sign_challenge(self, challenge):
        return b"s" * 256


def killed_while_changing(folder, microseconds, step):
    killed = subprocess.run(
        [sys.executable, "-c", CHANGE_AND_DIE, str(folder), str(microseconds), step],
        env=os.environ | {"PYTHONPATH": str(Path(lgc.__file__).parents[1])},
    )
    assert killed.returncode == -signal.SIGKILL


@pytest.fixture
def filled(tmp_path, make):
    """A practice of some megabytes, closed, and its recovery key."""
    store, code = Vault(tmp_path / "filled").create(Same(), make.holder())
    with store.unit() as uow:
        for number in range(40):
            uow.notes.set(f"big{number}", "x" * 50_000)
        uow.commit()
    store.close()
    return tmp_path / "filled", code


def opens_whole(folder, make):
    store = Vault(folder).open(Same(), make.holder())
    with store.unit() as uow:
        assert len(uow.notes.get("big39")) == 50_000
    assert not store.look(lambda: None).damaged
    store.close()
    assert "coming" not in json.loads((folder / "vault.json").read_text())


@pytest.mark.parametrize("step", KILLED_AT)
def test_a_kill_while_the_key_changes_leaves_a_practice_that_opens(filled, make, step):
    killed_while_changing(filled[0], 0, step)

    opens_whole(filled[0], make)


@pytest.mark.parametrize("milliseconds", [2, 5, 9, 14, 20, 27, 35, 50])
def test_a_kill_at_any_moment_of_the_change_leaves_a_practice_that_opens(
    filled, make, milliseconds
):
    killed_while_changing(filled[0], milliseconds * 1000, "")

    opens_whole(filled[0], make)


def test_after_a_kill_either_the_former_recovery_key_opens_or_the_change_is_done(
    filled, tmp_path, make
):
    for step, former_opens in (("coming written", True), ("base resealed", False)):
        folder = tmp_path / step
        shutil.copytree(filled[0], folder)
        killed_while_changing(folder, 0, step)
        if former_opens:
            Vault(folder).open_with_code(filled[1]).close()
        else:
            with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
                Vault(folder).open_with_code(filled[1])
        opens_whole(folder, make)


def test_a_change_that_the_disk_refuses_leaves_all_as_it_was(
    vault, tmp_path, card, created, make, monkeypatch
):
    store = vault.open(card, make.holder())

    def refused(*_):
        raise UserFacingError("Le disque est plein.")

    monkeypatch.setattr("lgc.store.practice_store.reseal", refused)
    with pytest.raises(UserFacingError, match="plein"):
        vault.renew_recovery_code(store)
    with store.unit() as uow:
        assert uow.patients.count() == 1
    store.close()

    assert "coming" not in json.loads((tmp_path / "practice" / "vault.json").read_text())
    assert count(vault.open_with_code(created)) == 1


def test_while_nobody_knows_under_which_key_the_base_is_both_are_kept(
    vault, tmp_path, card, created, make, monkeypatch
):
    store = vault.open(card, make.holder())
    reseal = practice_store.reseal

    def lost(*given):
        reseal(*given)
        raise RuntimeError("the machine gave up")

    monkeypatch.setattr(practice_store, "reseal", lost)
    with pytest.raises(RuntimeError):
        vault.renew_recovery_code(store)
    monkeypatch.undo()
    with pytest.raises(UserFacingError, match="n’est pas fini"):
        vault.renew_recovery_code(store)
    shutil.copytree(tmp_path / "practice", tmp_path / "again")
    store.close()

    assert count(Vault(tmp_path / "again").open(card, make.holder())) == 1
    with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
        Vault(tmp_path / "again").open_with_code(created)


def test_a_disk_that_fills_up_meanwhile_leaves_all_as_it_was(filled, make):
    folder, code = filled
    done = subprocess.run(
        [sys.executable, "-c", CHANGE_ON_A_FULL_DISK, str(folder)],
        env=os.environ | {"PYTHONPATH": str(Path(lgc.__file__).parents[1])},
        capture_output=True,
        text=True,
    )

    assert done.stdout.split() == ["refused", "40"], done.stderr
    Vault(folder).open_with_code(code).close()
    opens_whole(folder, make)


CHANGE_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from lgc.domain.professionals import CardHolder, Coded
from lgc.errors import UserFacingError
from lgc.store.vault import Vault

class Key:
    certificate = b"c"
    def sign_challenge(self, challenge):
        return b"s" * 256
made = Vault(Path(sys.argv[1]))
store = made.open(Key(), CardHolder("8", "A", "B", Coded("10", "1.2"), "", "1"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = (Path(sys.argv[1]) / "practice.db").stat().st_size // 2
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    made.renew_recovery_code(store)
except UserFacingError:
    print("refused")
with store.unit() as uow:
    print(sum(uow.notes.get(f"big{n}") is not None for n in range(40)))
"""


def test_somebody_who_reads_all_along_keeps_his_picture_and_nothing_is_taken_for_damage(
    vault, tmp_path, card, created, make, monkeypatch
):
    """The log cannot be folded meanwhile: the file is under one key, its log under the next."""
    monkeypatch.setattr(practice_store, "_PATIENCE", 0.2)
    store = vault.open(card, make.holder())
    with store.unit() as reading:
        assert reading.patients.count() == 1
        vault.renew_recovery_code(store)
        assert reading.patients.count() == 1
        with pytest.raises(UserFacingError, match="occupée"):
            store.look(lambda: None)
        with pytest.raises(UserFacingError, match="occupée"):
            reading.audit("too late")
            reading.commit()
        shutil.copytree(tmp_path / "practice", tmp_path / "killed")

    assert not store.look(lambda: None).damaged
    assert not store.met_damage()
    store.close()
    for folder in ("practice", "killed"):
        again = Vault(tmp_path / folder).open(card, make.holder())
        assert not again.look(lambda: None).damaged
        assert count(again) == 1


def test_the_end_of_the_journal_is_noted_under_the_key_of_today(
    vault, tmp_path, card, created, make
):
    store = vault.open(card, make.holder())
    vault.renew_recovery_code(store)

    note = audit_head.read(tmp_path / "practice" / "practice.db.head", store._key)

    assert note is not None
    store.close()
