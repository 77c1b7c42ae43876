"""Nothing half done: concurrency, kills, full disks, refused commits."""

import datetime as dt
import gc
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from lgc.domain.agenda import Presence, Visit
from lgc.domain.deliveries import Channel, Delivery, DeliveryState
from lgc.domain.messages import AssignedBy, Folder, Message
from lgc.errors import UserFacingError
from lgc.store import engine as sqlite
from lgc.store.engine import connect, open_engine
from lgc.store.practice_store import PracticeStore


def in_thread(work):
    """Run ``work`` in a thread; ``join()`` it, then look at ``errors``."""
    errors = []

    def run():
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.errors = errors
    thread.start()
    return thread


def test_leaving_without_commit_forgets_everything(store, make):
    with store.unit() as uow:
        uow.patients.add(make.patient())
        uow.audit("patient created")

    with store.unit() as uow:
        assert uow.patients.count() == 0
    assert store.verify_audit() == 0


def test_an_exception_forgets_everything_and_frees_the_turn(store, make):
    with pytest.raises(ZeroDivisionError), store.unit() as uow:
        uow.patients.add(make.patient())
        uow.patients.count()
        1 / 0  # noqa: B018

    with store.unit() as uow:
        uow.patients.add(make.patient())
        uow.commit()
        assert uow.patients.count() == 1


def test_a_unit_may_commit_twice(store, make):
    with store.unit() as uow:
        for _ in range(2):
            uow.patients.add(make.patient())
            uow.audit("patient created")
            uow.commit()

    with store.unit() as uow:
        assert uow.patients.count() == 2
    assert store.verify_audit() == 2


def test_readers_go_on_while_somebody_writes(store, saved, make):
    saved(lambda uow: uow.patients.add(make.patient()))
    with store.unit() as writer:
        writer.patients.add(make.patient())
        assert writer.patients.count() == 2
        seen = []

        def look():
            with store.unit() as reader:
                seen.append(reader.patients.count())

        readers = [in_thread(look) for _ in range(4)]
        for reader in readers:
            reader.join(5)
        writer.commit()

    assert seen == [1, 1, 1, 1]
    with store.unit() as uow:
        assert uow.patients.count() == 2


def test_a_reading_unit_keeps_one_picture(store, saved, make):
    with store.unit() as reader:
        assert reader.patients.count() == 0
        thread = in_thread(lambda: saved(lambda uow: uow.patients.add(make.patient())))
        thread.join(5)
        assert not thread.errors
        assert reader.patients.count() == 0


def test_writers_wait_in_line(store):
    def count_up():
        for _ in range(15):
            with store.unit() as uow:
                uow.notes.set(threading.current_thread().name, "x")
                uow.audit("counted", detail=threading.current_thread().name)
                uow.commit()

    threads = [in_thread(count_up) for _ in range(4)]
    for thread in threads:
        thread.join(30)

    assert [thread.errors for thread in threads] == [[], [], [], []]
    assert store.verify_audit() == 60


def test_units_that_only_tell_the_journal_chain_one_after_the_other(store):
    def look():
        for _ in range(15):
            with store.unit() as uow:
                uow.patients.count()
                uow.audit("record opened")
                uow.commit()

    threads = [in_thread(look) for _ in range(4)]
    for thread in threads:
        thread.join(30)

    assert [thread.errors for thread in threads] == [[], [], [], []]
    assert store.verify_audit() == 60


def test_reading_first_and_writing_after_somebody_else_wrote_succeeds(store, saved, make):
    with store.unit() as uow:
        assert uow.patients.count() == 0
        in_thread(lambda: saved(lambda other: other.notes.set("a", "b"))).join(5)
        uow.patients.add(make.patient())
        uow.commit()

    with store.unit() as uow:
        assert (uow.patients.count(), uow.notes.get("a")) == (1, "b")


