"""The reading process: one deadline, replaced when late or dead, holding nothing of ours."""

import io
import json
import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from PIL import Image

from lgc.children import command
from lgc.reading import asking, frames, isolated, limits
from lgc.reading.child import LATE
from lgc.reading.isolated import GivenUp, Isolated
from lgc.reading.jobs import JOBS

NEVER = {"rule": "FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=3", "start": "2020-01-31T09:00:00",
         "first": "2026-01-01T00:00:00", "last": "2027-01-01T00:00:00", "most": 400}  # fmt: skip
DAILY = {**NEVER, "rule": "FREQ=DAILY"}


@pytest.fixture
def reader():
    made = Isolated()
    yield made
    made.close()


def test_what_is_late_is_ended_and_the_next_one_is_answered(reader):
    reader.ask("calendar.times", **DAILY)
    before = reader.processes

    with pytest.raises(GivenUp) as told:
        reader.ask("calendar.times", seconds=0.2, **NEVER)

    assert (told.value.sentence, told.value.advice) == (isolated.TOO_MUCH, isolated.KEPT)
    assert len(reader.ask("calendar.times", **DAILY).values["times"]) == 365
    assert not set(before) & set(reader.processes)


def test_one_that_died_alone_is_replaced_without_a_word(reader):
    reader.ask("calendar.times", **DAILY)
    [process] = reader.processes
    os.kill(process, 9)
    time.sleep(0.1)

    assert reader.ask("calendar.times", **DAILY).values["times"]


def test_two_are_asked_at_once_and_a_third_waits(reader):
    answers = []
    asked = [
        threading.Thread(
            target=lambda: answers.append(len(reader.ask("calendar.times", **DAILY).values))
        )
        for _ in range(6)
    ]
    for one in asked:
        one.start()
    for one in asked:
        one.join(30)

    assert answers == [1] * 6
    assert len(reader.processes) <= limits.CHILDREN


def test_every_job_has_its_deadline_and_its_sentence():
    assert set(JOBS) == set(limits.DEADLINES) - {"cda", "message"}  # done here
    assert all(job.sentence.endswith(".") for job in JOBS.values())


def test_nothing_of_ours_enters_it(monkeypatch):
    monkeypatch.setenv("LGC_SECRET", "1234")
    monkeypatch.setenv("SOFTHSM2_CONF", "x")

    assert set(isolated.environment()) <= {*isolated.PASSED, "PYTHONPATH", "PYTHONUTF8"}
    assert "1234" not in str(isolated.environment())


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such limits")
def test_it_opens_no_file_no_socket_and_no_process():
    tried = textwrap.dedent(
        """
        import os, resource, socket, sys
        from lgc.reading.child import confine
        confine()
        said = []
        for attempt in (lambda: open("/etc/passwd"), lambda: socket.socket(), lambda: os.pipe()):
            try:
                attempt()
                said.append("open")
            except OSError:
                said.append("refused")
        print(*said, *resource.getrlimit(resource.RLIMIT_CORE))
        """
    )

    done = subprocess.run(
        [sys.executable, "-c", tried], env=isolated.environment(), capture_output=True, text=True
    )

    assert done.stdout.split() == ["refused", "refused", "refused", "0", "0"]


def test_it_ends_when_nobody_asks_any_more():
    child = subprocess.Popen(
        command(isolated.CHILD), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=isolated.environment(),
    )  # fmt: skip
    child.stdin.close()
    child.stdout.close()

    assert child.wait(20) == 0


def test_it_ends_by_itself_when_the_one_who_asked_is_gone(monkeypatch):
    ready = subprocess.Popen(
        command(isolated.CHILD), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=isolated.environment(),
    )  # fmt: skip
    assert frames.receive(ready.stdout, 100, 0) == ({"ready": True}, [])
    rule = {**NEVER, "rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}
    asked = {
        "job": "calendar.times",
        "asked": rule,
        "same": False,
        "seconds": (0.2 - LATE) / limits.PATIENCE,
    }
    frames.send(ready.stdin, asked)

    assert ready.wait(20) != 0
    ready.stdin.close()
    ready.stdout.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02[]",
        b'\x00\x00\x00\x0e{"blobs":[-1]}',
        b'\x00\x00\x00\x0f{"blobs":[900]}',
        b"\x00\x00\x00\x05{{{{{",
        (lambda head: len(head).to_bytes(4, "big") + head)(b'{"blobs":' + b"[" * 5000),
    ],
)
def test_what_is_no_frame_is_never_believed(sent):
    with pytest.raises(frames.BrokenFrame):
        frames.receive(io.BytesIO(sent), 10_000, 500)


def test_a_frame_comes_back_as_it_left():
    kept = io.BytesIO()
    frames.send(kept, {"said": "é"}, (b"un", b"", b"deux"))
    kept.seek(0)

    assert frames.receive(kept, 100, 100) == ({"said": "é"}, [b"un", b"", b"deux"])
    assert json.dumps({"said": "é"}).encode() in kept.getvalue().replace(
        b', "blobs": [2, 0, 4]', b""
    )


def test_a_bundle_starts_itself(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)

    assert command(isolated.CHILD) == [sys.executable, isolated.CHILD]


def test_the_program_knows_the_argument_of_a_bundle():
    child = subprocess.Popen(
        [sys.executable, "-m", "lgc", isolated.CHILD], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env=isolated.environment(),
    )  # fmt: skip
    assert frames.receive(child.stdout, 100, 0) == ({"ready": True}, [])
    frames.send(child.stdin, {"job": "calendar.times", "asked": DAILY, "same": False, "seconds": 5})

    said, _ = frames.receive(child.stdout, 100_000, 0)

    assert len(said["values"]["times"]) == 365
    child.stdin.close()
    child.stdout.close()
    assert child.wait(20) == 0


def test_pages_of_one_document_are_sent_once(reader, monkeypatch):
    sent = []
    send = frames.send
    monkeypatch.setattr(
        frames, "send", lambda s, h, b=(): (sent.append(sum(map(len, b))), send(s, h, b))[1]
    )
    picture = io.BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "PNG")

    for _ in range(2):
        reader.ask("picture.shown", picture.getvalue(), most=100, room=1000)

    assert sent == [len(picture.getvalue()), 0]


def test_small_markup_is_done_here(monkeypatch):
    monkeypatch.setattr(isolated, "ask", None)

    assert asking.html_shown("<p>" + "a" * 1000)[0].endswith("</p>")


def test_no_process_serves_for_ever(reader, monkeypatch):
    monkeypatch.setattr(limits, "CHILD_JOBS", 2)
    reader.ask("calendar.times", **DAILY)
    before = reader.processes

    for _ in range(2):
        reader.ask("calendar.times", **DAILY)

    assert not set(before) & set(reader.processes)
