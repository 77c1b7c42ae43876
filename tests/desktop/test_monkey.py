"""A seeded monkey on the real application for a few seconds; longer by ``scripts/monkey.py``."""

import importlib.util
from pathlib import Path

import pytest

from lgc_sandbox.card import module

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "monkey.py"
SECONDS = 18  # of life: the whole within three quarters of a minute on two processors


def test_a_monkey_finds_nothing():
    try:
        module()
    except RuntimeError as why:
        pytest.skip(str(why))
    found = importlib.util.spec_from_file_location("lgc_monkey", SCRIPT)
    monkey = importlib.util.module_from_spec(found)
    found.loader.exec_module(monkey)

    done, wrong = monkey.ride(seed=14, actions=4000, seconds=SECONDS)

    assert not wrong, "\n".join(wrong)
    assert done
