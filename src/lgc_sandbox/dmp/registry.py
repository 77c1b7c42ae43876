"""What the DMP remembers, in one SQLite file that survives a killed process."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lxml import etree

from lgc_sandbox.dmp import rim
from lgc_sandbox.dmp.rim import RimObject
from lgc_sandbox.knobs import AT_ONCE, Filing
from lgc_sandbox.xml import parse

REPOSITORY = "1.2.250.1.213.4.1.1.1.2"
SCHEMA = """
CREATE TABLE IF NOT EXISTS dmp (ins TEXT PRIMARY KEY, oid TEXT, state TEXT, closed TEXT,
  family TEXT, used TEXT, given TEXT, sex TEXT, birth TEXT);
CREATE TABLE IF NOT EXISTS authorisation (ins TEXT, ps TEXT, value TEXT, mt INTEGER, since TEXT,
  PRIMARY KEY (ins, ps));
CREATE TABLE IF NOT EXISTS entry (uuid TEXT PRIMARY KEY, unique_id TEXT UNIQUE, ins TEXT,
  status TEXT, rim BLOB, content BLOB);
CREATE TABLE IF NOT EXISTS submission (uuid TEXT PRIMARY KEY, unique_id TEXT UNIQUE, ins TEXT,
  time TEXT, rim BLOB);
CREATE TABLE IF NOT EXISTS association (uuid TEXT PRIMARY KEY, kind TEXT, source TEXT,
  target TEXT, rim BLOB);
