"""The row of digits does what is drawn on its keys, on the keyboards of a French desk."""

import ctypes.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TYPIST = Path(__file__).with_name("keyboard_typist.py")


@pytest.mark.parametrize("layout", ["fr", "fr-bepo", "be", "ch", "us"])
def test_code_lists_and_alt_take_the_digits_of_the_row(display, layout):
    if shutil.which("setxkbmap") is None or ctypes.util.find_library("Xtst") is None:
        pytest.skip("setxkbmap or libXtst is not installed")
    seen = subprocess.run(
        [sys.executable, str(TYPIST), layout],
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "Could not load the Qt platform plugin" in seen.stderr:
        pytest.skip("a library of Qt for X11 is missing")

    assert seen.stdout.splitlines() == ["1234", "1 2 3 Alt+1 Alt+4"], seen.stderr
