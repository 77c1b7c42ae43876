"""How a process of our own is started: in a bundle, ``sys.executable`` is lgc itself."""

from __future__ import annotations

import sys
from importlib import import_module

# The word that lgc is started with, and the module whose ``main`` then runs.
MODULES = {"--reading-child": "lgc.reading.child", "--card-probe": "lgc.card.probe"}


def command(word: str, *arguments: str) -> list[str]:
    """What to run; ``word`` is one of ``MODULES``."""
    if getattr(sys, "frozen", False):
        return [sys.executable, word, *arguments]
    return [sys.executable, "-P", "-s", "-m", MODULES[word], *arguments]


def serve(arguments: list[str]) -> int | None:
    """Be that process when the first argument says so; None when lgc is to start."""
    if not arguments or arguments[0] not in MODULES:
        return None
    return int(import_module(MODULES[arguments[0]]).main(*arguments[1:]) or 0)
