"""Every requirement the DMP and MSSanté sheets quote has a test that proves it, or a reason."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def requirements():
    file = ROOT / "scripts" / "requirements.py"
    spec = importlib.util.spec_from_file_location("lgc_requirements", file)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_every_requirement_of_the_plan_has_a_test_or_a_reason(requirements):
    assert requirements.unproved() == []


def test_every_number_a_test_claims_is_in_the_plan(requirements):
    assert set(requirements.proofs()) - set(requirements.plan()) == set()


@pytest.mark.parametrize("name", ["dmp.md", "mssante-xdm.md"])
def test_every_number_the_sheet_quotes_is_in_the_plan(requirements, name):
    sheet = ROOT.parent / "shared" / "specs" / name
    if not sheet.is_file():
        pytest.skip(f"../shared/specs/{name} is not beside the checkout")

    assert requirements.quoted(sheet.read_text("utf-8")) - set(requirements.plan()) == set()


def test_numbers_joined_by_a_stroke_are_read_apart(requirements):
    said = "EX_3.1-1030/1040 et RG_0320, EX_AIR-050"

    assert requirements.quoted(said) == {"EX_3.1-1030", "EX_3.1-1040", "RG_0320", "EX_AIR-050"}
