"""Flip one bit of a practice's file, many times: it is found, told, and never copied as good.

Half of the bits are flipped while the practice is open. What counts is what stands on the disk:
a copy that got its name is laundered damage, whatever was said.

    python scripts/faults_bits.py [TRIES] [SEED]
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from lgc.errors import DamagedBase, UserFacingError
from lgc.services.keeping_store import KeepingStore
from lgc.store import upgrade
from lgc.store.practice_store import PracticeStore

PAGE = 4096
WHO = "899700057294"
ANNOUNCED_KEYS = "avec ces clés"


class Clock:
    """The machine's own, in UTC."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


@dataclass
class Outcome:
    """``found`` damage was seen by an opening, a backup and a look; ``wrongs`` in words."""

    page: int
    found: bool = False
    laundered: bool = False
    wrongs: list[str] = field(default_factory=list)


class Practice:
    """A small practice with one good copy, to be damaged again and again."""

    def __init__(self, folder: Path, lines: int = 20) -> None:
        self.folder, self.key = folder, os.urandom(32)
        self.made, self.work, self.copies = folder / "made", folder / "work", folder / "copies"
        self.made.mkdir()
        (self.made / "vault.json").write_text(json.dumps({"store_id": "5a" * 16}), "ascii")
        upgrade.bring_up_to_date(self.made / "practice.db", self.key)
        with closing(self._open(self.made)) as store:
            for number in range(lines):
                with store.unit() as uow:
                    uow.notes.set(f"n{number}", "x" * 3000)
                    uow.audit("document filed", str(number))
                    uow.commit()
            KeepingStore(store, Clock()).back_up(str(self.copies))
        self.before = self._seen()

    @property
    def pages(self) -> int:
        """All but the last one: the journal's last line lies there, and whatever is at work writes
        it anew, whole."""
        return (self.made / "practice.db").stat().st_size // PAGE - 1

    def attempt(self, page: int, bit: int, *, at_work: bool) -> Outcome:
        """``page`` counts from 1, ``bit`` within it. The practice is whole again at the end."""
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.made, self.work)
        outcome = Outcome(page)
        if not at_work:
            flip(self.work / "practice.db", page, bit)
        try:
            with closing(self._open(self.work)) as store:
                if at_work:
                    flip(self.work / "practice.db", page, bit)
                outcome.found = self._try(store, outcome)
        except DamagedBase:
            outcome.found = True
        except UserFacingError as error:
            outcome.wrongs.append(f"opening says « {error.sentence} »")
        self._judge(outcome)
        return outcome

    def _try(self, store: PracticeStore, outcome: Outcome) -> bool:
        keeping = KeepingStore(store, Clock())
        try:
            keeping.back_up(str(self.copies))
            outcome.laundered = True
        except DamagedBase as error:
            if ANNOUNCED_KEYS in error.sentence:
                outcome.wrongs.append("damage speaks of keys")
        look = keeping.look()
        if outcome.page not in look.broken:
            outcome.wrongs.append(f"the look found {look.broken}")
        return look.damaged

    def _judge(self, outcome: Outcome) -> None:
        now = self._seen()
        if any(now.get(path) != content for path, content in self.before.items()):
            outcome.wrongs.append("an earlier copy changed")
        new = {path for path in now if path not in self.before}
        outcome.laundered |= any(not path.name.endswith(".refused.json") for path in new)
        for path in new:
            path.unlink()

    def _open(self, folder: Path) -> PracticeStore:
        return PracticeStore(
            folder / "practice.db", folder / "vault.json", self.key, WHO, Clock().now, new=False
        )

    def _seen(self) -> dict[Path, bytes]:
        files = (path for path in self.copies.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files}


def flip(database: Path, page: int, bit: int) -> None:
    """One bit of a file, as a disk does it."""
    with database.open("r+b") as file:
        file.seek((page - 1) * PAGE + bit // 8)
        (byte,) = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1 << bit % 8]))


def run(tries: int, seed: int) -> list[Outcome]:
    """One outcome a try. The first page comes once in five: what opens a base is there."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="lgc-bits-") as folder:
        practice = Practice(Path(folder))
        return [
            practice.attempt(
                1 if number % 5 == 0 else chance.randint(1, practice.pages),
                chance.randrange(PAGE * 8),
                at_work=number % 2 == 1,
            )
            for number in range(tries)
        ]


def campaign(tries: int, seed: int) -> dict[str, int]:
    """``tried``; ``survived``: found, told, earlier copies untouched; ``laundered``: copied."""
    outcomes = run(tries, seed)
    return {
        "tried": len(outcomes),
        "survived": sum(o.found and not o.wrongs and not o.laundered for o in outcomes),
        "laundered": sum(o.laundered for o in outcomes),
    }


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:3]]
    tries, seed = (asked + [200, 1][len(asked) :])[:2]
    counts = campaign(tries, seed)
    print(" · ".join(f"{name} {count}" for name, count in counts.items()))
    sys.exit(counts["survived"] != counts["tried"])
