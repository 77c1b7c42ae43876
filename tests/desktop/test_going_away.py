"""What goes away takes nothing with it: each scene in a process that a crash would end."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("going_away.py")
SCENES = runpy.run_path(str(SCRIPT))["SCENES"]


@pytest.mark.parametrize("scene", list(SCENES))
def test_nothing_is_raised_by_what_goes_away(scene):
    played = subprocess.run(
        [sys.executable, str(SCRIPT), scene], capture_output=True, text=True, timeout=60
    )

    assert played.returncode == 0, f"{played.returncode}\n{played.stdout}\n{played.stderr}"
