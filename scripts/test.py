"""``python3 scripts/test.py``: prepare this machine if needed, then run every test.

Arguments are passed on to pytest; ``--only-setup`` prepares and runs nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys

import environment


def main(arguments: list[str]) -> int:
    environment.prepare("requirements-test.txt")
    environment.check_system(environment.TEST_PARTS)
    if "--only-setup" in arguments:
        return 0
    settings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [str(environment.python()), "-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    return subprocess.run(
        [*command, *arguments], cwd=environment.ROOT, env=settings, check=False
    ).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
