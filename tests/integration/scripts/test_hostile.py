"""The hostile tries of SECURITY.md, their short form: whatever was tried held."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lgc_sandbox.card import module

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def hostile():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield importlib.import_module("hostile")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def test_whatever_is_tried_holds():
    """In a process of its own: it takes the soft cards and Qt for itself."""
    try:
        module()
    except RuntimeError as missing:
        pytest.skip(str(missing))
    ran = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "hostile.py"), "--short"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
    tried, held = map(int, re.findall(r"(\d+) tentés, (\d+) tenus", ran.stdout)[0])
    assert tried == held > 300


def test_every_line_of_the_issue_is_tried_or_said_to_come(hostile):
    lines = {one.line for one in hostile.TRIES}

    assert lines == {hostile.KEPT, *map(str, range(1, 20))}
    assert {one.seat for one in hostile.TRIES} == set(hostile.SEATS)


def test_security_md_has_a_row_for_each_try(hostile):
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \| ([^|]*)\|$", text, re.M)
    said = {tuple(word.strip() for word in row[:3]) for row in rows}

    assert {(hostile.SEATS[one.seat], one.line, one.words) for one in hostile.TRIES} <= said


def test_what_does_not_hold_is_counted_and_said(hostile, tmp_path):
    ground = hostile.Ground(tmp_path, 1, short=True)

    def opened(ground):
        yield "a door", True
        yield "a window", False
        raise OSError("stopped")

    [result] = hostile.run([hostile.Try("thief", "1", "x", opened)], ground, lambda result: None)

    assert (result.tried, result.held) == (3, 1)
    assert result.missed[0] == "a window" and "stopped" in result.missed[1]
