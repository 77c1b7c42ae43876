"""Which PKCS#11 library reads the card: the setting, Cryptolib, then OpenSC.

SoftHSM2, the soft card of the demonstration, is never a fall-back: the demonstration names it.

The official paths are those of the Cryptolib packages (cps-ins §1.1).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_WINDOWS = Path(os.environ.get("WINDIR", "C:/Windows")) / "System32"
_PROGRAMS = Path(os.environ.get("PROGRAMFILES", "C:/Program Files"))

OFFICIAL: dict[str, tuple[Path, ...]] = {
    "win32": (_WINDOWS / "cps3_pkcs11_w64.dll", _WINDOWS / "cps3_pkcs11_w32.dll"),
    "darwin": (Path("/usr/local/lib/libcps3_pkcs11_osx.dylib"),),
    "linux": (
        Path("/opt/santesocial/CPS/lib/libcps3_pkcs11_lux.so"),
        Path("/usr/lib64/libcps3_pkcs11_lux.so"),
        Path("/usr/local/galss/libcps3_pkcs11_lux.so"),
    ),
}
OPENSC: dict[str, tuple[Path, ...]] = {
    "win32": (_PROGRAMS / "OpenSC Project/OpenSC/pkcs11/opensc-pkcs11.dll",),
    "darwin": (Path("/Library/OpenSC/lib/opensc-pkcs11.so"),),
    "linux": (
        Path("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"),
        Path("/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so"),
        Path("/usr/lib64/opensc-pkcs11.so"),
    ),
}


def candidates(platform: str = sys.platform) -> tuple[Path, ...]:
    """Every usual path of a platform, the best first."""
    return tuple(path for table in (OFFICIAL, OPENSC) for path in table.get(platform, ()))


def choose(setting: str) -> Path | None:
    """The library to load; None when there is none on this machine.

    A path given by the setting is never replaced by another one behind the doctor's back.
    """
    if setting:
        chosen = Path(setting)
        return chosen if chosen.is_file() else None
    return next((path for path in candidates() if path.is_file()), None)
