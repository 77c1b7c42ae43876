"""A backup opens with the same cards, is taken while the practice works, and touches no other."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lgc.domain import days
from lgc.domain.copies import CopyState
from lgc.errors import Cancelled, UserFacingError
from lgc.store import backup, copying
from lgc.store.engine import connect
from lgc.store.vault import Vault


def go_on():
    pass


def count(store):
    with store.unit() as uow:
        found = uow.patients.count()
    store.close()
    return found


@pytest.fixture
def practice(tmp_path, card, make):
    """An open practice with one patient; closed at the end."""
    store, code = Vault(tmp_path / "practice").create(card, make.holder())
    store.code = code
    with store.unit() as uow:
        uow.patients.add(make.patient(birth_name="ZYXEVANOUI"))
        uow.commit()
    yield store
    store.close()


def test_a_backup_holds_the_last_commit_and_opens_with_the_same_card(
    practice, tmp_path, card, renewed_card, make
):
    with practice.unit() as writer:
        writer.patients.add(make.patient())
        assert writer.patients.count() == 2
        copy = practice.copy_to(tmp_path / "backup", go_on)
        writer.commit()

    copies = {file.name: file.read_bytes() for file in copy.place.iterdir()}
    assert set(copies) == {
        "practice.db",
        "practice.db.head",
        "practice.db.signed",
        "vault.json",
        "copy.json",
    }
    assert b"ZYXEVANOUI" not in copies["practice.db"]
    assert count(Vault(copy.place).open(card, make.holder())) == 1
    assert count(Vault(copy.place).enrol(practice.code, renewed_card, make.holder())) == 1
    with practice.unit() as uow:
        assert uow.patients.count() == 2


def test_what_was_verified_is_written_down(practice, tmp_path):
    copy = practice.copy_to(tmp_path / "backup", go_on)

    assert copy.state is CopyState.VERIFIED
    assert copy.contents.of("patient") == 1
    assert copy.contents.end.lines == practice.verify_audit() == 1
    assert practice.copies(tmp_path / "backup") == [copy]


def test_the_name_of_a_backup_never_comes_twice_even_where_the_hour_does(practice, tmp_path):
    names = []
    for number, offset in enumerate((2, 1)):
        zone = dt.timezone(dt.timedelta(hours=offset))
        at = dt.datetime(2026, 10, 25, 2, 30, tzinfo=zone)
        copy = practice._backups.make(tmp_path / f"disk{number}", at)
        names.append(copy.place.name.partition("-2026-")[2])
        assert backup._moment_of(copy.place.name, 0) == at
    assert names == ["10-25-023000+0200", "10-25-023000+0100"]


def test_an_older_name_without_offset_is_of_the_wall_of_the_practice():
    days.use_zone(ZoneInfo("America/Guadeloupe"))
    at = backup._moment_of("lgc-ab12cd34-2026-11-30-200000", 0)
    assert at == dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def test_each_backup_has_a_folder_of_its_own_within_the_same_second(practice, tmp_path):
    first = practice.copy_to(tmp_path / "backup", go_on)
    kept = (first.place / "practice.db").read_bytes()

    second = practice.copy_to(tmp_path / "backup", go_on)

    assert second.place != first.place
    assert (first.place / "practice.db").read_bytes() == kept


def test_two_practices_with_one_folder_leave_each_other_s_copies(
    practice, tmp_path, renewed_card, make
):
    copy = practice.copy_to(tmp_path / "backup", go_on)
    before = {file: file.read_bytes() for file in copy.place.iterdir()}
    other, _ = Vault(tmp_path / "other").create(renewed_card, make.holder())

    theirs = other.copy_to(tmp_path / "backup", go_on)
    other.remove_copy(copy)

    assert {file: file.read_bytes() for file in copy.place.iterdir()} == before
    assert [c.place for c in other.copies(tmp_path / "backup")] == [theirs.place]
    assert [c.place for c in practice.copies(tmp_path / "backup")] == [copy.place]
    other.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_copies_are_for_this_user_alone(practice, tmp_path):
    before = os.umask(0)
    try:
        copy = practice.copy_to(tmp_path / "backup", go_on)
    finally:
        os.umask(before)

    assert copy.place.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in copy.place.iterdir()} == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_link_waiting_in_the_folder_is_not_followed(practice, tmp_path, clock):
    target = tmp_path / "target"
    target.mkdir()
    (target / "precious").write_text("kept")
    (tmp_path / "backup").mkdir()
    store_id = practice.copy_to(tmp_path / "elsewhere", go_on).place.name[:12]
    for second in range(5):
        moment = time.strftime("%Y-%m-%d-%H%M%S", time.gmtime(time.time() + second))
        for end in ("", ".draft"):
            (tmp_path / "backup" / f"{store_id}-{moment}{end}").symlink_to(target)

    practice.copy_to(tmp_path / "backup", go_on)

    assert [file.name for file in target.iterdir()] == ["precious"]


def test_a_copy_that_does_not_read_back_is_not_kept(practice, tmp_path, monkeypatch):
    """The disk of the copies writes one page wrongly."""
    kept = practice.copy_to(tmp_path / "backup", go_on)
    write, written = os.write, []

    def tired(opened, content):
        written.append(opened)
        if len(written) == 30:
            content = bytes([content[0] ^ 1]) + bytes(content[1:])
        return write(opened, content)

    monkeypatch.setattr(os, "write", tired)
    with pytest.raises(UserFacingError, match="relue") as told:
        practice.copy_to(tmp_path / "backup", go_on)

    assert told.value.may_retry
    assert [copy.place for copy in practice.copies(tmp_path / "backup")] == [kept.place]
    assert [place.name for place in (tmp_path / "backup").iterdir()] == [kept.place.name]


def test_a_backup_stops_when_asked_and_leaves_nothing(practice, tmp_path):
    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        practice.copy_to(tmp_path / "backup", stop)

    assert list((tmp_path / "backup").iterdir()) == []


def test_what_a_kill_left_of_a_copy_goes_with_the_next_one(practice, tmp_path):
    copy = practice.copy_to(tmp_path / "backup", go_on)
    left = copy.place.with_name(copy.place.name + ".draft")
    left.mkdir()
    (left / "practice.db.draft").write_bytes(b"half")

    practice.copy_to(tmp_path / "backup", go_on)

    assert not left.exists()
    assert len(practice.copies(tmp_path / "backup")) == 2


def test_a_copy_of_before_is_to_verify_and_is_verified_on_demand(practice, tmp_path):
    copy = practice.copy_to(tmp_path / "backup", go_on)
    (copy.place / "copy.json").unlink()
    older = copy.place.rename(tmp_path / "backup" / "lgc-2026-11-23-090000")

    [known] = practice.copies(tmp_path / "backup")
    assert (known.state, known.place) == (CopyState.TO_VERIFY, older)
    practice.remove_copy(known)
    assert older.exists()

    assert practice.verify_copy(older, go_on).state is CopyState.VERIFIED
    assert practice.copies(tmp_path / "backup")[0].contents.of("patient") == 1


def test_a_copy_is_read_again_where_no_memory_can_be_shared(practice, tmp_path, monkeypatch):
    """As on a disk of the network: nothing asks for SQLite's file of shared memory there."""
    copy, seen = practice.copy_to(tmp_path / "backup", go_on), []
    monkeypatch.setattr(copying, "_OPS", 10)

    def check():
        seen.append((copy.place / "practice.db-shm").exists())

    assert practice.verify_copy(copy.place, check).state is CopyState.VERIFIED
    assert set(seen) == {False}


