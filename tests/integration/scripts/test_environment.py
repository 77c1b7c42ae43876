"""The first start makes an environment, the second leaves it alone: real folders, no network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LOCK = "requirements.txt"


@pytest.fixture
def environment(scripts, tmp_path, monkeypatch):
    """A checkout whose lock asks for nothing, so that no network is needed."""
    (tmp_path / LOCK).write_text("# nothing\n")
    (tmp_path / "src").mkdir()
    module = scripts("environment")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    return module


def imports(environment, name):
    probe = [str(environment.python()), "-c", f"import {name}"]
    return subprocess.run(probe, capture_output=True).returncode == 0


def test_an_environment_is_made_once_and_sees_the_source(environment, capsys):
    (environment.ROOT / "src" / "hello_lgc.py").write_text("")

    environment.prepare(LOCK)
    first = capsys.readouterr().out
    environment.prepare(LOCK)

    assert "Préparation" in first
    assert capsys.readouterr().out == ""
    assert imports(environment, "hello_lgc")
    assert imports(environment, "pip")


def test_a_changed_lock_is_installed_again(environment, capsys):
    environment.prepare(LOCK)
    capsys.readouterr()
    (environment.ROOT / LOCK).write_text("# nothing, newly\n")

    environment.prepare(LOCK)

    assert "Préparation" in capsys.readouterr().out


def test_an_environment_made_by_hand_is_completed_not_destroyed(environment):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment.VENV], check=True)
    keepsake = environment.VENV / "keepsake"
    keepsake.write_text("mine")

    environment.prepare(LOCK)

    assert keepsake.read_text() == "mine"
    assert imports(environment, "pip")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows copies the interpreter")
def test_an_environment_whose_python_is_gone_is_made_again(environment):
    environment.python().parent.mkdir(parents=True)
    environment.python().symlink_to(environment.ROOT / "gone")

    environment.prepare(LOCK)

    assert imports(environment, "pip")


def test_a_lock_that_cannot_be_installed_ends_in_a_sentence(environment):
    (environment.ROOT / LOCK).write_text(f"./gone.whl --hash=sha256:{'0' * 64}\n")

    with pytest.raises(SystemExit, match="Vérifiez le réseau"):
        environment.prepare(LOCK)
    assert not (environment.VENV / f"{LOCK}.stamp").exists()


def test_an_old_python_is_refused_with_a_sentence(environment, monkeypatch):
    monkeypatch.setattr(environment, "LEAST", (99, 0))

    with pytest.raises(SystemExit, match="lgc demande Python"):
        environment.check_python()


@pytest.mark.skipif(os.name != "posix", reason="Windows starts a second process")
def test_the_application_takes_the_place_of_its_starter(scripts):
    """Whoever kills the starter kills the application."""
    starter = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); import environment;"
        "environment.VENV = __import__('pathlib').Path(sys.prefix);"
        "environment.call(['-c', 'import os; print(os.getpid())'], dict(os.environ))"
    )
    folder = Path(scripts("environment").__file__).parent

    process = subprocess.Popen(
        [sys.executable, "-c", starter, str(folder)], stdout=subprocess.PIPE, text=True
    )

    assert process.communicate(timeout=60)[0].split() == [str(process.pid)]
