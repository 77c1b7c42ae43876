"""What ``python3 scripts/run.py`` says and does, by the screen and the parts of the machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[3] / "scripts" / "run.py"
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has no sure screen")


def start(*arguments, **screen):
    settings = {name: value for name, value in os.environ.items() if name not in SCREENS}
    return subprocess.run(
        [sys.executable, RUN, *arguments],
        env=settings | screen,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@linux
@pytest.mark.parametrize(
    "screen",
    [{}, {"DISPLAY": ":9753"}, {"WAYLAND_DISPLAY": "gone-0"}, {"QT_QPA_PLATFORM": "offscreen"}],
    ids=lambda screen: next(iter(screen), "nothing"),
)
def test_without_a_screen_that_answers_the_tour_is_offered(screen):
    done = start(**screen)

    assert done.returncode == 1
    assert "Il n’y a pas d’écran" in done.stdout
    assert "scripts/run.py tour --out" in done.stdout
    assert done.stderr == ""


@linux
def test_a_screen_that_answers_is_seen(scripts, monkeypatch):
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        monkeypatch.setenv("DISPLAY", display)
        assert scripts("run").has_screen({"DISPLAY": display})
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def without_root(scripts, monkeypatch):
    """A machine where nothing may be installed."""
    module = scripts("system_parts")
    monkeypatch.setattr(module, "right_to_install", lambda: None)
    return module


@pytest.fixture
def gone(without_root):
    return [
        without_root.Part("libgone", "libgone0", library="libgone.so.0"),
        without_root.Part("gonectl", "gone-tools", command="gonectl"),
        without_root.Part("police Gone Sans", "fonts-gone", font="GoneSans*"),
    ]


@linux
@pytest.mark.parametrize(
    ("installer", "said"),
    [
        ("apt-get", "sudo apt-get install -y --no-install-recommends libgone0 gone-tools"),
        ("dnf", "sudo dnf install 'libgone.so.0()(64bit)' '*bin/gonectl' 'font(gonesans)'"),
        ("another", "libgone.so.0, gonectl, GoneSans*"),
    ],
)
def test_what_is_missing_is_said_with_the_exact_command(
    without_root, gone, installer, said, monkeypatch, capsys
):
    monkeypatch.setattr(without_root.shutil, "which", lambda name, **_: name == installer or None)

    assert without_root.complete(gone) == gone
    assert said in capsys.readouterr().out


@linux
def test_what_is_there_is_not_spoken_of(scripts, capsys):
    parts = scripts("system_parts")
    here = [
        parts.Part("libc", "libc6", library="libc.so.6"),
        parts.Part("sh", "dash", command="sh"),
    ]

    assert parts.complete(here) == []
    assert capsys.readouterr().out == ""


@linux
def test_one_unknown_package_does_not_keep_the_others_away(scripts, tmp_path, monkeypatch, capsys):
    """With an apt-get of our own that knows one package."""
    tool = tmp_path / "apt-get"
    tool.write_text(
        "#!/bin/sh\n"
        'case "$*" in *unknown*) exit 100;; *known) cp "$0" "$(dirname "$0")/found";; esac\n'
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    parts = scripts("system_parts")
    unknown = parts.Part("Inconnu", "unknown", command="no-such-command")
    known = parts.Part("Connu", "known", command="found")

    assert parts.complete([unknown, known]) == [unknown]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Installation de ce qui manque au système : Inconnu, Connu."
    assert said[1] == "L’installation n’a pas abouti. Il manque au système : Inconnu."
    assert said[2].endswith("--no-install-recommends unknown")