def test_a_damaged_copy_is_said_to_be_and_stays_to_verify(practice, tmp_path):
    copy = practice.copy_to(tmp_path / "backup", go_on)
    (copy.place / "copy.json").unlink()
    with (copy.place / "practice.db").open("r+b") as file:
        file.seek(5 * 4096 + 100)
        file.write(b"damage")

    with pytest.raises(UserFacingError, match="sauvegarde est abîmée") as told:
        practice.verify_copy(copy.place, go_on)

    assert "clés ne sont pas en cause" in told.value.advice
    assert practice.copies(tmp_path / "backup")[0].state is CopyState.TO_VERIFY


@pytest.mark.parametrize(
    "sheet",
    ["", "[]", "3", "{", '{"store_id": 3}', "[" * 60_000, '{"made_at": "2026-11-06T09:00:00"}'],
    ids=lambda sheet: sheet[:12],
)
def test_a_strange_sheet_hides_no_copy(practice, tmp_path, sheet):
    copy = practice.copy_to(tmp_path / "backup", go_on)
    other = practice.copy_to(tmp_path / "backup", go_on)
    (copy.place / "copy.json").write_text(sheet)
    (tmp_path / "backup" / "lgc-x.refused.json").write_text(sheet)
    (tmp_path / "backup" / "stranger").mkdir()
    os.mkfifo(tmp_path / "backup" / "stranger" / "vault.json")
    (tmp_path / "backup" / "stranger" / "practice.db").write_bytes(b"x")

    found = practice.copies(tmp_path / "backup")

    assert {c.place: c.state for c in found} == {
        copy.place: CopyState.TO_VERIFY,
        other.place: CopyState.VERIFIED,
    }


