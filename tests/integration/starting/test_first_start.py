"""A new machine: nothing is made, and no code is shown, before what a session needs is there."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pkcs11
import pytest

from lgc import demo, paths
from lgc import settings as declared
from lgc.bootstrap import Office, Profile
from lgc.card.probe import try_module
from lgc.domain.workstation import Verdict
from lgc.errors import UserFacingError
from lgc.settings import Settings
from lgc.store.place import try_folder

pytestmark = pytest.mark.xdist_group("softhsm")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with demo.Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        demo.use_soft_card(running.folder / running.facts["softhsm2_conf"])
        # Another test of this process may have left its own card in the library.
        pkcs11.lib(running.facts["pkcs11_module"]).reinitialize()
        yield running


def test_without_authorities_the_first_start_says_so_before_the_pin_and_makes_nothing(
    sandbox, tmp_path
):
    settings = Settings(tmp_path / "settings.json")
    settings[declared.card_module] = sandbox.facts["pkcs11_module"]
    settings.save()
    office = Office(Profile(tmp_path))

    with pytest.raises(UserFacingError) as refused:
        office.access.open(sandbox.facts["pin"])

    assert "autorités" in refused.value.sentence
    assert "Réglages du poste" in refused.value.advice
    assert not (tmp_path / "vault.json").exists()
    office.stop()

    settings[declared.card_trust] = sandbox.facts["trust"]
    settings.save()
    settings[declared.time_zone] = "Indian/Reunion"
    settings.save()
    again = Office(Profile(tmp_path))
    assert again.access.open(sandbox.facts["pin"]).recovery_code
    copy = again.desk.keeping.back_up(str(tmp_path / "copies"))
    # The hour on the wall of the practice, four hours ahead.
    assert copy.at.utcoffset() == dt.timedelta(hours=4)
    assert copy.place.name.endswith(f"{copy.at:%Y-%m-%d-%H%M%S%z}")
    again.stop()
    assert try_folder(str(tmp_path)).verdict is Verdict.GOOD


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"plain words"])
def test_a_file_that_is_no_module_is_told_and_ends_nothing(tmp_path, content):
    file = tmp_path / "module.so"
    file.write_bytes(content)

    assert try_module(str(file)).verdict is Verdict.BAD


def test_a_module_cut_short_ends_its_own_process_alone(sandbox, tmp_path):
    whole = sandbox.facts["pkcs11_module"]
    assert try_module(whole).verdict is Verdict.GOOD
    content = Path(whole).read_bytes()
    for kept in (len(content) // 8, len(content) // 2):
        cut = tmp_path / f"cut-{kept}.so"
        cut.write_bytes(content[:kept])
        assert try_module(str(cut)).verdict is Verdict.BAD


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        ((), Verdict.DOUBTFUL),
        (("vault.json",), Verdict.BAD),
        (("practice.db",), Verdict.BAD),
        (("vault.json", "practice.db"), Verdict.GOOD),
        (("photo.jpg",), Verdict.DOUBTFUL),
    ],
)
def test_a_folder_says_what_it_holds(tmp_path, made, verdict):
    for name in made:
        (tmp_path / name).write_bytes(b"x")

    assert try_folder(str(tmp_path)).verdict is verdict
    assert (
        try_folder(str(tmp_path / "photo.jpg" / "x")).verdict is Verdict.BAD
        or "photo.jpg" not in made
    )


def test_an_empty_folder_where_a_practice_lived_is_no_new_practice(sandbox, tmp_path, monkeypatch):
    """The disk is not mounted yet: a first start there would look like a practice lost."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "nas"
    settings = Settings(tmp_path / "settings.json")
    settings[declared.card_module] = sandbox.facts["pkcs11_module"]
    settings[declared.card_trust] = sandbox.facts["trust"]

    def start():
        folder.mkdir(exist_ok=True)
        (folder / "settings.json").write_text(json.dumps(settings._values), "utf-8")
        office = Office(Profile(folder, remembered=True))
        try:
            opened = office.access.open(sandbox.facts["pin"])
            office.access.keep_code()
            return opened
        finally:
            office.stop()

    assert start().recovery_code
    folder.rename(tmp_path / "unplugged")

    with pytest.raises(UserFacingError, match="n’est plus dans son dossier"):
        start()
    assert not (folder / "practice.db").exists()
    shutil.rmtree(folder)
    (tmp_path / "unplugged").rename(folder)
    assert start().recovery_code is None


def test_the_chosen_folder_is_remembered_and_an_unreadable_choice_is_never_another_practice(
    tmp_path,
):
    def ask(words):
        told = subprocess.run(
            [sys.executable, "-c", f"from lgc import paths; from pathlib import Path; {words}"],
            capture_output=True,
            text=True,
            env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)},
        )
        return told.stdout.strip() or told.stderr

    assert ask("print(paths.practice_folder() == paths.usual_folder())") == "True"
    ask(f"paths.keep_practice_folder(Path({str(tmp_path / 'nas')!r}))")
    assert ask("print(paths.practice_folder())") == str(tmp_path / "nas")
    [file] = tmp_path.rglob("workstation.json")
    file.write_text("{")
    assert "n’est plus connu" in ask("paths.practice_folder()")
    assert paths.usual_folder()
