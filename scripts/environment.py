"""The Python of a checkout: ``.venv`` made or completed from a lock. Standard library only.

Shared by ``run.py`` and ``test.py``; runs with the system's Python, before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import system_parts

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LEAST = (3, 11)
FACTS = "import sys, sysconfig; print(*sys.version_info[:2]); print(sysconfig.get_path('purelib'))"
NO_NETWORK = "L’installation des paquets Python a échoué. Vérifiez le réseau, puis relancez."


def check_python() -> None:
    """End with a sentence when this Python is too old."""
    if sys.version_info < LEAST:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"lgc demande Python 3.11 ou plus récent ; celui-ci est {found}.")


def python() -> Path:
    """The interpreter of the environment."""
    inside = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return VENV / inside


def prepare(lock: str) -> None:
    """Make or complete ``.venv`` from a lock of names, versions and hashes.

    Nothing happens when the stamp says that this lock, this Python and this place are done.
    """
    facts = _facts()
    stamp = VENV / f"{lock}.stamp"
    if facts and stamp.exists() and stamp.read_text("utf-8") == _wanted(lock, facts[0]):
        return
    print("Préparation de l’environnement Python (une fois)…", flush=True)
    version, packages = facts or _create()
    if tuple(map(int, version.split())) < LEAST:
        sys.exit(f"{VENV} contient Python {version.replace(' ', '.')} : supprimez-le et relancez.")
    _ensure_pip()
    _run(
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"),
        *("-r", str(ROOT / lock)),
    )
    # ``lgc`` is imported from the checkout itself; Python reads this file in the locale's encoding.
    path_file = Path(packages) / "lgc-checkout.pth"
    path_file.write_text(f"{ROOT / 'src'}\n", encoding="locale")
    stamp.write_text(_wanted(lock, version), "utf-8")


def _facts() -> tuple[str, str] | None:
    """Version and packages folder of ``.venv``; None when it is absent or no longer starts."""
    try:
        told = subprocess.run([str(python()), "-I", "-c", FACTS], capture_output=True, text=True)
    except OSError:
        return None
    lines = told.stdout.splitlines()
    return (lines[0], lines[1]) if told.returncode == 0 and len(lines) == 2 else None


def _create() -> tuple[str, str]:
    """A fresh environment; one whose interpreter is gone is of use to nobody and is replaced."""
    if not system_parts.PYTHON_VENV.present():
        system_parts.install([system_parts.PYTHON_VENV])
    venv.create(VENV, clear=VENV.exists(), with_pip=False, symlinks=sys.platform != "win32")
    facts = _facts()
    if facts is None:
        sys.exit(f"L’environnement Python n’a pas pu être créé dans {VENV}.")
    return facts


def _ensure_pip() -> None:
    """An environment is born without pip, by our hand or another tool's."""
    probe = subprocess.run([str(python()), "-m", "pip", "--version"], capture_output=True)
    if probe.returncode == 0:
        return
    born = [str(python()), "-m", "ensurepip", "--upgrade", "--default-pip"]
    if subprocess.run(born, stdout=subprocess.DEVNULL).returncode != 0:
        sys.exit("pip n’a pas pu être installé : ajoutez ensurepip à ce Python, puis relancez.")


def _wanted(lock: str, version: str) -> str:
    digest = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    return f"{digest} {version} {ROOT}"


def _run(*arguments: str) -> None:
    if subprocess.run([str(python()), *arguments]).returncode != 0:
        sys.exit(NO_NETWORK)


def call(arguments: Sequence[str], settings: dict[str, str]) -> int:
    """Run the environment's Python in the foreground; Ctrl+C stops it without a traceback.

    Where the system can, in our own place: whoever ends us ends it, and this does not return.
    """
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(python(), [str(python()), *arguments], settings)
    with subprocess.Popen([str(python()), *arguments], env=settings) as running:
        while True:
            try:
                return running.wait()
            except KeyboardInterrupt:
                continue
