"""``python3 scripts/test.py``: prepare this machine if needed, then run every test.

Arguments are passed on to pytest; ``--only-setup`` prepares and runs nothing.
"""

from __future__ import annotations

import os
import sys

import environment
import system_parts

PYTEST = ("-m", "pytest", "-n", "2", "--dist", "loadgroup")


def main(arguments: list[str]) -> int:
    environment.check_python()
    system_parts.complete(system_parts.TEST)
    environment.prepare("requirements-test.txt")
    if "--only-setup" in arguments:
        return 0
    settings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    os.chdir(environment.ROOT)
    return environment.call([*PYTEST, *arguments], settings)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
