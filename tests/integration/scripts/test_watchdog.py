"""Servers that a killed script started end, and their folders go."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
STARTER = """
import sys, time; sys.path.insert(0, sys.argv[1]); import dovecot
with dovecot.running() as made:
    print(made.port, made.folder, flush=True); time.sleep(100)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no kill command")


def until(seen, seconds=20):
    limit = time.monotonic() + seconds
    while not seen() and time.monotonic() < limit:
        time.sleep(0.05)
    return seen()


def test_a_real_mail_server_ends_with_the_script_that_started_it(scripts):
    dovecot = scripts("dovecot")
    if why := dovecot.impossible():
        pytest.skip(why)
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(SCRIPTS)], stdout=subprocess.PIPE, text=True
    )
    port, folder = starter.stdout.readline().split()
    assert dovecot.listening(int(port))

    starter.kill()
    starter.wait(10)

    assert until(lambda: not dovecot.listening(int(port)))
    assert until(lambda: not Path(folder).exists())


def test_what_is_watched_ends_with_its_block(scripts, tmp_path):
    kept = tmp_path / "server"
    kept.mkdir()
    server = subprocess.Popen(["sleep", "100"])

    with scripts("watchdog").watched(kept, "kill", str(server.pid)):
        assert server.poll() is None

    assert server.wait(10) < 0
    assert not kept.exists()
