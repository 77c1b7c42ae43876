"""Kills at random moments of a sending application, before slow, lying and absent servers.

``python3 scripts/faults_sendings.py [--kills N] [--seconds S] [--seed N]`` prints one JSON line:
kills, promised, survived, lost, doubled, refused, open, and what was wrong.

A round copies a practice, lets the application live and kills it at random moments under a mood of
the servers, makes the servers well again, lets the doctor finish, and judges: by the servers' own
log of what they said yes to, by what came back to the doctor before each kill, and by a fresh
reader of the base; never by one state alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lgc import demo

APPLICATION = Path(__file__).parents[1] / "tests" / "faults" / "application.py"
SETTLE = 6  # seconds: longer than what any mood takes to file
LONGEST_LIFE, START_LIMIT, FINISH_LIMIT = 6.0, 90, 120
LATE: dict[str, Any] = {"before": 0, "after": 3}
SLOW: dict[str, Any] = {"before": 2, "after": 0}
NEVER: dict[str, Any] = {"never": True}
ALWAYS = 100_000


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
        living = self._start(practice, "live", asked)
        told: list[str] = []
        said = living.stdout or ()
        reading = threading.Thread(target=lambda: told.extend(said), daemon=True)
        reading.start()
        limit = time.monotonic() + START_LIMIT
        # Some die while they open the base and take up what the last one left.
        early = self.chance.random() < 0.2
        while not told and not early and living.poll() is None and time.monotonic() < limit:
            time.sleep(0.02)
        time.sleep(self.chance.random() * LONGEST_LIFE)
        ended = living.poll()
        living.kill()
        living.wait()
        reading.join(5)
        if ended is not None and ended >= 0:
            raise AssertionError(f"the application ended by itself: {ended}")
        lines = [json.loads(line) for line in told if line.endswith("\n")]
        return [one for one in lines if "promised" in one]

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

    def _start(self, practice: Path, phase: str, asked: Told) -> subprocess.Popen[str]:
        facts = str(self.sandbox.folder / "sandbox.json")
        return subprocess.Popen(
            [sys.executable, str(APPLICATION), str(practice), facts, phase, "0", json.dumps(asked)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "SOFTHSM2_CONF": self.sandbox.facts["softhsm2_conf"]},
        )

    def _run(self, practice: Path, phase: str, **asked: object) -> Any:
        running = self._start(practice, phase, asked)
        told, _ = running.communicate(timeout=FINISH_LIMIT + START_LIMIT)
        if running.returncode:
            raise AssertionError(f"{phase} ended with {running.returncode}")
        return json.loads(told.strip().splitlines()[-1]) if told.strip() else {}


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
        with demo.Sandbox(folder / "sandbox") as sandbox:
            rounds = Campaign(sandbox, folder, seed)
            while rounds.tally.counts["kills"] < kills:
                rounds.round(min(per_round, kills - rounds.tally.counts["kills"]))
                if time.monotonic() > limit:
                    break
            return rounds.tally.told()


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