def test_what_changed_since_it_was_read_is_not_overwritten(store, saved, make, clock):
    patient = make.patient()
    visit = Visit("v", patient.patient_id, clock.now(), 15, "consultation")
    saved(lambda uow: [uow.patients.add(patient), uow.agenda.add(visit)])

    with pytest.raises(UserFacingError, match="modifié ailleurs") as told, store.unit() as uow:
        read = uow.agenda.get("v")
        theirs = replace(visit, presence=Presence.ARRIVED)
        in_thread(lambda: saved(lambda other: other.agenda.update(theirs))).join(5)
        uow.agenda.update(replace(read, kind="urgence"))
        uow.commit()

    assert told.value.may_retry
    with store.unit() as uow:
        assert uow.agenda.get("v") == theirs


@pytest.mark.parametrize("subject", ["patient", "entry", "message", "delivery"])
def test_no_subject_lets_itself_be_overwritten(store, saved, make, clock, subject):
    patient, entry = make.patient(), make.entry()
    now = clock.now()
    message = Message("m", Folder.INBOX, "", "", "", (), "", "", now, "")
    delivery = Delivery("d", "s", "", "", Channel.DMP, DeliveryState.WAITING, "{}", now)
    saved(
        lambda uow: [
            uow.patients.add(patient),
            uow.medical.add(patient.patient_id, entry),
            uow.messages.add(message, b"", {}),
            uow.deliveries.add(delivery),
        ]
    )
    key = patient.patient_id
    read = {
        "patient": lambda uow: uow.patients.get(key),
        "entry": lambda uow: uow.medical.of_patient(key),
        "message": lambda uow: uow.messages.get("m"),
        "delivery": lambda uow: uow.deliveries.due(Channel.DMP, now),
    }[subject]
    change = {
        "patient": lambda uow, w: uow.patients.update(replace(patient, telephone=w)),
        "entry": lambda uow, w: uow.medical.update(replace(entry, note=w)),
        "message": lambda uow, w: uow.messages.assign("m", key, AssignedBy.DOCTOR, w),
        "delivery": lambda uow, w: uow.deliveries.save(replace(delivery, reason=w)),
    }[subject]

    with pytest.raises(UserFacingError, match="modifié ailleurs"), store.unit() as uow:
        read(uow)
        gc.collect()  # what was read must be remembered, whatever the memory does
        in_thread(lambda: saved(lambda other: change(other, "theirs"))).join(5)
        uow.notes.set("turn", "taken")
        uow.patients.count()
        change(uow, "mine")
        uow.commit()

    with store.unit() as uow:
        assert "theirs" in repr(read(uow))


def test_a_second_writing_unit_inside_the_first_is_a_mistake_that_does_not_hang(store):
    with store.unit() as outer:
        outer.notes.set("a", "1")
        assert outer.notes.get("a") == "1"
        with pytest.raises(RuntimeError, match="already writing"), store.unit() as inner:
            inner.notes.set("b", "2")
            inner.commit()
        outer.commit()

    with store.unit() as uow:
        assert (uow.notes.get("a"), uow.notes.get("b")) == ("1", None)


def test_a_writer_that_waits_too_long_is_told_so(store, monkeypatch):
    monkeypatch.setattr(sqlite, "_PATIENCE_SECONDS", 0.05)
    with store.unit() as outer:
        outer.notes.set("a", "1")
        outer.notes.get("a")

        def write():
            with store.unit() as uow:
                uow.notes.set("b", "2")
                uow.commit()

        thread = in_thread(write)
        thread.join(5)

    [told] = thread.errors
    assert told.sentence == "La base est occupée."
    assert told.may_retry


def test_a_commit_refused_by_the_database_leaves_the_store_usable(store, make):
    orphan = make.document(patient_id="nobody")
    with pytest.raises(UserFacingError, match="refusé"), store.unit() as uow:
        uow.documents.add(orphan)
        uow.commit()

    with store.unit() as uow:
        uow.notes.set("a", "b")
        uow.commit()
        assert uow.documents.with_unique_id(orphan.document.unique_id) == []


