"""The scripts import each other by name, as Python does when one of them is started."""

import importlib
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


@pytest.fixture
def scripts(monkeypatch):
    """``scripts("run")`` is the module behind ``python3 scripts/run.py``."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    known = set(sys.modules)
    yield importlib.import_module
    for name in ("run", "environment", "system_parts"):
        if name not in known:
            sys.modules.pop(name, None)
