"""Value sets that are shipped are whole, versioned and sourced."""

import pytest

from lgc.paths import bundled
from lgc.terminology import code_systems, ucum
from lgc.terminology.value_sets import value_set

NAMES = sorted(f.stem for f in (bundled("resources") / "terminology").glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_each_set_says_where_it_comes_from(name):
    found = value_set(name)

    assert found.concepts
    assert found.version
    assert found.source
    for code, concept in found.concepts.items():
        assert concept.code == code
        assert concept.label
        assert concept.system


def test_a_code_of_another_system_is_not_found():
    vital = value_set("vital_sign")

    assert vital.get("29463-7", code_systems.LOINC).label == "Poids"
    assert vital.get("29463-7", code_systems.CIM_10) is None
    assert vital.label("inconnu") == "inconnu"


def test_units_are_said_in_french():
    assert ucum.french("{pack}/a") == "paquets-années"
    assert ucum.french("mmol/L") == "mmol/L"
    assert ucum.french("{ratio}") == "ratio"
    assert code_systems.name_of("1.2.3") == ""
