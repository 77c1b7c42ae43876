"""The environment of a checkout: Python, locked packages, system parts. Standard library only.

Shared by ``run.py`` and ``test.py``; runs with the system's Python, before anything is installed.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LEAST = (3, 11)


@dataclass(frozen=True)
class Part:
    """A system part: how to see that it is there, and the Debian packages that bring it."""

    name: str
    packages: tuple[str, ...]
    library: str = ""
    command: str = ""
    file: str = ""

    def present(self) -> bool:
        if self.library:
            return ctypes.util.find_library(self.library) is not None
        if self.command:
            return _which(self.command) is not None
        return any(Path("/usr/share/fonts").rglob(self.file))


def _library(name: str, package: str) -> Part:
    return Part(f"lib{name}", (package,), library=name)


RUN_PARTS = (
    _library("EGL", "libegl1"),
    _library("GL", "libgl1"),
    _library("xkbcommon", "libxkbcommon0"),
    _library("xkbcommon-x11", "libxkbcommon-x11-0"),
    _library("xcb-cursor", "libxcb-cursor0"),
    _library("xcb-icccm", "libxcb-icccm4"),
    _library("xcb-keysyms", "libxcb-keysyms1"),
    _library("xcb-image", "libxcb-image0"),
    _library("xcb-randr", "libxcb-randr0"),
    _library("xcb-render-util", "libxcb-render-util0"),
    _library("xcb-shape", "libxcb-shape0"),
    _library("xcb-xkb", "libxcb-xkb1"),
    _library("xcb-sync", "libxcb-sync1"),
    _library("xcb-xfixes", "libxcb-xfixes0"),
    _library("dbus-1", "libdbus-1-3"),
    _library("fontconfig", "libfontconfig1"),
    _library("freetype", "libfreetype6"),
    _library("glib-2.0", "libglib2.0-0"),
    _library("gssapi_krb5", "libgssapi-krb5-2"),
    Part("police DejaVu Sans", ("fonts-dejavu-core",), file="DejaVuSans.ttf"),
    Part("police Inter", ("fonts-inter",), file="Inter*"),
    Part("SoftHSM2", ("softhsm2",), command="softhsm2-util"),
)
TEST_PARTS = (
    *RUN_PARTS,
    Part("xmlsec1", ("xmlsec1",), command="xmlsec1"),
    Part("opencryptoki", ("opencryptoki",), command="pkcsslotd"),
)


def _which(command: str) -> str | None:
    """Also where an ordinary user's PATH does not look."""
    return shutil.which(command) or shutil.which(command, path="/usr/sbin:/sbin:/usr/local/sbin")


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
    """Make or complete ``.venv`` from a lock of names, versions and hashes."""
    check_python()
    wanted = _stamp(ROOT / lock)
    stamp = VENV / f"{lock}.stamp"
    if python().exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print("Préparation de l’environnement Python (une fois)…", flush=True)
    if not python().exists():
        venv.create(VENV, with_pip=True, clear=False)
    _ensure_pip()
    _run(
        [
            *(str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "-r", str(ROOT / lock)),
        ]
    )
    _point_to_source()
    stamp.write_text(wanted)


def _ensure_pip() -> None:
    """An environment made by another tool may have come without pip."""
    probe = subprocess.run([str(python()), "-m", "pip", "--version"], capture_output=True)
    if probe.returncode != 0:
        _run([str(python()), "-m", "ensurepip", "--upgrade"])


def _stamp(lock: Path) -> str:
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    return f"{digest} {sys.version_info[0]}.{sys.version_info[1]} {ROOT}"


def _point_to_source() -> None:
    """``lgc`` is imported from the checkout itself, without a build."""
    found = subprocess.run(
        [str(python()), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    (Path(found.stdout.strip()) / "lgc-checkout.pth").write_text(f"{ROOT / 'src'}\n", "utf-8")


def check_system(parts: Sequence[Part]) -> None:
    """Install what is missing on Debian and Ubuntu, else say the exact command."""
    if not sys.platform.startswith("linux"):
        _say_other_systems()
        return
    missing = [part for part in parts if not part.present()]
    if not missing:
        return
    packages = [package for part in missing for package in part.packages]
    names = ", ".join(part.name for part in missing)
    prefix = _right_to_install()
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if prefix is None:
        print(f"Il manque : {names}.\nInstallez-les : sudo {' '.join(command)}", flush=True)
        return
    print(f"Installation de ce qui manque au système : {names}.", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = subprocess.DEVNULL
    subprocess.run([*prefix, "apt-get", "update"], env=environment, stdout=quiet, check=False)
    done = subprocess.run([*prefix, *command], env=environment, stdout=quiet, check=False)
    if done.returncode != 0:
        print(f"L’installation a échoué. Essayez : sudo {' '.join(command)}", flush=True)


def _right_to_install() -> list[str] | None:
    """How to become root: not needed, without a password, or not at all."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and not subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode
    ):
        return ["sudo", "-n"]
    return None


def _say_other_systems() -> None:
    if _which("softhsm2-util") is None:
        command = "winget install SoftHSM2" if sys.platform == "win32" else "brew install softhsm"
        print(f"Pour la carte de démonstration, installez SoftHSM2 : {command}", flush=True)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(list(command), check=False)
    if done.returncode != 0:
        sys.exit("L’installation des paquets Python a échoué. Vérifiez le réseau, puis relancez.")