CREATE TABLE IF NOT EXISTS wish (ins TEXT, code TEXT, value INTEGER, PRIMARY KEY (ins, code));
CREATE TABLE IF NOT EXISTS former (uuid TEXT PRIMARY KEY, unique_id TEXT);
CREATE TABLE IF NOT EXISTS heard (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS received (number INTEGER PRIMARY KEY, time TEXT, submission TEXT,
  documents TEXT, filed TEXT);
CREATE TABLE IF NOT EXISTS journal (number INTEGER PRIMARY KEY, time TEXT, action TEXT,
  verdict TEXT, reason TEXT);
"""
VALID, EXPIRED, FORBIDDEN = "VALIDE", "EXPIRE", "INTERDIT"


class Duplicate(ValueError):
    """A unique identifier that the registry already has."""


@dataclass(frozen=True, slots=True)
class Dmp:
    """One patient's DMP; ``state`` is active or terminated."""

    ins: str
    oid: str
    state: str = "active"
    closed: str = ""
    family: str = ""
    used: str = ""
    given: str = ""
    sex: str = ""
    birth: str = ""


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What a professional may do in one DMP."""

    ps: str
    value: str
    mt: bool
    since: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored document with its metadata."""

    uuid: str
    unique_id: str
    ins: str
    status: str
    meta: RimObject
    content: bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """All that one TD2.1 stores, or nothing."""

    ins: str
    package: etree._Element
    entries: Sequence[tuple[etree._Element, bytes]]
    associations: Sequence[etree._Element]
    deprecated: Sequence[str] = ()


class Registry:
    """The registry and the repository of the sandbox."""

    def __init__(self, path: Path, filing: Callable[[], Filing] = lambda: AT_ONCE) -> None:
        self._lock, self._filing = threading.RLock(), filing
        self._late: list[tuple[threading.Timer, Submission]] = []
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.row_factory = sqlite3.Row
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=FULL")
        self._base.executescript(SCHEMA)

    def close(self) -> None:
        """File what was still late, and close the file."""
        for timer, submission in self._late:
            timer.cancel()
            if timer.is_alive():
                self._file_late(submission)
        with self._lock:
            self._base.close()

    # -- patients and rights ---------------------------------------------------------------

    def enrol(self, dmp: Dmp) -> None:
        """Open a DMP, or change what is known of it."""
        with self._transaction() as base:
            base.execute(
                "INSERT OR REPLACE INTO dmp VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    *(dmp.ins, dmp.oid, dmp.state, dmp.closed, dmp.family, dmp.used),
                    *(dmp.given, dmp.sex, dmp.birth),
                ),
            )

    def dmp(self, ins: str) -> Dmp | None:
        """The DMP of a patient, None when there is none."""
        rows = self._rows("SELECT * FROM dmp WHERE ins=?", ins)
        return Dmp(**dict(rows[0])) if rows else None

    def dmps(self) -> list[Dmp]:
        """Every DMP."""
        return [Dmp(**dict(row)) for row in self._rows("SELECT * FROM dmp ORDER BY ins")]

    def close_dmp(self, ins: str, state: str, closed: str) -> None:
        """Close (``terminated``) or open again (``active``) a DMP. Raises KeyError."""
        known = self.dmp(ins)
        if known is None:
            raise KeyError(ins)
        self.enrol(replace(known, state=state, closed=closed if state == "terminated" else ""))

    def authorise(self, ins: str, ps: str, value: str, *, mt: bool, now: dt.datetime) -> None:
        """Write an authorisation; an empty ``value`` removes it."""
        with self._transaction() as base:
            base.execute("DELETE FROM authorisation WHERE ins=? AND ps=?", (ins, ps))
            if value:
                base.execute(
                    "INSERT INTO authorisation VALUES (?,?,?,?,?)",
                    (ins, ps, value, int(mt), now.strftime("%Y%m%d%H%M%S")),
                )

    def authorisation(self, ins: str, ps: str) -> Authorisation | None:
        """What ``ps`` may do, None when nothing was ever said."""
        return next((one for one in self.authorisations(ins) if one.ps == ps), None)

    def authorisations(self, ins: str) -> list[Authorisation]:
        """Every professional with a right or an interdiction."""
        return [
            Authorisation(row["ps"], row["value"], bool(row["mt"]), row["since"])
            for row in self._rows("SELECT * FROM authorisation WHERE ins=? ORDER BY ps", ins)
        ]

    def wish(self, ins: str, code: str, value: bool) -> None:
        """What a patient refuses (OPPOSITION_…), or a state of the DMP (RATTACHEMENT_ENS)."""
        with self._transaction() as base:
            base.execute("INSERT OR REPLACE INTO wish VALUES (?,?,?)", (ins, code, int(value)))

    def wishes(self, ins: str) -> dict[str, bool]:
        """Every wish told of one patient."""
        rows = self._rows("SELECT code, value FROM wish WHERE ins=? ORDER BY code", ins)
        return {row["code"]: bool(row["value"]) for row in rows}

    # -- documents --------------------------------------------------------------------------

    def deposit(self, ins: str, oid: str, cda: bytes, entry: Mapping[str, Any]) -> str:
        """Store a document that was there before us; gives its uniqueId. Idempotent.

        ``entry``: title, type_code, type_system, type_label, class_code, format_code,
        creation_time, service_start, author_person (XCN), author_institution (XON),
        confidentiality (codes), patient_info (PID lines).
        """
        from lgc_sandbox.dmp.deposit import submission

        if self.dmp(ins) is None:
            self.enrol(Dmp(ins, oid))
        made = submission(ins, oid, cda, entry)
        unique_id = RimObject(made.entries[0][0]).unique_id
        if self.by_unique_id(unique_id) is None:
            self.store(made)
        return unique_id

    def store(self, submission: Submission) -> None:
        """Store everything in one commit. Raises ``Duplicate``."""
        try:
            with self._transaction() as base:
                self._insert_set(base, submission)
                for element, content in submission.entries:
                    self._insert_entry(base, submission.ins, element, content)
                for one in submission.associations:
                    self._insert_association(base, one)
                for uuid in submission.deprecated:
                    base.execute("UPDATE entry SET status=? WHERE uuid=?", (rim.DEPRECATED, uuid))
        except sqlite3.IntegrityError as why:
            raise Duplicate(str(why)) from why

    def receive(self, submission: Submission, now: dt.datetime) -> None:
        """Say yes to a submission, and file it when the knob says. Raises ``Duplicate``."""
        filing = self._filing()
        time.sleep(filing.before)
        ids = [RimObject(element).unique_id for element, _ in submission.entries]
        if filing.never or filing.after:
            known = any(self.by_unique_id(one) is not None for one in ids)
            if known or self.has_submission(RimObject(submission.package).unique_id):
                raise Duplicate(ids[0])
        else:
            self.store(submission)
        with self._transaction() as base:
            base.execute(
                "INSERT INTO received (time, submission, documents, filed) VALUES (?,?,?,?)",
                (
                    *(now.isoformat(), RimObject(submission.package).unique_id),
                    *(" ".join(ids), filing.word),
                ),
            )
        if filing.after and not filing.never:
            timer = threading.Timer(filing.after, self._file_late, (submission,))
            timer.daemon = True
            self._late.append((timer, submission))
            timer.start()

    def _file_late(self, submission: Submission) -> None:
        with contextlib.suppress(Duplicate):
            self.store(submission)

    def received(self) -> list[dict[str, Any]]:
        """Every acceptance, oldest first, filed or not."""
        rows = self._rows("SELECT * FROM received ORDER BY number")
        return [{**dict(row), "documents": row["documents"].split()} for row in rows]

    def _insert_set(self, base: sqlite3.Connection, submission: Submission) -> None:
        package = RimObject(submission.package)
        base.execute(
            "INSERT INTO submission VALUES (?,?,?,?,?)",
            (
                *(package.identifier, package.unique_id, submission.ins),
                *(package.one("submissionTime"), etree.tostring(package.element)),
            ),
        )

    def _insert_association(self, base: sqlite3.Connection, one: etree._Element) -> None:
        values = (one.get(k) for k in ("associationType", "sourceObject", "targetObject"))
        base.execute(
            "INSERT INTO association VALUES (?,?,?,?,?)",
            (one.get("id"), *values, etree.tostring(one)),
        )

    def _insert_entry(
        self, base: sqlite3.Connection, ins: str, element: etree._Element, content: bytes
    ) -> None:
        meta = RimObject(element)
        base.execute(
            "INSERT INTO entry VALUES (?,?,?,?,?,?)",
            (
                *(meta.identifier, meta.unique_id, ins, rim.APPROVED),
                *(etree.tostring(element), content),
            ),
        )

    def update_status(self, submission: Submission, uuid: str, status: str) -> None:
        """One document moves to ``status``; the set that asked is kept."""
        with self._transaction() as base:
            self._insert_set(base, submission)
            base.execute("UPDATE entry SET status=? WHERE uuid=?", (status, uuid))

    def update_entry(self, submission: Submission, old: Entry, new: etree._Element) -> None:
        """A new version of an entry takes the place of ``old``, whose entryUUID becomes stale."""
        uuid = new.get("id", "")
        package = submission.package.get("id", "")
        member = rim.association(rim.HAS_MEMBER, package, uuid)
        with self._transaction() as base:
            self._insert_set(base, submission)
            base.execute(
                "UPDATE entry SET uuid=?, rim=? WHERE uuid=?",
                (uuid, etree.tostring(new), old.uuid),
            )
            base.execute("INSERT INTO former VALUES (?,?)", (old.uuid, old.unique_id))
            self._insert_association(base, member)

    def was(self, uuid: str) -> bool:
        """Whether this entryUUID named a former version."""
        return bool(self._rows("SELECT 1 FROM former WHERE uuid=?", uuid))

    def entries(self, ins: str) -> list[Entry]:
        """Every document of a patient, oldest first."""
        return list(map(_entry, self._rows("SELECT * FROM entry WHERE ins=? ORDER BY rowid", ins)))

    def by_unique_id(self, unique_id: str) -> Entry | None:
        """A document by its uniqueId."""
        rows = self._rows("SELECT * FROM entry WHERE unique_id=?", unique_id)
        return _entry(rows[0]) if rows else None

    def by_uuid(self, uuid: str) -> Entry | None:
        """A document by its entryUUID."""
        rows = self._rows("SELECT * FROM entry WHERE uuid=?", uuid)
        return _entry(rows[0]) if rows else None

    def has_submission(self, unique_id: str) -> bool:
        """Whether a submission set has this uniqueId."""
        return bool(self._rows("SELECT 1 FROM submission WHERE unique_id=?", unique_id))

    def submissions(self, ins: str) -> list[RimObject]:
        """Submission sets of a patient, oldest first."""
        rows = self._rows("SELECT rim FROM submission WHERE ins=? ORDER BY rowid", ins)
        return [RimObject(parse(row["rim"])) for row in rows]

    def associations(self, uuids: Sequence[str]) -> list[etree._Element]:
        """Associations whose source or target is one of ``uuids``."""
        marks = ",".join("?" * len(uuids))
        rows = self._rows(
            f"SELECT rim FROM association WHERE source IN ({marks}) OR target IN ({marks})",
            *uuids,
            *uuids,
        )
        return [parse(row["rim"]) for row in rows]

    # -- exchanges --------------------------------------------------------------------------

    def heard(self, identifier: str) -> bool:
        """Whether this message or assertion came before; it is remembered now."""
        with self._transaction() as base:
            cursor = base.execute("INSERT OR IGNORE INTO heard VALUES (?)", (identifier,))
            return cursor.rowcount == 0

    def note(self, action: str, verdict: str, reason: str, now: dt.datetime) -> None:
        """Add a line to the journal of exchanges."""
        with self._transaction() as base:
            base.execute(
                "INSERT INTO journal (time, action, verdict, reason) VALUES (?,?,?,?)",
                (now.isoformat(timespec="milliseconds"), action, verdict, reason),
            )

    def journal(self) -> list[dict[str, str]]:
        """Every exchange, oldest first."""
        rows = self._rows("SELECT time, action, verdict, reason FROM journal ORDER BY number")
        return [dict(row) for row in rows]

    def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._base.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")


def sha1(content: bytes) -> str:
    """The ``hash`` of XDS: SHA-1 in hexadecimal."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        *(row["uuid"], row["unique_id"], row["ins"], row["status"]),
        RimObject(parse(row["rim"])),
        row["content"],
    )
