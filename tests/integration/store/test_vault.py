"""The key: who may open, and that nothing on the disk betrays the practice."""

import json
import logging
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import lgc
from lgc.domain.card import CardGone
from lgc.errors import UserFacingError
from lgc.store import recovery_code as codes
from lgc.store.engine import connect
from lgc.store.key_file import KeyFile, Wrapped, _hex
from lgc.store.vault import _CARD, _RECOVERY, Vault, _from_card, _from_code


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


def test_the_card_that_created_a_practice_opens_it(vault, card, created, make):
    assert vault.exists()
    assert vault.knows(card)
    assert count(vault.open(card, make.holder())) == 1


def test_an_unknown_card_is_told_to_use_the_recovery_code(vault, renewed_card, created, make):
    assert not vault.knows(renewed_card)
    with pytest.raises(UserFacingError) as told:
        vault.open(renewed_card, make.holder())

    assert "clé de secours" in told.value.advice


def test_a_renewed_card_is_admitted_with_the_recovery_code(
    vault, card, renewed_card, created, make
):
    typed = created.lower().replace("-", " ").replace("0", "O")

    assert count(vault.enrol(typed, renewed_card, make.holder())) == 1
    assert count(vault.open(renewed_card, make.holder())) == 1
    assert count(vault.open(card, make.holder())) == 1


def test_a_recovery_code_of_another_practice_opens_nothing(
    vault, tmp_path, renewed_card, created, make
):
    store, other = Vault(tmp_path / "other").create(renewed_card, make.holder())
    store.close()

    with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
        vault.enrol(other, renewed_card, make.holder())

    assert not vault.knows(renewed_card)


def test_a_lost_recovery_key_is_replaced_and_the_old_one_forgotten(
    vault, card, renewed_card, created, make
):
    store = vault.open(card, make.holder())
    new = vault.renew_recovery_code(store)
    with store.unit() as uow:
        assert uow.patients.count() == 1
    store.close()

    with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
        vault.enrol(created, renewed_card, make.holder())
    assert count(vault.enrol(new, renewed_card, make.holder())) == 1
    assert count(vault.open(card, make.holder())) == 1


def test_an_unconfirmed_recovery_key_is_told_until_it_is_confirmed(vault, card, created, make):
    assert not vault.confirmed()
    store = vault.open(card, make.holder())
    vault.confirm()
    assert Vault(vault._folder).confirmed()
    vault.renew_recovery_code(store)
    assert not vault.confirmed()
    store.close()


def test_whoever_types_the_recovery_key_has_it(vault, renewed_card, created, make):
    vault.enrol(created, renewed_card, make.holder()).close()

    assert vault.confirmed()


def test_a_key_file_of_version_1_is_read_and_made_anew(vault, tmp_path, card, created, make):
    keys = tmp_path / "practice" / "vault.json"
    file = KeyFile.read(keys)
    secret = vault._unwrap_with_card(file, card)
    code = codes.read(created)
    old = {
        "version": 1,
        "store_id": file.store_id.hex(),
        "cards": {
            vault.fingerprint(card): _hex(
                Wrapped.close(secret, _from_card(card, file.store_id), _CARD + file.store_id)
            )
        },
        "recovery": _hex(Wrapped.close(secret, _from_code(code), _RECOVERY + file.store_id)),
    }
    keys.write_text(json.dumps(old))
    vault = Vault(tmp_path / "practice")

    assert count(vault.open_with_code(created)) == 1
    store = vault.open(card, make.holder())
    assert json.loads(keys.read_text())["version"] == 2
    with pytest.raises(UserFacingError, match="renouvelée"):
        vault.remove("f" * 64, card, store)
    new = vault.renew_recovery_code(store)
    store.close()

    assert count(vault.open(card, make.holder())) == 1
    assert count(vault.open_with_code(new)) == 1


