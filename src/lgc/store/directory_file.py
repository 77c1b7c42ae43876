"""The public MSSanté extraction in a file of its own, searched as one types (mssante-xdm §4).

It holds nothing secret, so it stands beside the encrypted practice, plain, and is not backed up.
A new one is built aside and takes its place at once: searches never see half of it.
"""

from __future__ import annotations

import csv
import datetime as dt
import errno
import lzma
import re
import sqlite3
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, cast

from lgc.domain import charsets
from lgc.domain.contacts import RPPS_DIGITS
from lgc.domain.directory import HeldDirectory
from lgc.domain.instants import Now, machine_now
from lgc.domain.professionals import Correspondent
from lgc.errors import UnreadableInput
from lgc.files import private_file, private_folder, put_in_place, telling
from lgc.store.words import fold, near, words_of

ADDRESS, FAMILY, GIVEN = "Adresse BAL", "Nom d'exercice", "Prénom d'exercice"
SKILL, COMPANY = "Libellé savoir-faire", "Raison Sociale structure BAL"
TOWN = "L6LIGNEACHEMINEMENT structure BAL"
# Read where the file has them: their exact spelling is not known, capitals and accents are free.
NATIONAL: tuple[str, ...] = ("Identification nationale PP", "Identifiant PP")
PROFESSION: tuple[str, ...] = ("Libellé profession",)
RED_LIST: tuple[str, ...] = ("Liste rouge",)
YES = ("o", "oui", "1", "true", "vrai")
# Another shape of the file below: what an older one brought in must be brought in again.
SHAPE = 2
LARGEST = 2_000_000_000
LONGEST_FIELD, LONGEST_LINE = 4_000, 1_000_000
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
)
BATCH = 5_000
MOST = 60
FIRST_LETTERS = 2
Progress = Callable[[float], None]
Check = Callable[[], None]
SCHEMA = """
CREATE TABLE person (
  number INTEGER PRIMARY KEY, address TEXT UNIQUE, family TEXT, given TEXT, title TEXT,
  speciality TEXT, city TEXT, organisation TEXT, national_id TEXT);
CREATE VIRTUAL TABLE words USING fts5(
  names, other, content='', tokenize="unicode61 remove_diacritics 2", prefix='2 3 4');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
CREATE TABLE held (count INTEGER, file TEXT, imported_at TEXT);
"""
SCHEMA += f"PRAGMA user_version = {SHAPE};"
COLUMNS = "address, family, given, title, speciality, city, organisation, national_id"


class DirectoryFile:
    """Safe from any thread: each question opens its own connection.

    ``extraction`` is brought in at the first question when nothing was: the demo's.
    """

    def __init__(
        self, database: Path, extraction: Path | None = None, now: Now = machine_now
    ) -> None:
        self._database, self._extraction, self._now = database, extraction, now
        self._lock = threading.Lock()

    def find(self, words: str, limit: int = 8) -> list[Correspondent]:
        """Name, speciality, organisation, town or address; accents and slips forgiven.

        Whole names first, then beginnings of names, then anything.
        """
        asked = words_of(words[:80])
        if not asked or not self._ready():
            return []
        with self._reading() as found:
            numbers = _numbers(found, asked, limit)
            if not numbers:
                corrected = _corrected(found, asked)
                numbers = _numbers(found, corrected, limit) if corrected else []
            return _people(found, numbers[:limit])

    def with_address(self, address: str) -> Correspondent | None:
        """Who has this address, None when nobody."""
        if not self._ready():
            return None
        with self._reading() as found:
            row = found.execute(
                f"SELECT {COLUMNS} FROM person WHERE address = ?", (address.strip().lower(),)
            ).fetchone()
        return _person(row) if row is not None else None

    def held(self) -> HeldDirectory | None:
        """What is in force, None when nothing was brought in."""
        if not self._usable():
            return None
        with self._reading() as found:
            row = found.execute("SELECT count, file, imported_at FROM held").fetchone()
        return HeldDirectory(row[0], row[1], dt.datetime.fromisoformat(row[2]))

    def bring(
        self, file: Path, now: dt.datetime, progress: Progress, check: Check
    ) -> HeldDirectory:
        """Build the directory of an extraction (text, or the zip that holds it).

        ``progress`` gets the part done, ``check`` raises to stop: what was in force stays.
        Raises UnreadableInput for another kind of file, UserFacingError for a disk that refuses.
        """
        aside = self._database.with_suffix(".new")
        with _telling(aside):
            private_folder(aside.parent)
            private_file(aside)
            with closing(sqlite3.connect(aside)) as made:
                made.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
                count, left_out = _fill(made, file, progress, check)
                held = HeldDirectory(count, file.name, now, left_out)
                made.execute(
                    "INSERT INTO held VALUES (?, ?, ?)", (count, file.name, now.isoformat())
                )
                made.commit()
            put_in_place(aside, self._database)
        return held

    def forget(self) -> None:
        """No directory any more; contacts still complete recipients."""
        self._extraction = None
        self._database.unlink(missing_ok=True)

    def _ready(self) -> bool:
        with self._lock:
            extraction, self._extraction = self._extraction, None
            if extraction is not None and extraction.is_file():
                self.bring(extraction, self._now(), lambda part: None, lambda: None)
        return self._usable()

    def _usable(self) -> bool:
        """Is there a directory of this shape?"""
        if not self._database.is_file():
            return False
        with self._reading() as found:
            shape: int = found.execute("PRAGMA user_version").fetchone()[0]
        return shape == SHAPE

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        # ``as_uri`` escapes what a path may hold; read only, so that a search never locks.
        with closing(sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True)) as found:
            yield found


