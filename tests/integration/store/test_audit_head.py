"""The end of the journal is noted outside the base: who cuts it off, or puts an older base back."""

import shutil
import threading
from contextlib import closing

import pytest

from lgc.domain.copies import AuditEnd
from lgc.errors import UserFacingError
from lgc.store import audit_head
from lgc.store.audit_head import AuditHead
from lgc.store.engine import connect


@pytest.fixture
def journal(open_store, clock):
    """Five lines, then closed; opens again with ``open_store``."""
    store = open_store()
    _write(store, 5, clock)
    store.close()
    return open_store


def _write(store, lines, clock):
    for number in range(lines):
        clock.advance(seconds=60)
        with store.unit() as uow:
            uow.audit("document filed", str(number))
            uow.commit()


def noted(tmp_path, empty_practice):
    found = audit_head.read(tmp_path / "practice.db.head", empty_practice[1])
    return found[0] if found else None


def cut(tmp_path, key, keep):
    """Whoever has the keys takes the last lines away: what is left is a whole chain."""
    with closing(connect(tmp_path / "practice.db", key)) as connection:
        connection.execute("DROP TRIGGER audit_line_no_delete")
        connection.execute("DELETE FROM audit_line WHERE number > ?", (keep,))


def test_a_chain_that_is_whole_opens_without_a_word(journal):
    store = journal()

    assert store.short_journal() is None
    assert store.verify_audit() == 5


def test_a_chain_cut_at_its_end_is_said_once_and_stays_in_the_journal(
    journal, tmp_path, empty_practice
):
    cut(tmp_path, empty_practice[1], keep=3)

    store = journal()
    short = store.short_journal()

    assert (short.found.lines, short.noted.lines) == (3, 5)
    assert short.noted.at > short.found.at
    assert store.verify_audit() == 4
    assert noted(tmp_path, empty_practice).lines == 4
    store.close()
    assert journal().short_journal() is None


def test_an_end_cut_off_under_the_application_is_found(open_store, tmp_path, empty_practice, clock):
    store = open_store()
    _write(store, 5, clock)
    assert store.look(lambda: None).journal == 0
    cut(tmp_path, empty_practice[1], keep=3)

    with pytest.raises(UserFacingError, match="à la ligne 3 : il allait jusqu’à la ligne 5"):
        store.verify_audit()

    assert store.look(lambda: None).journal == 4


def test_a_chain_cut_and_written_on_is_said(journal, tmp_path, empty_practice, clock):
    note = tmp_path / "practice.db.head"
    kept = note.read_bytes()
    cut(tmp_path, empty_practice[1], keep=3)
    note.unlink()
    store = journal()
    _write(store, 6, clock)
    store.close()
    note.write_bytes(kept)

    assert journal().short_journal().found.lines == 9


def test_an_older_base_put_back_is_said_not_refused(open_store, tmp_path, clock):
    store = open_store()
    _write(store, 2, clock)
    store.close()
    shutil.copy(tmp_path / "practice.db", tmp_path / "older.db")
    store = open_store()
    _write(store, 3, clock)
    store.close()
    shutil.copy(tmp_path / "older.db", tmp_path / "practice.db")

    store = open_store()

    assert (store.short_journal().found.lines, store.short_journal().noted.lines) == (2, 5)
    with store.unit() as uow:
        assert uow.patients.count() == 0


def test_a_note_behind_the_base_is_what_a_kill_leaves(journal, tmp_path, clock):
    kept = (tmp_path / "practice.db.head").read_bytes()
    store = journal()
    _write(store, 2, clock)
    store.close()
    (tmp_path / "practice.db.head").write_bytes(kept)

    assert journal().short_journal() is None


@pytest.mark.parametrize("cut_at", [0, 1, 60, 120, 500, 600, 1000])
def test_a_note_half_written_is_the_one_before(journal, tmp_path, empty_practice, cut_at):
    note = tmp_path / "practice.db.head"
    whole = note.read_bytes()
    note.write_bytes(whole[:cut_at] + b"\xff" * (len(whole) - cut_at))

    found = noted(tmp_path, empty_practice)

    assert found is None or found.lines in (4, 5)
    assert journal().short_journal() is None


def test_a_note_under_another_key_is_none(tmp_path, journal):
    assert audit_head.read(tmp_path / "practice.db.head", b"k" * 32) is None


def test_commits_of_many_threads_leave_the_furthest_end(store, tmp_path, empty_practice, clock):
    threads = [threading.Thread(target=_write, args=(store, 10, clock)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert noted(tmp_path, empty_practice).lines == store.verify_audit() == 40


def test_a_note_that_comes_late_takes_nothing_back(tmp_path):
    note = AuditHead(tmp_path / "note", b"k" * 32, b"s" * 16)
    for lines in (4, 5, 3, 2):
        note.write(AuditEnd(lines, "ab" * 32))
    note.close()

    assert audit_head.read(tmp_path / "note", b"k" * 32) == (AuditEnd(5, "ab" * 32), b"s" * 16)


def test_a_note_that_cannot_be_written_fails_no_commit(open_store, tmp_path, clock):
    (tmp_path / "practice.db.head").mkdir()
    store = open_store()

    _write(store, 1, clock)

    assert store.verify_audit() == 1
