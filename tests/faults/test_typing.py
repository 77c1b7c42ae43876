"""kill -9 while the doctor types without a pause: at most two seconds of words are lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

TYPING = Path(__file__).with_name("doctor_typing.py")
LOST_SECONDS = 2.0


def start(sandbox, folder, phase):
    return subprocess.Popen(
        [sys.executable, str(TYPING), str(folder), str(sandbox.folder / "sandbox.json"), phase],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={
            **os.environ,
            "SOFTHSM2_CONF": sandbox.facts["softhsm2_conf"],
            "QT_QPA_PLATFORM": "offscreen",
        },
    )


def test_a_note_typed_without_a_pause_survives_a_kill(sandbox, folder):
    typing = start(sandbox, folder, "type")
    said = []
    try:
        for line in typing.stdout:
            number, moment = line.split()
            said.append((int(number), float(moment)))
            if moment and said[-1][1] - said[0][1] > 4.0:
                break
    finally:
        typing.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        typing.wait(20)
        typing.stdout.close()
    assert len(said) > 20

    reading = start(sandbox, folder, "read")
    told, _ = reading.communicate(timeout=60)
    kept = json.loads(told.strip().splitlines()[-1])["history"].split()
    # What stood in the field two seconds before the end, by the clock both processes share.
    owed = [number for number, moment in said if moment < killed - LOST_SECONDS]
    assert kept == [f"mot{number}" for number in range(1, len(kept) + 1)]
    assert len(kept) >= owed[-1]
