"""Rules of the house that no type checker knows."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lgc import settings

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "src").rglob("*.py"))
LOCKS = (ROOT / "requirements.txt", ROOT / "requirements-test.txt")


def tracked():
    """The files of the project, new ones included; skips by name where there is no git."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode != 0:
        pytest.skip("this copy is not a git checkout")
    names = listed.stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def lines(paths):
    """Every line of the text files among these, with where it stands."""
    for path in paths:
        content = path.read_bytes()
        if b"\0" in content[:4096]:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def locked(lock):
    """Name, version and condition of every package of a lock, with its hashes."""
    text = lock.read_text("utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9_.-]+==)", text, flags=re.MULTILINE)[1:]
    return {entry.splitlines()[0].removesuffix(" \\"): entry for entry in entries}


def test_the_import_contracts_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([str(linter)], cwd=ROOT, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout[-2000:]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_every_module_says_why_it_exists(path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_the_locks_hold_names_versions_and_hashes_only():
    package = r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+( ; [^/:@]+)? \\"
    entry = re.compile(package + r"|    --hash=sha256:[0-9a-f]{64}( \\)?")

    odd = [place for place, line in lines(LOCKS) if not entry.fullmatch(line)]

    assert not odd


def test_no_download_address_stands_in_what_configures_the_project():
    files = [
        path
        for path in tracked()
        if path.suffix in (".toml", ".lock", ".cfg", ".ini", ".yml", ".yaml", ".mako")
        or path.relative_to(ROOT).parts[0] in (".ci", "scripts")
    ]
    address = re.compile(r"\w+://|git\+|--(?:extra-)?index-url|--find-links")

    assert files
    assert not [place for place, line in lines(files) if address.search(line)]


def test_no_registry_is_named_anywhere():
    hosts = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", "files" + r"\.python")))

    assert not [place for place, line in lines(tracked()) if hosts.search(line)]


def test_every_locked_package_has_its_hash():
    for lock in LOCKS:
        assert len(locked(lock)) > 20
        assert all("--hash=sha256:" in entry for entry in locked(lock).values())


def test_what_is_tested_is_what_the_doctor_runs():
    run, test = map(locked, LOCKS)

    assert run.items() <= test.items()


def test_the_locks_hold_everything_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {"requirements.txt": project["dependencies"]}
    asked["requirements-test.txt"] = project["optional-dependencies"]["test"]
    for lock in LOCKS:
        names = {re.match(r"[\w.-]+", wish)[0].lower() for wish in asked[lock.name]}
        assert not names - {entry.partition("==")[0] for entry in locked(lock)}


def test_alembic_keeps_its_library_visible():
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_no_path_of_one_machine_is_written_down():
    path = re.compile(r"(?<![\w.])/(?:work|root|home/[a-z]+|Users/[a-z]+)/")

    assert not [place for place, line in lines(tracked()) if path.search(line)]


@pytest.mark.parametrize("setting", settings.ALL, ids=lambda s: s.key)
def test_every_setting_has_words_for_the_doctor(setting):
    assert setting.label
    assert "." in setting.key


def test_setting_keys_are_unique():
    keys = [setting.key for setting in settings.ALL]

    assert len(keys) == len(set(keys))


def test_migrations_are_one_line():
    """Two that follow the same one leave no practice that opens."""
    files = sorted((ROOT / "alembic" / "versions").glob("[0-9]*.py"))
    told = [
        re.search(r'^revision = "(\d+)"\ndown_revision = (?:"(\d+)"|None)', one.read_text(), re.M)
        for one in files
    ]

    numbers = [one.stem.partition("_")[0] for one in files]
    assert [found.group(1) for found in told] == numbers
    assert [found.group(2) for found in told] == [None, *numbers[:-1]]