def test_wrong_recovery_keys_are_bounded_and_reach_the_journal(
    vault, tmp_path, clock, card, created, make
):
    other = codes.write(bytes(19))
    for _ in range(3):
        with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
            vault.open_with_code(other)
    again = Vault(tmp_path / "practice", clock.now)
    with pytest.raises(UserFacingError, match="3 clés fausses : il faut attendre 30 s"):
        again.open_with_code(created)
    clock.advance(seconds=31)
    with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
        again.open_with_code(other)
    clock.advance(seconds=31)
    with pytest.raises(UserFacingError, match="4 clés fausses : il faut attendre"):
        again.open_with_code(created)

    store = again.open(card, make.holder())

    assert ("recovery key was refused", "4") in journal(store)
    with pytest.raises(UserFacingError, match="Ce n’est pas la clé de secours du cabinet"):
        again.open_with_code(other, store)
    assert journal(store)[-1] == ("recovery key refused", "1")
    assert again.open_with_code(created, store) is store
    store.close()


def test_a_key_with_a_slip_of_the_pen_is_no_try(vault, created):
    for _ in range(5):
        with pytest.raises(UserFacingError, match="faute de frappe"):
            vault.open_with_code(created[:-1] + ("0" if created[-1] != "0" else "1"))

    assert count(vault.open_with_code(created)) == 1


def journal(store):
    with Session(store._engine) as session:
        rows = session.execute(text("SELECT action, detail FROM audit_line ORDER BY number"))
        return [tuple(row) for row in rows]


def test_a_certificate_copied_without_its_key_opens_nothing(
    vault, card, renewed_card, created, make
):
    class Forged:
        usage = "authentication"
        certificate = card.certificate
        sign_challenge = staticmethod(renewed_card.sign_challenge)

    with pytest.raises(UserFacingError, match="n’a pas pu ouvrir"):
        vault.open(Forged(), make.holder())


def test_a_card_that_never_signs_twice_alike_is_refused_at_creation(vault, make):
    class Changing:
        usage = "authentication"
        certificate = b"certificate"
        signed = 0

        def sign_challenge(self, challenge):
            self.signed += 1
            return bytes([self.signed]) * 256

    with pytest.raises(UserFacingError, match="ne signe pas comme attendu"):
        vault.create(Changing(), make.holder())

    assert not vault.exists()


def test_each_practice_asks_the_card_to_sign_something_else(tmp_path, card, make):
    asked = []

    class Watched:
        usage = "authentication"
        certificate = card.certificate

        def sign_challenge(self, challenge):
            asked.append(challenge)
            return card.sign_challenge(challenge)

    for name in ("a", "b"):
        store, _ = Vault(tmp_path / name).create(Watched(), make.holder())
        store.close()

    assert len(set(asked)) == 2
    assert all(challenge.startswith(b"lgc vault") for challenge in asked)


def test_a_practice_is_never_created_over_another(vault, card, created, make):
    with pytest.raises(UserFacingError, match="déjà un cabinet"):
        vault.create(card, make.holder())

    assert count(vault.open(card, make.holder())) == 1


def test_a_creation_cut_short_does_not_stand_in_the_way(vault, tmp_path, card, make):
    folder = tmp_path / "practice"
    folder.mkdir()
    (folder / "practice.db").write_bytes(b"left by a crash")
    (folder / "practice.making").touch()

    store, _ = vault.create(card, make.holder())

    assert count(store) == 0
    [aside] = folder.glob("practice.db.without-keys-*")
    assert aside.read_bytes() == b"left by a crash"
    assert not (folder / "practice.making").exists()


MAKE_AND_DIE = """
import datetime as dt, os, signal, sys
from pathlib import Path
from types import SimpleNamespace
from lgc.domain.professionals import CardHolder, Coded
from lgc.store.vault import KeyFile, Vault

KeyFile.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
key = SimpleNamespace(certificate=b"c", sign_challenge=lambda challenge: b"s" * 256)
Vault(Path(sys.argv[1])).create(key, CardHolder("8", "A", "B", Coded("10", "1.2"), "", "1"))
"""


def test_a_creation_killed_before_its_keys_is_begun_again(vault, tmp_path, card, make):
    killed = subprocess.run(
        [sys.executable, "-c", MAKE_AND_DIE, str(tmp_path / "practice")],
        env=os.environ | {"PYTHONPATH": str(Path(lgc.__file__).parents[1])},
    )
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "practice" / "practice.db").stat().st_size > 0

    store, _ = vault.create(card, make.holder())

    assert count(store) == 0
    assert count(vault.open(card, make.holder())) == 0


