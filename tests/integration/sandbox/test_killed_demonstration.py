"""A demonstration that is killed leaves no process and no port behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

import pytest

from lgc_sandbox.card import module

DEMO = ("-m", "lgc", "demo", "--dir")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def until(seen, seconds):
    limit = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


def processes(folder):
    """The sandboxes of this folder, as the system lists them."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if str(folder / "sandbox") in words:
            found.append(int(one.parent.name))
    return found


def free(address):
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", urllib.parse.urlsplit(address).port)) != 0


@pytest.fixture
def start(tmp_path):
    try:
        module()
    except RuntimeError as why:
        pytest.skip(str(why))
    running = []

    def started(command):
        settings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        process = subprocess.Popen(
            [sys.executable, *command, str(tmp_path)],
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.wait(10)


def test_the_sandbox_of_a_killed_demonstration_ends(start, tmp_path):
    ready = tmp_path / "sandbox" / "sandbox.json"
    process = start(DEMO)
    assert until(ready.exists, 60)
    told = json.loads(ready.read_text("utf-8"))
    assert not free(told["control"])

    process.send_signal(signal.SIGKILL)
    process.wait(10)

    assert until(lambda: not processes(tmp_path), 10)
    assert free(told["control"])
    assert free(told["dmp_base"])


def test_killed_while_the_sandbox_starts(start, tmp_path):
    process = start(DEMO)
    assert until(lambda: processes(tmp_path), 60)

    process.send_signal(signal.SIGKILL)
    process.wait(10)

    assert until(lambda: not processes(tmp_path), 15)
