"""``python3 scripts/run.py``: prepare this machine if needed, then start lgc (``demo`` first).

Arguments are passed on: ``python3 scripts/run.py tour --out FOLDER``.
"""

from __future__ import annotations

import os
import subprocess
import sys

import environment

NO_SCREEN = (
    "Il n’y a pas d’écran sur cette machine.\n"
    "Pour voir l’application en images : python3 scripts/run.py tour --out visite"
)


def main(arguments: list[str]) -> int:
    environment.check_python()
    chosen = arguments or ["demo"]
    environment.prepare("requirements.txt")
    environment.check_system(environment.RUN_PARTS)
    settings = dict(os.environ)
    if not has_screen():
        if chosen[0] == "demo" or chosen[0].startswith("--dossier"):
            print(NO_SCREEN)
            return 1
        settings.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [str(environment.python()), "-m", "lgc", *chosen]
    try:
        return subprocess.run(command, env=settings, check=False).returncode
    except KeyboardInterrupt:
        return 130


def has_screen() -> bool:
    """Windows and macOS always have one; Linux says so in its environment."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