def test_a_base_whose_keys_are_missing_is_never_a_first_start(vault, tmp_path, card, created, make):
    (tmp_path / "practice" / "vault.json").unlink()
    before = (tmp_path / "practice" / "practice.db").read_bytes()

    with pytest.raises(UserFacingError, match="Il manque une partie") as told:
        vault.create(card, make.holder())

    assert "Restaurez" in told.value.advice
    assert (tmp_path / "practice" / "practice.db").read_bytes() == before
    assert sorted(p.name for p in (tmp_path / "practice").iterdir()) == [
        "practice.db",
        "practice.db.head",
    ]


def test_a_base_of_no_bytes_is_damage_and_left_as_it_is(vault, tmp_path, card, created, make):
    (tmp_path / "practice" / "practice.db").write_bytes(b"")

    with pytest.raises(UserFacingError, match="a été vidée") as told:
        vault.open(card, make.holder())
    with pytest.raises(UserFacingError, match="a été vidée"):
        vault.enrol(created, card, make.holder())

    assert "Restaurez" in told.value.advice
    assert (tmp_path / "practice" / "practice.db").read_bytes() == b""


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("DELETE FROM note WHERE key = 'practice.identity'", "no identity"),
        ("DROP TABLE alembic_version", "no schema"),
        ("DELETE FROM alembic_version", "no schema"),
    ],
)
def test_a_base_without_schema_or_identity_is_damage(
    vault, tmp_path, card, created, make, damage, why
):
    change(vault, card, damage)

    with pytest.raises(UserFacingError, match="a été vidée") as told:
        vault.open(card, make.holder())

    assert told.value.details == why


def test_the_base_of_another_practice_is_said(vault, card, created, make):
    change(vault, card, "UPDATE note SET value = 'other' WHERE key = 'practice.identity'")

    with pytest.raises(UserFacingError, match="d’un autre cabinet"):
        vault.open(card, make.holder())


def change(vault, card, statement):
    """What damage leaves, written under the practice's own key."""
    file = KeyFile.read(vault._keys)
    with closing(connect(vault._database, vault._unwrap_with_card(file, card))) as base:
        base.execute(statement)


def test_only_one_application_opens_a_practice(vault, card, created, make):
    store = vault.open(card, make.holder())

    with pytest.raises(UserFacingError, match="déjà ouvert"):
        vault.open(card, make.holder())

    store.close()
    assert count(vault.open(card, make.holder())) == 1


def test_a_missing_base_is_said_rather_than_replaced_by_an_empty_one(
    vault, tmp_path, card, created, make
):
    (tmp_path / "practice" / "practice.db").unlink()

    with pytest.raises(UserFacingError, match="manque"):
        vault.open(card, make.holder())

    assert not (tmp_path / "practice" / "practice.db").exists()


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"version": 2}', '{"version": 1, "cards": 3}'])
def test_a_broken_key_file_is_said(vault, tmp_path, card, created, make, broken):
    (tmp_path / "practice" / "vault.json").write_text(broken)

    with pytest.raises(UserFacingError, match="fichier des clés"):
        vault.open(card, make.holder())


def test_a_base_under_another_key_is_said(vault, tmp_path, card, created, make):
    store, _ = Vault(tmp_path / "other").create(card, make.holder())
    store.close()
    (tmp_path / "other" / "practice.db").replace(tmp_path / "practice" / "practice.db")

    with pytest.raises(UserFacingError, match="ne s’ouvre pas avec ces clés"):
        vault.open(card, make.holder())


def test_nothing_on_the_disk_can_be_read(tmp_path, created):
    files = [file for file in (tmp_path / "practice").iterdir() if file.is_file()]
    everything = b"".join(file.read_bytes() for file in files)

    assert {"practice.db", "vault.json"} <= {file.name for file in files}
    for word in (b"ZYXEVANOUI", b"zyxevanoui", b"secretissime", b"SQLite format", b"patient"):
        assert word not in everything
    assert created.replace("-", "").encode() not in everything.replace(b"-", b"")


