"""How long the slow things take, as ratios to something bare, so that machines compare.

``python scripts/bench.py store`` fills an encrypted file with 20 000 fictitious patients and
times searches against one bare scan of the patient table. ``python scripts/bench.py dmp`` puts
documents in the sandbox's DMP and times ourselves against the bare cost of the parts.
``terms`` loads nomenclatures of their real size and fails above 30 ms for a completion.
``record`` opens records of 0, 200 and 2 000 documents and fails above 200 ms for 200.
``directory`` brings 500 000 addresses in and fails above 50 ms for a search.
``mail`` reads a mailbox of 10 000 messages for the first time, beside mbsync on the same Dovecot.
``assignment`` judges 50 000 incoming messages whose truth is known: none may go to a wrong record.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import assignment_corpus
from sqlalchemy import text

from lgc.domain.identity import Identity, IdentityStatus, Ins, InsAuthority, Sex, Traits, ins_key
from lgc.domain.patients import Patient
from lgc.store.engine import open_engine
from lgc.store.practice_store import PracticeStore

PATIENTS, MESSAGES = 20_000, 50_000
ROUNDS = 9
NAMES = (
    "BER CHA DU FON GAR LA MAR MO PER RI SAU THI VAN DE LE BOU CAR FAU GUI HEN",
    "NAR LI PON TAI NI ROU TI REAU DI SSE MI LLE RE VE GA NO BA TO CHE MA",
    "D ER T NE N X SEAU ON ET OT EL IN ARD IER AIN OUX EZ AULT IS Y",
)
GIVEN = ("HENRI", "CHANTAL", "SYLVIE", "MARIE-JOSÉ", "PAUL", "ÉLOÏSE", "JULES", "NATHALIE")
QUERIES = {
    "one letter": "m",
    "beginning of a name": "bernar",
    "year": "1948",
    "« 48 »": "48",
    "one slip": "bernarrd",
    "two slips in two words": "malriard chnatal",
    "nobody": "xyzzyxy",
}


def people(count: int) -> Iterator[Patient]:
    """Fictitious patients, always the same ones."""
    draw = random.Random(20)
    names = ["".join(parts) for parts in itertools.product(*map(str.split, NAMES))]
    first = dt.date(1925, 1, 1)
    for number in range(count):
        born = first + dt.timedelta(days=draw.randrange(36_000))
        body = f"{draw.choice('12')}{born:%y%m}92{number:06d}"
        traits = Traits(
            draw.choice(names), (draw.choice(GIVEN), draw.choice(GIVEN)), Sex.FEMALE, born, "75056"
        )
        ins = Ins(body + ins_key(body), InsAuthority.TEST_NIR)
        yield Patient(f"p{number}", Identity(traits, IdentityStatus.VALIDATED, ins))


def milliseconds(work: Callable[[], object]) -> float:
    """The median of a few rounds, after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def bench_store() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, key = Path(folder) / "practice.db", os.urandom(32)
        store = PracticeStore(path, path, key, "8", lambda: dt.datetime.now(dt.UTC))
        start = time.perf_counter()
        with store.unit() as uow:
            for patient in people(PATIENTS):
                uow.patients.add(patient)
            uow.commit()
        print(f"{PATIENTS} patients filed in {time.perf_counter() - start:.1f} s")
        bare = milliseconds(lambda: _bare_scan(path, key))
        print(f"bare scan: {bare:.1f} ms")
        for name, words in (QUERIES | _queries_of(next(people(1)))).items():
            taken = milliseconds(lambda words=words: _find(store, words))  # type: ignore[misc]
            found = len(_find(store, words))
            print(f"{name:24} {taken:6.1f} ms = {taken / bare:5.2f} x bare scan, {found} found")
        store.close()
        opening = milliseconds(
            lambda: PracticeStore(path, path, key, "8", lambda: dt.datetime.now(dt.UTC)).close()
        )
        print(f"{'open and close':24} {opening:6.1f} ms = {opening / bare:5.2f} x bare scan")


def _queries_of(patient: Patient) -> dict[str, str]:
    traits, ins = patient.identity.traits, patient.identity.ins
    return {
        "name and given name": f"{traits.birth_name} {traits.first_given_name}",
        "birth date": f"{traits.birth_date:%d/%m/%Y}",
        "whole matricule": ins.spaced if ins else "",
    }


def _find(store: PracticeStore, words: str) -> list[Patient]:
    with store.unit() as uow:
        return list(uow.patients.find(words))


def _bare_scan(path: Path, key: bytes) -> None:
    """What a search without any index costs: one LIKE over every name."""
    engine = open_engine(path, key)
    with engine.connect() as connection:
        connection.execute(text("SELECT COUNT(*) FROM patient WHERE birth_name LIKE '%ZZ%'"))
    engine.dispose()


def bench_dmp() -> None:
    from bench_dmp import bench

    bench()


def bench_assignment() -> None:
    """Every message of the corpus judged; one wrong assignment is a failure."""
    start = time.perf_counter()
    tally = assignment_corpus.run(MESSAGES)
    each = (time.perf_counter() - start) / MESSAGES * 1e6
    print(f"{tally.cases} messages judged, {each:.0f} µs each")
    print(f"{tally.wrong} wrong, {tally.filed} filed by themselves")
    print(f"abstention: {tally.abstention:.2%} of those that belong to a record")
    if tally.wrong:
        raise SystemExit(1)


def bench_terms() -> None:
    from bench_terms import bench

    bench()


def bench_record() -> None:
    from bench_record import bench

    bench()


def bench_directory() -> None:
    from bench_directory import bench

    bench()


def bench_mail() -> None:
    from bench_mail import bench

    bench()


BENCHES = {
    "store": bench_store,
    "dmp": bench_dmp,
    "assignment": bench_assignment,
    "terms": bench_terms,
    "record": bench_record,
    "directory": bench_directory,
    "mail": bench_mail,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subject", choices=BENCHES)
    BENCHES[parser.parse_args().subject]()


if __name__ == "__main__":
    main()
