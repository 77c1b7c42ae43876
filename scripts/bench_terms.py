"""Nomenclatures of their real size: how long they load, what they weigh, how fast they answer.

The entries are fictitious, always the same ones; only their number and length are those of the
public medicines base and of LOINC.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lgc.domain.terms import Nomenclature
from lgc.services.nomenclatures import MEDICINES, Nomenclatures
from lgc.store.practice_store import PracticeStore
from lgc.terminology import code_systems

SPECIALITIES, TESTS, ROUNDS = 15_000, 100_000, 9
PARTS = (
    *("a", "do", "li", "pra", "mox", "ci", "ri", "ka", "no", "ta", "fu", "ro", "se", "mi", "de"),
    *("pan", "to", "vas", "len", "par", "zo", "gli"),
)
FORMS = ("comprimé", "gélule", "sirop", "solution injectable", "crème")
LONGEST_MS = 30.0
ASKED = {"two letters": "pa", "a beginning": "amox", "two words": "dopra 500", "nobody": "xyzzy"}


class _Clock:
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


def names(seed: int) -> Iterator[str]:
    draw = random.Random(seed)
    while True:
        yield "".join(draw.choices(PARTS, k=draw.randrange(2, 5)))


def write_medicines(folder: Path) -> list[Path]:
    draw, named = random.Random(1), names(2)
    path = folder / "CIS_bdpm.txt"
    lines = []
    for number in range(SPECIALITIES):
        form, name, dose = draw.choice(FORMS), next(named).upper(), draw.choice((5, 100, 500, 1000))
        said = f"{name} {dose} mg, {form}"
        lines.append(f"{60_000_000 + number}\t{said}\t{form}\torale\ta\tn\tCommercialisée")
    path.write_bytes("\n".join(lines).encode("cp1252"))
    return [path]


def write_tests(folder: Path) -> list[Path]:
    draw, named = random.Random(3), names(4)
    path = folder / "Loinc.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write('"LOINC_NUM","LONG_COMMON_NAME","STATUS","COMMON_TEST_RANK"\n')
        for number in range(TESTS):
            words = " ".join(next(named) for _ in range(5))
            rank = number if draw.random() < 0.2 else 0
            out.write(f'"{number}-0","{words} [Masse/Volume] Sérum","ACTIVE","{rank}"\n')
    return [path]


def milliseconds(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def bench() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "practice.db"
        store = PracticeStore(path, path, os.urandom(32), "8", _Clock().now)
        terms = Nomenclatures(store.unit, _Clock())
        for kind, write in (
            (Nomenclature.MEDICINES, write_medicines),
            (Nomenclature.LOINC, write_tests),
        ):
            files = write(folder)
            start, bare = time.perf_counter(), _bare(files[0])
            source = terms.bring(kind, files)
            taken = time.perf_counter() - start
            print(f"{kind}: {source.count} entries in {taken:.1f} s = {taken / bare:.0f} x reading")
        print(
            f"most memory ever held: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} Mo"
        )
        empty = milliseconds(lambda: terms.suggest("xyzzy", (code_systems.ATC,)))
        slow = []
        for systems, of in ((MEDICINES, "medicines"), ((code_systems.LOINC,), "loinc")):
            for said, words in ASKED.items():
                taken = milliseconds(lambda w=words, s=systems: terms.suggest(w, s))  # type: ignore[misc]
                print(
                    f"{of:10} {said:12} {taken:5.1f} ms = {taken / empty:4.1f} x the shipped table"
                )
                slow += [said] if taken > LONGEST_MS else []
        store.close()
        if slow:
            raise SystemExit(f"slower than {LONGEST_MS:.0f} ms: {', '.join(slow)}")


def _bare(path: Path) -> float:
    """Reading the bytes, nothing else."""
    start = time.perf_counter()
    path.read_bytes().decode("utf-8", "replace").splitlines()
    return time.perf_counter() - start
