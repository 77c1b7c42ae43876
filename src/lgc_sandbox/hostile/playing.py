"""An act played to one connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable

from lgc_sandbox.hostile.acts import ACTS
from lgc_sandbox.hostile.stage import Stage
from lgc_sandbox.knobs import Knobs


def play(
    knobs: Knobs,
    place: str,
    name: str,
    connection: socket.socket,
    tls: ssl.SSLContext,
    over: Callable[[], bool] = lambda: False,
) -> None:
    """Play to one connection until its end, close it, and note what was said."""
    began, stage = time.monotonic(), Stage(connection, tls, over)
    with contextlib.closing(stage), contextlib.suppress(OSError):
        ACTS[place][name](stage)
    knobs.played.append((place, name, stage.said, time.monotonic() - began))


def play_armed(
    knobs: Knobs,
    place: str,
    connection: socket.socket,
    tls: ssl.SSLContext,
    over: Callable[[], bool] = lambda: False,
) -> bool:
    """Play what is armed here, if anything is."""
    name = knobs.act(place)
    if name:
        play(knobs, place, name, connection, tls, over)
    return bool(name)
