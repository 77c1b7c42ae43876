"""Our copies leave the clipboard; what others copied stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from lgc.desktop import clipboard
from lgc.desktop.clipboard import ClipboardKeeper, copy

OWNER = Path(__file__).with_name("clipboard_owner.py")


@pytest.fixture
def keeper(qapp, monkeypatch):
    monkeypatch.setattr(clipboard, "STAY_MS", 30)
    made = ClipboardKeeper()
    yield made
    shiboken6.delete(made)
    QApplication.clipboard().clear()


def test_our_copy_goes_after_its_time(qtbot, keeper):
    copy("CHEMIN Henri", "<b>CHEMIN Henri</b>")
    assert QApplication.clipboard().mimeData().html()

    qtbot.waitUntil(lambda: not QApplication.clipboard().text())


def test_the_copy_of_another_stays(qtbot, keeper):
    copy("CHEMIN Henri")
    QApplication.clipboard().setText("une recette")

    qtbot.wait(60)
    keeper.empty()

    assert QApplication.clipboard().text() == "une recette"


@pytest.mark.parametrize(
    ("whose", "left"), [("ours", "CHEMIN Henri -> "), ("theirs", "theirs -> theirs")]
)
def test_a_field_copies_for_us_on_a_real_screen(display, whose, left):
    seen = subprocess.run(
        [sys.executable, str(OWNER), whose],
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "Could not load the Qt platform plugin" in seen.stderr:
        pytest.skip("a library of Qt for X11 is missing")

    assert seen.stdout.strip("\n") == left, seen.stderr


def test_an_application_that_just_ends_leaves_no_copy_to_die_of():
    ends = (
        "from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from lgc.desktop.clipboard import copy; copy('CHEMIN Henri', '<b>CHEMIN</b>')"
    )
    settings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}

    assert subprocess.run([sys.executable, "-c", ends], env=settings, timeout=60).returncode == 0
