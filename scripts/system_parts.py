"""The parts of the operating system that lgc stands on: Qt's libraries, two fonts, a soft card.

On Debian and Ubuntu what is missing is installed when we may; elsewhere the exact command is said.
Standard library only: this runs with the system's Python, before anything is installed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

APT_INSTALL = ("install", "-y", "--no-install-recommends")
FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)


@dataclass(frozen=True)
class Part:
    """A part, the Debian package that brings it, and one way to see that it is there."""

    name: str
    package: str
    library: str = ""
    command: str = ""
    font: str = ""
    module: str = ""

    def present(self) -> bool:
        """The dynamic loader, the PATH and the font folders tell the truth faster than packages."""
        if self.library:
            return loads(self.library)
        if self.command:
            return which(self.command) is not None
        if self.module:
            importlib.invalidate_caches()
            return importlib.util.find_spec(self.module) is not None
        return any(any(folder.rglob(self.font)) for folder in FONT_FOLDERS if folder.is_dir())

    @property
    def dnf(self) -> str:
        """What Fedora calls it: by what a package provides, so that no package name is guessed."""
        if self.library:
            return f"'{self.library}()(64bit)'"
        if self.command:
            return f"'*bin/{self.command}'"
        return f"'font({self.name.removeprefix('police ').replace(' ', '').lower()})'"


def _library(file: str, package: str) -> Part:
    return Part(file.partition(".so")[0], package, library=file)


QT = (
    _library("libEGL.so.1", "libegl1"),
    _library("libGL.so.1", "libgl1"),
    _library("libxkbcommon.so.0", "libxkbcommon0"),
    _library("libdbus-1.so.3", "libdbus-1-3"),
    _library("libfontconfig.so.1", "libfontconfig1"),
    _library("libfreetype.so.6", "libfreetype6"),
    _library("libglib-2.0.so.0", "libglib2.0-0"),
    _library("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
    _library("libzstd.so.1", "libzstd1"),
    _library("libbrotlidec.so.1", "libbrotli1"),
)
SCREEN = (
    _library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    _library("libxcb-cursor.so.0", "libxcb-cursor0"),
    _library("libxcb-icccm.so.4", "libxcb-icccm4"),
    _library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    _library("libxcb-image.so.0", "libxcb-image0"),
    _library("libxcb-randr.so.0", "libxcb-randr0"),
    _library("libxcb-render-util.so.0", "libxcb-render-util0"),
    _library("libxcb-shape.so.0", "libxcb-shape0"),
    _library("libxcb-xkb.so.1", "libxcb-xkb1"),
    _library("libxcb-sync.so.1", "libxcb-sync1"),
    _library("libxcb-xfixes.so.0", "libxcb-xfixes0"),
)
FONTS = (
    Part("police DejaVu Sans", "fonts-dejavu-core", font="DejaVuSans.ttf"),
    Part("police Inter", "fonts-inter", font="Inter*"),
)
CARD = (Part("SoftHSM2", "softhsm2", command="softhsm2-util"),)
RUN = (*QT, *SCREEN, *FONTS, *CARD)
TEST = (
    *RUN,
    Part("xmlsec1", "xmlsec1", command="xmlsec1"),
    Part("opencryptoki", "opencryptoki", command="pkcsslotd"),
    Part("Xvfb", "xvfb", command="Xvfb"),
    Part("setxkbmap", "x11-xkb-utils", command="setxkbmap"),
    _library("libXtst.so.6", "libxtst6"),
    Part("Dovecot", "dovecot-imapd", command="dovecot"),
    Part("Postfix", "postfix", command="postfix"),
    Part("mbsync", "isync", command="mbsync"),
)
PYTHON_VENV = Part(
    "ensurepip",
    f"python{sys.version_info[0]}.{sys.version_info[1]}-venv",
    module="ensurepip",
)


def loads(library: str) -> bool:
    """Whether the dynamic loader of this machine finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def which(command: str) -> str | None:
    """Also where an ordinary user's PATH does not look."""
    return shutil.which(command) or shutil.which(command, path="/usr/sbin:/sbin:/usr/local/sbin")


def complete(parts: Sequence[Part]) -> list[Part]:
    """Install what is missing where we may, else say how; returns what is still missing."""
    if not sys.platform.startswith("linux"):
        return _say_other_systems()
    missing = [part for part in parts if not part.present()]
    if missing:
        install(missing)
    return [part for part in missing if not part.present()]


def install(missing: Sequence[Part]) -> None:
    """apt-get as root or with a sudo that asks nothing; otherwise the command, in words."""
    prefix = right_to_install()
    if prefix is None:
        print(_advice(missing), flush=True)
        return
    print(f"Installation de ce qui manque au système : {_names(missing)}.", flush=True)
    _apt(prefix, "update")
    packages = [part.package for part in missing]
    if not _apt(prefix, *APT_INSTALL, *packages):
        for package in packages:  # one unknown name must not keep the others away
            _apt(prefix, *APT_INSTALL, package)
    left = [part for part in missing if not part.present()]
    if left:
        print(f"L’installation n’a pas abouti. {_advice(left)}", flush=True)


def _apt(prefix: Sequence[str], *arguments: str) -> bool:
    command = [*prefix, "apt-get", *arguments]
    settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=settings, stdout=subprocess.DEVNULL)
    except KeyboardInterrupt:
        sys.exit("Installation interrompue.")
    return done.returncode == 0


def _names(parts: Sequence[Part]) -> str:
    return ", ".join(part.name for part in parts)


def _advice(missing: Sequence[Part]) -> str:
    """The exact command of this system, or the files that its own tool must bring."""
    what = f"Il manque au système : {_names(missing)}."
    packages = " ".join(part.package for part in missing)
    if shutil.which("apt-get"):
        return f"{what}\nInstallez-le : sudo apt-get {' '.join(APT_INSTALL)} {packages}"
    if shutil.which("dnf"):
        return f"{what}\nInstallez-le : sudo dnf install {' '.join(part.dnf for part in missing)}"
    files = ", ".join(part.library or part.command or part.font for part in missing)
    return f"{what}\nInstallez avec le gestionnaire de votre système ce qui apporte : {files}"


def right_to_install() -> list[str] | None:
    """How to become root: not needed, without a password, or not at all."""
    if sys.platform == "win32" or shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


SOFTHSM_ELSEWHERE = {
    "darwin": "brew install softhsm",
    "win32": "cherchez-le avec « winget search SoftHSM » et installez-le dans C:\\SoftHSM2",
}


def _say_other_systems() -> list[Part]:
    """Windows and macOS bring their own fonts and window system; only the soft card may miss."""
    usual = Path("C:/SoftHSM2/lib/softhsm2-x64.dll")
    if which("softhsm2-util") is None and not usual.is_file():
        advice = SOFTHSM_ELSEWHERE.get(sys.platform, "installez SoftHSM2")
        print(f"Pour la carte de démonstration, il manque SoftHSM2 : {advice}.", flush=True)
    return []
