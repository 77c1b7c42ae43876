"""A practice whose folder vanishes while it is open: nothing is acknowledged, nothing is lost."""

import contextlib
import shutil
import subprocess
import threading

import pytest

from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.errors import UserFacingError
from lgc.store import rescue
from lgc.store.vault import Vault


@pytest.fixture(autouse=True)
def homes(tmp_path, monkeypatch):
    """Copies go where the test looks."""
    made = (tmp_path / "rescue", tmp_path / "second")
    monkeypatch.setattr(rescue, "homes", lambda: made)
    return made


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "practice"


@pytest.fixture
def store(folder, card, clock, make):
    store, _ = Vault(folder, clock.now).create(card, make.holder())
    note(store, "before", "kept")
    yield store
    with contextlib.suppress(Exception):
        store.close()


def note(store, key, value):
    with store.unit() as uow:
        uow.notes.set(key, value)
        uow.audit("noted")
        uow.commit()


def read(store, *keys):
    with store.unit() as uow:
        return [uow.notes.get(key) for key in keys]


def emptied(folder):
    for file in folder.iterdir():
        file.unlink()


def removed(folder):
    shutil.rmtree(folder)


def moved(folder):
    folder.rename(folder.with_name("elsewhere"))


def base_removed(folder):
    (folder / "practice.db").unlink()


def base_replaced(folder):
    (folder / "other").write_bytes((folder / "practice.db").read_bytes())
    (folder / "other").replace(folder / "practice.db")


def journal_removed(folder):
    (folder / "practice.db-wal").unlink()


WAYS = [emptied, removed, moved, base_removed, base_replaced, journal_removed]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_acknowledged_once_the_folder_is_gone(
    store, folder, homes, card, make, clock, way
):
    way(folder)

    with pytest.raises(UserFacingError, match="a disparu") as told:
        note(store, "typed", "after")

    [place] = homes[0].glob("*/*")
    assert str(place) in told.value.advice
    copy = Vault(place, clock.now).open(card, make.holder())
    assert read(copy, "before", "typed") == ["kept", "after"]
    assert copy.verify_audit() == 3
    copy.close()


@pytest.mark.parametrize("way", WAYS)
def test_what_would_leave_is_not_even_written(store, folder, homes, card, make, clock, way):
    patient = make.patient()
    content = make.document(patient_id=patient.patient_id)
    with store.unit() as uow:
        uow.patients.add(patient)
        uow.documents.add(content)
        uow.commit()
    way(folder)
    waiting = Delivery(
        "d", "s", content.document.document_id, patient.patient_id, Channel.DMP,
        DeliveryState.WAITING, "{}", clock.now(),
    )  # fmt: skip

    with pytest.raises(UserFacingError, match="ne part plus"), store.unit() as uow:
        uow.deliveries.add(waiting)
        uow.commit()

    [place] = homes[0].glob("*/*")
    copy = Vault(place, clock.now).open(card, make.holder())
    with copy.unit() as uow:
        assert uow.deliveries.recent() == []
    copy.close()


def test_what_waited_is_not_leased_in_a_base_that_is_gone(store, folder, homes, card, make, clock):
    with store.unit() as uow:
        uow.deliveries.add(
            Delivery("d", "s", "", "", Channel.DMP, DeliveryState.WAITING, "{}", clock.now())
        )
        uow.commit()
    removed(folder)

    with pytest.raises(UserFacingError, match="a disparu"), store.unit() as uow:
        uow.deliveries.lease("d", "owner", clock.now())
        uow.commit()

    [place] = homes[0].glob("*/*")
    copy = Vault(place, clock.now).open(card, make.holder())
    with copy.unit() as uow:
        assert uow.deliveries.get("d").state is DeliveryState.WAITING
    copy.close()


def test_a_sending_whose_commit_saw_the_folder_go_does_not_leave_from_the_copy(
    store, folder, homes, card, make, clock
):
    waiting = Delivery("d", "s", "", "", Channel.DMP, DeliveryState.WAITING, "{}", clock.now())

    with pytest.raises(UserFacingError, match="a disparu"), store.unit() as uow:
        uow.deliveries.add(waiting)
        uow.deliveries.recent()
        removed(folder)
        uow.commit()

    [place] = homes[0].glob("*/*")
    copy = Vault(place, clock.now).open(card, make.holder())
    with copy.unit() as uow:
        assert uow.deliveries.recent() == []
    copy.close()