def test_a_sheet_without_a_zone_is_none(practice, tmp_path):
    copy = practice.copy_to(tmp_path / "backup", go_on)
    sheet = (copy.place / "copy.json").read_text()
    (copy.place / "copy.json").write_text(sheet.replace("+00:00", ""))
    practice.copy_to(tmp_path / "backup", go_on)

    assert [c.state for c in practice.copies(tmp_path / "backup")].count(CopyState.TO_VERIFY) == 1


def test_a_refusal_is_told_for_a_month(practice, tmp_path):
    practice.copy_to(tmp_path / "backup", go_on)
    practice.note_refusal(tmp_path / "backup", "source abîmée")
    [trace] = (tmp_path / "backup").glob("*.refused.json")
    practice.copy_to(tmp_path / "backup", go_on)
    assert trace.exists()

    year = f"{dt.datetime.now():%Y}"
    trace.write_text(trace.read_text().replace(f'"{year}-', f'"{int(year) - 1}-'))
    practice.copy_to(tmp_path / "backup", go_on)

    assert not trace.exists()


COPYING = """
import datetime as dt, pathlib, sys
from lgc.store.practice_store import PracticeStore
folder, key = pathlib.Path(sys.argv[1]), bytes.fromhex(sys.stdin.read())
store = PracticeStore(folder / "practice.db", folder / "vault.json", key, "8",
                      lambda: dt.datetime.now(dt.UTC), new=False)
print("open", flush=True)
while True:
    store.copy_to(folder.parent / "backup", lambda: None)
    print("copied", flush=True)
"""


@pytest.mark.parametrize("number", range(6))
def test_a_copy_that_was_killed_is_no_copy(practice, tmp_path, number):
    """Killed anywhere: each folder that has its name is whole, none is half."""
    practice.copy_to(tmp_path / "backup", go_on)
    shutil.copytree(tmp_path / "practice", tmp_path / "killed")
    killed = subprocess.Popen(
        [sys.executable, "-c", COPYING, str(tmp_path / "killed")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(copying.__file__).parents[2])},
    )
    killed.stdin.write(practice._key.hex().encode())
    killed.stdin.close()
    assert killed.stdout.readline() == b"open\n"
    time.sleep(0.01 + number * 0.037)
    killed.kill()
    announced = killed.stdout.read().count(b"copied")
    killed.wait()

    for place in (tmp_path / "backup").glob("lgc-*[0-9]"):
        copying.verify_file(place / "practice.db", practice._key)
        assert (place / "copy.json").is_file() and (place / "vault.json").is_file()
    assert len(list((tmp_path / "backup").glob("lgc-*[0-9]"))) >= announced + 1


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="Linux tells who locks what")
def test_sqlite_keeps_its_locks_through_a_look_and_a_copy(practice, tmp_path):
    """Closing any descriptor of a file would drop them, for every connection of the process."""
    base = tmp_path / "practice" / "practice.db"

    def locked():
        lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        mine = {words[5].split(":")[2] for words in lines if words[1] == "POSIX"}
        return str(base.stat().st_ino) in mine

    assert locked()
    practice.look(go_on)
    practice.copy_to(tmp_path / "backup", go_on)
    assert locked()


