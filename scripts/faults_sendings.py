"""Kills at random moments of a sending application, before slow, lying and absent servers.

``python3 scripts/faults_sendings.py [--kills N] [--seconds S] [--seed N]`` prints one JSON line:
kills, promised, survived, lost, doubled, refused, open, and what was wrong. ``campaign`` runs
several of it at once.

A round copies a practice, lets the application live and kills it at random moments under a mood of
the servers, makes the servers well again, lets the doctor finish, and judges: by the servers' own
log of what they said yes to, by what came back to the doctor before each kill, and by a fresh
reader of the base; never by one state alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from lgc import demo
from lgc.errors import place_of
from lgc.reading import isolated

APPLICATION = Path(__file__).parents[1] / "tests" / "faults" / "application.py"
SETTLE = 6  # seconds: longer than what any mood takes to file
LONGEST_LIFE, START_LIMIT, FINISH_LIMIT = 4.0, 180, 300
LATE: dict[str, Any] = {"before": 0, "after": 3}
SLOW: dict[str, Any] = {"before": 2, "after": 0}
NEVER: dict[str, Any] = {"never": True}
ALWAYS = 100_000
MOST_JOBS, PER_JOB = 8, 20
SAID = ("lost", "doubled", "refused", "open")


Knob = dict[str, Any]
Told = dict[str, Any]


def _file(how: Knob) -> list[Knob]:
    return [{"place": place, "filing": how} for place in ("smtp", "td2.1")]


def _fault(fault: str, times: int, *places: str) -> list[Knob]:
    return [{"place": place, "fault": fault, "times": times} for place in places]


MOODS: dict[str, list[Knob]] = {
    "well": [],
    "slow": [*_file(SLOW), {"place": "dmp", "latency": 0.4}, {"place": "smtp", "latency": 0.4}],
    "late": _file(LATE),
    "lost": _fault("drop_after_commit", 3, "smtp", "td2.1"),
    "late and lost": [*_file(LATE), *_fault("drop_after_commit", 3, "smtp", "td2.1")],
    "never and lost": [*_file(NEVER), *_fault("drop_after_commit", 3, "smtp", "td2.1")],
    "cut": [*_fault("cut_answer", 3, "td2.1", "td3.1"), *_fault("drop_before", 2, "smtp", "imap")],
    "absent": _fault("drop_before", ALWAYS, "dmp", "smtp", "imap"),
    "asks nobody": _fault("drop_before", ALWAYS, "td3.1", "imap"),
}


@dataclass
class Tally:
    """What a campaign found; ``wrong`` tells each loss and each double, by identifiers."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[list[str]] = field(default_factory=list)

    def told(self) -> Told:
        names = ("kills", "promised", "survived", "lost", "doubled", "refused", "open", "rounds")
        return {**{name: self.counts[name] for name in names}, "wrong": self.wrong}


class Campaign:
    """Rounds against one running sandbox; ``folder`` is its own, made and removed by the caller."""

    def __init__(self, sandbox: demo.Sandbox, folder: Path, seed: int) -> None:
        self.sandbox, self.folder, self.chance = sandbox, folder, random.Random(seed)
        self.tally = Tally()
        self._made = folder / "made"
        self._run(self._made, "prepare")

    def round(self, kills: int) -> None:
        """One practice, ``kills`` deaths under one mood, an end in peace, a judgement."""
        practice = shutil.copytree(self._made, self.folder / "practice")
        mood = self.chance.choice(sorted(MOODS))
        promised: list[Told] = []
        try:
            for knob in MOODS[mood]:
                self.sandbox.control("/knobs", knob)
            for _ in range(kills):
                promised += self._life(practice)
                self.tally.counts["kills"] += 1
            self.sandbox.control("/knobs", {"reset": True})
            time.sleep(LATE["after"])
            self._run(practice, "finish", settle=SETTLE, limit=FINISH_LIMIT)
            self._judge(mood, promised, self._run(practice, "read")["states"])
        finally:
            self.sandbox.control("/knobs", {"reset": True})
            shutil.rmtree(practice)
        self.tally.counts["rounds"] += 1

    def _life(self, practice: Path) -> list[Told]:
        """From a start to a kill at a random moment: what came back to the doctor meanwhile."""
        asked = {"settle": SETTLE, "seed": self.chance.randrange(2**31), "most": 2}
        living = Life(self.sandbox, practice, "live", asked)
        # Some die while they open the base and take up what the last one left.
        if self.chance.random() >= 0.2:
            living.listen(START_LIMIT, until=1)
        living.listen(self.chance.random() * LONGEST_LIFE)
        if not living.kill():
            raise AssertionError(f"the application ended by itself: {living.told()[-1:]}")
        return [one for one in living.told() if "promised" in one]

    def _judge(self, mood: str, promised: list[Told], states: list[Told]) -> None:
        held = {(d["channel"], d["unique_id"]): d for d in states}
        for one in promised:
            for channel in one["channels"]:
                self.tally.counts["promised"] += 1
                if (channel, one["promised"]) not in held:
                    self._wrong("lost", mood, channel, one["promised"], "not in the base")
        received = self.sandbox.control("/received")
        for delivery in states:
            self._judge_one(mood, delivery, _acceptances(received, delivery))

    def _judge_one(self, mood: str, delivery: Told, acceptances: list[Told]) -> None:
        filed = [one for one in acceptances if one["filed"] != "jamais"]
        state, name = delivery["state"], delivery["unique_id"]
        if len(filed) > 1:
            self._wrong("doubled", mood, delivery["channel"], name, f"{len(filed)} copies")
        elif state == "delivered" and not acceptances:
            self._wrong("lost", mood, delivery["channel"], name, "delivered, and never received")
        elif state == "refused" and "never" in mood:
            self.tally.counts["survived"] += 1  # told as it is: what it replaces was never filed
        elif state == "refused":
            self.tally.counts["refused"] += 1
            self.tally.wrong.append(["refused", mood, delivery["channel"], name, delivery["code"]])
        elif state != "delivered":
            self.tally.counts["open"] += 1
            self.tally.wrong.append(["open", mood, delivery["channel"], name, state])
        else:
            self.tally.counts["survived"] += 1

    def _wrong(self, what: str, mood: str, *facts: str) -> None:
        self.tally.counts[what] += 1
        self.tally.wrong.append([what, mood, *facts])

    def _run(self, practice: Path, phase: str, **asked: object) -> Any:
        running = Life(self.sandbox, practice, phase, asked)
        running.listen(FINISH_LIMIT + START_LIMIT)
        if running.kill():
            raise AssertionError(f"{phase} never ended")
        if running.code:
            raise AssertionError(f"{phase} ended with {running.code}")
        return next(reversed(running.told()), {})


