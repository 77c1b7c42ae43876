"""What is SQLite's and SQLCipher's own: key, pragmas, whose turn it is to write, full text.

Nothing else in the room knows which database is underneath.
See components.md §2; SQLCipher API (PRAGMA key); SQLite: WAL, FTS5 contentless-delete tables.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    Float,
    String,
    Subquery,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from lgc.domain.characters import whole
from lgc.errors import DamagedBase, UserFacingError
from lgc.store.words import Token

KEY_SIZE = 32
_PATIENCE_SECONDS = 30
# What is sent: it must not leave from a base that nobody will find again.
_LEAVING = ("INSERT INTO delivery ", "UPDATE delivery ")
_READING = ("SELECT", "PRAGMA", "EXPLAIN", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")

_SENTENCES: dict[str, tuple[str, str, bool]] = {
    "SQLITE_FULL": (
        "Le disque est plein.",
        "Rien de ce qui était enregistré n’est perdu. Libérez de la place, puis recommencez.",
        True,
    ),
    "SQLITE_IOERR": (
        "Le disque ne répond pas bien.",
        "Rien de ce qui était enregistré n’est perdu. Vérifiez le disque, puis recommencez.",
        True,
    ),
    "SQLITE_BUSY": (
        "La base est occupée.",
        "Rien n’a été enregistré cette fois-ci. Recommencez dans un instant.",
        True,
    ),
    "SQLITE_READONLY": (
        "La base est en lecture seule.",
        "Vérifiez vos droits sur le dossier du cabinet.",
        True,
    ),
    "SQLITE_CANTOPEN": (
        "Le fichier de la base ne s’ouvre pas.",
        "Vérifiez vos droits sur le dossier du cabinet.",
        True,
    ),
}


_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def damaged(details: str, found: str = "La base du cabinet est abîmée.") -> DamagedBase:
    """What a doctor is told of a file that is not as it was written."""
    return DamagedBase(
        found,
        advice="Vos clés ne sont pas en cause. Arrêtez le logiciel et restaurez la dernière "
        "sauvegarde vérifiée : les sauvegardes d’avant sont intactes.",
        details=details,
    )


def busy() -> UserFacingError:
    """Somebody else has been writing for too long."""
    sentence, advice, may_retry = _SENTENCES["SQLITE_BUSY"]
    return UserFacingError(sentence, advice=advice, may_retry=may_retry)


def explain(error: BaseException) -> UserFacingError | None:
    """The sentence for an error of the database itself; None for an error of ours."""
    name = getattr(error, "sqlite_errorname", None) or ""
    if "not a database" in str(error):
        name = "SQLITE_NOTADB"
    if name.startswith(_DAMAGE):
        return damaged(name)
    for known, (sentence, advice, may_retry) in _SENTENCES.items():
        if name.startswith(known):
            return UserFacingError(sentence, advice=advice, details=name, may_retry=may_retry)
    return None


# --- connections ------------------------------------------------------------------------------


class Connected(sqlcipher.Connection):  # type: ignore[misc]
    """``turn``: how many times the key had changed when it was opened (``KeyRing``)."""

    turn = 0


def connect(path: Path, key: bytes, *, foreign_keys: bool = True, alone: bool = False) -> Any:
    """A keyed connection. ``key`` is raw, 32 bytes; it appears in no address and in no log.

    ``alone``: nobody else opens the file; no memory is then shared through a file beside it,
    which disks of the network do not have (SQLite, « Write-Ahead Logging », §8).
    SQLAlchemy begins and ends the transactions, hence no isolation level of the driver. Raises
    DamagedBase for what SQLCipher says of a damaged first page and of a wrong key alike: whether
    the key is the one is asked before (``PageFile.fits``).
    """
    if len(key) != KEY_SIZE:
        raise ValueError("the key has 32 bytes")
    connection = sqlcipher.connect(
        str(path), check_same_thread=False, isolation_level=None, factory=Connected
    )
    try:
        # Before the key: a wrong one would otherwise be told on stderr.
        connection.execute("PRAGMA cipher_log_level = none")
        # Text, for want of another way to give it: nobody keeps it, but nobody can overwrite it.
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA busy_timeout = 5000")
        if alone:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL, not NORMAL: with NORMAL a power cut may forget the last commits of a WAL, and a
        # forgotten "sending" would leave a second time.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    except sqlcipher.Error as error:
        connection.close()
        raise explain(error) or error from error
    return connection


class KeyRing:
    """The key that an engine's connections are opened with, and whose turn it is to write.

    While it changes nobody writes and nobody opens; whoever reads keeps the picture that he has.
    """

    def __init__(self, key: bytes) -> None:
        self._key, self._changes = key, 0
        self._door = threading.Lock()
        self.turn = WriterTurn()

    def connect(self, path: Path, *, foreign_keys: bool = True) -> Any:
        with self._door:
            connection = connect(path, self._key, foreign_keys=foreign_keys)
            connection.turn = self._changes
            return connection

    def is_stale(self, connection: Any) -> bool:
        """Was it opened before the key changed? What it says of the file means nothing then."""
        return isinstance(connection, Connected) and connection.turn != self._changes

    @contextmanager
    def changing(self) -> Iterator[Callable[[bytes], None]]:
        """Gives what is to be called with the next key once the file is under it."""
        self.turn.take()
        try:
            with self._door:
                self._changes += 1
                yield self._use
        finally:
            self.turn.give_back()

    def _use(self, key: bytes) -> None:
        self._key = key


def reseal(path: Path, key: bytes, new: bytes) -> None:
    """Put the whole file under ``new``, in one transaction of its log (SQLCipher, PRAGMA rekey).

    Raises UserFacingError: the file is under ``key`` as before. After anything else nobody knows.
    """
    with closing(connect(path, key)) as connection, suppress(sqlcipher.Error):
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        connection.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"")
    # SQLCipher does not tell of a disk that filled up meanwhile.
    try:
        changed, kept = opens(path, new), opens(path, key)
    except UserFacingError as error:
        raise RuntimeError("nobody knows under which key the base is") from error
    if not changed and not kept:
        raise RuntimeError("the base opens under neither key")
    if not changed:
        raise UserFacingError(
            "La clé de la base n’a pas pu être changée.",
            advice="Rien n’a changé. Il faut autant de place libre que la base en prend : "
            "libérez-en, puis recommencez.",
            may_retry=True,
        )


def opens(path: Path, key: bytes) -> bool:
    """Is the base, its log included, under ``key``? The log is folded away where it may be."""
    try:
        with closing(connect(path, key)) as connection:
            connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            folded(connection)
            return True
    except (DamagedBase, sqlcipher.Error):
        return False


def folded(connection: Any) -> bool:
    """Move what waits in the log into the file; False while somebody still reads what was."""
    try:
        [(busy_, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not busy_
    except sqlcipher.Error:
        return False


def open_engine(
    path: Path,
    key: bytes | KeyRing,
    *,
    foreign_keys: bool = True,
    must_be_there: Callable[[], None] = lambda: None,
    damaged: Callable[[], None] = lambda: None,
) -> Engine:
    """An engine whose transactions read a stable picture and take the turn at their first write.

    ``must_be_there`` raises once the file went away: no connection is opened on what came in its
    place, and nothing is written that would leave the machine. ``damaged`` is called when work
    meets a page that is not as it was written.
    """

    ring = key if isinstance(key, KeyRing) else KeyRing(key)

    def opened() -> Any:
        must_be_there()
        return ring.connect(path, foreign_keys=foreign_keys)

    def lend(connection: Any, *_: Any) -> None:
        if ring.is_stale(connection):
            raise DisconnectionError

    def before(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(_LEAVING):
            must_be_there()

    def tell(context: ExceptionContext) -> None:
        told = explain(context.original_exception)
        if context.connection is not None and ring.is_stale(_driver(context.connection)):
            raise busy() from context.original_exception
        if isinstance(told, DamagedBase):
            damaged()
        if told is not None:
            raise told from context.original_exception

    engine = create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=opened,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=-1,
        json_serializer=_json,
        hide_parameters=True,  # parameters of a failed statement are names and texts
    )
    event.listen(engine, "connect", lambda _, record: record.info.update(ring=ring))
    event.listen(engine, "checkout", lend)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "before_cursor_execute", _before_statement)
    event.listen(engine, "checkin", _after_transaction)
    event.listen(engine, "handle_error", tell)
    return engine


def _json(value: Any) -> str:
    """Lists of strangers' words, as whole as the columns of text (models.Words)."""
    return whole(json.dumps(value, ensure_ascii=False))