def test_no_connection_is_opened_on_what_comes_in_its_place(store, folder):
    emptied(folder)
    errors = []

    def another():
        try:
            read(store, "before")
        except UserFacingError as error:
            errors.append(error.sentence)

    with store.unit() as one:
        one.notes.get("before")
        threads = [threading.Thread(target=another) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert not (folder / "practice.db").exists()
    assert all("a disparu" in sentence for sentence in errors)


def test_the_copy_follows_what_is_written_until_the_end(store, folder, homes, card, make, clock):
    removed(folder)
    for number in range(3):
        with pytest.raises(UserFacingError):
            note(store, "typed", str(number))
    store.close()

    [place] = homes[0].glob("*/*")
    copy = Vault(place, clock.now).open(card, make.holder())
    assert read(copy, "typed") == ["2"]
    copy.close()


def test_the_second_place_serves_when_the_first_cannot(store, folder, homes):
    homes[0].write_text("no folder")
    removed(folder)

    with pytest.raises(UserFacingError, match="a disparu") as told:
        note(store, "typed", "after")

    assert str(homes[1]) in told.value.advice


def test_a_copy_that_could_be_made_nowhere_is_told_so(store, folder, homes):
    for home in homes:
        home.write_text("no folder")
    removed(folder)

    with pytest.raises(UserFacingError, match="a disparu") as told:
        note(store, "typed", "after")

    assert "a échoué" in told.value.advice


def test_a_look_tells_it_before_anybody_writes(store, folder):
    store.must_be_there()
    removed(folder)

    with pytest.raises(UserFacingError, match="a disparu"):
        store.must_be_there()


def test_a_key_file_that_alone_is_missing_is_put_back(store, folder, card, make, clock):
    before = (folder / "vault.json").read_bytes()
    (folder / "vault.json").unlink()
    store.must_be_there()

    assert (folder / "vault.json").read_bytes() == before


def test_a_folder_that_comes_back_goes_on(store, folder):
    moved(folder)
    with pytest.raises(UserFacingError):
        note(store, "typed", "1")
    folder.with_name("elsewhere").rename(folder)

    note(store, "typed", "2")
    assert read(store, "typed") == ["2"]


def test_a_lost_folder_is_offered_again_then_taken(store, folder, card, make, clock):
    removed(folder)
    with pytest.raises(UserFacingError):
        note(store, "typed", "after")
    store.close()
    vault = Vault(folder, clock.now)

    with pytest.raises(UserFacingError, match="n’y est plus") as told:
        vault.take_back()
    assert "sera reprise" in told.value.advice
    assert not folder.exists()
    assert vault.take_back()

    again = vault.open(card, make.holder())
    assert read(again, "before", "typed") == ["kept", "after"]
    assert "repris" in again.notice().sentence
    assert again.notice() is None
    again.close()
    assert not Vault(folder.with_name("other")).take_back()
    assert vault.open(card, make.holder()).close() is None


def test_a_disk_plugged_again_takes_what_the_copy_has_more(store, folder, card, make, clock):
    moved(folder)
    with pytest.raises(UserFacingError):
        note(store, "typed", "after")
    shutil.copytree(folder.with_name("elsewhere"), folder)
    store.close()
    for file in folder.glob("practice.db-*"):
        file.unlink()

    again = Vault(folder, clock.now).open(card, make.holder())

    assert read(again, "before", "typed") == ["kept", "after"]
    assert list(folder.glob("practice.db.before-rescue-*"))
    again.close()


def test_a_practice_that_went_on_without_its_copy_is_not_replaced(
    store, folder, card, make, clock, tmp_path
):
    backup = store.copy_to(tmp_path / "backup", lambda: None).place
    removed(folder)
    with pytest.raises(UserFacingError):
        note(store, "typed", "after")
    store.close()
    shutil.copytree(backup, folder)
    other = Vault(backup, clock.now).open(card, make.holder())
    with other.unit() as uow:
        uow.notes.set("went", "on")
        uow.audit("went on")
        uow.commit()
    other.close()
    shutil.copy(backup / "practice.db", folder / "practice.db")

    again = Vault(folder, clock.now).open(card, make.holder())

    assert read(again, "went", "typed") == ["on", None]
    assert "attend encore" in again.notice().sentence
    again.close()


def test_a_disk_unmounted_under_the_application(homes, card, make, clock, tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]).returncode:
        pytest.skip("mounting needs root")
    try:
        store, _ = Vault(folder, clock.now).create(card, make.holder())
    finally:
        subprocess.run(["umount", "-l", folder], check=True)

    with pytest.raises(UserFacingError, match="a disparu"):
        note(store, "typed", "after")
    store.close()
    [place] = homes[0].glob("*/*")
    copy = Vault(place, clock.now).open(card, make.holder())
    assert read(copy, "typed") == ["after"]
    copy.close()
    assert list(folder.iterdir()) == []
