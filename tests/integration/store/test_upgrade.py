"""A practice's file follows the application: with a copy, step by step, or not at all."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from lgc import paths
from lgc.errors import UserFacingError
from lgc.services.drafting import read
from lgc.store import models, upgrade
from lgc.store.engine import open_engine

REVISION = """
from alembic import op
revision, down_revision, branch_labels, depends_on = "{number}", "{before}", None, None


def upgrade():
    {body}
"""
HEAD = upgrade.known_revisions(paths.bundled("alembic"))[-1]
ADD_COLUMN = 'op.execute("ALTER TABLE note ADD COLUMN colour TEXT")'


@pytest.fixture
def practice(tmp_path, empty_practice):
    """A file of the present schema with one note in it."""
    path = tmp_path / "practice.db"
    path.write_bytes(empty_practice[0].read_bytes())
    engine = open_engine(path, empty_practice[1])
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO note VALUES ('kept', 'yes')"))
    engine.dispose()
    return path, empty_practice[1]


@pytest.fixture
def scripts(tmp_path):
    """A copy of our migrations to which a test adds its own."""
    folder = tmp_path / "scripts %"
    shutil.copytree(paths.bundled("alembic"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def add_revision(scripts):
    def add(number, body):
        before = upgrade.known_revisions(scripts)[-1]
        script = REVISION.format(number=number, before=before, body=body)
        (scripts / "versions" / f"{number}_test.py").write_text(script)

    return add


def ask(path, key, question):
    engine = open_engine(path, key)
    try:
        with engine.connect() as connection:
            return connection.execute(text(question)).all()
    finally:
        engine.dispose()


def test_the_migrations_build_exactly_what_the_models_say(empty_practice):
    path, key = empty_practice
    engine = open_engine(path, key)

    def ours(name, kind, parent):
        return kind != "table" or "_search" not in name

    with engine.connect() as connection:
        options = {"include_name": ours, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, models.Base.metadata)
    engine.dispose()

    assert differences == []


def test_every_link_is_checked_at_the_commit(empty_practice):
    tables = ask(*empty_practice, "SELECT sql FROM sqlite_master WHERE sql LIKE '%REFERENCES%'")

    assert len(tables) == sum(bool(t.foreign_keys) for t in models.Base.metadata.tables.values())
    assert all(
        sql.count("REFERENCES") == sql.count("DEFERRABLE INITIALLY DEFERRED") for (sql,) in tables
    )


def test_an_upgrade_keeps_a_copy_of_the_file_as_it_was(practice, scripts, add_revision):
    path, key = practice
    add_revision("9001", ADD_COLUMN)

    upgrade.bring_up_to_date(path, key, scripts)

    assert ask(path, key, "SELECT key, value, colour FROM note") == [("kept", "yes", None)]
    copy = path.with_name("practice.db.before-9001")
    assert ask(copy, key, "SELECT * FROM note") == [("kept", "yes")]
    assert ask(copy, key, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert b"SQLite format" not in copy.read_bytes()
    assert not list(path.parent.glob("*.draft*"))


def test_an_upgrade_begun_again_keeps_the_copy_of_before_it(practice, scripts, add_revision):
    path, key = practice
    line = "INSERT INTO audit_line VALUES (1, '2026-11-06 09:00:00', '8', 'a', '', '', 'x', 'y')"
    ask_and_commit(path, key, line)
    add_revision("9001", ADD_COLUMN)
    add_revision("9002", "raise RuntimeError('cut')")
    for _ in range(2):
        with pytest.raises(UserFacingError):
            upgrade.bring_up_to_date(path, key, scripts)

    copy = path.with_name("practice.db.before-9002")
    assert ask(path, key, "SELECT version_num FROM alembic_version") == [("9001",)]
    assert ask(copy, key, "SELECT version_num FROM alembic_version") == [(HEAD,)]

    ask_and_commit(path, key, line.replace("(1,", "(2,"))
    with pytest.raises(UserFacingError):
        upgrade.bring_up_to_date(path, key, scripts)
    assert ask(copy, key, "SELECT version_num FROM alembic_version") == [("9001",)]


def ask_and_commit(path, key, statement):
    engine = open_engine(path, key)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_new_file_needs_no_copy(tmp_path, secret):
    path = tmp_path / "practice.db"
    upgrade.bring_up_to_date(path, secret)

    assert [file.name for file in tmp_path.iterdir()] == ["practice.db"]
    known = upgrade.known_revisions(paths.bundled("alembic"))
    assert ask(path, secret, "SELECT version_num FROM alembic_version") == [(known[-1],)]


def test_an_up_to_date_file_is_neither_copied_nor_does_it_wake_alembic(practice):
    path, key = practice
    code = (
        "import sys\nfrom pathlib import Path\nfrom lgc.store import upgrade\n"
        "upgrade.bring_up_to_date(Path(sys.argv[1]), sys.stdin.buffer.read(32))\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        input=key,
        capture_output=True,
        env={"PYTHONPATH": str(Path(upgrade.__file__).parents[2])},
        check=True,
    )

    assert done.stdout.strip() == b"False"
    assert not list(path.parent.glob("*.before-*"))


@pytest.mark.parametrize(
    "failure",
    [
        ADD_COLUMN + "; raise RuntimeError('broken')",
        ADD_COLUMN + "; op.execute('SELECT nonsense FROM nowhere')",
    ],
)
def test_a_failing_revision_is_rolled_back_and_told(practice, scripts, add_revision, failure):
    path, key = practice
    add_revision("9001", 'op.execute("ALTER TABLE note ADD COLUMN size INTEGER")')
    add_revision("9002", failure)

    with pytest.raises(UserFacingError, match="a échoué") as told:
        upgrade.bring_up_to_date(path, key, scripts)

    assert "copie" in told.value.advice
    assert ask(path, key, "SELECT key, value, size FROM note") == [("kept", "yes", None)]
    assert ask(path, key, "SELECT version_num FROM alembic_version") == [("9001",)]
    with pytest.raises(Exception, match="no such column"):
        ask(path, key, "SELECT colour FROM note")
    assert path.with_name("practice.db.before-9002").is_file()


def test_a_revision_that_would_break_a_link_is_refused(practice, scripts, add_revision):
    path, key = practice
    broken = "INSERT INTO message_body VALUES ('no such message', x'00')"
    add_revision("9001", f'op.execute("{broken}")')

    with pytest.raises(UserFacingError, match="rompu un lien"):
        upgrade.bring_up_to_date(path, key, scripts)

    assert ask(path, key, "SELECT COUNT(*) FROM message_body") == [(0,)]
    assert ask(path, key, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_a_table_may_be_rebuilt_without_emptying_those_that_point_at_it(
    practice, scripts, add_revision
):
    path, key = practice
    engine = open_engine(path, key)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO message (message_id, folder, rfc_message_id, sender_name,"
                 " sender_address, recipients, subject, raw_subject, sent_at, text, unread,"
                 " assigned_by, assigned_why, faults, revision)"
                 " VALUES ('m','inbox','','','','[]','','','2026-01-01','',0,'','','[]',1)")
        )  # fmt: skip
        connection.execute(text("INSERT INTO message_body VALUES ('m', x'00')"))
    engine.dispose()
    rebuild = (
        "import sqlalchemy as sa\n"
        "    with op.batch_alter_table('message', recreate='always') as batch:\n"
        "        batch.add_column(sa.Column('size', sa.Integer()))"
    )
    add_revision("9001", rebuild)

    upgrade.bring_up_to_date(path, key, scripts)

    assert ask(path, key, "SELECT message_id, size FROM message") == [("m", None)]
    assert ask(path, key, "SELECT message_id FROM message_body") == [("m",)]


def test_a_file_of_a_newer_application_is_left_alone(practice):
    path, key = practice
    engine = open_engine(path, key)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    engine.dispose()
    before = path.read_bytes()

    with pytest.raises(UserFacingError, match="plus récente"):
        upgrade.bring_up_to_date(path, key)

    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.before-*"))


def test_without_its_copy_nothing_is_upgraded(practice, scripts, add_revision):
    path, key = practice
    add_revision("9001", ADD_COLUMN)
    path.with_name("practice.db.before-9001.draft").mkdir()

    with pytest.raises(UserFacingError, match="copie") as told:
        upgrade.bring_up_to_date(path, key, scripts)

    assert told.value.may_retry
    assert ask(path, key, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def until(number, folder):
    """Our migrations as they were before ``number``."""
    older = folder / "older"
    shutil.copytree(paths.bundled("alembic"), older, ignore=shutil.ignore_patterns("__pycache__"))
    for later in (older / "versions").glob("*.py"):
        if later.name >= number:
            later.unlink()
    return older


def test_a_base_from_before_identities_gets_its_own_once(tmp_path, secret):
    path = tmp_path / "practice.db"
    upgrade.bring_up_to_date(path, secret, until("0012", tmp_path))

    for _ in range(2):
        upgrade.bring_up_to_date(path, secret, identity=b"ours", new=False)
    with pytest.raises(UserFacingError, match="autre cabinet"):
        upgrade.bring_up_to_date(path, secret, identity=b"theirs", new=False)

    kept = ask(path, secret, "SELECT value FROM note WHERE key = 'practice.identity'")
    assert kept == [(b"ours".hex(),)]


def test_a_note_being_written_survives_the_new_form_of_drafts(tmp_path):
    path, key = tmp_path / "practice.db", b"k" * 32
    upgrade.bring_up_to_date(path, key, until("0005", tmp_path))
    kept = '{"reason": "Toux", "history": "Œdème", "begun_at": "2026-11-06T09:00:00+01:00"}'
    engine = open_engine(path, key)
    with engine.begin() as connection:
        notes = text("INSERT INTO note VALUES (:key, :value)")
        connection.execute(notes, {"key": "note-draft:p1", "value": kept})
        connection.execute(notes, {"key": "note-draft:p2", "value": ""})
    engine.dispose()

    upgrade.bring_up_to_date(path, key)

    [(name, value)] = ask(path, key, "SELECT key, value FROM note")
    draft = read(value)
    assert name == "draft:consultation:p1"
    assert (draft.of("reason"), draft.of("history")) == ("Toux", "Œdème")
    assert draft.begun_at.startswith("2026-11-06")


def test_what_an_older_version_could_not_read_is_read_again_at_the_next_pass(tmp_path):
    path, key = tmp_path / "practice.db", b"k" * 32
    upgrade.bring_up_to_date(path, key, until("0013", tmp_path))
    columns = "rfc_message_id, sender_name, sender_address, subject, raw_subject, text"
    empty = ", ".join(["''"] * 8)
    engine = open_engine(path, key)
    with engine.begin() as connection:
        for number, faults in (
            ("m1", ["Message illisible : l’original est conservé"]),
            ("m2", []),
        ):
            connection.execute(
                text(
                    f"INSERT INTO message (message_id, faults, folder, recipients, sent_at, unread,"
                    f" revision, assigned_by, assigned_why, {columns}) VALUES (:number, :faults,"
                    f" 'inbox', '[]', '2026-11-23 08:00:00', 1, 1, {empty})"
                ),
                {"number": number, "faults": json.dumps(faults)},
            )
    engine.dispose()

    upgrade.bring_up_to_date(path, key)

    assert ask(path, key, "SELECT message_id, version FROM unreadable") == [("m1", "")]


def test_the_mark_of_a_message_taken_in_part_moves_beside_it(tmp_path, scripts, empty_practice):
    later = [one for one in (scripts / "versions").glob("0*.py") if one.name >= "0016"]
    kept = {one: one.read_text() for one in later}
    for one in later:
        one.unlink()
    path, key = tmp_path / "old" / "practice.db", empty_practice[1]
    path.parent.mkdir()
    upgrade.bring_up_to_date(path, key, scripts)
    engine = open_engine(path, key)
    with engine.begin() as connection:
        for name, raw in (("cut", b"X-LGC-Cut: 900\r\nSubject: a\r\n"), ("whole", b"Subject: b")):
            connection.execute(
                text(
                    "INSERT INTO message (message_id, folder, rfc_message_id, sender_name, "
                    "sender_address, recipients, subject, raw_subject, sent_at, text, unread, "
                    "assigned_by, assigned_why, faults, revision) VALUES (:k, 'inbox', :k, '', '', "
                    "'[]', '', '', '2026-11-23 08:00:00', '', 1, '', '', '[]', 1)"
                ),
                {"k": name},
            )
            connection.execute(
                text("INSERT INTO message_body VALUES (:k, :raw)"), {"k": name, "raw": raw}
            )
    engine.dispose()
    for one, words in kept.items():
        one.write_text(words)

    upgrade.bring_up_to_date(path, key, scripts)

    question = (
        "SELECT m.message_id, cut_from, raw FROM message m JOIN message_body USING (message_id)"
    )
    assert sorted(ask(path, key, question)) == [
        ("cut", 900, b"Subject: a\r\n"),
        ("whole", 0, b"Subject: b"),
    ]


def insert_bare(connection, table, **values):
    """A row whose other obligatory columns hold nothing."""
    columns = connection.execute(text(f"PRAGMA table_info({table})")).all()
    wanted = {
        row[1]: "1926-01-01" if row[2].startswith("DATE") else "" for row in columns if row[3]
    }
    row = {**wanted, **values}
    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), row)


STORED_RISKS = {
    ("toxic", "Tabac, 20 cigarettes par jour", ""): ("risk_factor", "tobacco"),
    ("toxic", "Consommation d’alcool", "74013-4"): ("risk_factor", "alcohol"),
    ("toxic", "Solvants", ""): ("toxic", "other"),
    ("toxic", "Régime carné de chantier", ""): ("toxic", "other"),
    ("risk_factor", "Tabac\u00a0: sevré depuis 2009", ""): ("risk_factor", "tobacco"),
    ("risk_factor", "Régime pauvre en glucides", ""): ("risk_factor", "diet"),
    ("risk_factor", "Vit près d’un bar à tabac", ""): ("risk_factor", "other"),
    ("chronic", "Alcoolisme chronique", ""): ("chronic", "other"),
}


def test_what_is_stored_of_risks_moves_to_what_it_said(tmp_path):
    path, key = tmp_path / "practice.db", b"k" * 32
    upgrade.bring_up_to_date(path, key, until("0018_risks", tmp_path))
    engine = open_engine(path, key)
    with engine.begin() as connection:
        for patient in ("p", "q"):
            insert_bare(connection, "patient", patient_id=patient)
        for number, (family, label, code) in enumerate(STORED_RISKS):
            connection.execute(
                text(
                    "INSERT INTO medical_entry (entry_id, patient_id, position, family, label,"
                    " code, code_system, active, note, kinship, unit, reaction, source, revision)"
                    " VALUES (:key, 'p', :key, :family, :label, :code, :system, 1, '', '', '',"
                    " '', '', 1)"
                ),
                {
                    "key": f"{number}", "family": family, "label": label, "code": code or None,
                    "system": "2.16.840.1.113883.6.1" if code else None,
                },
            )  # fmt: skip
        connection.execute(
            text("INSERT INTO known_absence VALUES ('q', 'toxic', '2026-11-23 08:00:00', 'Dr A')")
        )
    engine.dispose()

    upgrade.bring_up_to_date(path, key)

    found = ask(path, key, "SELECT label, family, risk FROM medical_entry ORDER BY position")
    assert found == [(label, *said) for (_, label, _), said in STORED_RISKS.items()]
    assert ask(path, key, "SELECT family FROM known_absence") == [("toxic",)]
    assert ask(path, key, "SELECT * FROM risk_denial") == []


# words of a treatment, what was guessed beside them → the words that stay
STORED_DOSES = {
    ("1 cp tous les 2 jours", 1, "{tablet}", 24): "1 cp tous les 2 jours",
    ("", 2, "{puff}", 6): "2 bouffée, toutes les 6 h",
    ("", 0.5, "{tablet}", None): "0,5 comprimé",
    ("", None, None, 12): "toutes les 12 h",
    ("", None, None, None): "",
    (None, None, None, None): None,
}


def test_a_stored_dose_is_what_its_words_say(tmp_path):
    path, key = tmp_path / "practice.db", b"k" * 32
    upgrade.bring_up_to_date(path, key, until("0022", tmp_path))
    engine = open_engine(path, key)
    with engine.begin() as connection:
        insert_bare(connection, "patient", patient_id="p")
        for number, (said, quantity, unit, hours) in enumerate(STORED_DOSES):
            connection.execute(
                text(
                    "INSERT INTO medical_entry (entry_id, patient_id, position, family, label,"
                    " active, note, kinship, unit, reaction, source, revision, posology,"
                    " posology_quantity, posology_unit, posology_period_hours) VALUES"
                    " (:key, 'p', :key, 'current_treatment', 'A', 1, '', '', '', '', '', 1,"
                    " :said, :quantity, :unit, :hours)"
                ),
                {"key": f"{number}", "said": said, "quantity": quantity, "unit": unit,
                 "hours": hours},
            )  # fmt: skip
    engine.dispose()

    upgrade.bring_up_to_date(path, key)

    found = ask(path, key, "SELECT posology, posology_as_text FROM medical_entry ORDER BY position")
    assert found == [(said, 0) for said in STORED_DOSES.values()]
    names = {one[1] for one in ask(path, key, "PRAGMA table_info(medical_entry)")}
    assert not {"posology_quantity", "posology_unit", "posology_period_hours"} & names


def test_allergies_gain_their_answers_unknown_and_no_absence_stays_beside_an_entry(tmp_path):
    path, key = tmp_path / "practice.db", b"k" * 32
    upgrade.bring_up_to_date(path, key, until("0019", tmp_path))
    engine = open_engine(path, key)
    entries = (
        ("a1", "p1", "allergy", 0),
        ("t1", "p1", "long_term_treatment", 0),
        ("t2", "p1", "current_treatment", 1),
    )
    stated = (
        ("p1", "allergy"),
        ("p1", "long_term_treatment"),
        ("p1", "current_treatment"),
        ("p2", "allergy"),
    )
    with engine.begin() as connection:
        for patient in ("p1", "p2"):
            insert_bare(connection, "patient", patient_id=patient)
        for entry, patient, family, active in entries:
            connection.execute(
                text(
                    "INSERT INTO medical_entry (entry_id, patient_id, position, family, label, "
                    "active, note, kinship, unit, reaction, source, revision) VALUES "
                    "(:e, :p, 0, :f, 'Latex', :a, '', '', '', 'choc', '', 1)"
                ),
                {"e": entry, "p": patient, "f": family, "a": active},
            )
        for patient, family in stated:
            connection.execute(
                text("INSERT INTO known_absence VALUES (:p, :f, '2026-11-23 08:00:00', 'Dr X')"),
                {"p": patient, "f": family},
            )
    engine.dispose()

    upgrade.bring_up_to_date(path, key)

    columns = "SELECT entry_id, reaction, allergy_kind, allergy_agent, severity FROM medical_entry"
    assert ask(path, key, columns)[0] == ("a1", "choc", "", "", "")
    kept = ask(path, key, "SELECT patient_id, family FROM known_absence ORDER BY 1, 2")
    assert kept == [("p1", "long_term_treatment"), ("p2", "allergy")]


STORED_STATES = {
    ("expected", None): (None, None, None),
    ("arrived", "2026-11-06 08:50:00.000000"): ("2026-11-06 08:50:00.000000", None, None),
    ("in_consultation", "2026-11-06 09:10:00.000000"): (None, "2026-11-06 09:10:00.000000", None),
    ("done", "2026-11-06 09:20:00.000000"): (None, None, "2026-11-06 09:20:00.000000"),
    ("done", "2026-11-09 08:00:00.000000"): (None, None, None),
    ("absent", "2026-11-06 09:30:00.000000"): (None, None, None),
}


def test_what_was_known_of_a_visit_s_state_becomes_its_time(tmp_path):
    path, key = tmp_path / "practice.db", b"k" * 32
    upgrade.bring_up_to_date(path, key, until("0025_attendance", tmp_path))
    engine = open_engine(path, key)
    with engine.begin() as connection:
        insert_bare(connection, "patient", patient_id="p")
        for number, (presence, since) in enumerate(STORED_STATES):
            insert_bare(
                connection, "visit", visit_id=f"{number}", patient_id="p", presence=presence,
                since=since, starts_at="2026-11-06 09:00:00.000000",
            )  # fmt: skip
    engine.dispose()

    upgrade.bring_up_to_date(path, key)

    found = ask(path, key, "SELECT arrived_at, called_at, ended_at FROM visit ORDER BY visit_id")
    assert found == list(STORED_STATES.values())
    assert ask(path, key, "SELECT DISTINCT arrived_by, called_by, ended_by FROM visit") == [
        ("", "", "")
    ]


def test_a_message_of_before_arrives_when_the_last_server_said_else_at_its_date(tmp_path):
    path, key = tmp_path / "practice.db", b"k" * 32
    upgrade.bring_up_to_date(path, key, until("0032", tmp_path))
    said = b"Received: from lab by box\r\n for <me@x.example>; Fri, 27 Nov 2026 09:00:00 +0100\r\n"
    older = b"Received: from lab by lab; Fri, 1 Jan 2010 00:00:00 +0000\r\n"
    raws = {
        "told": said + older, "mute": b"Subject: x\r\n", "odd": b"Received: by x; hier\r\n",
        "zoneless": b"Received: by x; Fri, 27 Nov 2026 09:00:00\r\n", "ours": said,
    }  # fmt: skip
    engine = open_engine(path, key)
    with engine.begin() as connection:
        for name, raw in raws.items():
            insert_bare(
                connection, "message", message_id=name, recipients="[]", faults="[]", carried="[]",
                patient_id=None, folder="sent" if name == "ours" else "inbox",
                sent_at="2010-01-01 08:00:00.000000",
            )  # fmt: skip
            insert_bare(connection, "message_body", message_id=name, raw=raw)
    engine.dispose()

    upgrade.bring_up_to_date(path, key)

    arrived = dict(ask(path, key, "SELECT message_id, arrived_at FROM message"))
    assert arrived.pop("told") == "2026-11-27 08:00:00.000000"
    assert set(arrived.values()) == {"2010-01-01 08:00:00.000000"}