# --- one writer at a time ---------------------------------------------------------------------


class WriterTurn:
    """The turn to write in this process: threads wait in line rather than fail."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    def take(self) -> None:
        """Raises RuntimeError when this thread already writes elsewhere: it would wait for ever."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a unit of work is already writing in this thread")
        if not self._lock.acquire(timeout=_PATIENCE_SECONDS):
            raise busy()
        self._owner = threading.get_ident()

    def give_back(self) -> None:
        self._owner = None
        self._lock.release()


def begin_writing(connection: Connection) -> None:
    """Take the turn now: what is read from here on cannot change before the commit."""
    if "writing" in connection.info:
        return
    ring: KeyRing = connection.info["ring"]
    driver = _driver(connection)
    ring.turn.take()
    if ring.is_stale(driver):
        ring.turn.give_back()
        raise busy()
    connection.info["writing"] = True
    # A reading transaction cannot be promoted once somebody else has written, so it is replaced;
    # rows read before are guarded by their revision.
    try:
        driver.execute("ROLLBACK")
        driver.execute("BEGIN IMMEDIATE")
    except sqlcipher.Error as error:
        raise explain(error) or error from error


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _before_statement(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if not statement.lstrip().upper().startswith(_READING):
        begin_writing(connection)


def _after_transaction(connection: Any, record: Any) -> None:
    # A commit that the database refuses (a link is missing, the disk is full) leaves its
    # transaction open, and SQLAlchemy believes it over.
    if connection is not None and connection.in_transaction:
        connection.rollback()
    if record.info.pop("writing", False):
        record.info["ring"].turn.give_back()


# --- full text --------------------------------------------------------------------------------


class FullText:
    """An FTS5 index beside a table: it keeps the words, not the text, and answers with keys.

    ``label`` comes back with the key untouched; ``weights`` rank a hit in each column.
    """

    def __init__(self, table: str, **weights: float) -> None:
        self.table = table
        self._columns = tuple(weights)
        self._weights = ", ".join(str(w) for w in (0.0, 0.0, *weights.values()))

    def put(self, session: Session, key: str, label: str = "", **columns: str) -> None:
        """File or refile ``key``. Columns are folded text; a missing one is empty."""
        self.drop(session, key)
        self.put_new(session, key, label, **columns)

    def put_new(self, session: Session, key: str, label: str = "", **columns: str) -> None:
        """File a ``key`` that was never filed."""
        names = ", ".join(self._columns)
        values = ", ".join(f":{name}" for name in self._columns)
        session.execute(
            text(
                f"INSERT INTO {self.table} (rowid, key, label, {names})"
                f" VALUES (:row, :key, :label, {values})"
            ),
            dict.fromkeys(self._columns, "")
            | {name: whole(words) for name, words in columns.items()}
            | {"row": _row_number(key), "key": key, "label": label},
        )

    def drop(self, session: Session, key: str) -> None:
        session.execute(
            text(f"DELETE FROM {self.table} WHERE rowid = :row"), {"row": _row_number(key)}
        )

    def hits(self, groups: Iterable[Iterable[Sequence[Token]]]) -> Subquery:
        """Keys, labels and ranks (the lower the better) as a table to join.

        Every group must be found; a group is found by any of its alternatives; an alternative by
        all of its tokens. No group at all finds nothing.
        """
        return (
            text(
                f"SELECT key, label, bm25({self.table}, {self._weights}) AS rank"
                f" FROM {self.table} WHERE {self.table} MATCH :expression"
            )
            .bindparams(expression=_expression(groups))
            .columns(key=String(), label=String(), rank=Float())
            .subquery(f"{self.table}_hits")
        )

    def vocabulary(self, session: Session) -> Iterator[str]:
        """Every word filed that begins with a letter."""
        return iter(
            session.scalars(text(f"SELECT term FROM {self.table}_words WHERE term >= 'a'")).all()
        )


def _row_number(key: str) -> int:
    """A stable row number from the key: a hit, an update and a removal need no table between."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 1


def _expression(groups: Iterable[Iterable[Sequence[Token]]]) -> str:
    found = [
        "(" + " OR ".join("(" + " AND ".join(map(_term, tokens)) + ")" for tokens in group) + ")"
        for group in groups
    ]
    return " AND ".join(found) or '""'


def _term(token: Token) -> str:
    quoted = '"' + whole(token.text).replace('"', '""') + '"'
    return (f"{token.column} : " if token.column else "") + quoted + ("*" if token.prefix else "")


class NumberedText:
    """An FTS5 index whose rows bear the numbers of a table and are found in that order.

    The order of the numbers is the order of the answers, so that the first ones cost the same
    among ten words and among a million.
    """

    def __init__(self, table: str) -> None:
        self.table = table

    def put_many(self, session: Session, rows: Sequence[tuple[int, str]]) -> None:
        """(number, folded text) of rows that are not there yet."""
        session.execute(
            text(f"INSERT INTO {self.table} (rowid, words) VALUES (:row, :words)"),
            [{"row": number, "words": whole(words)} for number, words in rows],
        )

    def drop_many(self, session: Session, numbers: Sequence[int]) -> None:
        session.execute(
            text(f"DELETE FROM {self.table} WHERE rowid = :row"), [{"row": n} for n in numbers]
        )

    def find(
        self,
        session: Session,
        words: Sequence[str],
        first: int,
        last: int,
        limit: int,
        *,
        head: bool = False,
    ) -> list[int]:
        """Numbers from ``first`` to ``last`` where each word begins a word, the lowest first.

        ``head``: the text itself must begin with the first word.
        """
        tokens = [_term(Token(word, prefix=True)) for word in words]
        if head:
            tokens[0] = f"^ {tokens[0]}"
        found = session.scalars(
            text(
                f"SELECT rowid FROM {self.table} WHERE {self.table} MATCH :expression"
                " AND rowid BETWEEN :first AND :last ORDER BY rowid LIMIT :limit"
            ),
            {
                "expression": " AND ".join(tokens),
                "first": first,
                "last": last,
                "limit": limit,
            },
        )
        return [int(number) for number in found]


PATIENT_SEARCH = FullText("patient_search", names=4, given=2, born=1, ins=1)
CONTACT_SEARCH = FullText("contact_search", names=4, given=2, other=1)
DOCUMENT_SEARCH = FullText("document_search", title=8, author=4, body=1)
MESSAGE_SEARCH = FullText("message_search", title=8, author=4, body=1)
TERM_SEARCH = NumberedText("term_search")
