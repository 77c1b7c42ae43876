"""Documents that mean harm, read in a process with little memory and little time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("hostile_child.py")
SECONDS, MEGABYTES = 10, 700
REFUSED = {
    "entities": "DOCTYPE",
    "a million levels": "trop profond",
    "ten million elements": "trop profond ou trop vaste",
    "a million attributes": "trop profond ou trop vaste",
    "a piece beyond measure": "dépasse 50",
}


@pytest.fixture(scope="module")
def outcomes():
    pytest.importorskip("resource", reason="limits of a process exist on Unix only")
    ran = subprocess.run(
        [sys.executable, str(CHILD)],
        capture_output=True,
        timeout=150,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode("utf-8", "replace")[-2000:]
    return json.loads(ran.stdout.decode("utf-8"))


def test_every_case_ends_within_its_time_and_memory(outcomes):
    assert len(outcomes) >= 16
    for name, (_, seconds, megabytes) in outcomes.items():
        assert seconds < SECONDS, name
        assert megabytes < MEGABYTES, name


def test_what_cannot_be_read_is_refused_in_a_sentence(outcomes):
    for name, words in REFUSED.items():
        assert words in outcomes[name][0], name


def test_the_others_are_shown_checked_and_printed(outcomes):
    shown = {name for name, (came, _, _) in outcomes.items() if came == "shown"}

    assert shown == set(outcomes) - set(REFUSED) - {"a zip bomb"}
    # The bomb is told as one file that cannot be read: what stands beside it may be.
    assert outcomes["a zip bomb"][0] == "archive"