class Life:
    """The application in a process of its own, forked from this one, which has imported it and
    started nothing: a kill every second or two rather than every five. POSIX only.
    """

    def __init__(self, sandbox: demo.Sandbox, practice: Path, phase: str, asked: Told) -> None:
        self.code: int | None = None
        self._said = b""
        self._reading, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _live(writing, practice, sandbox.facts, phase, asked)
        os.close(writing)

    def listen(self, seconds: float, until: int = 0) -> None:
        """Take in what it says for ``seconds``, to its end, or to its line number ``until``."""
        limit = time.monotonic() + seconds
        while not until or self._said.count(b"\n") < until:
            ready, _, _ = select.select([self._reading], [], [], max(0.0, limit - time.monotonic()))
            if not ready:
                return
            said = os.read(self._reading, 65_536)
            if not said:
                return
            self._said += said

    def kill(self) -> bool:
        """End it. False when it had ended by itself, with ``code``."""
        ended, status = os.waitpid(self._pid, os.WNOHANG)
        for _ in range(100):  # it said its last word, and is on its way out
            if ended or self._still_speaks():
                break
            time.sleep(0.02)
            ended, status = os.waitpid(self._pid, os.WNOHANG)
        if ended:
            self.code = os.waitstatus_to_exitcode(status)
        else:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        self.listen(0.0)
        os.close(self._reading)
        return not ended

    def _still_speaks(self) -> bool:
        """Is its end of the pipe open?"""
        ready, _, _ = select.select([self._reading], [], [], 0)
        if not ready:
            return True
        said = os.read(self._reading, 65_536)
        self._said += said
        return bool(said)

    def told(self) -> list[Told]:
        """Its whole lines: the last one may have been cut."""
        return [json.loads(line) for line in self._said.split(b"\n")[:-1]]


def _live(writing: int, practice: Path, facts: Told, phase: str, asked: Told) -> NoReturn:
    """In the child, from the fork to the end."""
    try:
        os.dup2(writing, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8")
        # A reading process made ready for nobody costs as much as the life itself.
        isolated.warm = lambda: None
        _application().main(practice, facts, phase, 0, asked)
    except BaseException as error:
        print(json.dumps({"died": place_of(error)}), flush=True)
        os._exit(1)
    os._exit(0)


@cache
def _application() -> Any:
    """``tests/faults/application.py`` as a module."""
    found = importlib.util.spec_from_file_location("faults_application", APPLICATION)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _acceptances(received: Told, delivery: Told) -> list[Told]:
    """What the server of this channel said yes to, for this document or message."""
    if delivery["channel"] == "dmp":
        return [one for one in received["dmp"] if delivery["unique_id"] in one["documents"]]
    return [one for one in received["mail"] if one["message_id"] == delivery["message_id"]]


def run(seed: int, kills: int, seconds: float, per_round: int = 5) -> Told:
    """At least one round; then rounds until ``kills`` deaths or ``seconds`` have passed."""
    limit = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="lgc-sendings-") as where:
        folder = Path(where)
        _application()  # once, before any fork
        with demo.Sandbox(folder / "sandbox") as sandbox:
            rounds = Campaign(sandbox, folder, seed)
            while rounds.tally.counts["kills"] < kills:
                rounds.round(min(per_round, kills - rounds.tally.counts["kills"]))
                if time.monotonic() > limit:
                    break
            return rounds.tally.told()


def campaign(tries: int, seed: int) -> dict[str, int]:
    """``tries`` kills by several campaigns at once, most of whose time is waiting."""
    jobs = max(1, min(MOST_JOBS, tries // PER_JOB))
    shares = [tries // jobs + (job < tries % jobs) for job in range(jobs)]
    running = [
        subprocess.Popen(
            [sys.executable, __file__, "--per-round", "10", "--seconds", "86400",
             "--seed", str(seed * 1000 + job), "--kills", str(share)],
            stdout=subprocess.PIPE,
        )
        for job, share in enumerate(shares)
    ]  # fmt: skip
    counts: Counter[str] = Counter()
    for one in running:
        said, _ = one.communicate()
        told = json.loads(said)
        counts.update({name: told[name] for name in ("kills", *SAID)})
        for wrong in told["wrong"]:
            print(*wrong, flush=True)
    wrong = {name: counts[name] for name in SAID}
    return {"tried": counts["kills"], "survived": counts["kills"] - sum(wrong.values()), **wrong}


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--seconds", type=float, default=300.0)
    asked.add_argument("--per-round", type=int, default=5)
    given = asked.parse_args()
    found = run(given.seed, given.kills, given.seconds, given.per_round)
    print(json.dumps(found, ensure_ascii=False))
    return 1 if found["lost"] or found["doubled"] else 0


if __name__ == "__main__":
    sys.exit(main())
