"""The directory at the size of the country: brought in, then searched as one types."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from lgc.store.directory_file import ADDRESS, COMPANY, FAMILY, GIVEN, SKILL, TOWN, DirectoryFile

PEOPLE, LONGEST_MS = 500_000, 50.0
SYLLABLES = [c + v for c in "bcdfglm" for v in "aeio"]
SKILLS = ("Médecine générale", "Cardiologie", "Pneumologie", "Biologie médicale", "Chirurgie")
ASKED = ("mar", "bamo", "calidu", "bamo carlo", "cardiologie lemi", "lomibe gadi", "zorglub")


def bench() -> None:
    """Print each question beside one bare look into the same index; fail above 50 ms."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "extraction.txt"
        _write(file)
        directory = DirectoryFile(Path(folder) / "directory.sqlite")
        started = time.perf_counter()
        now = dt.datetime.now(dt.UTC)
        held = directory.bring(file, now, lambda part: None, lambda: None)
        spent = time.perf_counter() - started
        print(f"{held.count} addresses brought in: {spent:.1f} s")
        floor = _best(lambda: _bare(directory))
        print(f"one bare look: {floor * 1000:.2f} ms")
        for words in ASKED:
            spent = _best(lambda words=words: directory.find(words))
            print(f"{words!r}: {spent * 1000:.1f} ms, {spent / floor:.0f} times the bare look")
            if spent * 1000 > LONGEST_MS:
                raise SystemExit(1)


def _write(file: Path) -> None:
    chance = random.Random(1)
    with file.open("w", encoding="utf-8") as out:
        out.write("|".join((ADDRESS, FAMILY, GIVEN, SKILL, COMPANY, TOWN)) + "\n")
        for number in range(PEOPLE):
            family = "".join(chance.choices(SYLLABLES, k=3)).upper()
            given = "".join(chance.choices(SYLLABLES, k=2)).title()
            skill = chance.choice(SKILLS)
            town = f"{chance.randrange(1000, 98000):05d} " + family[::-1]
            out.write(f"a{number}@medecin.mssante.fr|{family}|{given}|{skill}|CABINET|{town}\n")


def _bare(directory: DirectoryFile) -> None:
    with closing(sqlite3.connect(directory._database)) as found:
        found.execute("SELECT rowid FROM words WHERE words MATCH 'bamocarlo' LIMIT 8").fetchall()


def _best(work: object) -> float:
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        work()  # type: ignore[operator]
        spent.append(time.perf_counter() - started)
    return min(spent)