def test_a_commit_between_the_log_and_the_picture_is_waited_for(
    practice, tmp_path, make, monkeypatch
):
    asked, log_of = [], copying._log_of

    def interrupted(database, connection):
        found = log_of(database, connection)
        if not asked:
            asked.append(database)
            with practice.unit() as uow:
                uow.patients.add(make.patient())
                uow.commit()
        return found

    monkeypatch.setattr(copying, "_log_of", interrupted)

    assert practice.copy_to(tmp_path / "backup", go_on).contents.of("patient") == 2


def test_only_our_files_of_a_verified_copy_are_removed(practice, tmp_path):
    copy = practice.copy_to(tmp_path / "backup", go_on)
    other = practice.copy_to(tmp_path / "backup", go_on)
    (other.place / "letter.odt").write_text("the doctor's")

    practice.remove_copy(copy)
    practice.remove_copy(other)

    assert not copy.place.exists()
    assert [file.name for file in tmp_path.rglob("letter.odt")] == ["letter.odt"]


def test_a_practice_is_not_backed_up_upon_itself(practice, tmp_path):
    with pytest.raises(UserFacingError, match="celui du cabinet"):
        practice.copy_to(tmp_path / "practice" / ".." / "practice", go_on)


def test_a_place_that_cannot_be_written_is_told(practice, tmp_path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(UserFacingError, match="sauvegarde"):
        practice.copy_to(tmp_path / "file" / "inside", go_on)


def test_a_backup_taken_among_commits_is_one_moment(practice, tmp_path):
    """Each commit writes two lines: no copy ever holds one of them alone."""
    over = threading.Event()

    def work():
        number = 0
        while not over.is_set():
            number += 1
            with practice.unit() as uow:
                uow.notes.set(f"a{number}", "x" * 9000)
                uow.notes.set(f"b{number}", "x" * 9000)
                uow.audit("a", str(number))
                uow.audit("b", str(number))
                uow.commit()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        copies = [practice.copy_to(tmp_path / "backup", go_on) for _ in range(8)]
    finally:
        over.set()
        writer.join()

    lines = [copy.contents.end.lines for copy in copies]
    assert all(line % 2 == 1 for line in lines), lines  # and the line of the creation
    assert lines == sorted(lines)
    assert lines[-1] > lines[0]
    for copy in copies:
        with closing(connect(copy.place / "practice.db", practice._key)) as connection:
            [(notes,)] = connection.execute("SELECT COUNT(*) FROM note WHERE key GLOB '[ab][0-9]*'")
        assert notes == copy.contents.end.lines - 1


def test_no_thread_waits_long_beside_a_backup(practice, tmp_path):
    """80 MB: neither the interpreter nor the writers are held while it is copied and read."""
    for number in range(8):
        with practice.unit() as uow:
            uow.notes.set(f"large{number}", os.urandom(5_000_000).hex())
            uow.commit()
    over, waits = threading.Event(), []

    def tick():
        last = time.perf_counter()
        while not over.is_set():
            time.sleep(0.005)
            now = time.perf_counter()
            waits.append(now - last)
            last = now

    ticker = threading.Thread(target=tick)
    ticker.start()
    try:
        practice.copy_to(tmp_path / "backup", go_on)
        practice.look(go_on)
    finally:
        over.set()
        ticker.join()

    # The machine of the tests may be shared: one long wait of its own is not the copy's.
    assert sum(wait > 0.25 for wait in waits) <= 1, sorted(waits)[-5:]
