"""The folder of an open practice is emptied: the doctor is told at once, and finds all again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

APPLICATION = Path(__file__).with_name("vanishing.py")


@pytest.fixture
def run(sandbox, tmp_path):
    """Run one phase; copies of vanished practices go to a place of the test's own."""

    def go(folder, phase):
        done = subprocess.run(
            [sys.executable, str(APPLICATION), str(folder),
             str(sandbox.folder / "sandbox.json"), phase],
            capture_output=True, text=True, timeout=120,
            env={**os.environ, "SOFTHSM2_CONF": sandbox.facts["softhsm2_conf"],
                 "XDG_DATA_HOME": str(tmp_path / "data")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    return go


def test_a_folder_emptied_under_the_application_acknowledges_nothing_and_loses_nothing(
    run, folder, sandbox
):
    told = run(folder, "vanish")

    assert [sentence for sentence in told["warned"] if "a disparu" in sentence]
    assert "a disparu" in told["shared"]
    assert "a disparu" in told["noted"]
    assert "sont copiées dans" in told["noted"]
    assert not folder.exists()

    found = run(folder, "again")

    assert "n’y est plus" in found["offered"]
    assert "a été repris" in found["notice"]
    assert found["typed"] == "tapé après"
    assert found["deliveries"] == 0
    assert found["lines"] > 0


def test_nothing_that_is_written_is_open_to_others(run, tmp_path):
    found = run(tmp_path / "work" / "practice", "work")

    assert (tmp_path / "work" / "practice" / "practice.db").is_file()
    assert list((tmp_path / "work" / "copies").rglob("practice.db"))
    assert found["wide"] == {}


def test_a_full_disk_is_a_sentence_each_time_and_all_goes_on_with_room(run, practice, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk]).returncode:
        pytest.skip("mounting needs root")
    try:
        shutil.copytree(practice, disk / "practice")
        found = run(disk / "practice", "full")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)

    acts = {"share", "note", "settings", "backup", "directory"}
    assert {name for name, said in found["refused"].items() if "plein" in (said or "")} == acts
    assert found["halves"] == []
    assert found["settings kept"]
    assert set(found["after"].values()) == {None}
    assert found["shares"] == 1
    assert found["typed"] == "Fièvre "
