"""``python3 scripts/test_units.py``: the tests of units on the newest Python of this machine.

The locked reader of units once could not start on Python 3.12 and later, and nobody saw it where
every test runs on the oldest. Standard library only; says so when there is no newer Python here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import environment

NEWEST, OLDEST = 15, environment.LEAST[1] + 1
TESTS = "tests/unit/terminology/test_ucum.py"
PARTS = frozenset(
    [
        "attrs",
        "flexcache",
        "flexparser",
        "hypothesis",
        "iniconfig",
        "lark",
        "packaging",
        "pint",
        "platformdirs",
        "pluggy",
        "pygments",
        "pytest",
        "sortedcontainers",
        "typing-extensions",
        "ucumvert",
    ]
)
_PINNED = re.compile(r"(?m)^([a-z0-9.-]+)(?:\[[^\]]*\])?==(?:[^\n]*\\\n)+[^\n]*\n")


def main() -> int:
    found = newest()
    if found is None:
        print("Pas de Python plus récent ici : unités essayées sur le plus ancien seulement.")
        return 0
    version, python = found
    place = environment.ROOT / f".venv-units-{version}"
    inside = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    try:
        _prepare(python, place, inside)
    except (OSError, subprocess.CalledProcessError):
        print(f"Les unités n’ont pas pu être préparées pour Python {version} : non essayées.")
        return 0
    print(f"Unités sur Python {version} :", flush=True)
    alone = ("--noconftest", "-c", os.devnull, "--rootdir", str(environment.ROOT))
    settings = {**os.environ, "PYTHONPATH": str(environment.ROOT / "src")}
    tests = [str(inside), "-m", "pytest", "-q", "-p", "no:cacheprovider", *alone, TESTS]
    return subprocess.run(tests, cwd=environment.ROOT, env=settings).returncode


def _prepare(python: str, place: Path, inside: Path) -> None:
    """The locked parts of these tests alone. Raises CalledProcessError where they cannot be had."""
    if not inside.exists():
        subprocess.run([python, "-m", "venv", str(place)], check=True)
    pins = place / "pins.txt"
    wanted = locked((environment.ROOT / "requirements-test.txt").read_text("utf-8"))
    if not pins.exists() or pins.read_text("utf-8") != wanted:
        new = place / "new.txt"
        new.write_text(wanted, "utf-8")
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
        command = [str(inside), *pip, "--require-hashes", "-r", str(new)]
        subprocess.run(command, check=True)
        new.replace(pins)


def newest() -> tuple[str, str] | None:
    """Version and path of the newest Python above the oldest supported that answers here."""
    for minor in range(NEWEST, OLDEST - 1, -1):
        name = f"python3.{minor}"
        kept = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/{name}"), reverse=True)
        for python in filter(None, [shutil.which(name), *map(str, kept)]):
            told = subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True)
            if told.returncode == 0:
                return f"3.{minor}", python
    return None


def locked(lock: str) -> str:
    """What these tests need, from a lock of names, versions and hashes."""
    return "".join(m.group(0) for m in _PINNED.finditer(lock) if m.group(1) in PARTS)


if __name__ == "__main__":
    raise SystemExit(main())