def test_a_full_disk_is_told_and_loses_nothing(tmp_path, empty_practice, make, clock, monkeypatch):
    template, key = empty_practice
    path = tmp_path / "practice.db"
    path.write_bytes(template.read_bytes())
    # The database itself says "full" at a page count, as it does when the disk has no more room.
    pages = path.stat().st_size // 4096 + 20
    limited = connect

    def connect_small(*args, **options):
        connection = limited(*args, **options)
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(sqlite, "connect", connect_small)
    store = PracticeStore(path, tmp_path / "vault.json", key, "8", clock.now)
    with store.unit() as uow:
        uow.documents.add(make.document(b"small"))
        uow.commit()

    with pytest.raises(UserFacingError) as told, store.unit() as uow:
        uow.documents.add(make.document(os.urandom(500_000)))
        uow.commit()

    assert told.value.sentence == "Le disque est plein."
    assert told.value.may_retry
    with store.unit() as uow:
        assert uow.documents.content("document-1").content == b"small"
        uow.notes.set("still", "alive")
        uow.commit()
    store.close()


WRITE_FOR_EVER = """
import datetime as dt, sys
from pathlib import Path
from lgc.store.practice_store import PracticeStore

path = Path(sys.argv[1])
key = sys.stdin.buffer.read(32)
store = PracticeStore(path, path, key, "8", lambda: dt.datetime.now(dt.UTC))
for number in range(100_000):
    with store.unit() as uow:
        uow.notes.set("left", str(number))
        for filler in range(20):
            uow.notes.set(f"filler {filler}", f"{number} " * 400)
        uow.notes.set("right", str(number))
        uow.audit("counted", detail=str(number))
        uow.commit()
    print(number, flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.013, 0.031])
def test_kill_9_keeps_the_last_committed_state(tmp_path, empty_practice, clock, delay):
    template, key = empty_practice
    path = tmp_path / "practice.db"
    path.write_bytes(template.read_bytes())
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(sqlite.__file__).parents[2])},
    )
    writer.stdin.write(key)
    writer.stdin.close()
    promised = [int(writer.stdout.readline()) for _ in range(10)]
    time.sleep(delay)
    writer.kill()
    promised += [int(line) for line in writer.stdout.read().splitlines() if line]
    writer.wait()

    store = PracticeStore(path, path, key, "8", clock.now)
    with store.unit() as uow:
        left, right = uow.notes.get("left"), uow.notes.get("right")
    lines = store.verify_audit()
    store.close()

    assert left == right
    assert int(left) >= promised[-1]
    assert lines == int(left) + 1


def test_every_connection_writes_through_to_the_disk(tmp_path, empty_practice):
    template, key = empty_practice
    path = tmp_path / "practice.db"
    path.write_bytes(template.read_bytes())
    engine = open_engine(path, key)

    with engine.connect() as connection:
        pragmas = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store")
        }
    engine.dispose()

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2}


def test_an_error_of_ours_never_shows_what_was_being_saved(store, make):
    patient = make.patient(birth_name="ZYXEVANOUI")
    with pytest.raises(UserFacingError) as told, store.unit() as uow:
        uow.patients.add(patient)
        uow.patients.add(replace(patient, telephone="x"))
        uow.commit()

    cause = told.value.__cause__
    assert "ZYXEVANOUI" not in f"{told.value.sentence}{told.value.details}{cause}"


def test_times_come_back_aware_and_exact_whatever_their_zone(store, saved, make):
    summer = dt.datetime(2026, 7, 1, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    content = make.document(created_at=summer)
    saved(lambda uow: uow.documents.add(content))

    with store.unit() as uow:
        back = uow.documents.get(content.document.document_id).created_at

    assert back == summer
    assert back.utcoffset() == dt.timedelta(0)