def test_nothing_is_readable_while_it_is_being_written_either(store, saved, make, tmp_path):
    saved(lambda uow: uow.patients.add(make.patient(birth_name="ZYXEVANOUI")))

    journal = (tmp_path / "practice.db-wal").read_bytes()

    assert len(journal) > 4096
    assert b"ZYXEVANOUI" not in journal
    assert b"zyxevanoui" not in journal


def test_no_secret_reaches_the_logs(vault, card, make, caplog):
    caplog.set_level(logging.DEBUG)
    store, code = vault.create(card, make.holder())
    with store.unit() as uow:
        uow.patients.add(make.patient(birth_name="ZYXEVANOUI"))
        uow.commit()
    store.close()

    assert code not in caplog.text
    assert "PRAGMA key" not in caplog.text
    assert "ZYXEVANOUI" not in caplog.text


def test_the_key_file_holds_wrapped_keys_only(tmp_path, created):
    data = json.loads((tmp_path / "practice" / "vault.json").read_text())

    assert set(data) == {"version", "store_id", "cards", "recovery", "confirmed"}
    for way in (*data["cards"].values(), data["recovery"]):
        assert set(way) == {"salt", "nonce", "wrapped_key", "public", "sealed"}
    assert (tmp_path / "practice" / "vault.json").stat().st_mode & 0o077 == 0


def test_a_draft_left_by_a_killed_process_goes_at_the_next_opening(tmp_path, card, make):
    vault = Vault(tmp_path / "practice")
    vault.create(card, make.holder())[0].close()
    old, new = (tmp_path / "practice" / f".lgc-{name}.draft" for name in ("old", "new"))
    old.touch()
    new.touch()
    os.utime(old, (1, 1))

    vault.open(card, make.holder()).close()

    assert (old.exists(), new.exists()) == (False, True)


def test_what_was_open_to_others_is_closed_at_the_next_opening(
    vault, tmp_path, card, created, make
):
    folder = tmp_path / "practice"
    (folder / "practice.db").chmod(0o644)
    (folder / "vault.json").chmod(0o664)
    folder.chmod(0o755)

    vault.open(card, make.holder()).close()

    assert [oct(p.stat().st_mode & 0o777) for p in (folder, folder / "practice.db")] == [
        "0o700",
        "0o600",
    ]
    assert (folder / "vault.json").stat().st_mode & 0o077 == 0


def test_creation_and_admission_are_in_the_journal(vault, card, renewed_card, make):
    store, code = vault.create(card, make.holder())
    assert store.verify_audit() == 1
    store.close()

    store = vault.enrol(code, renewed_card, make.holder())

    assert store.verify_audit() == 2
    store.close()


def test_a_card_pulled_during_creation_leaves_nothing_behind(vault, tmp_path, card, make):
    class Pulled:
        usage = "authentication"
        certificate = b"certificate"

        def sign_challenge(self, challenge):
            raise CardGone

    with pytest.raises(CardGone):
        vault.create(Pulled(), make.holder())

    assert not (tmp_path / "practice").exists()
    store, _ = vault.create(card, make.holder())
    store.close()


def test_a_card_is_not_admitted_while_the_practice_is_open_elsewhere(
    vault, card, renewed_card, created, make
):
    store = vault.open(card, make.holder())
    with pytest.raises(UserFacingError, match="déjà ouvert"):
        vault.enrol(created, renewed_card, make.holder())
    store.close()

    assert not vault.knows(renewed_card)


def test_a_withdrawn_card_opens_no_more_and_the_one_in_use_is_never_withdrawn(
    vault, card, renewed_card, created, make
):
    vault.enrol(created, renewed_card, make.holder()).close()
    assert set(vault.cards()) == {vault.fingerprint(card), vault.fingerprint(renewed_card)}

    store = vault.open(card, make.holder())
    with pytest.raises(UserFacingError, match="session en cours"):
        vault.remove(vault.fingerprint(card), card, store)
    vault.remove(vault.fingerprint(renewed_card), card, store)
    store.close()

    assert vault.cards() == (vault.fingerprint(card),)
    with pytest.raises(UserFacingError, match="pas encore admise"):
        vault.open(renewed_card, make.holder())
    assert count(vault.open(card, make.holder())) == 1
    assert count(vault.enrol(created, renewed_card, make.holder())) == 1
