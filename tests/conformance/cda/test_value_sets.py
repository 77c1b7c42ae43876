"""Our compact value sets are those of the official kit, and no other is shipped."""

import importlib.util
from pathlib import Path

import pytest

from lgc.paths import bundled
from lgc.terminology.value_sets import value_set

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "value_sets.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("value_sets_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_making_them_again_changes_nothing(script, samples, capsys):
    official = samples.parent / "jeuxDeValeurs"

    assert script.main([str(official), "--check"]) == 0, capsys.readouterr().out


def test_each_shipped_set_has_its_source_and_its_codes(script):
    shipped = {file.stem for file in (bundled("resources") / "terminology").glob("*.json")}

    assert shipped == set(script.SETS)
    for name in shipped:
        found = value_set(name)
        assert found.name and found.version and found.source.startswith("ANS")
        assert all(concept.system and concept.label for concept in found.concepts.values())
