"""A file is written whole or not at all, for this user alone, and what the disk refuses is said."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lgc.errors import UserFacingError
from lgc.files import (
    narrow,
    private_file,
    private_folder,
    save_copy,
    telling,
    told,
    write_whole,
)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def open_to_all():
    """The widest machine: nothing but our own care narrows what is made."""
    former = os.umask(0)
    yield
    os.umask(former)


def test_a_file_and_its_folders_are_for_this_user_alone(tmp_path):
    private_folder(tmp_path / "a" / "b")
    write_whole(tmp_path / "a" / "b" / "file", b"x")

    assert [mode(tmp_path / p) for p in ("a", "a/b", "a/b/file")] == [0o700, 0o700, 0o600]


def test_what_another_library_makes_is_narrow_before_it_writes(tmp_path):
    private_file(tmp_path / "new")
    (tmp_path / "old").touch(0o666)
    (tmp_path / "wide").mkdir(0o777)
    private_file(tmp_path / "old")
    narrow(tmp_path / "wide")

    assert [mode(tmp_path / p) for p in ("new", "old", "wide")] == [0o600, 0o600, 0o700]


def test_a_folder_that_is_there_keeps_its_rights(tmp_path):
    (tmp_path / "usb").mkdir(0o755)
    private_folder(tmp_path / "usb" / "copies")

    assert mode(tmp_path / "usb") == 0o755


def test_a_link_left_where_the_file_goes_is_replaced_not_followed(tmp_path):
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "ours").symlink_to(tmp_path / "theirs")
    write_whole(tmp_path / "ours", b"ours")

    assert (tmp_path / "theirs").read_bytes() == b"theirs"
    assert (tmp_path / "ours").read_bytes() == b"ours"


def test_a_name_as_long_as_the_disk_allows_is_written(tmp_path):
    write_whole(tmp_path / ("n" * 255), b"x")

    assert [p.name for p in tmp_path.iterdir()] == ["n" * 255]


FILLED = """
import resource, sys
from pathlib import Path
from lgc.errors import UserFacingError
from lgc.files import save_copy
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    save_copy(Path(sys.argv[1]), b"y" * 100_000)
except UserFacingError as error:
    print(error.sentence)
"""


def test_a_write_cut_by_the_system_leaves_the_former_file_and_no_draft(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"former")
    said = subprocess.run(
        [sys.executable, "-c", FILLED, str(file)], capture_output=True, text=True, check=True
    )

    assert "trop grand" in said.stdout
    assert file.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [file]


def test_a_disk_really_full_is_a_sentence():
    with pytest.raises(UserFacingError, match="plein"), telling():
        Path("/dev/full").write_bytes(b"x" * 100_000)


def test_a_folder_that_is_gone_is_said(tmp_path):
    with pytest.raises(UserFacingError, match="n’est pas là"):
        save_copy(tmp_path / "gone" / "file", b"x")


@pytest.mark.parametrize("number", [*errno.errorcode, None, 99_999])
def test_every_refusal_of_the_system_has_a_sentence_and_advice_without_a_path(number):
    error = OSError(number, "no", "/home/patient") if number else OSError("no")
    said = told(error)

    assert said.sentence.endswith(".")
    assert said.advice.endswith(".")
    assert "patient" not in said.details
