"""Rules of the house that no type checker knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lgc import settings

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "src").rglob("*.py"))


def tracked():
    """Files git knows, with the new ones; every file where git is absent."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_the_import_contracts_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([str(linter)], cwd=ROOT, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout[-2000:]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_every_module_says_why_it_exists(path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_no_download_address_is_committed():
    wanted = re.compile(r"https?://|git\+|--index-url|files\.pythonhosted")
    locks = [p for p in tracked() if p.name.startswith("requirements") or p.suffix == ".lock"]

    assert locks
    assert not [p.name for p in locks if wanted.search(p.read_text("utf-8"))]


def test_every_locked_package_has_its_hash():
    for lock in ("requirements.txt", "requirements-test.txt"):
        text = (ROOT / lock).read_text("utf-8")
        packages = re.findall(r"^[A-Za-z0-9_.-]+==", text, re.MULTILINE)
        entries = re.split(r"^(?=[A-Za-z0-9_.-]+==)", text, flags=re.MULTILINE)[1:]

        assert len(packages) == len(entries) > 20
        assert all("--hash=sha256:" in entry for entry in entries)


def test_alembic_keeps_its_library_visible():
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_no_path_of_one_machine_is_written_down():
    path = re.compile(r"(?<![\w.])/(?:work|farm|home/[a-z]+|Users/[a-z]+)/")
    text = [p for p in tracked() if p.suffix in (".py", ".md", ".toml", ".txt", ".qss", ".json")]

    assert not [p.name for p in text if path.search(p.read_text("utf-8", "replace"))]


@pytest.mark.parametrize("setting", settings.ALL, ids=lambda s: s.key)
def test_every_setting_has_words_for_the_doctor(setting):
    assert setting.label
    assert "." in setting.key


def test_setting_keys_are_unique():
    keys = [setting.key for setting in settings.ALL]

    assert len(keys) == len(set(keys))
