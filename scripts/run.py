"""``python3 scripts/run.py``: prepare this machine if needed, then start lgc (``demo`` first).

Arguments are passed on: ``python3 scripts/run.py tour --out FOLDER``.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import environment
import system_parts

NO_SCREEN = (
    "Il n’y a pas d’écran sur cette machine.\n"
    "Pour voir l’application en images : python3 scripts/run.py tour --out visite"
)
WITHOUT_A_SCREEN = ("tour", "-h", "--help")
PLATFORMS_WITHOUT_X = ("vnc", "eglfs", "linuxfb")


def main(arguments: list[str]) -> int:
    environment.check_python()
    chosen = arguments or ["demo"]
    settings = dict(os.environ)
    missing = system_parts.complete(system_parts.RUN)
    needed = {*system_parts.QT, *system_parts.SCREEN}
    if not has_screen(settings):
        if not any(word in WITHOUT_A_SCREEN for word in chosen):
            print(NO_SCREEN)
            return 1
        settings["QT_QPA_PLATFORM"] = "offscreen"
        needed = {*system_parts.QT}
    if needed.intersection(missing):
        print("Sans ces bibliothèques, l’application ne peut pas s’ouvrir.")
        return 1
    environment.prepare("requirements.txt")
    return environment.call(["-m", "lgc", *chosen], settings)


def has_screen(settings: Mapping[str, str]) -> bool:
    """Whether a window can open: Qt aborts the whole process when its screen does not answer."""
    if not sys.platform.startswith("linux"):
        return True
    platform = settings.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in ("offscreen", "minimal"):
        return False
    if platform in PLATFORMS_WITHOUT_X:
        return True
    return _wayland_answers(settings) or _x_answers(settings)


def _wayland_answers(settings: Mapping[str, str]) -> bool:
    name = settings.get("WAYLAND_DISPLAY", "")
    return bool(name) and (Path(settings.get("XDG_RUNTIME_DIR", "/")) / name).is_socket()


def _x_answers(settings: Mapping[str, str]) -> bool:
    """``DISPLAY`` may be left over from a session that is gone: knock at the door."""
    if not settings.get("DISPLAY") or not system_parts.loads("libxcb.so.1"):
        return False
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
