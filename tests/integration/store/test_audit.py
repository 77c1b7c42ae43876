"""The journal only grows, and whoever forces it is found out."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lgc.errors import UserFacingError
from lgc.store import audit
from lgc.store.engine import connect, open_engine


@pytest.fixture
def journal(open_store, clock):
    """Five lines by two professionals; gives a way to run SQL behind the store's back."""
    store = open_store()
    for number in range(5):
        if number == 3:
            store.acts_as("810000000000")
        with store.unit() as uow:
            uow.audit("document filed", f"subject-{number}", "é")
            uow.commit()
        clock.advance(seconds=1)
    return store


@pytest.fixture
def behind(journal, tmp_path, empty_practice):
    def run(*statements):
        connection = connect(tmp_path / "practice.db", empty_practice[1])
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return run


def test_a_whole_chain_is_verified_and_counted(journal):
    assert journal.verify_audit() == 5


def test_a_chain_goes_on_after_reopening(journal, open_store):
    journal.close()
    store = open_store()
    with store.unit() as uow:
        uow.audit("a")
        uow.audit("b")
        uow.commit()

    assert store.verify_audit() == 7


def test_lines_say_who_when_what_and_on_what(journal, tmp_path, empty_practice, clock):
    engine = open_engine(tmp_path / "practice.db", empty_practice[1])
    with engine.connect() as connection:
        lines = connection.execute(
            text("SELECT number, who, action, subject, detail FROM audit_line ORDER BY number")
        ).all()
    engine.dispose()

    assert lines[0] == (1, "899700057294", "document filed", "subject-0", "é")
    assert lines[4] == (5, "810000000000", "document filed", "subject-4", "é")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_line SET action = 'x' WHERE number = 2",
        "DELETE FROM audit_line WHERE number = 5",
        "INSERT OR REPLACE INTO audit_line SELECT number, at, 'x', action, subject, detail,"
        " previous_hash, hash FROM audit_line WHERE number = 2",
    ],
)
def test_the_database_refuses_to_change_the_journal(journal, behind, statement):
    with pytest.raises(Exception, match="append-only"):
        behind(statement)

    assert journal.verify_audit() == 5


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE audit_line SET detail = 'x' WHERE number = 2", 2),
        ("UPDATE audit_line SET at = '2020-01-01 00:00:00.000000' WHERE number = 4", 4),
        ("UPDATE audit_line SET who = '8' WHERE number = 1", 1),
        ("DELETE FROM audit_line WHERE number = 3", 3),
        ("DELETE FROM audit_line WHERE number = 1", 1),
        ("UPDATE audit_line SET number = 9 WHERE number = 5", 5),
    ],
)
def test_a_forced_line_is_found_by_its_number(journal, behind, statement, line):
    behind("DROP TRIGGER audit_line_no_update", "DROP TRIGGER audit_line_no_delete", statement)

    with pytest.raises(UserFacingError, match=f"ligne {line}") as told:
        journal.verify_audit()

    assert told.value.advice


def test_rewriting_a_line_with_its_hash_breaks_the_next(journal, behind, tmp_path, empty_practice):
    engine = open_engine(tmp_path / "practice.db", empty_practice[1])
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM audit_line WHERE number = 2")).one()
    engine.dispose()
    at = dt.datetime.fromisoformat(row.at).replace(tzinfo=dt.UTC)
    forged = audit.Fact(at, row.who, "nothing happened", row.subject, row.detail)
    link = audit.chain_hash(row.previous_hash, 2, forged)
    behind(
        "DROP TRIGGER audit_line_no_update",
        f"UPDATE audit_line SET action = 'nothing happened', hash = '{link}' WHERE number = 2",
    )

    with pytest.raises(UserFacingError, match="ligne 3"):
        journal.verify_audit()


def test_a_failed_commit_leaves_no_line(journal, make):
    with pytest.raises(UserFacingError), journal.unit() as uow:
        uow.documents.add(make.document(patient_id="nobody"))
        uow.audit("document filed")
        uow.commit()

    assert journal.verify_audit() == 5


def test_even_the_store_cannot_rewrite_a_line(journal, tmp_path, empty_practice):
    engine = open_engine(tmp_path / "practice.db", empty_practice[1])
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("UPDATE audit_line SET hash = ''"))
    engine.dispose()
