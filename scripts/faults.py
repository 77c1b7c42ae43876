"""The fault campaign: everything that breaks or comes in, tried by chance, bounded, seeded.

``python scripts/faults.py`` prints what was tried, what survived, what was lost or doubled.
``--short`` takes a minute or so; ``--only kills --kills 2000`` one part at its full number.

kills    the application killed at random moments, its servers slow, lying or absent; judged from
         the servers' own logs and a fresh reader of the base
bits     one bit of the base flipped: found, told, never copied as good
disks    full and vanishing disks under a practice at work
servers  hostile DMP, SMTP and IMAP servers, and absent ones
inputs   mutated messages, archives, documents and calendars through the real services
monkey   seconds of real actions on the real windows
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from dataclasses import dataclass

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# What a campaign may count besides ``tried`` and ``survived``, and none may count once.
WRONG = ("lost", "doubled", "refused", "open", "laundered", "stopped", "hung", "leaked", "faults")


@dataclass(frozen=True, slots=True)
class Part:
    """``full`` and ``short`` are tries; for the monkey, seconds."""

    module: str
    full: int
    short: int


PARTS = {
    "kills": Part("faults_sendings", 2000, 5),
    "bits": Part("faults_bits", 200, 12),
    "disks": Part("faults_disks", 60, 4),
    "servers": Part("faults_servers", 200, 8),
    "inputs": Part("faults_inputs", 500, 25),
    "monkey": Part("monkey", 300, 15),
}


def main() -> int:
    """Exit code 1 when anything was lost, doubled, laundered, stopped, hung or leaked."""
    chosen = _parser().parse_args()
    wrong = 0
    print(f"{'part':9}{'tried':>7}{'survived':>10}  {'wrong':46}{'seconds':>8}", flush=True)
    for name in chosen.only or PARTS:
        part = PARTS[name]
        tries = getattr(chosen, name) or (part.short if chosen.short else part.full)
        started = time.monotonic()
        counts = importlib.import_module(part.module).campaign(tries, chosen.seed)
        wrong += _print(name, counts, time.monotonic() - started)
    return 1 if wrong else 0


def _print(name: str, counts: dict[str, int], seconds: float) -> int:
    """One row; returns how much went wrong, counting tries that are told nowhere."""
    bad = {word: counts[word] for word in WRONG if word in counts}
    tried = counts.get("tried", counts.get("actions", 0))
    survived = counts.get("survived", counts.get("ended", tried if not any(bad.values()) else 0))
    words = " · ".join(f"{word} {count}" for word, count in bad.items())
    print(f"{name:9}{tried:7}{survived:10}  {words:46}{seconds:8.0f}", flush=True)
    return sum(bad.values()) + abs(tried - survived)


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--short", action="store_true", help="a few of each")
    made.add_argument("--only", nargs="+", choices=tuple(PARTS), metavar="PART")
    for name, part in PARTS.items():
        made.add_argument(f"--{name}", type=int, metavar="N", help=f"{part.full} when absent")
    return made


if __name__ == "__main__":
    sys.exit(main())