@contextmanager
def _telling(aside: Path) -> Iterator[None]:
    """Whatever ends the building, its draft goes; what the disk refuses is a sentence."""
    with telling():
        aside.unlink(missing_ok=True)
        try:
            yield
        except sqlite3.OperationalError as error:
            # No SQL of ours fails on a file that was just made: the disk did, in its own words.
            full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
            raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error
        finally:
            aside.unlink(missing_ok=True)


# --- searching ----------------------------------------------------------------------------------


def _numbers(found: sqlite3.Connection, asked: Sequence[str], limit: int) -> list[int]:
    """Rows in the order they are shown; each question is bounded."""
    whole = " ".join(f'"{word}"' for word in asked)
    begun = " ".join(f'"{word}"*' for word in asked)
    numbers: dict[int, None] = {}
    for question in (f"names : ({whole})", f"names : ({begun})", begun):
        rows = found.execute(
            "SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", (question, MOST)
        )
        numbers |= dict.fromkeys(number for (number,) in rows)
        if len(numbers) >= limit:
            break
    return list(numbers)


def _corrected(found: sqlite3.Connection, asked: Sequence[str]) -> list[str]:
    """The words with their slips put right; a word that nothing resembles leaves nothing."""
    made = []
    for word in asked:
        begun = found.execute(
            "SELECT 1 FROM vocabulary WHERE term >= ? AND term < ? LIMIT 1", _range(word)
        ).fetchone()
        if begun is not None:
            made.append(word)
            continue
        terms = found.execute(
            "SELECT term FROM vocabulary WHERE term >= ? AND term < ?",
            _range(word[:FIRST_LETTERS]),
        )
        close = near(word, (term for (term,) in terms))
        if not close:
            return []
        made.append(min(close, key=lambda term: (close[term], term)))
    return made


def _range(start: str) -> tuple[str, str]:
    return start, start + "\U0010ffff"


def _people(found: sqlite3.Connection, numbers: Sequence[int]) -> list[Correspondent]:
    marks = ",".join("?" * len(numbers))
    rows = found.execute(
        f"SELECT number, {COLUMNS} FROM person WHERE number IN ({marks})", list(numbers)
    )
    people = {row[0]: _person(row[1:]) for row in rows}
    return [people[number] for number in numbers]


def _person(row: Sequence[str]) -> Correspondent:
    address, family, given, title, speciality, city, organisation, number = row
    return Correspondent(
        address, family, given, title, speciality, city, organisation, number, verified=True
    )


# --- bringing in --------------------------------------------------------------------------------


