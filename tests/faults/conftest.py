"""One sandbox for every fault of a module: real servers, real card, its own folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lgc import demo

APPLICATION = Path(__file__).with_name("application.py")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with demo.Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def practice(run_application, tmp_path_factory):
    """A practice made once; copying it is quicker than making another."""
    folder = tmp_path_factory.mktemp("made") / "practice"
    run_application(folder, "prepare")
    return folder


@pytest.fixture
def folder(practice, tmp_path):
    """A practice of the test's own."""
    return shutil.copytree(practice, tmp_path / "practice")


@pytest.fixture(scope="module")
def run_application(sandbox):
    """Run the application as a process; returns (return code, what it printed or None)."""

    def run(folder, phase, kill_at=0, timeout=90, **asked):
        finished = subprocess.run(
            [
                sys.executable,
                str(APPLICATION),
                str(folder),
                str(sandbox.folder / "sandbox.json"),
                phase,
                str(kill_at),
                json.dumps(asked),
            ],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "SOFTHSM2_CONF": sandbox.facts["softhsm2_conf"]},
        )
        told = finished.stdout.strip().splitlines()
        if finished.returncode > 0:
            raise AssertionError(finished.stderr[-2000:])
        return finished.returncode, json.loads(told[-1]) if told else None

    return run
