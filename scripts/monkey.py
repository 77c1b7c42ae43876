"""``python scripts/monkey.py``: a seeded monkey on the real demonstration, without a screen.

It types, clicks, scrolls, opens and closes, locks and unlocks while events and late answers come.
After each action: no crash window, no word of Qt about dead objects, the focus in view. A run is a
process of its own, so that a crash is a finding: its seed and last actions are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from lgc.demo import temporary

RIDER = Path(__file__).with_name("monkey_rider.py")
LAST = 60  # lines: thirty actions, each with what it met
START_SECONDS = 60.0  # the sandbox, the practice and the door, on a machine that has other work
STUCK_SECONDS = 60.0


def ride(seed: int, actions: int, seconds: float) -> tuple[int, list[str]]:
    """One run; how many actions it made, and what is wrong (nothing: it went well).

    It ends after ``actions``, or ``seconds`` after the door opened.
    """
    with temporary("monkey") as folder:
        process = subprocess.Popen(
            [sys.executable, str(RIDER), folder, str(seed), str(actions), str(seconds)],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=(errors := (Path(folder) / "errors").open("w+b")),
            text=True,
        )
        done, wrong, last = 0, [], deque[str](maxlen=LAST)
        with errors, process:
            for line in process.stdout or ():
                kind, _, words = line.rstrip().partition(" ")
                if kind == "fault":
                    wrong.append(words)
                else:
                    done += kind == "did"
                    last.append(words)
            ended = process.wait(STUCK_SECONDS)
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace")[:3000]
    if ended and not wrong:
        wrong.append(f"ended by {ended}")
    if wrong:
        wrong += [f"seed {seed}, last actions:", *last, said]
    return done, wrong


def campaign(seconds: float, seed: int) -> dict[str, int]:
    """Runs with seeds that follow ``seed`` until ``seconds`` are over, each seen to its end.

    Counts: runs, actions, and the runs that found a fault (printed as they come).
    """
    counts = {"runs": 0, "actions": 0, "faults": 0}
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        left = limit - time.monotonic()
        done, wrong = ride(seed + counts["runs"], sys.maxsize, min(left, 120.0))
        counts["runs"] += 1
        counts["actions"] += done
        counts["faults"] += bool(wrong)
        if wrong:
            print("\n".join(wrong), flush=True)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--actions", type=int, default=0, help="one run of so many actions")
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    if not chosen.actions:
        counts = campaign(chosen.seconds, chosen.seed)
        print(json.dumps(counts))
        return 1 if counts["faults"] else 0
    done, wrong = ride(chosen.seed, chosen.actions, chosen.seconds)
    print("\n".join(wrong) or f"{done} actions, nothing found")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