def _fill(
    made: sqlite3.Connection, file: Path, progress: Progress, check: Check
) -> tuple[int, int]:
    """(addresses, damaged lines left out). Rows are in the order of their names, so that a search
    finds them in that order."""
    made.create_function("fold", 1, fold, deterministic=True)
    made.execute(f"CREATE TEMP TABLE raw ({COLUMNS})")
    size = max(file.stat().st_size, 1)
    batch: list[tuple[str, ...]] = []
    damaged: list[int] = []
    with _opened(file) as (lines, done):
        for number, row in enumerate(_rows(lines, damaged)):
            batch.append(row)
            if number % BATCH == BATCH - 1:
                check()
                _put(made, batch)
                progress(min(done() / size, 1.0) * 0.6)
    _put(made, batch)
    check()
    # One line an address: the last one of the file, whose order the names decide.
    made.execute(
        f"INSERT OR IGNORE INTO person ({COLUMNS}) SELECT {COLUMNS} FROM raw "
        "ORDER BY fold(family), fold(given), address, rowid DESC"
    )
    progress(0.75)
    check()
    made.execute(
        "INSERT INTO words (rowid, names, other) SELECT number, family || ' ' || given, "
        "speciality || ' ' || organisation || ' ' || city || ' ' || "
        "national_id || ' ' || substr(national_id, 2) || ' ' || "
        "replace(replace(address, '@', ' '), '.', ' ') FROM person"
    )
    progress(0.95)
    check()
    count: int = made.execute("SELECT count(*) FROM person").fetchone()[0]
    if not count:
        raise UnreadableInput("Cette extraction ne contient aucune adresse MSSanté.")
    if len(damaged) > count:
        raise UnreadableInput(f"L’extraction est illisible à la ligne {damaged[0]}.")
    progress(1.0)
    return count, len(damaged)


def _put(made: sqlite3.Connection, batch: list[tuple[str, ...]]) -> None:
    made.executemany("INSERT INTO raw VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batch)
    batch.clear()


@contextmanager
def _opened(file: Path) -> Iterator[tuple[Iterator[str], Callable[[], int]]]:
    """Lines of the text, in the zip or not, and how many bytes of the file were read."""
    try:
        source = file.open("rb")
    except OSError as error:
        raise UnreadableInput("Ce fichier ne peut pas être lu.") from error
    with source as raw:
        if file.stat().st_size > LARGEST:
            raise UnreadableInput("Cette extraction est trop grosse.")
        if raw.read(4) == b"PK\x03\x04":
            yield from _zipped(raw)
            return
        raw.seek(0)
        yield charsets.lines(raw, LONGEST_LINE), raw.tell


def _zipped(raw: IO[bytes]) -> Iterator[tuple[Iterator[str], Callable[[], int]]]:
    try:
        with zipfile.ZipFile(raw) as archive:
            texts = [one for one in archive.infolist() if one.filename.lower().endswith(".txt")]
            if len(texts) != 1 or texts[0].file_size > LARGEST:
                raise UnreadableInput("Cette archive ne contient pas une extraction MSSanté.")
            with archive.open(texts[0]) as inside:
                yield charsets.lines(cast(charsets.Source, inside), LONGEST_LINE), raw.tell
    except BROKEN as error:
        raise UnreadableInput("L’archive de l’extraction est abîmée.") from error


def _rows(lines: Iterator[str], damaged: list[int]) -> Iterator[tuple[str, ...]]:
    """People and organisations that have an address; columns are known by their names.

    A damaged line takes nothing from the others: its number goes to ``damaged``.
    """
    rows = csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE)
    others = _columns(rows)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            damaged.append(rows.reader.line_num)
            continue
        person = _read(row, others)
        if person is not None:
            yield person


def _columns(rows: csv.DictReader[str]) -> dict[tuple[str, ...], str]:
    """Where the file has what may be spelt otherwise. Raises UnreadableInput for another file."""
    try:
        names = rows.fieldnames or ()
    except csv.Error as error:
        raise UnreadableInput("L’extraction est illisible à la ligne 1.") from error
    if ADDRESS not in names:
        raise UnreadableInput(
            "Ce fichier n’est pas l’extraction de l’annuaire MSSanté.",
            advice=f"Sa première ligne doit nommer la colonne « {ADDRESS} ».",
        )
    return {
        wanted: next((one for one in names if fold(one) in map(fold, wanted)), "")
        for wanted in (NATIONAL, PROFESSION, RED_LIST)
    }


def _read(row: dict[str, str | None], others: dict[tuple[str, ...], str]) -> tuple[str, ...] | None:
    """None without an address, and for whoever is on the red list."""

    def of(name: str) -> str:
        return " ".join((row.get(name) or "").split())[:LONGEST_FIELD]

    address = of(ADDRESS).lower()
    if "@" not in address or of(others[RED_LIST]).casefold() in YES:
        return None
    family, skill = of(FAMILY), of(SKILL)
    town = re.sub(r"^\d{5}\s*", "", of(TOWN))
    number = of(others[NATIONAL])
    return (
        address, family, of(GIVEN), "Dr" if skill and family else "",
        skill or of(others[PROFESSION]), town.title() if town.isupper() else town, of(COMPANY),
        f"8{number}" if len(number) == RPPS_DIGITS and number.isdigit() else number,
    )  # fmt: skip
