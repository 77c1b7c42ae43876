"""Offscreen windows in the light theme, and helpers that press real keys."""

from __future__ import annotations

import gc
import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from lgc.desktop.bridge import Bridge
from lgc.desktop.components import keys
from lgc.desktop.main_window import MainWindow
from lgc.desktop.theme import Theme
from lgc.desktop.theme.palette import LIGHT
from lgc.settings import Settings

SECONDS = itertools.count()


def _neighbour(stem):
    """A module of this folder, without making a package of the tests."""
    name = f"lgc_desktop_{stem}"
    if name not in sys.modules:
        path = Path(__file__).parent / f"{stem}.py"
        found = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(found)
        sys.modules[name] = module
        found.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def scenes():
    """The believable practice of scenes.py."""
    return _neighbour("scenes")


@pytest.fixture(scope="session")
def neighbour():
    """A module of this folder by its stem."""
    return _neighbour


@pytest.fixture(autouse=True, scope="module")
def collect_here(qapp):
    """As in the application: a worker never collects, hence never destroys, a widget."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Each stroke of a test is a new one, a second after the last; not so in ``test_keys.py``."""
    monkeypatch.setattr(keys.STROKES, "now", lambda: float(next(SECONDS)))


@pytest.fixture
def theme(qapp):
    qapp.setStyle("Fusion")
    made = Theme(LIGHT)
    made.apply(qapp)
    yield made
    # A change still under way would dress the next test's window while it is being built.
    shiboken6.delete(made)


@pytest.fixture
def window(qtbot, theme):
    """An empty shell, shown and active."""
    made = MainWindow(Bridge())
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    made.tasks.close()
    # Now, before the collector takes the Python half of widgets that still get events.
    shiboken6.delete(made)


@pytest.fixture
def desk(scenes):
    """What the screens of the shell need of a session."""
    day = scenes.FakeDay()
    return SimpleNamespace(
        day=day,
        planning=day,
        queue=scenes.FakeQueue(),
        finding=scenes.FakeFinding(),
        clock=SimpleNamespace(now=lambda: scenes.NOW),
        settings=Settings(),
    )


@pytest.fixture
def type_text():
    """Type any letters, accents included, where the focus is."""

    def typed(words: str) -> None:
        for letter in words:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                target = QApplication.focusWidget()
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(target, event)

    return typed


@pytest.fixture(scope="session")
def rooms(scenes):
    """Small real services of records, documents, messages and sharing (rooms.py)."""
    return _neighbour("rooms")


@pytest.fixture
def display():
    """The name of a real X server of this test alone."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        yield f":{told.readline().strip()}"
    server.terminate()
    server.wait(10)
