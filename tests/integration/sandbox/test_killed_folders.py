"""The folder of a killed tour goes at the next start; that of a living one stays."""

import json
import os
import socket
import tempfile
import time
from pathlib import Path

import pytest

from lgc import demo


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(temporary, name, port=None, *, minutes=0):
    folder = temporary / name
    (folder / "sandbox").mkdir(parents=True)
    if port is not None:
        told = json.dumps({"control": f"http://127.0.0.1:{port}"})
        (folder / "sandbox" / "sandbox.json").write_text(told)
    os.utime(folder, (time.time() - 60 * minutes,) * 2)
    return folder


def test_only_what_nobody_serves_any_more_goes(temporary):
    with socket.create_server(("127.0.0.1", 0)) as serving, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        served = left(temporary, "lgc-tour-served", serving.getsockname()[1], minutes=60)
        killed = left(temporary, "lgc-tour-killed", closed.getsockname()[1])
        starting = left(temporary, "lgc-tour-starting")
        cut = left(temporary, "lgc-tour-cut", minutes=60)
        other = left(temporary, "else-tour-cut", minutes=60)

        with demo.temporary("tour") as made:
            assert Path(made).is_dir()

    assert served.exists() and starting.exists() and other.exists()
    assert not killed.exists() and not cut.exists()
